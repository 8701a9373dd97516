"""The other side: what the tests of connections and managers talk to.

The first argument says what to be. Whatever listens prints its address first; whatever connects
prints `ok` when all was as it should be.
"""

import collections
import gc
import os
import queue
import struct
import sys
import threading
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from multiprocessing.managers import BaseManager, RemoteError, SyncManager

Point = collections.namedtuple('Point', 'x y')


class Order(object):
    """A class that the other side need not know."""

    def __init__(self, number):
        self.number = number
        self.itself = self

    def __eq__(self, other):
        return self.number == other.number


OBJECTS = [None, True, 7, -2 ** 70, 2.5, 'tea', b'\x00\xff', [1, [2]], (), ('a', 1), {'k': {1, 2}}]


def address(text):
    """'host:port', or a path."""
    host, colon, port = text.rpartition(':')
    return (host, int(port)) if colon else text


def say(*words):
    print(*words)
    sys.stdout.flush()


def shown(address):
    return '%s:%d' % address if isinstance(address, tuple) else address


def key(text):
    return None if text == '-' else text.encode()


def listen(where, authkey):
    """Sends back what it receives, to one client after another; 'stop' ends it."""
    with Listener(address(where), authkey=key(authkey)) as listener:
        say(shown(listener.address))
        while True:
            try:
                connection = listener.accept()
            except (AuthenticationError, EOFError, OSError) as error:
                say('refused: %s: %s' % (type(error).__name__, error))
                continue
            with connection:
                try:
                    while True:
                        message = connection.recv_bytes()
                        connection.send_bytes(message)
                        if message == b'stop':
                            return
                except (EOFError, OSError) as error:
                    say('gone: %s: %s' % (type(error).__name__, error))


def client(where, authkey):
    """Talks to a listener that sends back what it receives."""
    with Client(address(where), authkey=key(authkey)) as connection:
        for obj in OBJECTS:
            connection.send(obj)
            assert connection.poll(20)
            assert connection.recv() == obj
        for size in [0, 1, 16384, 16385, 3000000]:
            connection.send_bytes(b'x' * size)
            assert connection.recv_bytes() == b'x' * size
        # A length of 64 bits is allowed for a short message, too.
        os.write(connection.fileno(), struct.pack('!iQ', -1, 4) + b'long')
        assert connection.recv_bytes() == b'long'
        connection.send_bytes(b'stop')
        assert connection.recv_bytes() == b'stop'
        try:
            connection.recv()
        except EOFError:
            pass
        else:
            raise AssertionError('not closed')


def break_off(where, authkey):
    """Goes away in the middle of a message."""
    with Client(address(where), authkey=key(authkey)) as connection:
        os.write(connection.fileno(), struct.pack('!i', 70000) + b'half')


def rejected(where, authkey):
    """Has the wrong key."""
    try:
        Client(address(where), authkey=key(authkey))
    except AuthenticationError as error:
        assert str(error) == 'digest sent was rejected', error
    else:
        raise AssertionError('accepted')


def flood(where, authkey, name, count):
    """Sends numbered messages, and receives each again."""
    with Client(address(where), authkey=key(authkey)) as connection:
        for number in range(int(count)):
            connection.send((name, number))
            assert connection.recv() == (name, number)


class Manager(SyncManager):
    pass


class Thing(object):
    """What is registered with methods of its own."""

    def __init__(self, start=0, step=1):
        self.value = start
        self.step = step

    def add(self, times=1):
        self.value += times * self.step
        return self.value

    def fail(self, what):
        raise ValueError(what, 2)

    def unknown(self):
        raise Unknown('of no class that you know')

    def unpicklable(self):
        return threading.Lock()

    def parts(self):
        return [1, 2, 3]


class Unknown(Exception):
    pass


def manager(where, authkey):
    """Serves objects until it is told to stop."""
    jobs = queue.Queue()
    Manager.register('get_queue', callable=lambda: jobs)
    Manager.register('Thing', Thing, method_to_typeid={'parts': 'list'})
    server = Manager(address(where), key(authkey)).get_server()
    say(shown(server.address))
    server.serve_forever()


class Remote(BaseManager):
    pass


Remote.register('get_queue')
Remote.register('Queue')
Remote.register('Counter')
Remote.register('nothing')


def remote(where, authkey):
    manager = Remote(address(where), key(authkey))
    manager.connect()
    return manager


def manager_client(where, authkey):
    """Uses the queue and the counter of a server."""
    manager = remote(where, authkey)
    jobs = manager.get_queue()
    before = manager._number_of_objects()
    for obj in OBJECTS + [Order(7), Point(1, 2), Order]:
        jobs.put(obj)
        again = jobs.get()
        assert again == obj, again
    order = Order(8)
    jobs.put(order)
    again = jobs.get(timeout=20)
    assert again.itself is again

    assert jobs.empty() and not jobs.full() and jobs.qsize() == 0
    for call in [
        lambda: jobs.get(block=False),
        lambda: jobs.get(True, 0.01),
        lambda: jobs.get(timeout=0.01),
        jobs.get_nowait,
    ]:
        try:
            call()
        except queue.Empty:
            pass
        else:
            raise AssertionError('not empty')

    small = manager.Queue(1)
    assert manager._number_of_objects() == before + 1
    small.put('only one')
    assert small.full()
    try:
        small.put('another', timeout=0.01)
    except queue.Full:
        pass
    else:
        raise AssertionError('not full')
    assert small.get() == 'only one'
    small.task_done()
    small.join()
    for error, call in [
        (ValueError, small.task_done),
        (ValueError, lambda: small.get(timeout=-1)),
        (TypeError, small.put),
        (TypeError, lambda: small.get(1, 2, 3)),
        (TypeError, lambda: small.get(wait=True)),
        (RemoteError, manager.nothing),
        (RemoteError, lambda: small._callmethod('secret')),
    ]:
        try:
            call()
        except error as found:
            assert type(found) is error
        else:
            raise AssertionError('no %s' % error)
    assert 'queue of 0 objects' in str(small)
    assert 'refcount=1' in manager._debug_info()
    del small
    gc.collect()  # errors and their frames refer to one another
    assert manager._number_of_objects() == before

    counter = manager.Counter(5)
    assert counter.add() == 6
    assert counter.add(step=4) == 10
    assert counter._getvalue() == 10
    try:
        counter.add(0)
    except ValueError as error:
        assert error.args == ('nothing to add',)
    else:
        raise AssertionError('no error')
    try:
        counter.panic()
    except RemoteError as error:
        assert 'panicked: as it should' in str(error), error
    else:
        raise AssertionError('no error')
    assert counter.add() == 11

    # A get that waits, while others go on.
    got = []
    waiting = threading.Thread(target=lambda: got.append(jobs.get()))
    waiting.start()
    time.sleep(0.1)
    jobs.put('for the one who waits')
    waiting.join(20)
    assert got == ['for the one who waits']


def manager_wrong_key(where, authkey):
    """Is refused."""
    try:
        remote(where, authkey)
    except AuthenticationError:
        pass
    else:
        raise AssertionError('accepted')


def wait_and_die(where, authkey):
    """Waits for an item until it is killed."""
    jobs = remote(where, authkey).get_queue()
    say('waiting')
    jobs.get()


def manager_shutdown(where, authkey):
    """Ends the server, as a manager that has started one does."""
    manager = remote(where, authkey)
    from multiprocessing.managers import dispatch
    with Client(address(where), authkey=key(authkey)) as connection:
        dispatch(connection, None, 'shutdown')


def manager_flood(where, authkey, name, count):
    """Puts numbered items into a queue."""
    jobs = remote(where, authkey).get_queue()
    for number in range(int(count)):
        jobs.put((name, number))


if __name__ == '__main__':
    globals()[sys.argv[1]](*sys.argv[2:])
    say('ok')
