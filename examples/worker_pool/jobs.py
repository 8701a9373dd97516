"""The same jobs and answers as in jobs.rs."""

import os


class Square:
    def __init__(self, number):
        self.number = number

    def run(self):
        return Number(self.number**2)

    def __str__(self):
        return "square of %d" % self.number


class Reverse:
    def __init__(self, text):
        self.text = text

    def run(self):
        return Text(self.text[::-1])

    def __str__(self):
        return "reverse of %s" % self.text


class Crash:
    def __init__(self, marker):
        self.marker = marker

    def run(self):
        try:
            open(self.marker, "x").close()
        except FileExistsError:
            return Text("survived")
        os._exit(1)

    def __str__(self):
        return "crash"


class Number:
    def __init__(self, value):
        self.value = value

    def __str__(self):
        return str(self.value)


class Text:
    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text
