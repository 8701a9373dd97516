"""Measures shelve: a line for each piece of work, its CPU and wall-clock seconds per value."""

import shelve
import sys
import time


def measure(name, count, work):
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(name, cpu / count, wall / count, sep="\t")


def main(path, inserts, gets):
    inserts, gets = int(inserts), int(gets)
    keys = ["key %d" % nth for nth in range(inserts)]
    shelf = shelve.open(path, "n")

    def insert():
        for nth, key in enumerate(keys):
            shelf[key] = ("tea", nth, 2.5)

    def get():
        for nth in range(gets):
            assert shelf[keys[nth % inserts]][1] == nth % inserts

    def items():
        for _ in range(gets // inserts):
            assert sum(value[1] for value in shelf.values()) == sum(range(inserts))

    measure("insert", inserts, insert)
    measure("get", gets, get)
    measure("values", gets // inserts * inserts, items)
    shelf.close()


main(*sys.argv[1:])
