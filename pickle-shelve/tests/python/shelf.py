# -*- coding: utf-8 -*-
"""Shelves, as Python programs use them: shelf.py VERB PATH [ARGUMENT...]"""

from __future__ import print_function

import shelve
import sys

try:
    import dbm
    import dbm.dumb as dumb
    from dbm import whichdb
except ImportError:  # Python 2
    import dumbdbm as dumb
    from whichdb import whichdb

KEYS = [
    u"tea", u"", u"kéy", u"two\nlines", u"it's", u'say "x"', u"both ' and \"", u"back\\slash",
    u"\u6587\u5b57", u"\U0001f375", u"\x7f\x85\xa0\xad\xff", u"tab\t\r\0 end ",
]


class Order(object):
    pass


def key(text):
    return text.encode("utf-8") if sys.version_info[0] == 2 else text


def value(text, nth):
    return (text, nth, u"value " * nth)


def create(path, form, protocol):
    """Opens a new shelf; `default` is what shelve.open makes."""
    protocol = int(protocol)
    if form == "dumb":
        return shelve.Shelf(dumb.open(path, "n"), protocol)
    return shelve.open(path, "n", protocol)


def fill(shelf):
    for nth, text in enumerate(KEYS):
        shelf[key(text)] = value(text, nth)
    order = Order()
    order.id = 7
    order.lines = [u"tea", u"cups"]
    shelf[key(u"order")] = order


def write(path, form, protocol):
    shelf = create(path, form, protocol)
    # Values that grow, shrink and go: not everything is at the place where it was first.
    for nth, text in enumerate(KEYS):
        shelf[key(text)] = u"first " * 300
    del shelf[key(KEYS[3])]
    fill(shelf)
    shelf.close()


def read(path):
    shelf = shelve.open(path, "r")
    expected = {key(text): value(text, nth) for nth, text in enumerate(KEYS)}
    order = shelf[key(u"order")]
    assert type(order) is Order, order
    assert vars(order) == {"id": 7, "lines": [u"tea", u"cups"]}, vars(order)
    found = {k: shelf[k] for k in shelf if k != key(u"order")}
    assert found == expected, (found, expected)
    assert len(shelf) == len(KEYS) + 1
    shelf.close()


def change(path):
    """One key is changed, one is new, one is gone."""
    shelf = shelve.open(path, "w")
    shelf[key(u"tea")] = (u"changed", -1, u"longer than it was. " * 100)
    shelf[key(u"new")] = (u"new", 100, u"")
    del shelf[key(u"it's")]
    shelf.close()


def hammer(path, prefix, count):
    """Many writes, while others write: all keys of its own, one that everybody writes."""
    shelf = shelve.open(path, "w")
    print("ready")
    sys.stdout.flush()
    sys.stdin.readline()
    for nth in range(int(count)):
        shelf["%s %d" % (prefix, nth)] = (prefix, nth)
        shelf["shared"] = (prefix, nth)
        assert shelf["%s %d" % (prefix, nth // 2)] == (prefix, nth // 2)
    shelf.close()


def endless(path):
    """Writes until it is killed, and says which writes are done."""
    shelf = shelve.open(path, "c")
    nth = 0
    while True:
        nth += 1
        shelf["key %d" % (nth % 7)] = (nth, "x" * (nth * 997 % 5000))
        shelf["last"] = (nth, "")
        print(nth)
        sys.stdout.flush()


def check(path):
    """Every value is what somebody wrote; prints the last one."""
    shelf = shelve.open(path, "r")
    for k in shelf:
        nth, text = shelf[k]
        assert k == "last" or text == "x" * (nth * 997 % 5000), (k, nth)
    print(shelf["last"][0])
    shelf.close()


def which(path, *paths):
    for path in (path,) + paths:
        print(repr(whichdb(path)))


globals()[sys.argv[1]](*sys.argv[2:])
