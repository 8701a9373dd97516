"""Reads a pickle of __main__.SimpleObject, which this script has not.

    python without_class.py FILE
"""
import pickle
import sys

with open(sys.argv[1], "rb") as in_s:
    pickle.load(in_s)
