# -*- coding: utf-8 -*-
"""Instances of every shape that Python gives them.

    shapes.py dump DIRECTORY        writes DIRECTORY/NAME.PROTOCOL for each case
    shapes.py load DIRECTORY        reads what is there, and compares; Python 3.13 compares bytes too
"""
import collections
import os
import pickle
import sys

try:
    import enum
except ImportError:
    enum = None


class Plain(object):
    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    def __ne__(self, other):
        return not self == other

    __hash__ = None

    @classmethod
    def of(cls, **attributes):
        self = cls.__new__(cls)
        # In the order of the names, for Python 2 has no order of its own.
        for name in sorted(attributes):
            setattr(self, name, attributes[name])
        return self


class Marker(Plain):
    pass


Point = collections.namedtuple("Point", "x y")


class Coin(Plain):
    """Made of an argument, and given a state besides."""

    def __new__(cls, amount):
        self = object.__new__(cls)
        self.amount = amount
        return self

    def __getnewargs__(self):
        return (self.amount,)

    def __getstate__(self):
        return {"note": self.note}

    def __reduce_ex__(self, protocol):
        # `copyreg._reduce_ex` knows no arguments.
        return object.__reduce_ex__(self, max(protocol, 2))


class Size(Plain):
    """Made of an argument and a keyword argument."""

    def __new__(cls, width, unit):
        self = object.__new__(cls)
        self.width, self.unit = width, unit
        return self

    def __getnewargs_ex__(self):
        return (self.width,), {"unit": self.unit}

    def __getstate__(self):
        return None


class Slots(object):
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b

    def __eq__(self, other):
        return type(self) is type(other) and (self.a, self.b) == (other.a, other.b)


class SlotsDict(object):
    __slots__ = ("s", "__dict__")

    def __init__(self, s, d):
        self.s, self.d = s, d

    def __eq__(self, other):
        return type(self) is type(other) and (self.s, self.d) == (other.s, other.d)


class Address(Plain):
    def __getstate__(self):
        return (self.host, self.port)

    def __setstate__(self, state):
        self.host, self.port = state


class Row(Plain):
    def __getstate__(self):
        return [self.left, self.right]

    def __setstate__(self, state):
        self.left, self.right = state


class Counter(Plain):
    def __getstate__(self):
        return self.count

    def __setstate__(self, state):
        self.count = state


class Pair(Plain):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __reduce__(self):
        return (Pair, (self.a, self.b))


def make_temperature(scale, degrees):
    self = Temperature.__new__(Temperature)
    self.scale, self.degrees = scale, degrees
    return self


class Temperature(Plain):
    def __reduce__(self):
        return (make_temperature, (self.scale, self.degrees))


class Everything(Plain):
    def __init__(self, label):
        self.label, self.items, self.pairs = label, [], []

    def append(self, item):
        self.items.append(item)

    def extend(self, items):
        self.items.extend(items)

    def __reduce__(self):
        return (Everything, (self.label,), {"extra": self.extra}, iter(self.items))


class Playlist(list):
    def __eq__(self, other):
        return type(self) is type(other) and list(self) == list(other) and vars(self) == vars(other)


class Config(dict):
    def __eq__(self, other):
        return type(self) is type(other) and dict(self) == dict(other) and vars(self) == vars(other)


class Tags(set):
    def __eq__(self, other):
        return type(self) is type(other) and set(self) == set(other) and vars(self) == vars(other)


class Meters(int):
    pass


class Label(type(u"")):
    pass


class Triple(tuple):
    pass


class Failure(Exception):
    def __eq__(self, other):
        return type(self) is type(other) and self.args == other.args and vars(self) == vars(other)


class Animal(Plain):
    pass


class Dog(Animal):
    pass


class Open(Plain):
    pass


class Circle(Plain):
    pass


class Square(Plain):
    pass


class Old(Plain):
    def __setstate__(self, state):
        self.__dict__.update(state)


class Raw(Plain):
    pass


def with_attributes(instance, **attributes):
    instance.__dict__.update(attributes)
    return instance


def everything():
    value = Everything(u"label")
    value.items.extend([1, 2])
    value.extra = u"more"
    return value


def coin():
    value = Coin(5)
    value.note = u"shiny"
    return value


CASES = [
    ("marker", 0, Marker()),
    ("point", 0, Point(1, u"two")),
    ("coin", 2, coin()),
    ("slots", 2, Slots(1, u"b1")),
    ("slots_dict", 2, SlotsDict(1, u"d1")),
    ("address", 0, Address.of(host=u"example", port=80)),
    ("row", 0, Row.of(left=1, right=2)),
    ("counter", 0, Counter.of(count=3)),
    ("pair", 0, Pair(1, u"pb")),
    ("temperature", 0, Temperature.of(scale=u"C1", degrees=20)),
    ("everything", 0, everything()),
    ("playlist", 0, with_attributes(Playlist([1, 2, 3]), title=u"songs")),
    ("playlist_empty", 0, with_attributes(Playlist(), title=u"songs")),
    ("playlist_long", 0, with_attributes(Playlist(range(1001)), title=u"songs")),
    ("config", 0, with_attributes(Config({u"key": 1}), path=u"etc")),
    ("tags", 0, with_attributes(Tags([7]), owner=u"me")),
    ("meters", 0, Meters(5)),
    ("label", 0, Label(u"text")),
    ("triple", 0, Triple((1, 2, 3))),
    ("failure", 0, with_attributes(Failure(u"broken", 3), code=4)),
    ("dog", 0, Dog.of(name=u"rex", tricks=2)),
    ("open", 0, Open.of(known=1, more=None)),
    ("options", 0, {u"verbose": True}),
    ("shapes", 0, [Circle.of(radius=1), Square.of(side=2)]),
    ("old", 0, Old.of(full_name=u"Ada")),
    ("union", 0, [1, u"text", None, (1, 2)]),
]
if sys.version_info[0] > 2:
    CASES.append(("size", 2, Size(3, u"cm")))
    CASES.append(("raw", 0, Raw.of(data=b"\x01\x02", hex=u"0aff")))

if enum is not None and sys.version_info[0] > 2:

    class Color(enum.Enum):
        RED = 1
        GREEN = u"green"

    class Level(enum.IntEnum):
        LOW = 1
        HIGH = 2

    class Word(str, enum.Enum):
        YES = "y1"
        NO = "n1"

    class Mode(enum.IntFlag):
        READ = 4
        WRITE = 2

    class Shelf(object):
        class Kind(enum.Enum):
            ONE = 1

    CASES += [
        ("colors", 0, [Color.RED, Color.GREEN, Color.RED]),
        ("level", 0, Level.HIGH),
        ("word", 0, Word.NO),
        ("mode", 0, Mode.READ | Mode.WRITE),
        ("kind", 0, Shelf.Kind.ONE),
    ]


class ByName(object):
    """As Python 3.11.0 to 3.11.4 wrote members."""

    def __init__(self, cls, name):
        self.cls, self.name = cls, name

    def __reduce__(self):
        return getattr, (self.cls, self.name)


class Or(object):
    def __init__(self, left, right):
        self.left, self.right = left, right

    def __reduce__(self):
        import operator
        return operator.or_, (self.left, self.right)


def main(mode, directory):
    count = 0
    for name, first, value in CASES:
        for protocol in range(first, pickle.HIGHEST_PROTOCOL + 1):
            path = os.path.join(directory, "%s.%d" % (name, protocol))
            if mode == "dump":
                with open(path, "wb") as file:
                    file.write(pickle.dumps(value, protocol))
                if name == "colors":
                    names = [ByName(Color, "RED"), ByName(Color, "GREEN"), ByName(Color, "RED")]
                    with open(path + ".names", "wb") as file:
                        file.write(pickle.dumps(names, protocol))
                if name == "mode":
                    mode_names = Or(ByName(Mode, "READ"), ByName(Mode, "WRITE"))
                    with open(path + ".names", "wb") as file:
                        file.write(pickle.dumps(mode_names, protocol))
            else:
                with open(path, "rb") as file:
                    bytes = file.read()
                loaded = pickle.loads(bytes)
                if not (type(loaded) is type(value) and loaded == value):
                    sys.exit("%s, protocol %d: %r, expected %r" % (name, protocol, loaded, value))
                if sys.version_info[:2] == (3, 13):
                    expected = pickle.dumps(value, protocol)
                    if bytes != expected:
                        sys.exit(
                            "%s, protocol %d:\n  %r, expected\n  %r" % (name, protocol, bytes, expected)
                        )
            count += 1
    print(count)


if __name__ == "__main__":
    main(*sys.argv[1:])
