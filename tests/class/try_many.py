"""Grades a made class three times: undisturbed, under load, and killed in the middle and resumed.
The tables must be the same, and each student's points those of his or her own answers. Only figures
in the words about a failure may differ, and the call in which an answer hung: what a wrong answer
leaves behind, which PID it saw, or which of its calls finds what another one lost, is not the same
each time.

usage: try_many.py --build FILE [--count 120] [LAB...]
Exit status 1 if something is not as it should be.
"""

import csv
import os
import re
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "check"))

import description
import expected
import judge
import made
import options
import session
import soak
import table
from try_class import read, results_of

TABLES = ("grades.csv", "grades-long.csv")


def rows_of(path):
    """A table's rows, without what may differ in the words of its column "text"."""
    head, *rows = csv.reader(read(path).splitlines())
    text = head.index("text") if "text" in head else len(head)
    return [head, *([*row[:text], *map(without_luck, row[text:])] for row in rows)]


def without_luck(words):
    """The words about a failure without figures, and without the call in which something hung."""
    words = re.sub(r"\d+", "0", words)
    return re.sub(r"(?s)(It hung.*? It happened in this call: ).*", r"\1", words)


class Many:
    def __init__(self, call, processes, scratch):
        self.processes, self.scratch, self.build = processes, scratch, call.build
        self.labs = table.chosen(table.read(), call.labs)
        build = description.read(call.build)
        isolated = judge.isolates(processes, build, self.labs[0], scratch)
        maker = made.Maker(processes, scratch, self.labs, isolated)
        self.students = maker.students(call.count)
        self.top, self.class_file = f"{scratch}/hand-ins", f"{scratch}/class.toml"
        made.hand_in(self.students, self.top)
        made.class_file(self.students, self.class_file)
        self.wrong = 0

    def command(self, out):
        return [sys.executable, "-B", f"{HERE}/classroom.py", "--build", self.build, "--src",
                self.top, "--out", f"{self.scratch}/{out}", "--class", self.class_file,
                *(lab.name for lab in self.labs)]

    def say(self, what, lines):
        lines = list(lines)
        print(f"{'FAILED' if lines else 'ok'}: {what}", *lines, sep="\n    ", flush=True)
        self.wrong += bool(lines)

    def grade(self, out):
        """Seconds that it took."""
        began = time.monotonic()
        process = self.processes.start(self.command(out), stdin=subprocess.DEVNULL)
        process.wait()
        self.processes.forget(process)
        if process.returncode != 0:
            self.say(f"grading ended with status {process.returncode}", ["see above"])
        return time.monotonic() - began

    def differences(self, out):
        """The lines in which a table is another than the first grading's."""
        for name in TABLES:
            first, now = (rows_of(f"{self.scratch}/{folder}/{name}") for folder in ("first", out))
            yield from (f"{name}: {a}\n    now:  {b}" for a, b in zip(first, now) if a != b)
            if len(first) != len(now):
                yield f"{name} has {len(now)} lines, and had {len(first)}"

    def kill(self, out, number):
        """Ends a grading by a signal when some are graded; how many are, then."""
        folder = f"{self.scratch}/{out}/results"
        before = len(os.listdir(folder)) if os.path.isdir(folder) else 0
        process = self.processes.start(self.command(out), stdin=subprocess.DEVNULL)
        while process.poll() is None and len(results_of(f"{self.scratch}/{out}")) < \
                before + len(self.students) // 3:
            time.sleep(0.2)
        process.send_signal(number)
        process.wait()
        self.processes.forget(process)
        return len(results_of(f"{self.scratch}/{out}"))

    def work(self):
        seconds = self.grade("first")
        print(f"{len(self.students)} students, {len(self.labs)} lab(s): {seconds:.0f} s")
        self.say("each has what his or her own answers are worth",
                 expected.problems(self.students, results_of(f"{self.scratch}/first")))
        with soak.load(self.processes, 2 * (os.cpu_count() or 1)):
            seconds = self.grade("loaded")
        self.say(f"under load ({seconds:.0f} s) the tables are the same",
                 self.differences("loaded"))
        one, two = self.kill("killed", signal.SIGTERM), self.kill("killed", signal.SIGKILL)
        seconds = self.grade("killed")
        self.say(f"stopped after {one}, killed after {two}, then resumed ({seconds:.0f} s): the "
                 "tables are the same", self.differences("killed"))
        return 1 if self.wrong else 0


def main():
    parser = options.parser(__doc__)
    parser.add_argument("--count", type=int, default=120, metavar="N")
    call = parser.parse_args()
    return session.run(lambda processes, scratch: Many(call, processes, scratch).work())


if __name__ == "__main__":
    sys.exit(main())
