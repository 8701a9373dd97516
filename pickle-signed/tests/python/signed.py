"""Writes or reads signed pickles, as Python programs do: signed.py LAYOUT dump|load FILE KEY"""

import hashlib
import hmac
import pickle
import sys

ORDER = {u"tea": 2.5, u"cups": [1, 2, 300]}
SECOND = [u"another"]


def digest(key, data):
    return hmac.new(key, data, hashlib.sha256)


def dump_raw(obj, file, key):
    data = pickle.dumps(obj, 2)
    file.write(digest(key, data).digest() + data)


def load_raw(file, key):
    signed = file.read()
    data = signed[32:]
    if not hmac.compare_digest(digest(key, data).digest(), signed[:32]):
        raise ValueError("wrong signature")
    return pickle.loads(data)


def dump_hex(obj, file, key):
    data = pickle.dumps(obj, 2)
    file.write(digest(key, data).hexdigest().encode("ascii") + data)


def load_hex(file, key):
    signed = file.read()
    data = signed[64:]
    if not hmac.compare_digest(digest(key, data).hexdigest().encode("ascii"), signed[:64]):
        raise ValueError("wrong signature")
    return pickle.loads(data)


def dump_line(obj, file, key):
    data = pickle.dumps(obj, 2)
    line = "%s %d\n" % (digest(key, data).hexdigest(), len(data))
    file.write(line.encode("ascii") + data)


def load_line(file, key):
    incoming, length = file.readline().split(b" ")
    data = file.read(int(length))
    if not hmac.compare_digest(digest(key, data).hexdigest().encode("ascii"), incoming):
        raise ValueError("wrong signature")
    return pickle.loads(data)


def dump_line_with_key(obj, file, key):
    data = pickle.dumps(obj, 2)
    check = digest(key, b"key").hexdigest()[:8]
    line = "%s %d %s\n" % (digest(key, data).hexdigest(), len(data), check)
    file.write(line.encode("ascii") + data)


def load_line_with_key(file, key):
    incoming, length, check = file.readline().split()
    if check != digest(key, b"key").hexdigest()[:8].encode("ascii"):
        raise ValueError("wrong key")
    data = file.read(int(length))
    if not hmac.compare_digest(digest(key, data).hexdigest().encode("ascii"), incoming):
        raise ValueError("wrong signature")
    return pickle.loads(data)


def main(layout, verb, path, key):
    key = key.encode("ascii")
    # What has no line has no end, and stands alone.
    objects = [ORDER, SECOND] if layout.startswith("line") else [ORDER]
    function = globals()[verb + "_" + layout]
    if verb == "dump":
        with open(path, "wb") as file:
            for obj in objects:
                function(obj, file, key)
    else:
        with open(path, "rb") as file:
            for obj in objects:
                loaded = function(file, key)
                assert loaded == obj, loaded
            assert file.read() == b""


main(*sys.argv[1:])
