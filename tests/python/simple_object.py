"""The chapter's class, in the script itself: pickles name it __main__.SimpleObject.

    python simple_object.py dump FILE PROTOCOL
    python simple_object.py load FILE
"""
from __future__ import print_function

import pickle
import sys


class SimpleObject(object):

    def __init__(self, name):
        self.name = name
        self.name_backwards = name[::-1]


def dump(path, protocol):
    with open(path, "wb") as out_s:
        for name in ("pickle", "preserve", "last"):
            obj = SimpleObject(name)
            print("WRITING: %s (%s)" % (obj.name, obj.name_backwards))
            pickle.dump(obj, out_s, protocol)


def load(path):
    with open(path, "rb") as in_s:
        while True:
            try:
                obj = pickle.load(in_s)
            except EOFError:
                break
            assert type(obj) is SimpleObject, type(obj)
            assert sorted(vars(obj)) == ["name", "name_backwards"], vars(obj)
            print("READ: %s (%s)" % (obj.name, obj.name_backwards))


if __name__ == "__main__":
    if sys.argv[1] == "dump":
        dump(sys.argv[2], int(sys.argv[3]))
    else:
        load(sys.argv[2])
