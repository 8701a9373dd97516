"""A parent in Python: has workers do jobs. parent.py COMMAND..., which starts a worker"""

import os
import pickle
import subprocess
import sys
import tempfile

from jobs import Crash, Reverse, Square


class Worker:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, number, job):
        pickle.dump((number, job), self.process.stdin)
        self.process.stdin.flush()
        answered, answer = pickle.load(self.process.stdout)
        assert answered == number
        return answer

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0


def main(command):
    workers = [Worker(command) for _ in range(2)]
    with tempfile.TemporaryDirectory() as directory:
        jobs = [job for n in range(1, 6) for job in (Square(n), Reverse("job %d" % n))]
        jobs.append(Crash(os.path.join(directory, "marker")))
        for number, job in enumerate(jobs):
            nth = number % len(workers)
            try:
                answer = workers[nth].ask(number, job)
            except EOFError:  # it has died
                print("worker", workers[nth].process.pid, "failed", file=sys.stderr)
                workers[nth] = Worker(command)
                answer = workers[nth].ask(number, job)
            print("%s -> %s" % (job, answer))
    for worker in workers:
        worker.close()


main(sys.argv[1:])
