"""Answers whether what it is sent is what this Python writes of what it loads.

On stdin come requests: the protocol (one byte), a length (eight bytes, little-endian), a pickle.
On stdout goes the answer to each: a length, and text, which is empty if the bytes are the same.
"""
import io
import pickle
import pickletools
import struct
import sys

# All modules are imported by name, so that their names are interned.
import collections  # noqa: F401
import copyreg  # noqa: F401
import datetime  # noqa: F401
import functools  # noqa: F401

import fixpoint_classes  # noqa: F401


def listing(data):
    out = io.StringIO()
    try:
        pickletools.dis(data[:2000], out)
    except Exception as error:
        out.write("%s: %s" % (type(error).__name__, error))
    return out.getvalue()[:4000]


def answer(data, protocol):
    try:
        again = pickle.dumps(pickle.loads(data), protocol)
    except Exception as error:
        return "%s: %s\n%s" % (type(error).__name__, error, listing(data))
    if again == data:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(data, again)) if a != b), min(len(data), len(again)))
    return "they differ at %d\nours:\n%s\nPython's:\n%s" % (at, listing(data), listing(again))


def main():
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    while True:
        head = stdin.read(9)
        if not head:
            break
        protocol, length = struct.unpack("<BQ", head)
        text = answer(stdin.read(length), protocol).encode("utf-8", "replace")
        stdout.write(struct.pack("<Q", len(text)) + text)
        stdout.flush()


main()
