"""Judges answers that somebody wrote without a look at the tests, from contracts, skeletons and
handouts alone: what they show of the judge, its authors' imagination cannot.

Each answer is a folder anywhere in FOLDER, laid out as labs/ is. A wrong one has a file BUG
beside that, whose first line says where and what, and which sentence it breaks:

    function: what it does: "a sentence of the contract"

Prints a line for each: HOLE is a wrong answer with full score, REFUSED a right one without it,
MISLED one whose report leads to another function first. Exit status 1 if there is one of these.
"""

import concurrent.futures
import os
import re
import sys
import time
from dataclasses import dataclass, field

import description
import judge
import looks
import options
import promises
import session
import table
from progress import Progress

BUG = re.compile(r"^\s*(?://)?\s*(?:BUG:)?\s*([a-z_0-9, ]+?)\s*(?:\([^)]*\))?:\s*(.*)$", re.S)
QUOTED = re.compile(r'"([^"]+)"')
LEFT_OUT = re.compile(r"\.\.\.|\[[^\]]*\]")
WORST = ("HOLE", "REFUSED", "MISLED", "NOT BUILT")


@dataclass
class Answer:
    lab: object
    folder: str
    functions: set = field(default_factory=set)   # where the bug is; empty: it is right
    quotations: list = field(default_factory=list)
    lost: list = field(default_factory=list)      # tests
    look: str = ""                                # the function that the report leads to first
    verdict: str = ""

    @property
    def name(self):
        return f"{self.lab.number} {os.path.basename(self.folder)}"


def read_bug(text):
    """(functions, quotations) of a file BUG; None if nobody can read it."""
    match = BUG.match(text)
    if not match:
        return None
    return set(re.split(r",\s*|\s+or\s+|\s+", match[1])), QUOTED.findall(match[2])


def stands_in(quotation, text):
    """Whether a text has all parts of a quotation; "..." and [words] stand for what is between."""
    return all(promises.one_line(part) in text for part in LEFT_OUT.split(quotation))


def find(top, labs):
    """The answers to these labs."""
    found = []
    for folder, inside, files in sorted(os.walk(top)):
        for lab in labs:
            if lab.name not in inside:
                continue
            answer = Answer(lab, folder)
            if "BUG" in files:
                bug = read_bug(promises.read(f"{folder}/BUG"))
                if bug is None:
                    raise SystemExit(f'{folder}/BUG: its first line is not "function: what"')
                answer.functions, answer.quotations = bug
            found.append(answer)
    return found


def skeleton_functions(lab):
    """Where a report can lead to: a student's own functions are not known."""
    sources = [looks.read(f"labs/{lab.name}/{file}").splitlines() for file in lab.files]
    return {name for source in sources for name in looks.functions(source).values()}


def name(answer, verdict):
    """What the verdict of the judge shows."""
    if verdict.status not in (judge.FULL, judge.LESS) or not verdict.built:
        return "NOT BUILT"
    if not answer.functions:
        return "REFUSED" if verdict.lost() else "ok"
    if not verdict.lost():
        return "HOLE"
    asked = answer.functions & skeleton_functions(answer.lab)
    led = verdict.looks[0] if verdict.looks else ""
    return "MISLED" if asked and led not in asked else "ok"


class Outside:
    def __init__(self, call, processes, scratch):
        self.processes, self.scratch = processes, scratch
        self.build = description.read(call.build)
        self.labs = table.chosen(table.here(table.read(), self.build), call.labs)
        self.answers = find(call.src, self.labs)
        if not self.answers:
            raise SystemExit(f"There is no answer to these labs in {call.src}.")

    def judge(self, answer, number):
        began = time.monotonic()
        verdict = judge.judge(self.processes, self.build, [answer.lab], answer.folder,
                              f"{self.scratch}/{number}", "--jobs", "2")
        answer.lost, answer.look = verdict.lost(), (verdict.looks or [""])[0]
        answer.verdict = name(answer, verdict)
        return time.monotonic() - began

    def show(self, answer):
        lost = " ".join(answer.lost) or "none"
        print(f"{answer.verdict:9}  {answer.name:32}  loses {lost}"
              + (f"; leads to {answer.look}" if answer.look else ""), flush=True)

    def strange(self):
        """Quotations that stand nowhere: what breaks no sentence is not wrong."""
        texts = promises.all_text(self.labs)
        return [f'{answer.folder}/BUG: this stands nowhere: "{quotation}"'
                for answer in self.answers for quotation in answer.quotations
                if not stands_in(quotation, texts[answer.lab])]

    def run(self):
        at_once = 2 * (os.cpu_count() or 1)
        progress = Progress("judged", [answer.lab.name for answer in self.answers], at_once)
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            jobs = {pool.submit(self.judge, answer, number): answer
                    for number, answer in enumerate(self.answers)}
            for job in concurrent.futures.as_completed(jobs):
                progress.step(jobs[job].lab.name, job.result(), f"({jobs[job].name})")
        progress.clear()
        for answer in sorted(self.answers, key=lambda one: (one.verdict == "ok", one.name)):
            self.show(answer)
        for line in self.strange():
            print(line)
        print(summary(self.answers))
        return 1 if any(answer.verdict in WORST for answer in self.answers) else 0


def summary(answers):
    def count(word, among):
        return sum(answer.verdict == word for answer in among)

    wrong = [answer for answer in answers if answer.functions]
    right = [answer for answer in answers if not answer.functions]
    return (f"{len(wrong)} wrong: {count('HOLE', wrong)} full, {count('MISLED', wrong)} misled; "
            f"{len(right)} right: {count('REFUSED', right)} refused; "
            f"{count('NOT BUILT', answers)} not built")


def main():
    parser = options.parser(__doc__)
    parser.add_argument("--src", required=True, metavar="FOLDER")
    call = parser.parse_args()
    return session.run(lambda processes, scratch: Outside(call, processes, scratch).run())


if __name__ == "__main__":
    sys.exit(main())
