"""Answers what CPython's unpickler makes of pickles from anywhere, without running what they name.

Requests and answers are frames: four bytes of length, big-endian, and that many bytes. An answer is
`error TYPE TEXT`, `skip WHY`, `ok` or `ok REPR`: the last for values without classes and sets.
"""

import pickle
import resource
import signal
import struct
import sys

resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))


class Class(type):
    """What an instance may be given, its class does not take."""

    def __getattribute__(cls, name):
        if name in ("append", "extend", "add", "__setstate__"):
            raise AttributeError("type object has no attribute %r" % name)
        return super().__getattribute__(name)


class Stub(metaclass=Class):
    """Takes whatever a pickle does to an object, and does nothing."""

    seen = False

    def __new__(cls, *args, **kwargs):
        Stub.seen = True
        return object.__new__(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args):
        return Stub()

    def __setstate__(self, state):
        pass

    def __setitem__(self, key, value):
        pass

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def add(self, item):
        pass


class Skip(Exception):
    pass


# What picklers call to make built-in data is called here too.
CALLED = {
    "set": set,
    "frozenset": frozenset,
    "list": list,
    "tuple": tuple,
    "dict": dict,
}

# The machine on the other side knows what these mean.
KNOWN = {"builtins", "_codecs", "copyreg", "functools", "__builtin__", "copy_reg"}


class Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if module in ("builtins", "__builtin__") and name in CALLED:
            Stub.seen = True
            return CALLED[name]
        if module in KNOWN:
            raise Skip(module)
        if not module:
            raise ValueError("Empty module name")
        Stub.seen = True
        return Class("Named", (Stub,), {})

    def persistent_load(self, pid):
        return Stub()


def holds_set(value):
    stack, seen = [value], set()
    while stack:
        value = stack.pop()
        if isinstance(value, (set, frozenset)):
            return True
        if isinstance(value, (list, tuple, dict)):
            if id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, dict):
                stack.extend(value.keys())
                stack.extend(value.values())
            else:
                stack.extend(value)
    return False


class Whole:
    """Gives all of the pickle to the first who asks. CPython's unpickler mistakes its place in a
    file where a frame ends inside of an argument, but not in bytes.
    """

    def __init__(self, data):
        self.data = data

    def read(self, count):
        data, self.data = self.data, b""
        return data

    def readline(self):
        return self.read(-1)


def answer(data):
    Stub.seen = False
    # A few bytes of shared tuples as keys keep CPython busy for years, deaf to everything but this.
    signal.setitimer(signal.ITIMER_VIRTUAL, 5)
    try:
        value = Unpickler(Whole(data)).load()
    except (Skip, MemoryError, RecursionError) as error:
        return "skip " + repr(error)
    except Exception as error:
        return "error %s %s" % (type(error).__name__, error)
    if Stub.seen or holds_set(value):
        return "ok"
    try:
        return "ok " + repr(value)
    except (ValueError, RecursionError, MemoryError):
        return "ok"


def main():
    read, write = sys.stdin.buffer, sys.stdout.buffer
    while True:
        size = read.read(4)
        if len(size) < 4:
            return
        data = read.read(struct.unpack(">I", size)[0])
        text = answer(data).encode("utf-8", "backslashreplace")
        write.write(struct.pack(">I", len(text)) + text)
        write.flush()


main()
