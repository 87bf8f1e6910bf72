"""Does the judge always say the same? Grades the references, the untouched skeletons and a mixed
submission (some labs right, some wrong) again and again, each time under other circumstances: busy
CPUs beside it, one CPU or all, odd OMP_* values, another user. Prints every verdict that differed
from the first round's; none may. Exit status 1 if one did, or if the first round is not as it
should be.
"""

import collections
import contextlib
import os
import shutil
import sys
import time

import description
import judge
import options
import session
import source
import submissions
import table
from progress import Progress

# One after the other. So are one CPU (every third round) and another user (every fifth): in time
# each of them meets each of the others.
ODD_SETTINGS = (
    {},
    {"OMP_NUM_THREADS": "1", "OMP_DYNAMIC": "true"},
    {"OMP_THREAD_LIMIT": "1", "OMP_WAIT_POLICY": "active", "OMP_SCHEDULE": "static", "LC_ALL": "C"},
    {"OMP_NUM_THREADS": "64", "OMP_PROC_BIND": "true", "TZ": "Asia/Seoul"},
)
NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups".split()
# The exit status, and what comes of each test.
RIGHT = {"references": (judge.FULL, "passed"), "skeletons": (judge.LESS, "not-started")}
BUSY = ["sh", "-c", "while :; do :; done"]


def parse_options(words):
    parser = options.parser(__doc__)
    parser.add_argument("--times", type=int, default=50, metavar="N", help="rounds (50)")
    call = parser.parse_args(words)
    if call.times < 1:
        parser.error("--times wants at least 1")
    return call


def mixed(lab, turn):
    """In turn another right way and a wrong one (of those whose failing tests are certain)."""
    if turn % 2:
        found = submissions.of_kind(lab, "right")
    else:
        found = [one for one in submissions.of_kind(lab, "wrong")
                 if not one.may and not one.two_cpus]
    return (found or submissions.of_kind(lab, "reference"))[0]


def prepare(processes, labs, scratch):
    """Makes the folders references, skeletons and mixed."""
    for turn, lab in enumerate(labs):
        kinds = {
            "references": submissions.of_kind(lab, "reference")[0],
            "skeletons": submissions.of_kind(lab, "skeleton")[0],
            "mixed": mixed(lab, turn),
        }
        for folder, submission in kinds.items():
            problems = source.make(processes, submission, f"{scratch}/{folder}")
            if problems:
                raise SystemExit("\n".join([submission.id, *problems]))
    for folder, _, files in os.walk(scratch):    # another user reads them
        os.chmod(folder, 0o755)
        for name in files:
            os.chmod(f"{folder}/{name}", 0o644)
    return list(kinds)


def surroundings(number, words):
    """The command and the settings of a round: on one CPU, or with odd settings, or as nobody."""
    if number % 5 == 2 and os.getuid() == 0:
        words = NOBODY + words
    if number % 3 == 1:
        words = ["taskset", "-c", str(min(os.sched_getaffinity(0)))] + words
    return words, ODD_SETTINGS[number % 4]


@contextlib.contextmanager
def load(processes, count):
    busy = [processes.start(BUSY) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            processes.end(process)


class Soak:
    def __init__(self, call, processes, scratch):
        self.build = description.read(call.build)
        self.labs = table.chosen(table.read(), call.labs)
        self.processes, self.scratch = processes, scratch
        self.first = {}         # kind -> what was said in the first round
        self.differed = 0

    def grade(self, number, kind):
        """Grades a folder once, and says what differs from the first round."""
        out = f"{self.scratch}/out.{kind}"
        os.makedirs(out, exist_ok=True)
        os.chmod(out, 0o777)    # another user writes there
        busy = number % 3 * (os.cpu_count() or 1)
        words, settings = surroundings(number, judge.command(
            self.build, self.labs, f"{self.scratch}/{kind}", f"{out}/{number}", "--brief"))
        with load(self.processes, busy):
            verdict = judge.ask(self.processes, words, f"{out}/{number}", settings)
        shutil.rmtree(f"{out}/{number}", ignore_errors=True)
        now = said(verdict)
        if kind not in self.first:
            expect_right(kind, verdict)
        differences = compare(self.first.setdefault(kind, now), now)
        if differences:
            self.differed += 1
            print(f"round {number + 1}, {kind}, beside {busy} busy processes:")
            print("\n".join(differences) + f"\n{verdict.errors}")

    def summary(self):
        counts = {kind: collections.Counter(said.values()) for kind, said in self.first.items()}
        return (f"references: {counts['references']['passed']} passed;"
                f" skeletons: {counts['skeletons']['not-started']} not started;"
                f" mixed: {counts['mixed']['passed']} passed, {counts['mixed']['failed']} failed")


def said(verdict):
    return {"exit status": verdict.status, **verdict.outcomes}


def expect_right(kind, verdict):
    """What the others are compared with must be right: nothing differs where nothing is judged."""
    status, outcome = RIGHT.get(kind, (verdict.status, None))
    wrong = [f"    {name}: {now}" for name, now in verdict.outcomes.items()
             if now != (outcome or now)]
    judged = verdict.tests and verdict.status in (judge.FULL, judge.LESS)
    if wrong or not judged or verdict.status != status:
        raise SystemExit("\n".join([f"In the first round the {kind} are not graded as they should"
                                    f" be (exit status {verdict.status}):", *wrong,
                                    verdict.errors]))


def compare(first, now):
    return [f"    {key}: first {first.get(key)}, now {now.get(key)}"
            for key in sorted({*first, *now}) if first.get(key) != now.get(key)]


def soak(call, processes, scratch):
    run = Soak(call, processes, scratch)
    kinds = prepare(processes, run.labs, scratch)
    progress = Progress("round", ["round"] * call.times, every=1)
    for number in range(call.times):
        began = time.monotonic()
        for kind in kinds:
            run.grade(number, kind)
        progress.step("round", time.monotonic() - began)
    progress.clear()
    print(f"{call.times} rounds of {len(kinds)} gradings: {run.differed} differed from the first",
          run.summary(), sep="\n")
    return 1 if run.differed else 0


def main():
    call = parse_options(sys.argv[1:])
    return session.run(lambda processes, scratch: soak(call, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
