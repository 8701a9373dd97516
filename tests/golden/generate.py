"""Writes the expected bytes of tests/golden.rs: what CPython's pickle gives for the same data.

    python3.13 tests/golden/generate.py            writes tests/golden/table.rs
    python3.13 tests/golden/generate.py --check    fails if that file would change

Python 3.8 to 3.13 give the same bytes.
"""
import io
import os
import pickle
import sys


class SimpleObject:
    def __init__(self, name):
        self.name = name
        self.name_backwards = name[::-1]


def dumps(data, protocol):
    return pickle.dumps(data, protocol)


def several(objects, protocol):
    """One pickle after the other, each with a memo of its own."""
    stream = io.BytesIO()
    for obj in objects:
        pickle.dump(obj, stream, protocol)
    return stream.getvalue()


def one_pickler(objects, protocol):
    """One pickler for all: what it has written, it refers to."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, protocol)
    for obj in objects:
        pickler.dump(obj)
    return stream.getvalue()


NAMES = ["pickle", "preserve", "last"]
OBJECTS = [SimpleObject(name) for name in NAMES]

SUBJECTS = [
    ("DATA", "`[{'a': 'A', 'b': 2, 'c': 3.0}]`", dumps, [{"a": "A", "b": 2, "c": 3.0}]),
    ("PICKLE", "`SimpleObject('pickle')`", dumps, OBJECTS[0]),
    ("PRESERVE", "`SimpleObject('preserve')`", dumps, OBJECTS[1]),
    ("LAST", "`SimpleObject('last')`", dumps, OBJECTS[2]),
    ("STREAM", "The three, dumped one after the other.", several, OBJECTS),
    ("PICKLER", "The three, dumped by one pickler.", one_pickler, OBJECTS),
    ("LIST", "The three in a list.", dumps, OBJECTS),
]


def literal(data):
    """A Rust byte string literal; text protocols' lines stay lines to the eye."""
    escapes = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x22: '\\"', 0x5C: "\\\\"}
    shown = "".join(
        escapes.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else "\\x%02x" % byte)
        for byte in data
    )
    return 'b"%s"' % shown


def table():
    lines = [
        "// What CPython 3.13's `pickle` writes, protocols 0 to 5. Made by generate.py.",
        "",
    ]
    for name, doc, dump, data in SUBJECTS:
        lines.append("/// %s" % doc)
        lines.append("pub(crate) const %s: [&[u8]; 6] = [" % name)
        for protocol in range(6):
            lines.append("    %s," % literal(dump(data, protocol)))
        lines.append("];")
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def main(argv):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "table.rs")
    if argv == ["--check"]:
        with open(path, encoding="utf-8") as f:
            if f.read() != table():
                sys.exit("%s is not what %s writes" % (path, sys.executable))
    elif not argv:
        with open(path, "w", encoding="utf-8", newline="\n") as f:
            f.write(table())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
