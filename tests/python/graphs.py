"""Writes pickles of random graphs: objects of every shape, shared, in themselves, in their own
arguments.

Arguments: the seed and the number of graphs. Each graph is written at every protocol, as one byte
of protocol, four bytes of length and the pickle. What CPython itself cannot pickle is left out.
"""

import array
import collections
import datetime
import decimal
import enum
import fractions
import functools
import pickle
import random
import struct
import sys
import types
import uuid


class Plain:
    pass


class Slotted:
    __slots__ = ("a", "b", "__dict__")


class ListOf(list):
    pass


class DictOf(dict):
    pass


class SetOf(set):
    pass


class TupleOf(tuple):
    pass


class Number(int):
    pass


class Name(str):
    pass


class Real(float):
    pass


class Data(bytes):
    pass


Pair = collections.namedtuple("Pair", "x y")


class Colour(enum.Enum):
    RED = 1
    BLUE = "b"


class Flags(enum.IntFlag):
    A = 1
    B = 2


class Reduced:
    """With arguments that are the same tuple each time it is asked for."""

    def __init__(self, *args):
        self.args = args

    def __reduce__(self):
        return Reduced, self.args, {"k": 1}, iter([1, 2]), iter([("a", 1)])


class Keywords:
    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self.a, self.k = args, kwargs
        return self

    def __getnewargs_ex__(self):
        return self.a, self.k


class Other:
    def __getstate__(self):
        return 1, 2

    def __setstate__(self, state):
        pass


def set_state(obj, state):
    pass


class Setter:
    def __reduce__(self):
        return Setter, (), self.__dict__, None, None, set_state


TEXTS = ["", "a", "é", "name", "\ud800", "x" * 255, "x" * 256, "中" * 100, "Ā", "a\nb\\u1234\\", "\0", "😀"]
INTS = [0, 1, 255, 256, 65535, 65536, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63, -(2**63), 2**64]
INTS += [10**100, -(10**700), 2 ** (8 * 255 - 1) - 1, 2 ** (8 * 255)]
FLOATS = [1.5, float("nan"), float("inf"), -0.0, 1e100]


class Graphs:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pool = []
        self.shared = 0.15

    def graph(self):
        self.pool = []
        # Few leaves and many references make objects that are in their own arguments.
        self.shared = self.random.choice([0.15, 0.35])
        return self.object(self.random.choice([2, 3, 4, 5]))

    def leaf(self):
        choose = self.random.choice
        return choose(
            [
                lambda: choose([None, True, False]),
                lambda: choose(INTS),
                lambda: choose(FLOATS),
                lambda: choose(TEXTS),
                lambda: choose(TEXTS) + str(self.random.random()),
                lambda: choose([b"", b"\xff", b"\xff" * 255, b"\xff" * 256]),
                lambda: bytearray(choose([b"", b"abc"])),
                lambda: choose([(), frozenset(), Plain, Colour.RED, Flags(3), int, len, str]),
                lambda: choose([..., NotImplemented, type(None), Name("name"), range(3), slice(1, 2)]),
                lambda: datetime.datetime(2020, 1, 2, 3, 4, 5, 6, choose([None, datetime.timezone.utc])),
                lambda: choose([decimal.Decimal("1.50"), uuid.UUID(int=5), fractions.Fraction(1, 3)]),
                lambda: choose([complex(1, -0.0), array.array("d", [1.5]), OSError(2, "no", "file")]),
                lambda: functools.partial(int, "1", base=2),
                lambda: choose(["y", b"z"]) * (choose([65535, 65536]) if self.random.random() < 0.1 else 2),
            ]
        )()

    def key(self, depth):
        while True:
            key = self.object(depth)
            try:
                hash(key)
                return key
            except TypeError:
                depth = 0

    def object(self, depth):
        chance = self.random.random()
        if self.pool and chance < self.shared:
            return self.random.choice(self.pool)
        if depth <= 0 or chance < self.shared + 0.2:
            leaf = self.leaf()
            if self.random.random() < 0.5:
                self.pool.append(leaf)
            return leaf
        return self.container(depth - 1)

    def container(self, depth):
        count = self.random.choice([0, 1, 2, 3, 5])
        if self.random.random() < 0.005:
            count, depth = self.random.choice([999, 1000, 1001, 2000]), 0

        def items():
            return (self.object(depth) for _ in range(count))

        def keys():
            return (self.key(depth) for _ in range(count))

        def pairs():
            return ((self.key(depth), self.object(depth)) for _ in range(count))

        def filled(obj, fill):
            self.pool.append(obj)
            fill(obj)
            return obj

        def with_attributes(obj):
            for name in self.random.sample(["a", "b", "note", "extra"], min(count, 3)):
                setattr(obj, name, self.object(depth))
            return obj

        make = self.random.choice(
            [
                lambda: filled([], lambda obj: obj.extend(items())),
                lambda: filled({}, lambda obj: obj.update(pairs())),
                lambda: tuple(items()),
                lambda: set(keys()),
                lambda: frozenset(keys()),
                lambda: filled(Plain(), with_attributes),
                lambda: filled(Setter(), with_attributes),
                lambda: filled(types.SimpleNamespace(), with_attributes),
                lambda: with_attributes(Slotted()),
                lambda: with_attributes(ListOf(items())),
                lambda: DictOf(pairs()),
                lambda: with_attributes(SetOf(keys())),
                lambda: TupleOf(items()),
                lambda: with_attributes(self.random.choice([Number(5), Name("text"), Real(1.5), Data(b"x")])),
                lambda: Pair(self.object(depth), self.object(depth)),
                lambda: Reduced(*items()),
                lambda: Keywords(self.object(depth), k=self.object(depth)),
                lambda: Other(),
                lambda: collections.OrderedDict(pairs()),
                lambda: collections.defaultdict(list, pairs()),
                lambda: collections.deque(items(), self.random.choice([None, 5000])),
                lambda: with_attributes(ValueError(*items())),
            ]
        )
        made = make()
        self.pool.append(made)
        return made


def main():
    graphs = Graphs(int(sys.argv[1]))
    out = sys.stdout.buffer
    for _ in range(int(sys.argv[2])):
        graph = graphs.graph()
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                pickled = pickle.dumps(graph, protocol)
            except (pickle.PicklingError, TypeError, AttributeError, RecursionError):
                # Such as a slice with a protocol that has no form of it.
                continue
            out.write(struct.pack("<BI", protocol, len(pickled)) + pickled)


main()
