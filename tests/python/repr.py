"""Says what this Python's repr and pprint make of values.

    repr.py generate COUNT SEED   makes values; writes each as a pickle, its repr, its pformat
    repr.py answer                reads pickles from stdin; answers each with three texts

Everything is written as a length (eight bytes, little-endian) and so many bytes. The three answers
are what keeps a value from being compared, or nothing; its repr; its pformat, both without addresses.
"""
import copyreg
import pickle
import pprint
import random
import re
import struct
import sys
import unicodedata
import warnings

warnings.simplefilter("ignore")

WORDS = "a an it's say \"so\" tea cups naïve 日本 x\\y tab\there line\nend \r\n\x85 \u2028 \x1c\x1f \xa0 😀 \ud83d".split(" ")


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.made = []

    def int(self):
        bits = self.random.choice([1, 8, 16, 31, 32, 63, 64, 65, 200, 1500])
        return self.random.getrandbits(bits) * self.random.choice([1, -1])

    def float(self):
        kind = self.random.randrange(6)
        if kind == 0:
            return struct.unpack("<d", struct.pack("<Q", self.random.getrandbits(64)))[0]
        if kind == 1:
            return self.random.choice([0.0, -0.0, float("inf"), float("-inf"), float("nan"), 5e-324])
        if kind == 2:
            return float(self.random.getrandbits(53)) / 2.0 ** self.random.randrange(8)
        if kind == 3:
            return 10.0 ** self.random.randrange(-8, 25)
        return round(self.random.uniform(-1000, 1000), self.random.randrange(5))

    def char(self):
        while True:
            char = chr(self.random.randrange(self.random.choice([0x80, 0x250, 0x3000, 0x110000])))
            # What this Python does not know yet a newer Unicode may.
            if unicodedata.category(char) != "Cn":
                return char

    def str(self):
        kind = self.random.randrange(4)
        if kind == 0:
            return "".join(self.char() for _ in range(self.random.randrange(12)))
        if kind == 1:
            space = self.random.choice([" ", "  ", "\n", "\t", " \n", ""])
            return space.join(self.random.choice(WORDS) for _ in range(self.random.randrange(60)))
        return "".join(self.random.choice("abcdefg_xyz") for _ in range(self.random.randrange(1, 14)))

    def bytes(self):
        length = self.random.choice([0, 1, 3, 4, 5, 8, 30, 90, 300])
        letters = self.random.choice([b"abc'\"", bytes(range(32, 127)), bytes(range(256))])
        return bytes(self.random.choice(letters) for _ in range(self.random.randrange(length + 1)))

    def scalar(self):
        kind = self.random.randrange(9)
        if kind < 2:
            return self.int()
        if kind < 4:
            return self.float()
        if kind < 7:
            return self.str()
        if kind < 8:
            return self.bytes()
        return self.random.choice([None, True, False, ..., int, len, ValueError, bytearray(self.bytes())])

    def key(self):
        kind = self.random.randrange(8)
        if kind < 4:
            return self.str()
        if kind < 5:
            return self.int()
        if kind < 6:
            # No bool: between a float and bytes it is before what is before it.
            return self.random.choice([None, 1.5, -2.25e300, self.bytes()])
        if kind < 7:
            return (self.random.randrange(5), self.str())
        return self.random.randrange(20)

    def value(self, depth):
        if self.made and self.random.randrange(12) == 0:
            return self.random.choice(self.made)
        kind = self.random.randrange(14)
        length = self.random.choice([0, 1, 1, 2, 3, 5, 9, 20])
        if depth == 0 or kind < 4:
            return self.scalar()
        if kind < 7:
            value = [self.value(depth - 1) for _ in range(length)]
        elif kind < 9:
            value = tuple(self.value(depth - 1) for _ in range(length))
        elif kind < 12:
            value = {self.key(): self.value(depth - 1) for _ in range(length)}
        elif kind < 13:
            value = {self.key() for _ in range(length)}
            if self.random.randrange(2):
                value = frozenset(value)
        else:
            # Each is part of the next: other sets have no order, and come as the sorting leaves them.
            value = {frozenset(range(self.random.randrange(6))) for _ in range(length)}
        self.made.append(value)
        return value


def send(*parts):
    for part in parts:
        sys.stdout.buffer.write(struct.pack("<Q", len(part)) + part)
    sys.stdout.buffer.flush()


def text(value):
    return value.encode("utf-8", "surrogatepass")


def generate(count, seed):
    for nth in range(count):
        generator = Generator("%s %s" % (seed, nth))
        value = generator.value(generator.random.randrange(5))
        send(pickle.dumps(value, 4), text(repr(value)), text(pprint.pformat(value)))


def obstacle(value):
    """What keeps the repr of a value from being compared."""
    stack, seen = [value], set()
    while stack:
        value = stack.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        kind = type(value)
        if kind in (list, tuple):
            stack.extend(value)
        elif kind is dict:
            stack.extend(value)
            stack.extend(value.values())
        elif kind in (set, frozenset):
            if len(value) > 1:
                return "the order of a set"
            stack.extend(value)
        elif kind in (int, float, str, bytes, bytearray, bool, type(None), type(...), type(NotImplemented)):
            pass
        elif isinstance(value, type) or kind.__module__ == "builtins" and callable(value):
            if "capital" != case(value):
                return "a class or function whose name does not tell which it is"
        elif kind.__repr__ is not object.__repr__:
            return "a class with a repr of its own"
        elif (kind.__reduce__ is not object.__reduce__ or kind.__reduce_ex__ is not object.__reduce_ex__
              or kind in copyreg.dispatch_table):
            return "what a call has made, and not only a class"
    return ""


def case(value):
    """Whether repr shows a class or function as its name suggests."""
    if type(value) not in (type, type(len)) or value.__module__.startswith("_"):
        return "none"
    name = value.__qualname__.rpartition(".")[2]
    builtin = value.__module__ == "builtins" and "." not in value.__qualname__
    if value in (type(None), type(...), type(NotImplemented)):
        return "capital"
    if isinstance(value, type):
        return "capital" if name[:1].isupper() or builtin else "small"
    return "capital" if builtin and not name[:1].isupper() else "small"


ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+>")


class Printer(pprint.PrettyPrinter):
    """Without addresses, which take room."""

    def format(self, value, *place):
        shown, readable, recursive = super().format(value, *place)
        return ADDRESS.sub(">", shown), readable, recursive


def answer():
    stdin = sys.stdin.buffer
    while True:
        head = stdin.read(8)
        if not head:
            return
        data = stdin.read(struct.unpack("<Q", head)[0])
        try:
            value = pickle.loads(data)
            reason = obstacle(value)
            shown, laid_out = ADDRESS.sub(">", repr(value)), Printer().pformat(value)
        except BaseException as error:
            send(b"not for this Python", b"", b"")
            continue
        send(text(reason), text(shown), text(laid_out))


if sys.argv[1] == "generate":
    generate(int(sys.argv[2]), sys.argv[3])
else:
    answer()
