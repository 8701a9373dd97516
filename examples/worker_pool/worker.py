"""A worker in Python: does what a parent sends, until there is no more."""

import pickle
import sys

import jobs  # the classes that the pickles name

source, sink = sys.stdin.buffer, sys.stdout.buffer
while True:
    try:
        number, job = pickle.load(source)
    except EOFError:
        break
    pickle.dump((number, job.run()), sink)
    sink.flush()
