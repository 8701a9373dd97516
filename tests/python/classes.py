"""Objects of Python's own classes: a table, written for Rust and compared with what Rust wrote.

    classes.py dump DIRECTORY          writes NAME.PROTOCOL for each object of the table, and NAME.repr
    classes.py check DIRECTORY         compares the files of that name with the objects
"""

import os
import pickle
import sys

PYTHON = sys.version_info[:2]


def objects():
    """The table: names, and objects of this Python's library."""
    import array
    import collections
    import datetime as d
    import decimal
    import fractions
    import functools
    import http
    import ipaddress
    import pathlib
    import re
    import types
    import uuid

    table = {}
    half_past = d.timezone(d.timedelta(hours=5, minutes=30))
    named = d.timezone(-d.timedelta(hours=5), "EST")
    table["date"] = [d.date(2020, 2, 29), d.date.min, d.date.max]
    table["time"] = [d.time(1, 2, 3, 4), d.time(), d.time.max, d.time(1, tzinfo=d.timezone.utc)]
    table["datetime"] = [d.datetime(2020, 1, 2, 3, 4, 5, 6), d.datetime.min, d.datetime.max]
    table["aware"] = [
        d.datetime(2020, 1, 2, tzinfo=d.timezone.utc),
        d.datetime(2020, 1, 2, tzinfo=half_past),
        d.datetime(2020, 1, 3, tzinfo=half_past),
        d.datetime(2020, 1, 2, tzinfo=named),
        d.datetime(2020, 1, 3, tzinfo=d.timezone.utc),
    ]
    table["fold"] = [d.datetime(2020, 10, 25, 2, 30, fold=1), d.time(2, 30, fold=1)]
    table["timedelta"] = [
        d.timedelta(1, 2, 3), d.timedelta(-1), d.timedelta.min, d.timedelta.max,
        d.timedelta(microseconds=-1),
    ]
    if PYTHON >= (3, 13):
        table["timedelta-zero"] = [d.timedelta(0), d.timedelta(0), d.timezone.utc]
    table["timezone"] = [
        d.timezone.utc, half_past, named, d.timezone(d.timedelta(0), "GMT"),
        d.timezone(d.timedelta(seconds=5025, microseconds=7)) if PYTHON >= (3, 7) else named,
    ]
    if PYTHON >= (3, 9):
        import zoneinfo

        try:
            paris, again = zoneinfo.ZoneInfo("Europe/Paris"), zoneinfo.ZoneInfo("Europe/Paris")
            table["zoneinfo"] = [
                paris, again, zoneinfo.ZoneInfo("UTC"), zoneinfo.ZoneInfo.no_cache("Asia/Tokyo"),
                d.datetime(2020, 10, 25, 2, 30, tzinfo=paris),
            ]
        except zoneinfo.ZoneInfoNotFoundError:
            pass
    D = decimal.Decimal
    table["decimal"] = [
        D(text) for text in
        "0 -0 1.50 -1E+5 1E-7 0.000001 1.23E-10 12345678901234567890.123 NaN sNaN12 -Infinity".split()
    ]
    table["fraction"] = [fractions.Fraction(1, 3), fractions.Fraction(-7), fractions.Fraction(2**70, 3)]
    table["complex"] = [1j, 1 - 2.5j, complex("-nan+infj"), complex(-0.0, 0.0)]
    table["uuid"] = [
        uuid.UUID("12345678-1234-5678-1234-567812345678"), uuid.UUID(int=0),
        uuid.UUID(int=5, is_safe=uuid.SafeUUID.safe),
        uuid.UUID(int=6, is_safe=uuid.SafeUUID.unsafe),
    ]
    table["path"] = [
        pathlib.PurePosixPath("/usr/lib"), pathlib.PurePosixPath("a/b.txt"),
        pathlib.PureWindowsPath("C:\\Users\\x"), pathlib.PurePosixPath("."),
        pathlib.PosixPath("/tmp/x"),
    ]
    table["ordered-dict"] = [
        collections.OrderedDict(), collections.OrderedDict([("z", 1), ("a", [2])]),
        collections.OrderedDict((n, None) for n in range(1001)),
    ]
    table["default-dict"] = [
        collections.defaultdict(list, a=[1]), collections.defaultdict(None, {1: 2}),
        collections.defaultdict(int),
    ]
    table["counter"] = [collections.Counter("abracadabra"), collections.Counter(), collections.Counter({1: -1})]
    table["deque"] = [
        collections.deque([1, "b", None]), collections.deque(), collections.deque([1, 2], 2),
        collections.deque(maxlen=0),
    ]
    table["range"] = [range(10), range(10, 0, -2), range(2**40, 2**70, 2**35), range(0)]
    table["slice"] = [slice(None), slice(1, 10, 2), slice("a", "b")]
    table["constants"] = [..., NotImplemented, ...]
    table["enum"] = [http.HTTPStatus.OK, http.HTTPStatus.NOT_FOUND, http.HTTPStatus.OK]
    table["namespace"] = [types.SimpleNamespace(a=1, b=[2]), types.SimpleNamespace(), types.SimpleNamespace(a=2)]
    table["partial"] = [functools.partial(int, base=2), functools.partial(len), functools.partial(max, 1, 2)]
    table["pattern"] = [re.compile("a+(b)?"), re.compile("x", re.I | re.M), re.compile(b"x[0-9]")]
    table["array"] = [
        array.array(code, values) for code, values in [
            ("b", [-128, 127]), ("B", [0, 255]), ("h", [-1]), ("H", [65535]), ("i", [-5, 7]),
            ("I", [2**32 - 1]), ("l", [-(2**63)]), ("L", [2**64 - 1]), ("q", [-1]), ("Q", [2**63]),
            ("f", [1.5, -0.25]), ("d", [0.1, float("inf")]), ("i", []),
        ]
    ]
    table["ip"] = [
        ipaddress.ip_address("192.0.2.1"), ipaddress.ip_address("2001:db8::1"),
        ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8::/32"),
        ipaddress.ip_interface("10.0.0.1/8"), ipaddress.ip_interface("2001:db8::1/64"),
    ]
    table["exception"] = [
        ValueError("bad"), KeyError("k", 2), RuntimeError(), OSError(2, "gone", "f.txt"),
        OSError(17, "exists", "a", None, "b"), StopIteration(5), ImportError("m", name="n", path="p"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
        SyntaxError("bad", ("f.py", 1, 2, "x =")),
    ]
    if PYTHON >= (3, 12):
        table["attribute-error"] = [AttributeError("m", name="n"), AttributeError()]
    if PYTHON >= (3, 11):
        noted = ValueError("v")
        noted.add_note("a note")
        table["notes"] = [noted, ExceptionGroup("eg", [ValueError(1), TypeError(2)])]
    table["functions"] = [len, int, d.datetime, collections.OrderedDict, os.path.join]
    return table


def shown(value):
    """What an object is, as far as equal objects show the same."""
    if isinstance(value, (list, tuple)):
        return [type(value).__name__] + [shown(item) for item in value]
    if isinstance(value, BaseException):
        names = ("errno", "strerror", "filename", "filename2", "name", "path", "exceptions")
        extra = [(name, shown(getattr(value, name))) for name in names if hasattr(value, name)]
        return [type(value).__name__, shown(value.args), extra, sorted(vars(value).items(), key=repr)]
    if hasattr(value, "fold"):
        return [repr(value), value.fold]
    if hasattr(value, "bytes") and hasattr(value, "is_safe"):
        return [repr(value), repr(value.is_safe)]
    return [type(value).__name__, repr(value)]


def main(verb, directory):
    protocols = range(pickle.HIGHEST_PROTOCOL + 1)
    problems = []
    for name, value in sorted(objects().items()):
        if verb == "dump":
            with open(os.path.join(directory, name + ".repr"), "w", encoding="utf-8") as file:
                file.write(repr(value))
        for protocol in protocols:
            path = os.path.join(directory, "%s.%d" % (name, protocol))
            if verb == "dump":
                with open(path, "wb") as file:
                    pickle.dump(value, file, protocol)
            elif os.path.exists(path):
                with open(path, "rb") as file:
                    data = file.read()
                # What is lost below protocol 4 Python loses, too.
                expected = pickle.loads(pickle.dumps(value, protocol))
                try:
                    loaded = pickle.loads(data)
                except Exception as error:
                    problems.append("%s: %s: %s" % (path, type(error).__name__, error))
                    continue
                if shown(loaded) != shown(expected):
                    problems.append("%s: %r, not %r" % (path, shown(loaded), shown(expected)))
    print("\n".join(problems))


main(*sys.argv[1:])
