"""Lets the judge grade what one student handed in, in a clean folder of its own."""

import glob
import hashlib
import os
import re
import shutil
import tempfile

import beside
import judge
import layout
import outcome
from outcome import ABSENT, NOT_BUILT, REFUSED, Lab, Outcome, Test
from processes import Stopped

# What decides about a verdict, besides the answer.
DECIDES = ("labs/table", "common", "labs", "solutions", "tests/suites", "tests/harness",
           "tests/judge", "tests/watch")
JUDGE_NOT_BUILT = "not-built"    # as the judge calls the state of a lab


class CannotGrade(Exception):
    """The grader's own failure, which no student pays for."""


def version_of(build, labs):
    """A short name of the tree and the way it is built. Students' answers are no part of it."""
    digest = hashlib.sha256(" ".join(f"{key}={value}" for key, value in
                                     sorted(build.values.items()) if key != "objects").encode())
    own = {f"labs/{lab.name}/{file}" for lab in labs for file in lab.files}
    for top in DECIDES:
        for path in [top] if os.path.isfile(top) else sorted(beside.walk(top)):
            if path not in own:
                with open(path, "rb") as file:
                    digest.update(f"{path}\n".encode() + file.read())
    return digest.hexdigest()[:12]


class Grader:
    def __init__(self, processes, build, labs, scratch, away=()):
        """`away`: folders from which no answer may include anything."""
        self.processes, self.build, self.labs, self.scratch = processes, build, labs, scratch
        self.away = [os.path.realpath(path) for path in away]
        self.tests = {lab.name: self.list_tests(lab) for lab in labs}
        self.notes = set()    # what the judge says of this machine

    def list_tests(self, lab):
        listed = self.processes.run([self.build.suite(lab), "--list"])
        if listed.status != 0:
            raise SystemExit(f"{self.build.suite(lab)} --list: status {listed.status}. "
                             f"{listed.err}")
        rows = [line.split("\t") for line in listed.out.splitlines()]
        return [Test(lab.name, row[0], row[3], 0, int(row[1]), "not-run") for row in rows]

    def grade(self, result, work):
        """Fills an outcome. It never raises but when all of this is to end."""
        try:
            self.try_to_grade(result, work)
        except Stopped:
            raise
        except CannotGrade as error:
            result.status, result.why, result.labs = outcome.FAILED, str(error), []
        except Exception as error:    # one bad hand-in never stops the others
            result.status, result.labs = outcome.FAILED, []
            result.why = f"{type(error).__name__}: {error}"
        return result

    def try_to_grade(self, result, work):
        there = [lab for lab in self.labs if lab.name not in work.missing]
        entries = self.judged(there, work, result) if there else {}
        for lab in self.labs:
            if lab in there:
                result.labs.append(entries[lab.name])
            else:
                result.labs.append(self.untested(lab, ABSENT, work.missing[lab.name]))
        if not there:
            result.status = outcome.NOTHING

    def untested(self, lab, state, why):
        tests = [Test(test.lab, test.name, test.title, 0, test.most, "not-run", state)
                 for test in self.tests[lab.name]]
        return Lab(lab.name, lab.counts == "bonus", state, why, tests)

    def judged(self, labs, work, result):
        folder = tempfile.mkdtemp(dir=self.scratch)
        try:
            layout.write(work.files, f"{folder}/answer")
            return self.ask(labs, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def ask(self, labs, folder):
        """{lab's name: what came of it}. Where an answer is not built, the judge builds what surely
        is; if that is not, either, the machine is to blame and there is no verdict.
        """
        source, out = f"{folder}/answer", f"{folder}/out"
        words = judge.command(self.build, labs, source, out, "--brief", "--jobs", "4")
        # A slow machine costs nobody a verdict: the judge itself ends what hangs.
        verdict = judge.ask(self.processes, words, out, seconds=None)
        entries = judge.read_entries(f"{out}/results.json")
        about = judge.read_labs(f"{out}/results.json")
        self.notes |= {line for line in verdict.errors.splitlines() if line.startswith("Note:")}
        if verdict.status not in (judge.FULL, judge.LESS) or not entries:
            raise CannotGrade(said_by(verdict))
        found = {}
        for lab in labs:
            tests = [self.test_of(test, entries, verdict.outcomes) for test in
                     self.tests[lab.name]]
            neighbour = self.includes_neighbour(f"{out}/{lab.name}", source)
            if neighbour:
                found[lab.name] = self.untested(lab, REFUSED, neighbour)
            elif about[lab.name]["state"] == JUDGE_NOT_BUILT:
                why = about[lab.name]["reason"].replace(f"{source}/", "").strip()
                found[lab.name] = self.untested(lab, NOT_BUILT, why or tests[0].text)
            else:
                found[lab.name] = Lab(lab.name, lab.counts == "bonus", tests=tests)
            for test in found[lab.name].tests:
                test.text = test.text.replace(f"{source}/", "")
        return found

    def test_of(self, test, entries, outcomes):
        entry = entries.get((test.lab, test.name))
        if entry is None:
            raise CannotGrade(f"the judge said nothing about {test.lab}/{test.name}")
        more = entry.get("extra_data", {})
        return Test(test.lab, test.name, test.title, entry["score"], entry["max_score"],
                    outcomes[f"{test.lab}/{test.name}"], more.get("text", entry.get("output", "")),
                    more.get("look_at", ""))

    def includes_neighbour(self, folder, own):
        """A line, if an answer was built with a file of somebody else's."""
        for path in glob.glob(f"{glob.escape(folder)}/answer/*.includes"):
            for name in re.split(r"(?<!\\)\s+", judge.read(path)):
                file = os.path.realpath(name.replace("\\ ", " "))
                if not file.startswith(f"{os.path.realpath(own)}/") and \
                        any(file.startswith(f"{away}/") for away in self.away):
                    return "It includes a file of another hand-in, which it may not."
        return ""


def said_by(verdict):
    """Why there is none: the judge says so first, and last that it stopped."""
    lines = [line for line in verdict.errors.splitlines() if line.strip()]
    reasons = [line for line in lines if line.startswith("judge: ")] or lines
    return reasons[0] if reasons else f"the judge ended with status {verdict.status}"
