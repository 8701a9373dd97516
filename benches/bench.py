"""CPython's side of the measurements.

    bench.py prepare SOURCE TARGET SHARE PROTOCOL...
        load the pickle SOURCE and write it as Python does, to TARGET.p0, TARGET.p1 ...
    bench.py load FILE CALLS
    bench.py dump FILE CALLS PROTOCOL
        measure pickle.loads and pickle.dumps, and print seconds of CPU time of the first
        repetition (cold) and of a later one (warm), and bytes at the peak of the first

The rules are those of `measure.rs`. The garbage collector is on, as it is in a program.
"""

import ctypes
import pickle
import statistics
import sys
import time

WARM = 0.08
REPETITIONS = 1, 9
SLOW = 2.0


class SimpleObject:
    pass


class Record:
    pass


class Address:
    pass


def status(field):
    try:
        with open("/proc/self/status") as file:
            for line in file:
                if line.startswith(field):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def resident():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass
    return status("VmRSS:")


def keep_memory():
    """As in measure.rs; it is of use to large objects, as small ones have Python's own arenas."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    m_trim_threshold, m_mmap_max = -1, -4
    mallopt(m_mmap_max, 0)
    mallopt(m_trim_threshold, -1)


def measure(call, argument, calls):
    def repetition():
        many = range(calls - 1)
        start = time.process_time()
        for _ in many:
            call(argument)
        result = call(argument)
        elapsed = time.process_time() - start
        # Dropped outside of the time, unless there are many calls.
        del result
        return elapsed

    before = resident()
    cold = repetition()
    peak = status("VmHWM:") - before
    if cold > SLOW:
        print(cold, "nan", max(peak, 0))
        return
    keep_memory()
    repetition()
    warm = []
    start = time.perf_counter()
    least, most = REPETITIONS
    while len(warm) < least or time.perf_counter() - start < WARM and len(warm) < most:
        warm.append(repetition())
    print(cold, statistics.median(warm), max(peak, 0))


def share_keys(value, keys):
    """Makes equal keys of dicts one object, as json and literals in a program do."""
    if isinstance(value, dict):
        return {
            keys.setdefault(key, key): share_keys(item, keys) for key, item in value.items()
        }
    if isinstance(value, list):
        return [share_keys(item, keys) for item in value]
    if hasattr(value, "__dict__"):
        for name, item in vars(value).items():
            setattr(value, name, share_keys(item, keys))
    return value


def prepare(source, target, share, *protocols):
    with open(source, "rb") as file:
        value = pickle.load(file)
    if share == "share":
        value = share_keys(value, {})
    for protocol in protocols:
        with open(f"{target}.p{protocol}", "wb") as file:
            pickle.dump(value, file, int(protocol))


def main(verb, *args):
    if verb == "version":
        print(sys.version.split()[0])
        return
    if verb == "prepare":
        prepare(*args)
        return
    path, calls = args[0], int(args[1])
    with open(path, "rb") as file:
        data = file.read()
    if verb == "load":
        measure(pickle.loads, data, calls)
    else:
        value = pickle.loads(data)
        del data
        protocol = int(args[2])
        if protocol == pickle.DEFAULT_PROTOCOL:
            measure(pickle.dumps, value, calls)
        else:
            measure(lambda value: pickle.dumps(value, protocol), value, calls)


main(*sys.argv[1:])
