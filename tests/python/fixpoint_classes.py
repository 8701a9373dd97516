"""The classes that the pickles of the fixpoint test name."""
from collections import namedtuple


class Plain:
    pass


class Point:
    pass


class Outer:
    class Inner:
        pass


class Slotted:
    __slots__ = ("left", "right")


class Both(Slotted):
    pass


class ListOf(list):
    pass


class DictOf(dict):
    pass


Pair = namedtuple("Pair", "left right")


class Keywords:
    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self.args, self.kwargs = args, kwargs
        return self

    def __getnewargs_ex__(self):
        return self.args, self.kwargs

    def __getstate__(self):
        return None


class Call:
    def __reduce__(self):
        state = {key: value for key, value in self.__dict__.items() if key != "args"}
        return make, self.args, state or None


def make(*args):
    self = Call()
    self.args = args
    return self


class WithSetter:
    def __reduce__(self):
        return make_with_setter, (), self.state, None, None, set_state


def make_with_setter():
    return WithSetter()


def set_state(self, state):
    self.state = state
