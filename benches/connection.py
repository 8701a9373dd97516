"""CPython's side of the measurements of connections; see src/bin/connection.rs.

    connection.py serve ADDRESS        print the address, then do what one client asks for
    connection.py ask ADDRESS          print what it took, a line for each piece of work
"""

import sys
import time
from multiprocessing.connection import Client, Listener

KEY = b'key'
SMALL = 20000
LARGE = 300
MIB = b'x' * 2 ** 20


def address(text):
    host, colon, port = text.rpartition(':')
    return (host, int(port)) if colon else text


def serve(where):
    with Listener(address(where), authkey=KEY) as listener:
        found = listener.address
        print('%s:%d' % found if isinstance(found, tuple) else found, flush=True)
        with listener.accept() as connection:
            while True:
                try:
                    work, count = connection.recv()
                except EOFError:
                    return
                start = time.process_time()
                for _ in range(count):
                    if work == 'round trips':
                        connection.send(connection.recv())
                    elif work == 'objects':
                        connection.recv()
                    else:
                        connection.recv_bytes()
                connection.send(time.process_time() - start)


def ask(where):
    with Client(address(where), authkey=KEY) as connection:
        for work, count in [('round trips', SMALL), ('objects', LARGE), ('bytes', LARGE)]:
            connection.send((work, count))
            wall, cpu = time.perf_counter(), time.process_time()
            for number in range(count):
                if work == 'round trips':
                    connection.send((number, 'tea'))
                    connection.recv()
                elif work == 'objects':
                    connection.send(MIB)
                else:
                    connection.send_bytes(MIB)
            theirs = connection.recv()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            print(count / wall, (cpu + theirs) / count)


if __name__ == '__main__':
    {'serve': serve, 'ask': ask}[sys.argv[1]](sys.argv[2])
