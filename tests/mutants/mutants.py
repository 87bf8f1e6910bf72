"""Do the tests notice small mistakes? Judges mutants of the solutions: see README.md.

The mutants run in the judge's namespaces only: without them it refuses. Exit status 0, also if
mutants survive: that is a matter for the report.
"""

import itertools
import os
import random
import shlex
import shutil
import sys
import tempfile
import threading
import time
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "check"))

import description
import judge
import mutants_report
import options
import session
import table
from operators import mutants_of
from progress import Progress

AT_ONCE = 2
REPORT = "build/mutants/report.md"

# before, after: the lines that change, each as one text without the blanks around it.
Verdict = namedtuple("Verdict", "mutant path outcome before after reason")


def parse_options(words):
    parser = options.parser(__doc__)
    parser.add_argument("--seed", type=int, default=1, metavar="N",
                        help="which ones are chosen (1)")
    parser.add_argument("--count", type=int, metavar="N",
                        help="how many, of all labs together (every one)")
    parser.add_argument("--report", metavar="FILE", default=REPORT,
                        help=f"written if all labs are judged ({REPORT})")
    return parser.parse_args(words)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def changed_lines(text, mutant):
    """The lines that the mutant changes, as they were and as they are."""
    first = text.rfind("\n", 0, mutant.start) + 1
    last = text.find("\n", mutant.end)
    after = text[first:mutant.start] + mutant.new + text[mutant.end:last]
    return " ".join(text[first:last].split()), " ".join(after.split())


def parse_equivalents(text):
    """(lab, function, line before, line after) -> why nobody could tell the two apart."""
    known = {}
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if not lines:
            continue
        place, before, after, *why = lines
        if before[:2] != "- " or after[:1] != "+" or not why or len(place.split()) != 2:
            raise SystemExit(f"equivalent.txt: this is not in the form:\n{block}")
        known[(*place.split(), before[2:], after[2:])] = " ".join(map(str.strip, why))
    return known


class Judging:
    """What all mutants of one call have in common."""

    def __init__(self, call, processes, scratch):
        self.build = description.read(call.build)
        self.processes, self.scratch = processes, scratch
        self.known = parse_equivalents(read(f"{HERE}/equivalent.txt"))

    def machine_code(self, text):
        """The object file that becomes of a source, without debugging information; or None."""
        flags = "-g0 -w -x c -c - -o".split()
        with tempfile.NamedTemporaryFile(suffix=".o", dir=self.scratch) as made, \
                tempfile.TemporaryFile(dir=self.scratch) as source:
            source.write(text.encode())
            source.seek(0)
            done = self.processes.run(shlex.split(self.build["compile"]) + flags + [made.name],
                                      stdin=source)
            return made.read() if done.status == 0 else None

    def judge(self, lab, name, text):
        """killed, survived, or invalid (not to be linked, or no verdict is given); and why."""
        folder = tempfile.mkdtemp(dir=self.scratch)
        shutil.copytree(lab.solution, f"{folder}/{lab.name}")
        with open(f"{folder}/{lab.name}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
        verdict = judge.judge(self.processes, self.build, [lab], folder, f"{folder}/out",
                              "--isolated", "--jobs", "2")
        shutil.rmtree(folder, ignore_errors=True)
        if verdict.status not in (judge.FULL, judge.LESS) or not verdict.built:
            return "invalid", f"status {verdict.status}. {verdict.errors}"
        return ("killed" if verdict.status else "survived"), " ".join(verdict.lost())


class Lab:
    """The mutants of one lab, in the order in which they are to be judged."""

    def __init__(self, judging, lab, seed):
        self.judging, self.lab = judging, lab
        paths = [f"{lab.solution}/{name}" for name in lab.files]
        self.texts = {path: read(path) for path in paths}
        self.codes = {path: judging.machine_code(text) for path, text in self.texts.items()}
        mutants = [(path, mutant) for path in paths for mutant in mutants_of(path)]
        random.Random(f"{seed} {lab.name}").shuffle(mutants)
        self.all = len(mutants)
        self.waiting = iter(mutants)    # guarded by lock, as is same_code
        self.same_code = 0
        self.lock = threading.Lock()

    def next(self):
        """The next mutant that compiles, and to something else than the original; None: no more."""
        for path, mutant in self.waiting:
            whole = self.texts[path]
            text = whole[:mutant.start] + mutant.new + whole[mutant.end:]
            code = self.judging.machine_code(text)
            if code and code != self.codes[path]:
                return path, mutant, text
            self.same_code += code is not None
        return None

    def judge_next(self):
        """The verdict on the next mutant that can be judged; None: no more."""
        while True:
            with self.lock:
                found = self.next()
            if not found:
                return None
            path, mutant, text = found
            outcome, reason = self.judging.judge(self.lab, os.path.basename(path), text)
            if outcome != "invalid":
                return self.verdict(path, mutant, outcome, reason)
            print(f"\n  left out: {path}:{mutant.line}: {reason}", file=sys.stderr)

    def verdict(self, path, mutant, outcome, reason):
        before, after = changed_lines(self.texts[path], mutant)
        why = self.judging.known.get((mutant.lab, mutant.function, before, after))
        if outcome == "survived" and why:
            outcome, reason = "equivalent", why
        elif why:
            print(f"\n  equivalent.txt is wrong, {reason} fails: {after}", file=sys.stderr)
        return Verdict(mutant, path, outcome, before, after, reason)


def shares(count, labs):
    """The labs in turn, so many in all: each has the same share, or one more. Without a count, each
    lab as often as it has mutants.
    """
    if count is None:
        return [lab for lab in labs for _ in range(lab.all)]
    return list(itertools.islice(itertools.cycle(labs), count))


def judge_all(labs, count):
    """Judges as many mutants of each lab as are its share. The verdicts, sorted by place."""
    jobs = list(enumerate(shares(count, labs)))
    progress = Progress("judged", ["mutant"] * len(jobs), AT_ONCE, every=10)
    verdicts, seconds = [], {}

    def judge_next(job):
        began = time.monotonic()
        verdict = job[1].judge_next()
        seconds[job] = time.monotonic() - began
        return verdict

    def ended(job, verdict):
        verdicts.extend([verdict] if verdict else [])
        survived = sum(one.outcome == "survived" for one in verdicts)
        progress.step("mutant", seconds[job], f"({survived} survived)")

    session.at_once(AT_ONCE, judge_next, jobs, ended)
    progress.clear()
    return sorted(verdicts, key=lambda verdict: verdict.mutant[:-1])


def mutate(call, processes, scratch):
    judging = Judging(call, processes, scratch)
    known = table.read()
    chosen = table.chosen(known, call.labs)
    labs = [Lab(judging, lab, call.seed) for lab in chosen]
    verdicts = judge_all(labs, call.count)
    same_code = {lab.lab.name: lab.same_code for lab in labs}
    text = mutants_report.section(call.seed, len(verdicts), same_code, verdicts)
    print(text, end="")
    if chosen == known:
        mutants_report.write(call.report, call.seed, text)
    return 0


def main():
    call = parse_options(sys.argv[1:])
    if not shutil.which("clang"):
        raise SystemExit('make mutants needs clang: install the package "clang".')
    return session.run(lambda processes, scratch: mutate(call, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
