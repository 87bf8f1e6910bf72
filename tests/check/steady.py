"""Does a wrong answer lose the same tests every time? Grades each wrong submission again and again:
half of the times with nothing beside it, a quarter beside busy processes, a quarter on one CPU. The
first time, it must lose what it declares.
Prints at once what differed, and keeps what came of each in build/steady.json: a run that was
stopped goes on where it was, and grades again only what has changed since, the answer itself, its
lab or its tests. `make check ALL=1` quotes the sum. Exit status 1 if a verdict differed.
"""

import contextlib
import glob
import hashlib
import json
import os
import sys
import time

import compare
import description
import judge
import options
import plan
import session
import soak
import source
import submissions
import table
from progress import Progress

RESULT = "build/steady.json"
BUSY = 4
# Of every four gradings, so many under each surrounding.
SURROUNDINGS = ("alone", "beside busy processes", "alone", "on one CPU")


def parse_options(words):
    parser = options.parser(__doc__)
    parser.add_argument("--times", type=int, default=20, metavar="N",
                        help="how often each is graded (20)")
    parser.add_argument("--only", default="", metavar="WORD",
                        help="grade only those with WORD in LAB.wrong.NAME")
    parser.add_argument("--again", action="store_true",
                        help="grade also those that have been graded, and have not changed")
    call = parser.parse_args(words)
    if call.times < 2:
        parser.error("--times wants at least 2")
    return call


def digest(submission):
    """Of all that decides on the verdict and is this lab's own."""
    lab, whole = submission.lab, hashlib.sha256()
    paths = [f"{folder}/*.[ch]" for folder in (f"labs/{lab.name}", lab.solution)]
    for path in [submission.path, *sorted(sum(map(glob.glob, paths), [])),
                 *sorted(glob.glob(f"tests/suites/{lab.number}-*"))]:
        with open(path, "rb") as file:
            whole.update(path.encode() + file.read())
    return whole.hexdigest()


def recorded():
    """{id: what came of it} of earlier runs."""
    try:
        with open(RESULT, encoding="utf-8") as file:
            return json.load(file)["graded"]
    except (OSError, ValueError, KeyError):
        return {}


class Steady:
    def __init__(self, call, processes, scratch):
        self.call, self.processes, self.scratch = call, processes, scratch
        self.build = description.read(call.build)
        labs = table.chosen(table.read(), call.labs)
        self.wrong = [one for lab in labs for one in submissions.of_kind(lab, "wrong")
                      if call.only in one.id]
        self.graded = recorded()
        self.unsteady = []

    def grade(self, submission, folder, surrounding):
        words = judge.command(self.build, [submission.lab], folder, f"{folder}/out", "--brief")
        if surrounding == "on one CPU":
            words = ["taskset", "-c", str(min(os.sched_getaffinity(0))), *words]
        busy = BUSY if surrounding == "beside busy processes" else 0
        with soak.load(self.processes, busy) if busy else contextlib.nullcontext():
            verdict = judge.ask(self.processes, words, f"{folder}/out")
        return verdict

    def undeclared(self, submission, verdict):
        """Nothing differs where nothing is judged: so the first verdict must be right."""
        if submission.two_cpus and plan.online_cpus() < 2:
            return []
        return compare.problems(submission, verdict, self.build.spins)

    def try_one(self, submission, step):
        """Grades one as often as is asked for. Returns lines about what differed."""
        folder = f"{self.scratch}/{submission.id}"
        problems = source.make(self.processes, submission, folder)
        if problems:
            return problems
        first, lines = None, []
        for number in range(self.call.times):
            began = time.monotonic()
            surrounding = SURROUNDINGS[number % len(SURROUNDINGS)]
            verdict = self.grade(submission, folder, surrounding)
            now = soak.said(verdict)
            wrong = soak.compare(first, now) if first else self.undeclared(submission, verdict)
            first = first or now
            lines += [f"    grading {number + 1}, {surrounding}: {line.strip()}" for line in wrong]
            step(submission.lab.name, time.monotonic() - began, f"({submission.id})")
        return lines

    def is_known(self, submission):
        last = self.graded.get(submission.id, {})
        return last.get("of") == digest(submission) and last["times"] >= self.call.times

    def run(self):
        todo = [one for one in self.wrong if self.call.again or not self.is_known(one)]
        if len(todo) < len(self.wrong):
            print(f"{len(self.wrong) - len(todo)} were graded before, and have not changed.")
        kinds = [one.lab.name for one in todo for _ in range(self.call.times)]
        progress = Progress("graded", kinds, every=100)
        for submission in todo:
            lines = self.try_one(submission, progress.step)
            if lines:
                progress.clear()
                print("\n".join([submission.id, *lines]), flush=True)
                self.unsteady.append(submission.id)
            self.save(submission, lines)
        progress.clear()

    def save(self, submission, lines):
        """After each, so that what was found is kept whatever comes."""
        self.graded[submission.id] = {"times": self.call.times, "date": time.strftime("%Y-%m-%d"),
                                      "of": digest(submission), "differed": lines}
        os.makedirs(os.path.dirname(RESULT), exist_ok=True)
        with open(f"{RESULT}.new", "w", encoding="utf-8") as file:
            json.dump({"graded": self.graded}, file, indent=1)
        os.replace(f"{RESULT}.new", RESULT)


def quoted(wrong):
    """What is known of these, in a line."""
    graded = recorded()
    last = [graded[one.id] for one in wrong
            if one.id in graded and graded[one.id]["of"] == digest(one)]
    if not last:
        return "steady: not known (make steady grades every wrong answer 20 times)"
    even = sum(not one["differed"] for one in last)
    fewest, latest = min(one["times"] for one in last), max(one["date"] for one in last)
    rest = f"; {len(wrong) - len(last)} more not graded" if len(last) < len(wrong) else ""
    return f"steady {even}/{len(last)} in {fewest} gradings each (make steady, {latest}){rest}"


def steady(call, processes, scratch):
    run = Steady(call, processes, scratch)
    if not run.wrong:
        raise SystemExit(f"No wrong submission has '{call.only}' in its name.")
    run.run()
    print(quoted(run.wrong))
    known = [run.graded.get(one.id, {}) for one in run.wrong]
    return 1 if any(one.get("differed") for one in known) else 0


def main():
    call = parse_options(sys.argv[1:])
    return session.run(lambda processes, scratch: steady(call, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
