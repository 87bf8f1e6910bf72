"""What becomes of the judge's verdict. The judge here is a script."""

import json
import os
import shutil
import sys
import tempfile
import unittest
from unittest import mock

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

import grading
import judge
import outcome
import try_many
from description import Build
from layout import Work
from processes import Processes
from table import Lab

LAB = Lab("51-pond", ("pond.c",), frozenset())
SUITE = "#!/bin/sh\nprintf 'one\\t3\\t-\\tit is wet\\n'\n"
JUDGE = """#!/bin/sh
echo called >>{top}/calls
printf 'Note: dark\\njudge: no compiler\\njudge: stopped\\n' >&2
sleep {seconds}
while [ "$1" != --out ]; do shift; done
mkdir -p "$2" && cp {top}/results.json "$2" && echo '51-pond/one {outcome}'
exit {status}
"""


class Grading(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.top)

    def script(self, name, text):
        path = f"{self.top}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def grade(self, state="graded", test="failed", status=1, seconds=0):
        """The outcome of one hand-in of which the judge says this, and how often it was asked."""
        entry = {"name": "51-pond / one: it is wet", "score": 0, "max_score": 3, "output": "dry"}
        about = {"labs": [{"lab": "51-pond", "state": state, "reason": "pond.c:1: error"}]}
        self.script("solutions/51-pond/suite", SUITE)
        self.script("results.json", json.dumps({"tests": [entry], "extra_data": about}))
        self.script("tests/judge/judge", JUDGE.format(top=self.top, outcome=test, status=status,
                                                      seconds=seconds))
        grader = grading.Grader(Processes(), Build("build", {"objects": self.top}), [LAB],
                                self.top)
        result = grader.grade(outcome.Outcome("s1"), Work({"51-pond/pond.c": b"int x;\n"}))
        return result, len(judge.read(f"{self.top}/calls").splitlines())

    def test_a_slow_judge_is_waited_for(self):
        with mock.patch.object(judge, "SECONDS", 0.2):
            result, _ = self.grade(seconds=1)
        self.assertEqual((result.status, result.why), (outcome.GRADED, ""))

    def test_what_is_not_built_is_judged_once(self):
        result, asked = self.grade("not-built", "not-run")
        lab, = result.labs
        self.assertEqual((lab.state, lab.why), (outcome.NOT_BUILT, "pond.c:1: error"))
        self.assertEqual(asked, 1)

    def test_what_is_built_and_not_run_is_not_called_not_built(self):
        self.assertEqual(self.grade("graded", "not-run")[0].labs[0].state, outcome.TESTED)

    def test_a_judge_without_a_verdict_is_no_score(self):
        result, _ = self.grade(status=2)
        self.assertEqual((result.status, result.labs), (outcome.FAILED, []))
        self.assertEqual(result.why, "judge: no compiler")


class Luck(unittest.TestCase):
    def test_only_figures_and_the_call_that_hung_are_luck(self):
        hung = "It hung: {} It happened in this call: {}."
        same = hung.format("all sleep.", "pool_map of 3 tasks"), hung.format("all sleep.", "close")
        self.assertEqual(*map(try_many.without_luck, same))
        self.assertEqual(*map(try_many.without_luck, ("PID 12 is left", "PID 345 is left")))
        for other in hung.format("it waits.", "close"), "It crashed. It happened in this call: a.":
            self.assertNotEqual(*map(try_many.without_luck, (same[0], other)))
        self.assertNotEqual(*map(try_many.without_luck, ("seen 1", "expected 1")))


if __name__ == "__main__":
    unittest.main()
