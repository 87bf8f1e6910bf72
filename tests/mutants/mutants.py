"""Do the tests notice small mistakes? Judges mutants of the solutions: see tests/README.md.

usage: mutants.py JUDGE [--seed N] [--count N] [--report FILE] LAB...
From the environment: COMPILE, OBJECTS and what else tests/judge/build.sh needs. Run from the top
folder. The mutants run in the judge's namespaces only: without them it refuses (--isolated). Exit
status 0, also if mutants survive: that is a matter for the report.
"""

import argparse
import collections
import concurrent.futures
import glob
import itertools
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading

from operators import mutants_of

HERE = os.path.dirname(os.path.abspath(__file__))
AT_ONCE = 2
# No verdict hangs on this time: it only ends a judge that hangs itself.
JUDGE = "timeout --foreground 600".split()

# before, after: the lines that change, each as one text without the blanks around it.
Verdict = collections.namedtuple("Verdict", "mutant path outcome before after reason")


def source_of(lab):
    return glob.glob(f"solutions/{lab}/*.c")[0]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def machine_code(text):
    """The object file that becomes of a source, without debugging information; None if none does."""
    flags = "-g0 -w -x c -c - -o".split()
    with tempfile.NamedTemporaryFile(suffix=".o") as made:
        compiler = subprocess.run(shlex.split(os.environ["COMPILE"]) + flags + [made.name],
                                  input=text.encode(), stderr=subprocess.DEVNULL, check=False)
        return made.read() if compiler.returncode == 0 else None


def changed_lines(text, mutant):
    """The lines that the mutant changes, as they were and as they are."""
    first = text.rfind("\n", 0, mutant.start) + 1
    last = text.find("\n", mutant.end)
    after = text[first:mutant.start] + mutant.new + text[mutant.end:last]
    return " ".join(text[first:last].split()), " ".join(after.split())


def known_equivalents():
    """(lab, function, line before, line after) -> why nobody could tell the two apart."""
    known = {}
    for block in read(f"{HERE}/equivalent.txt").split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if not lines:
            continue
        place, before, after, *why = lines
        if before[:2] != "- " or after[:1] != "+" or not why or len(place.split()) != 2:
            raise SystemExit(f"equivalent.txt: this is not in the form:\n{block}")
        known[(*place.split(), before[2:], after[2:])] = " ".join(map(str.strip, why))
    return known


def verdict_of_judge(judge, scratch, mutant, path, text):
    """killed, survived, or invalid: it cannot be linked, or the judge gives no verdict."""
    folder = tempfile.mkdtemp(dir=scratch)
    topic = f"{mutant.lab}/{os.path.basename(path)}"
    os.mkdir(f"{folder}/{mutant.lab}")
    with open(f"{folder}/{topic}", "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run(
        JUDGE + [judge, "--isolated", "--build", f"{os.environ['OBJECTS']}/build", "--src", folder,
                 "--out", f"{folder}/out", "--labs", mutant.lab, "--brief", "--jobs", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)
    tests = [line.split() for line in done.stdout.splitlines()]
    if done.returncode not in (0, 1) or all(words[1] == "not-run" for words in tests):
        return "invalid", f"{topic}:{mutant.line}: status {done.returncode}. {done.stderr}"
    failed = [words[0].split("/")[-1] for words in tests if words[1] != "passed"]
    return ("killed" if done.returncode else "survived"), " ".join(failed)


class Lab:
    """The mutants of one lab, in the order in which they are to be judged."""

    def __init__(self, lab, seed):
        self.path = source_of(lab)
        self.text = read(self.path)
        self.code = machine_code(self.text)
        mutants = mutants_of(self.path)
        random.Random(f"{seed} {lab}").shuffle(mutants)
        self.waiting = iter(mutants)
        self.same_code = 0
        self.lock = threading.Lock()

    def next(self):
        """The next mutant that compiles, and to something else than the original; None: no more."""
        for mutant in self.waiting:
            text = self.text[:mutant.start] + mutant.new + self.text[mutant.end:]
            code = machine_code(text)
            if code and code != self.code:
                return mutant, text
            self.same_code += code is not None
        return None

    def judge_next(self, judge, scratch, known):
        while True:
            with self.lock:
                found = self.next()
            if not found:
                return None
            mutant, text = found
            outcome, reason = verdict_of_judge(judge, scratch, mutant, self.path, text)
            if outcome != "invalid":
                break
            print(f"\n  left out: {reason}", file=sys.stderr)
        before, after = changed_lines(self.text, mutant)
        why = known.get((mutant.lab, mutant.function, before, after))
        if outcome == "survived" and why:
            outcome, reason = "equivalent", why
        elif why:
            print(f"\n  equivalent.txt is wrong, {reason} fails: {after}", file=sys.stderr)
        return Verdict(mutant, self.path, outcome, before, after, reason)


def spread(count, labs):
    """How many mutants of each lab, if all labs are to have the same share: {lab: share}."""
    return {lab: count // len(labs) + (i < count % len(labs)) for i, lab in enumerate(labs)}


def progress(done, count, verdicts):
    survived = sum(verdict.outcome == "survived" for verdict in verdicts)
    line = f"  judged {done} of {count}, {survived} survived"
    if sys.stderr.isatty():
        print(f"\r{line}\033[K", end="" if done < count else "\n", file=sys.stderr)
    elif done % 10 == 0 or done == count:
        print(line, file=sys.stderr)


def judge_all(options, labs):
    """Judges as many mutants of each lab as are its share, two at a time. Returns the verdicts."""
    known, verdicts, done = known_equivalents(), [], 0
    shares = spread(options.count, list(labs))
    queues = [[lab] * share for lab, share in shares.items()]
    jobs = [lab for lab in itertools.chain(*itertools.zip_longest(*queues)) if lab]
    with tempfile.TemporaryDirectory(prefix="lockstep.") as scratch, \
            concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            waiting = [
                pool.submit(labs[lab].judge_next, options.judge, scratch, known) for lab in jobs
            ]
            for future in concurrent.futures.as_completed(waiting):
                done += 1
                verdicts += [future.result()] if future.result() else []
                progress(done, len(jobs), verdicts)
        finally:
            pool.shutdown(cancel_futures=True)
    return sorted(verdicts, key=lambda verdict: verdict.mutant[:-1])


def percent(killed, survived):
    return f"{100 * killed / (killed + survived):.1f} %" if killed + survived else "-"


def row(name, verdicts, same_code):
    outcomes = collections.Counter(verdict.outcome for verdict in verdicts)
    killed, survived = outcomes["killed"], outcomes["survived"]
    return (f"| {name} | {len(verdicts)} | {killed} | {survived} | {outcomes['equivalent']} | "
            f"{same_code} | {percent(killed, survived)} |")


def shown(verdict):
    mutant = verdict.mutant
    return (f"- `{verdict.path}:{mutant.line}`, {mutant.function}, {mutant.operator}"
            f"{': ' + verdict.reason if verdict.outcome == 'equivalent' else ''}\n\n"
            f"  ```diff\n  - {verdict.before}\n  + {verdict.after}".rstrip() + "\n  ```\n")


def section(options, labs, verdicts):
    lines = [f"## Seed {options.seed}, {options.count} mutants", "",
             "| lab | judged | killed | survived | equivalent | same machine code | score |",
             "|---|---|---|---|---|---|---|"]
    for lab, state in labs.items():
        own = [verdict for verdict in verdicts if verdict.mutant.lab == lab]
        lines.append(row(lab, own, state.same_code))
    lines.append(row("**all**", verdicts, sum(state.same_code for state in labs.values())))
    for outcome, title in (("survived", "Survivors"), ("equivalent", "Equivalent")):
        chosen = [shown(verdict) for verdict in verdicts if verdict.outcome == outcome]
        lines += ["", f"### {title}", ""] + (chosen or ["None."])
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


HEAD = """# Mutants

Written by `make mutants` (SEED=1 COUNT=200), which keeps the sections of other seeds. A mutant is a
solution with one small change in an answer, chosen at random. It is killed if it does not score
full. Equivalent ones behave as the solution does, for the reason given. Those of which the compiler
makes the same machine code are not judged; others take their places. The score is
killed / (judged - equivalent).
"""


def write_report(path, seed, new):
    sections = {seed: new}
    if os.path.exists(path):
        for part in re.split(r"^(?=## )", read(path), flags=re.M)[1:]:
            number = int(re.match(r"## Seed (\d+)", part).group(1))
            sections.setdefault(number, part.rstrip() + "\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([HEAD] + [sections[key] for key in sorted(sections)]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("judge")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--report")
    parser.add_argument("lab", nargs="+")
    options = parser.parse_args()
    if not shutil.which("clang"):
        raise SystemExit('make mutants needs clang: install the package "clang".')
    labs = {lab: Lab(lab, options.seed) for lab in options.lab}
    verdicts = judge_all(options, labs)
    text = section(options, labs, verdicts)
    print(text, end="")
    if options.report:
        write_report(options.report, options.seed, text)


if __name__ == "__main__":
    main()
