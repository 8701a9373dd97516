"""The other side of a stream: answers every pickle with another one, until the stream ends.

echo.py MODE tcp PORT | unix PATH | pipe

MODE: `plain`; `lines`, with a line before each pickle; `cut`, which breaks the first answer off;
`memo`, with one pickler for all answers.
"""

import pickle
import socket
import sys


class SimpleObject:
    def __init__(self, name):
        self.name = name
        self.name_backwards = name[::-1]


def connect(kind, where=None):
    """Gives files to read from and to write to."""
    if kind == "pipe":
        return sys.stdin.buffer, sys.stdout.buffer
    if kind == "tcp":
        sock = socket.create_connection(("127.0.0.1", int(where)), timeout=100)
    else:
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(100)
        sock.connect(where)
    file = sock.makefile("rwb")
    return file, file


def main(mode, *address):
    source, sink = connect(*address)
    pickler = pickle.Pickler(sink)
    while True:
        line = source.readline() if mode == "lines" else None
        if line == b"":
            break
        try:
            obj = pickle.load(source)
        except EOFError:
            break
        answer = SimpleObject(obj.name_backwards)
        if mode == "cut":
            sink.write(pickle.dumps(answer)[:-5])
            break
        if line:
            sink.write(line)
        if mode == "memo":
            pickler.dump(answer)
        else:
            pickle.dump(answer, sink)
        sink.flush()
    # Errors of writing, which the interpreter's own shutdown would hide.
    sink.close()


main(*sys.argv[1:])
