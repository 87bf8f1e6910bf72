"""Are copies told from independent answers? A made class hands in right answers, and copies of
them with other names, another layout, another order of functions and statements put in.

usage: try_similar.py --build FILE SCRATCH
Prints a line for each thing that is not as it should be; exit status 1 then.
"""

import argparse
import csv
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "check"))

import made
import session
import submissions
import table
import winnow
from try_class import read

COPY, INDEPENDENT = 85, 50    # percent: copies are above, independent answers below


def renamed(text):
    """Other names, no comments, and all of it in other lines."""
    names, out = {}, []
    for match in winnow.TOKEN.finditer(text):
        word = match[0]
        if match.lastgroup == "word" and word not in winnow.KEYWORDS:
            word = names.setdefault(word, f"my_{len(names)}")
        out.append(" " if match.lastgroup == "skip" and "#" not in word else word)
    return re.sub(r"([;{}]) ", "\\1\n\t", "".join(out))


def turned(text):
    """The functions in the opposite order."""
    head, *functions = re.split(r"(?<=\n}\n)", text)
    return "".join([*reversed(functions), head])


def padded(text):
    """Three statements more."""
    lines = text.splitlines(keepends=True)
    ends = [at for at, line in enumerate(lines) if re.match(r"^    [^/*].*;$", line)]
    for at in reversed([ends[len(ends) * part // 4] for part in (1, 2, 3)]):
        lines.insert(at + 1, "    more_than_needed(0, 1);\n")
    return "".join(lines)


DISGUISES = (renamed, turned, padded, lambda text: renamed(turned(padded(text))))


class Trial:
    def __init__(self, scratch):
        # The longest lab: short answers have few ways to be written.
        self.lab = max(table.read(), key=lambda lab: lab.hours)
        self.scratch = scratch
        self.findings = []
        self.students = {}
        for one in submissions.of_kind(self.lab, "right"):
            self.hand_in(f"by {one.name}", read(one.path), "this")
        text = read(f"{self.lab.solution}/{self.lab.files[0]}")
        for number, disguise in enumerate(DISGUISES):
            self.hand_in(f"copy {number}", disguise(text), "this")
        self.hand_in("forty", text, "last")

    def hand_in(self, name, text, year):
        path = f"{self.lab.name}/{self.lab.files[0]}"
        made.put(f"{self.scratch}/{year}/{name}/{path}", text.encode())

    def expect(self, what, holds):
        if not holds:
            self.findings.append(f"similar answers: {what}")

    def run(self, *more):
        out = f"{self.scratch}/pages"
        done = subprocess.run([sys.executable, "-B", f"{HERE}/similar.py", "--build", "none",
                               "--src", f"{self.scratch}/this", "--last", f"{self.scratch}/last",
                               "--out", out, *more, self.lab.name], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.expect(f"exit status {done.returncode}:\n{done.stdout}", done.returncode == 0)
        rows = list(csv.reader(read(f"{out}/pairs.csv").splitlines()))[1:]
        return out, done.stdout, {frozenset(names): int(share) for share, *names in rows}

    def look(self):
        out, said, pairs = self.run()
        copies = [f"copy {number}" for number in range(len(DISGUISES))]
        for copy in copies:
            for model in "(the solution)", "forty (last year)":
                share = pairs[frozenset((copy, model))]
                self.expect(f"{copy} and {model} are {share} % alike", share > COPY)
        for names, share in pairs.items():
            if not any(name.startswith("copy") for name in names):
                one, other = sorted(names)
                same = other.startswith("by ") and one == f"(right: {other[3:]}.c)"
                self.expect(f"{one} and {other} are {share} % alike",
                            share == 100 if same else share < INDEPENDENT)
        self.expect(f"the copies are not told:\n{said}", all(copy in said for copy in copies))
        self.expect("no line is marked side by side", "<mark>" in read(f"{out}/pair-1.html"))

    def export(self):
        for program in "jplag", "dolos", "moss":
            out, said, _ = self.run("--export", program)
            folders = os.listdir(f"{out}/{program}/answers")
            self.expect(f"for {program} there are {folders}", "copy_0" in folders)
            self.expect(f"for {program} it says:\n{said}", f"For {program}: " in said)


def tried(scratch):
    trial = Trial(scratch)
    trial.look()
    trial.export()
    print("\n".join(trial.findings), end="\n" if trial.findings else "")
    return 1 if trial.findings else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--build", help="is not looked at")
    parser.add_argument("scratch", nargs="?", help="a folder; it may be left out")
    parser.parse_args()
    return session.run(lambda _processes, scratch: tried(scratch))


if __name__ == "__main__":
    sys.exit(main())
