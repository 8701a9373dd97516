"""A tree whose children know their parent, and a graph with shared nodes.

`owners.py write DIRECTORY` writes each at every protocol that this Python has, `owners.py read
DIRECTORY` reads what stands there and checks that each object is where it belongs.
"""

import os
import pickle
import sys
import types

module = types.ModuleType("family")
sys.modules["family"] = module


class Folder(object):
    def __init__(self, parent, depth):
        self.parent = parent
        self.folders = [Folder(self, depth + 1) for _ in range(2)] if depth < 4 else []
        self.depth = depth


class Place(object):
    def __init__(self, map, name):
        self.map = map
        self.name = name
        self.roads = []


class Map(object):
    def __init__(self):
        self.places = [Place(self, name) for name in ("a", "b", "c", "d")]
        a, b, c, d = self.places
        for start, end in (a, b), (a, c), (b, d), (c, d), (a, d):
            start.roads.append(end)


for cls in Folder, Place, Map:
    cls.__module__ = "family"
    setattr(module, cls.__name__, cls)


def check_folder(folder, depth=0):
    assert folder.depth == depth
    assert len(folder.folders) == (2 if depth < 4 else 0)
    for inner in folder.folders:
        assert inner.parent is folder
        check_folder(inner, depth + 1)


def check_map(found):
    a, b, c, d = found.places
    assert [place.name for place in found.places] == ["a", "b", "c", "d"]
    assert same(a.roads, [b, c, d]) and same(b.roads, [d]) and same(c.roads, [d])
    assert d.roads == [] and all(place.map is found for place in found.places)


def same(left, right):
    return len(left) == len(right) and all(x is y for x, y in zip(left, right))


action, directory = sys.argv[1:]
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    for name, make, check in ("folder", lambda: Folder(None, 0), check_folder), ("map", Map, check_map):
        path = os.path.join(directory, "%s.%d" % (name, protocol))
        if action == "write":
            with open(path, "wb") as file:
                pickle.dump(make(), file, protocol)
        else:
            with open(path, "rb") as file:
                check(pickle.load(file))
