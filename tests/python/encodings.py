"""What byte strings of Python 2 are read as, with every encoding and every handler of errors.

Byte strings come in as lines of hex. For each, and each pair of the arguments `encoding:errors`, a
line goes out: `=` and the text as hex, in UTF-8 with surrogates, or `!` and the words of the error.
"""

import binascii
import pickle
import struct
import sys


def read(data, encoding, errors):
    pickled = b"T" + struct.pack("<I", len(data)) + data + b"."
    try:
        text = pickle.loads(pickled, encoding=encoding, errors=errors)
    except UnicodeDecodeError as error:
        return "!" + str(error)
    return "=" + binascii.hexlify(text.encode("utf-8", "surrogatepass")).decode()


for line in sys.stdin:
    data = binascii.unhexlify(line.strip())
    for pair in sys.argv[1:]:
        print(read(data, *pair.split(":")))
