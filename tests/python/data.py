"""Data of every type, exchanged with the Rust tests.

    python data.py write DIR                writes DIR/PICKLER-PROTOCOL.pickle and lists them
    python data.py check DIR PROTOCOL...    compares what is in DIR/rust-PROTOCOL.pickle
    python data.py fixpoint DIR PROTOCOL... dumps(loads(bytes), PROTOCOL) == bytes

DIR/cases.txt has the cases, one a line: flags, a tab, a Python expression. Each file has one
pickle for each case, one after the other.
"""
from __future__ import print_function, unicode_literals

import io
import os
import pickle
import struct
import sys

PYTHON2 = sys.version_info[0] == 2
if PYTHON2:
    import cPickle

    DUMPS = {"pickle": pickle.dumps, "cPickle": cPickle.dumps}
    LOADS = {"pickle": pickle.load, "cPickle": cPickle.load}
else:
    DUMPS = {"c": pickle.dumps, "python": pickle._dumps}
    LOADS = {"c": pickle.load, "python": pickle._load}


class SimpleObject(object):

    def __init__(self, name):
        self.name = name
        self.name_backwards = name[::-1]


class Tree(object):

    def __init__(self, label, children):
        self.label = label
        self.children = children


class Empty(object):
    pass


class Outer(object):

    class Inner(object):

        def __init__(self, number):
            self.number = number


class Record(object):

    def __init__(self):
        self.nothing = None
        self.flag = True
        self.count = -3
        self.large = 10 ** 30
        self.ratio = 0.1
        self.text = "text"
        self.raw = bytearray(b"\x00raw\xff")
        self.list = ["a", "b"]
        self.pair = (1, "one")
        self.mapping = {"left": [1], "right": [2, 3]}
        self.unique = {7}
        self.child = SimpleObject("child")
        self.rename = "from"


def shared(item):
    return [item, item]


def cases(directory):
    """The flags and value of each case, as many times as one asks."""
    with io.open(os.path.join(directory, "cases.txt"), encoding="utf-8", newline="\n") as f:
        for line in f:
            flags, expression = line.rstrip("\n").split("\t")
            if PYTHON2 and "python3" in flags.split():
                continue
            yield flags.split(), expression, eval(expression)


def write(directory):
    for name, dumps in sorted(DUMPS.items()):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            path = os.path.join(directory, "%s-%d.pickle" % (name, protocol))
            with open(path, "wb") as f:
                for _, _, value in cases(directory):
                    f.write(dumps(value, protocol))
            print(os.path.basename(path))


def difference(a, b, seen):
    """What distinguishes two values, identity of what they share included; None if nothing."""
    if PYTHON2 and isinstance(a, (int, long)) and isinstance(b, (int, long)):  # noqa: F821
        return None if a == b and type(True) not in (type(a), type(b)) or a is b else "%r %r" % (a, b)
    if type(a) is not type(b):
        return "%r is %s, not %s" % (b, type(b).__name__, type(a).__name__)
    if isinstance(a, float):
        # To the bit: -0.0 is not 0.0, nan is nan.
        return None if struct.pack(b">d", a) == struct.pack(b">d", b) else "%r %r" % (a, b)
    if isinstance(a, (list, dict, set, bytearray)) or hasattr(a, "__dict__"):
        if seen.setdefault(("a", id(a)), id(b)) != id(b) or seen.setdefault(("b", id(b)), id(a)) != id(a):
            return "%r is shared otherwise" % (b,)
    if isinstance(a, (list, tuple)):
        if len(a) != len(b):
            return "%d items, not %d" % (len(b), len(a))
        found = [difference(x, y, seen) for x, y in zip(a, b)]
    elif isinstance(a, dict):
        if sys.version_info >= (3, 7) and list(a) != list(b) or set(a) != set(b):
            return "keys %r, not %r" % (list(b), list(a))
        kinds = dict((key, key) for key in b)
        found = [difference(key, kinds[key], seen) or difference(a[key], b[key], seen) for key in a]
    elif hasattr(a, "__dict__"):
        # Python 2 reads names as unicode and has written them as str: equal, and as good.
        if sorted(vars(a)) != sorted(vars(b)):
            return "attributes %r, not %r" % (sorted(vars(b)), sorted(vars(a)))
        found = [difference(vars(a)[name], vars(b)[name], seen) for name in vars(a)]
    else:
        return None if a == b else "%r, not %r" % (b, a)
    found = [text for text in found if text is not None]
    return found[0] if found else None


def check(directory, protocol):
    problems = []
    for name, load in sorted(LOADS.items()):
        with open(os.path.join(directory, "rust-%d.pickle" % protocol), "rb") as f:
            for _, expression, expected in cases(directory):
                try:
                    problem = difference(expected, load(f), {})
                except Exception as error:
                    problem = "%s: %s" % (type(error).__name__, error)
                    problems.append("%s (%s): %s" % (expression, name, problem))
                    break
                if problem is not None:
                    problems.append("%s (%s): %s" % (expression, name, problem))
            else:
                if f.read():
                    problems.append("more bytes than pickles")
    return problems


def fixpoint(directory, protocol):
    problems = []
    with open(os.path.join(directory, "rust-%d.pickle" % protocol), "rb") as f:
        stream = io.BytesIO(f.read())
    for flags, expression, _ in cases(directory):
        start = stream.tell()
        value = pickle.load(stream)
        written = stream.getvalue()[start:stream.tell()]
        again = pickle.dumps(value, protocol)
        exempt = "unordered" in flags or "nested" in flags and protocol < 4 and sys.version_info < (3, 13)
        if written != again and not exempt:
            problems.append("%s:\n  %r is\n  %r from Python" % (expression, written[:200], again[:200]))
    return problems


def main(argv):
    verb, directory = argv[0], argv[1]
    if verb == "write":
        return write(directory)
    problems = []
    for protocol in argv[2:]:
        found = {"check": check, "fixpoint": fixpoint}[verb](directory, int(protocol))
        problems += ["protocol %s: %s" % (protocol, problem) for problem in found]
    if problems:
        sys.exit("\n".join(problem.encode("ascii", "backslashreplace").decode() for problem in problems))


if __name__ == "__main__":
    main(sys.argv[1:])
