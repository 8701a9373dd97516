# -*- coding: utf-8 -*-
"""Instances of every shape that Python gives them: classes of this script and of tests/corpus/py.

    shapes.py dump FILE        writes a line for each case and protocol: name, protocol, pickle
    shapes.py load FILE        reads such lines, and compares with what this Python makes of the case

`load` compares values with every Python, and from 3.8 on bytes as well, but for DIFFERENCES.
"""
import binascii
import collections
import os
import pickle
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpus", "py"))

import oldstyle
import pkg
import pkg.sub.deep
import shapes

PYTHON3 = sys.version_info[0] > 2
VERSION = sys.version_info[:2]


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


class PreciseMeters(int):
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


class Ordered(Plain):
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


def filled(value, items=(), pairs=()):
    """Adds list items and dict items."""
    for item in items:
        value.append(item)
    for key, item in pairs:
        value[key] = item
    return value


def caused(error):
    """Raises the error as the consequence of another one. Python does not pickle that."""
    try:
        try:
            raise ValueError(1)
        except ValueError as cause:
            error.__cause__ = cause
            raise error
    except type(error) as raised:
        return raised


# Name, first protocol at which Python can write it, value.
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
    ("meters_precise", 0, with_attributes(PreciseMeters(6), precision=2)),
    ("label", 0, Label(u"text")),
    ("triple", 0, Triple((1, 2, 3))),
    ("failure", 0, with_attributes(Failure(u"broken", 3), code=4)),
    ("dog", 0, Dog.of(name=u"rex", tricks=2)),
    ("open", 0, Open.of(known=1, more=None)),
    ("options", 0, {u"verbose": True}),
    ("wrapper", 0, [1, 2]),
    ("shapes", 0, [Circle.of(radius=1), Square.of(side=2)]),
    ("old", 0, Old.of(full_name=u"Ada")),
    ("union", 0, [1, u"text", None, (1, 2)]),
    ("shapes.Empty", 0, shapes.Empty()),
    ("shapes.Point", 0, shapes.Point(1, -2)),
    ("shapes.Point3", 0, shapes.Point3(1, 2, 3)),
    ("shapes.Person", 0, shapes.Person(u"Ada L.", 36, 1.75, True, None, [u"x y", u"p q"])),
    ("shapes.Linked", 0, shapes.Linked(1, shapes.Linked(2))),
    ("shapes.HashKey", 0, shapes.HashKey(u"h k")),
    ("shapes.StateDict", 0, shapes.StateDict(u"http://x")),
    ("shapes.StateTuple", 0, shapes.StateTuple(u"local host", 80)),
    ("shapes.StateScalar", 0, shapes.StateScalar(5)),
    ("shapes.StateScalar.zero", 2, shapes.StateScalar(0)),
    ("shapes.StateScalar.none", 0, shapes.StateScalar(None)),
    ("shapes.StateFalsy", 0, shapes.StateFalsy()),
    ("shapes.StateNone", 0, shapes.StateNone()),
    ("shapes.SetStateOnly", 0, shapes.SetStateOnly(u"a b")),
    ("shapes.StateList", 0, shapes.StateList(1, 2)),
    ("shapes.StateList.empty", 0, shapes.StateList()),
    ("shapes.ReduceArgs", 0, shapes.ReduceArgs(1, u"b c")),
    ("shapes.ReduceState", 0, shapes.ReduceState(u"a s")),
    ("shapes.ReduceItems", 0, filled(shapes.ReduceItems(u"lab el"), [1, 2])),
    ("shapes.ReduceAppendOnly", 0, filled(shapes.ReduceAppendOnly(), [3])),
    ("shapes.ReducePairs", 0, filled(shapes.ReducePairs(), pairs=[(2, 1), (1, 2)])),
    ("shapes.ReduceAll", 0, filled(shapes.ReduceAll(u"a l l"), [1, 2], [(u"k 1", 1)])),
    ("shapes.Temperature", 0, shapes.Temperature(u"C d", 20)),
    ("shapes.OldReduce", 0, shapes.OldReduce(1)),
    ("shapes.Registered", 0, shapes.Registered(1, u"re g")),
    ("shapes.NewArgs", 0, shapes.NewArgs(u"co de", 3)),
    ("shapes.NewArgsOnly", 2, shapes.NewArgsOnly(u"only a")),
    ("shapes.Slots", 2, shapes.Slots(1, u"b s")),
    ("shapes.SlotsUnset", 2, shapes.SlotsUnset(u"se en")),
    ("shapes.SlotsEmpty", 0, shapes.SlotsEmpty()),
    ("shapes.SlotsDict", 2, shapes.SlotsDict(1, u"d s")),
    ("shapes.SlotsChild", 2, shapes.SlotsChild(1, 2, 3)),
    ("shapes.SlotsChildDict", 2, shapes.SlotsChildDict(1, 2, u"fr ee")),
    ("shapes.SlotsPrivate", 2, shapes.SlotsPrivate(u"se cret", 1)),
    ("shapes.SlotsGetState", 0, shapes.SlotsGetState(1, 2)),
    ("shapes.Private", 0, shapes.Private(1)),
    ("shapes.MyInt", 0, shapes.MyInt(5)),
    ("shapes.MyFloat", 0, shapes.MyFloat(1.5)),
    ("shapes.MyComplex", 2, shapes.MyComplex(1.5, -2.0)),
    ("shapes.MyText", 0, shapes.MyText(u"te xt")),
    ("shapes.MyTuple", 0, shapes.MyTuple((1, 2))),
    ("shapes.MyList", 0, shapes.MyList([1, 2])),
    ("shapes.MyDict", 0, shapes.MyDict({u"k 1": 1})),
    ("shapes.MySet", 0, shapes.MySet([7])),
    ("shapes.MyFrozenSet", 0, shapes.MyFrozenSet([7])),
    ("shapes.MyDefault", 0, shapes.MyDefault(None, {u"k 1": 1})),
    ("shapes.AttrDict", 0, shapes.AttrDict({u"k 1": 1})),
    ("shapes.Coord", 0, shapes.Coord(1.5, 2.5)),
    ("shapes.NoFields", 0, shapes.NoFields()),
    ("shapes.Line", 0, shapes.Line(shapes.Coord(1.5, 2.5), shapes.Coord(3.5, 4.5), None)),
    ("shapes.AppError", 0, shapes.AppError(u"went wrong")),
    ("shapes.CodeError", 0, shapes.CodeError(404, u"not found!")),
    ("shapes.KeywordError", 0, shapes.KeywordError(u"a/b", u"no way")),
    ("shapes.Metaed", 0, shapes.Metaed()),
    ("pkg.Top", 0, pkg.Top(1)),
    ("pkg.sub.deep.Leaf", 0, pkg.sub.deep.Leaf(2)),
    ("pkg.sub.deep.SubTop", 0, pkg.sub.deep.SubTop(3)),
    ("oldstyle.Old", 0, oldstyle.Old()),
    ("oldstyle.OldPoint", 0, oldstyle.OldPoint(1, 2)),
    ("oldstyle.OldInitArgs", 0, oldstyle.OldInitArgs(1, u"b o")),
    ("oldstyle.OldState", 0, oldstyle.OldState(5)),
    ("oldstyle.OldSub", 0, oldstyle.OldSub(1, 2)),
    ("oldstyle.OldError", 0, oldstyle.OldError(u"o e")),
]

if PYTHON3:
    import enum

    import shapes3

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

    # Not in Python 2: dicts in order, keyword arguments, bytes that are no str, enumerations, nested classes.
    CASES += [
        ("size", 2, Size(3, u"cm")),
        ("ordered", 0, with_attributes(Ordered(), zeta=1, alpha=3, known=2)),
        # Python 2 has items as an argument, loses the attribute, keeps the cause.
        ("shapes.MyOrdered", 0, shapes.MyOrdered([(u"z z", 1), (u"a a", 2)])),
        ("shapes.MyDeque", 0, shapes.MyDeque([1, 2])),
        ("shapes.CoordPlus", 0, with_attributes(shapes.CoordPlus(1.5, 2.5), more=1)),
        ("shapes.CodeError.cause", 0, caused(shapes.CodeError(404, u"not found!"))),
        ("raw", 0, Raw.of(data=b"\x01\x02", hex=u"0aff")),
        ("colors", 0, [Color.RED, Color.GREEN, Color.RED]),
        ("level", 0, Level.HIGH),
        ("word", 0, Word.NO),
        ("mode", 0, Mode.READ | Mode.WRITE),
        ("kind", 0, Shelf.Kind.ONE),
        ("shapes.MyStr", 0, shapes.MyStr(u"st r")),
        ("shapes.MyBytes", 0, shapes.MyBytes(b"by\xfe")),
        ("shapes.MyDate", 0, shapes.MyDate(2020, 1, 2)),
        ("shapes3.Outer", 0, shapes3.Outer(1)),
        ("shapes3.Outer.Inner", 0, shapes3.Outer.Inner(u"w w")),
        ("shapes3.Outer.Inner.Deep", 0, shapes3.Outer.Inner.Deep(1)),
        ("shapes3.Outer.Kind", 0, [shapes3.Outer.Kind.A, shapes3.Outer.Kind.B]),
        ("shapes3.Color", 0, [shapes3.Color.RED, shapes3.Color.BLUE, shapes3.Color.CRIMSON]),
        ("shapes3.Planet", 0, [shapes3.Planet.EARTH, shapes3.Planet.MERCURY, shapes3.Planet.EARTH]),
        ("shapes3.Level", 0, shapes3.Level.HIGH),
        ("shapes3.Perm", 0, shapes3.Perm.R | shapes3.Perm.X),
        ("shapes3.Perm.none", 0, shapes3.Perm(0)),
        ("shapes3.Perm.twice", 0, [shapes3.Perm(5), shapes3.Perm.R, shapes3.Perm(5), shapes3.Perm.R]),
        ("shapes3.IPerm", 0, shapes3.IPerm.R | shapes3.IPerm.W),
        ("shapes3.IPerm.more", 0, shapes3.IPerm(4 | 64)),
        ("shapes3.Suit", 0, shapes3.Suit.HEARTS),
        ("shapes3.Auto", 0, shapes3.Auto.TWO),
        ("shapes3.Weird", 0, [shapes3.Weird.NONE, shapes3.Weird.LIST, shapes3.Weird.FLOAT]),
        ("shapes3.Functional", 0, shapes3.Functional.BEE),
        ("shapes3.NewArgsEx", 2, shapes3.NewArgsEx(u"a x", key=u"k y")),
        ("shapes3.NewArgsExState", 0, shapes3.NewArgsExState(unit=u"c m")),
        ("shapes3.TextEx", 0, shapes3.TextEx(u"tex t", lang=u"d e")),
        ("shapes3.Employee", 0, shapes3.Employee(u"E m", 3, None)),
        ("shapes3.Box", 0, shapes3.Box(5)),
        (u"shapes3.Gr\xf6\xdfe", 3, getattr(shapes3, u"Gr\xf6\xdfe")(5)),
        (u"shapes3.\u70b9", 3, getattr(shapes3, u"\u70b9")()),
        (u"gr\xf6\xdfen.L\xe4nge", 3, getattr(shapes3, u"L\xe4nge")(7)),
    ]

if VERSION >= (3, 7):
    import shapes_dc as dc

    item = dc.Item(u"it em", 1.5, 2, [u"t 1"])
    CASES += [
        ("shapes_dc.Item", 0, item),
        ("shapes_dc.Frozen", 0, dc.Frozen(u"ke y", None)),
        ("shapes_dc.Version", 0, dc.Version(1, 2, None)),
        ("shapes_dc.Child", 0, dc.Child(u"chi ld", 0.5, 1, [], item)),
        ("shapes_dc.WithInit", 0, dc.WithInit(2)),
        ("shapes_dc.HandSlots", 2, dc.HandSlots(1, 2)),
        ("shapes_dc.NoFields", 0, dc.NoFields()),
    ]

if VERSION >= (3, 10):
    import shapes_dc310 as dc310

    CASES += [
        ("shapes_dc310.Slotted", 2, dc310.Slotted(1, u"s y")),
        ("shapes_dc310.FrozenSlotted", 0, dc310.FrozenSlotted(1, None)),
        ("shapes_dc310.KwOnly", 0, dc310.KwOnly(a=1)),
        ("shapes_dc310.SlottedChild", 2, dc310.SlottedChild(1, 2)),
    ]

if VERSION >= (3, 11):
    CASES += [("shapes3.StrColor", 0, [shapes3.StrColor.RED, shapes3.StrColor.BLUE])]


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


def by_name():
    """Some of the cases as those versions wrote them: they load, and nobody writes them now."""
    if not PYTHON3:
        return []
    perm, planet = shapes3.Perm, shapes3.Planet
    return [
        ("colors", [ByName(Color, "RED"), ByName(Color, "GREEN"), ByName(Color, "RED")]),
        ("level", ByName(Level, "HIGH")),
        ("mode", Or(ByName(Mode, "READ"), ByName(Mode, "WRITE"))),
        ("kind", ByName(Shelf.Kind, "ONE")),
        ("shapes3.Outer.Kind", [ByName(shapes3.Outer.Kind, name) for name in "AB"]),
        ("shapes3.Color", [ByName(shapes3.Color, name) for name in ["RED", "BLUE", "CRIMSON"]]),
        ("shapes3.Planet", [ByName(planet, name) for name in ["EARTH", "MERCURY", "EARTH"]]),
        ("shapes3.Perm", Or(ByName(perm, "R"), ByName(perm, "X"))),
        ("shapes3.Perm.none", perm(0)),
    ]


EMPTY_STATES = ["shapes.MySet", "shapes.MyFrozenSet", "shapes.MyDeque"]
NESTED = ["kind", "shapes3.Outer.Inner", "shapes3.Outer.Inner.Deep", "shapes3.Outer.Kind"]
KEYWORDS = ["size", "shapes3.NewArgsEx", "shapes3.NewArgsExState", "shapes3.TextEx"]

# Where this Python writes other bytes than Rust: cases, protocols, versions, and why.
DIFFERENCES = [
    (EMPTY_STATES, range(6), lambda version: version < (3, 11), "an empty state is written until 3.10"),
    (NESTED, range(4), lambda version: version < (3, 13), "memoizes more of `getattr` until 3.12"),
    (KEYWORDS, [2, 3], lambda version: version < (3, 13), "memoizes more of `partial` until 3.12"),
    (["shapes_dc310.SlottedChild"], range(2, 6), lambda version: version == (3, 10),
     "repeats the slots of the base class"),
    (["shapes.OldReduce"], range(2, 6), lambda version: True, "its __reduce__ is that of protocol 0"),
]

# What Rust only loads: Python 2 makes it of arguments, Python 3 does not.
NOT_WRITTEN = ["oldstyle.OldInitArgs"]

# What Python 2 cannot load: cases, protocols, and why. It could not if Python 3 wrote it, either.
NOT_IN_PYTHON_2 = [
    (["meters", "meters_precise", "shapes.MyInt"], [0, 1], "every int is a long to Python 3"),
    (["oldstyle." + name for name in ["Old", "OldPoint", "OldState", "OldSub"]], range(3),
     "instances of old-style classes are not made by __new__"),
]


def difference(name, protocol):
    for names, protocols, versions, reason in DIFFERENCES:
        if name in names and protocol in protocols and versions(VERSION):
            return reason
    return None


def describe(value, inside=()):
    """Everything that there is to an object, to be compared."""
    if isinstance(value, (bool, float, complex, type(None))) and type(value).__module__ == int.__module__:
        return repr(value)
    if id(value) in inside:
        return "..."
    inside += (id(value),)
    cls = getattr(value, "__class__", type(value))
    parts = [cls.__module__ + "." + cls.__name__]
    if cls in (str, type(u"")):
        # Text that Python 2 has as bytes.
        return "text " + value if PYTHON3 else "text " + unicode(value)
    if PYTHON3 and isinstance(value, enum.Enum):
        return parts + [value.name, describe(value._value_)]
    for base in [int, type(u""), str, bytes, float, complex]:
        if isinstance(value, base):
            parts.append(repr(base(value)))
            break
    if cls.__module__ == "shapes" and cls.__name__ == "MyDate":
        parts.append(value.isoformat())
    if isinstance(value, dict):
        pairs = [(describe(key, inside), describe(item, inside)) for key, item in value.items()]
        parts.append(pairs if isinstance(value, collections.OrderedDict) else sorted(pairs))
    elif isinstance(value, (set, frozenset)):
        parts.append(sorted(describe(item, inside) for item in value))
    elif isinstance(value, (list, tuple, collections.deque)):
        parts.append([describe(item, inside) for item in value])
    if isinstance(value, BaseException):
        parts.append(describe(value.args, inside))
    attributes = dict(getattr(value, "__dict__", {}))
    for base in getattr(cls, "__mro__", ()):
        slots = base.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if slot.startswith("__") and not slot.endswith("__"):
                slot = "_%s%s" % (base.__name__.lstrip("_"), slot)
            if slot not in ("__dict__", "__weakref__") and hasattr(value, slot):
                attributes[slot] = getattr(value, slot)
    parts.append(sorted((str(name), describe(item, inside)) for name, item in attributes.items()))
    return parts


def dump(path):
    count = 0
    with open(path, "wb") as file:

        def write(name, protocol, value):
            line = u"%s %d %s\n" % (
                name, protocol, binascii.hexlify(pickle.dumps(value, protocol)).decode("ascii"))
            file.write(line.encode("utf-8"))

        for name, first, value in CASES:
            for protocol in range(first, pickle.HIGHEST_PROTOCOL + 1):
                write(name, protocol, value)
                count += 1
        for name, value in by_name():
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                write(name, protocol, value)
                count += 1
    print(count)


def load(path):
    cases = {(name, protocol): value
             for name, first, value in CASES for protocol in range(first, pickle.HIGHEST_PROTOCOL + 1)}
    problems = []
    with open(path, "rb") as file:
        for line in file.read().decode("utf-8").splitlines():
            name, protocol, data = line.split(u" ")
            protocol, data = int(protocol), binascii.unhexlify(data)
            if (name, protocol) not in cases:
                continue
            value = cases.pop((name, protocol))
            expected = pickle.dumps(value, protocol)
            try:
                loaded = describe(pickle.loads(data))
            except Exception as error:
                loaded = repr(error)
            wanted = describe(pickle.loads(expected))
            where = u"%s, protocol %d: " % (name, protocol)
            is_left_out = VERSION < (3,) and any(
                name in names and protocol in protocols for names, protocols, _ in NOT_IN_PYTHON_2)
            if (loaded != wanted) != is_left_out:
                problems.append(where + u"loads as %s, expected %s\n    %r" % (loaded, wanted, data))
            if VERSION >= (3, 8):
                reason = difference(name, protocol)
                if (data == expected) == (reason is not None):
                    problems.append(
                        where + u"(%s)\n    %r, Python writes\n    %r" % (reason, data, expected))
    return problems, cases


def main(mode, path):
    if mode == "dump":
        return dump(path)
    problems, left = load(path)
    problems += ["%s, protocol %d: not written" % case for case in left if case[0] not in NOT_WRITTEN]
    if problems:
        text = u"\n".join(problems)
        sys.exit(text if PYTHON3 else text.encode("utf-8"))


if __name__ == "__main__":
    main(*sys.argv[1:])
