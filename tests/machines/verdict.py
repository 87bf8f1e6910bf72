"""What came of a machine: reads what enter.py has left of each step."""

import json
import os
import re
from dataclasses import dataclass, field

MAKES_OWN = re.compile(r"^make(\[\d+\])?: ")
# The line that says why nothing was judged, the best first.
REASONS = (re.compile(r"^(judge|builder|setup): "), re.compile(r"error: "),
           re.compile(r"[Ee]rror|cannot|not "))


@dataclass
class Verdict:
    points: int = 0
    most: int = 0        # 0: nothing was judged
    right: int = 0       # answers with full score
    answers: int = 0
    lost: list = field(default_factory=list)    # "LAB ANSWER: tests"
    check: object = None     # whether `make check` and the like pass; None: not asked for
    line: str = ""           # why nothing was judged, or what make check says
    doctor_well: bool = True

    @property
    def judged(self):
        return self.most > 0

    @property
    def full(self):
        return (self.judged and self.points == self.most and self.right == self.answers
                and self.check is not False)

    @property
    def refused(self):
        """Nothing was judged, a line says why, and the doctor does not say that all is well."""
        return not self.judged and bool(self.line) and not self.doctor_well


def read_text(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return None


def status_of(out, step):
    text = read_text(f"{out}/{step}.status")
    return None if text is None else int(text)


def tests_of(out, step):
    """{lab: its tests, as the judge's results have them}"""
    text = read_text(f"{out}/{step}.json")
    labs = {}
    for test in json.loads(text)["tests"] if text else []:
        labs.setdefault(test["name"].partition(" / ")[0], []).append(test)
    return labs


def lost_of(tests):
    """The names of the tests that lost points."""
    lost = [test["name"].partition(" / ")[2].partition(":")[0] for test in tests
            if test["score"] < test["max_score"]]
    return ["everything"] if len(lost) == len(tests) > 1 else lost


def reason(text):
    """The line of a step's output that says why it failed."""
    lines = [line.strip() for line in text.splitlines()
             if line.strip() and not MAKES_OWN.match(line)]
    for pattern in REASONS:
        for line in lines:
            if pattern.search(line):
                return line
    return lines[-1] if lines else ""


def count_right(verdict, out, names):
    for number, answers in enumerate(names):
        labs = tests_of(out, f"right-{number}")
        for lab, name in sorted(answers.items()):
            verdict.answers += 1
            lost = lost_of(labs[lab]) if lab in labs else ["not judged"]
            verdict.right += not lost
            if lost:
                verdict.lost.append(f"{lab} {name}: {' '.join(lost)}")


def doors(out):
    """The steps after those of grading."""
    steps = sorted(name[:-len(".status")] for name in os.listdir(out) if name.endswith(".status"))
    return [step for step in steps if re.match(r"run-|cluster$|check$", step)]


def read(out, names):
    """`names` are {lab: answer} for each round of right answers."""
    verdict = Verdict(doctor_well=status_of(out, "doctor") == 0)
    if status_of(out, "build") != 0:
        verdict.line = reason(read_text(f"{out}/build.txt") or "")
        verdict.doctor_well = False
        return verdict
    labs = tests_of(out, "grade")
    for lab, tests in labs.items():
        verdict.points += sum(test["score"] for test in tests)
        verdict.most += sum(test["max_score"] for test in tests)
        if lost_of(tests):
            verdict.lost.append(f"{lab} reference: {' '.join(lost_of(tests))}")
    if not verdict.judged:
        verdict.line = reason(read_text(f"{out}/grade.txt") or "")
        return verdict
    count_right(verdict, out, names)
    for step in doors(out):
        verdict.check = status_of(out, step) == 0
        if not verdict.check:
            verdict.line = reason(read_text(f"{out}/{step}.txt") or "")
            break
    return verdict
