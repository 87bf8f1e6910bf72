import json
import os
import tempfile
import unittest
from unittest import mock

import steady
from examples import verdict, wrong
from judge import LESS


class Fake(steady.Steady):
    """Grades nothing: the verdicts are given."""

    def __init__(self, verdicts):
        self.call, self.build = mock.Mock(times=len(verdicts)), mock.Mock(spins=False)
        self.verdicts, self.processes, self.scratch = iter(verdicts), None, "scratch"
        self.wrong, self.unsteady = [wrong("one", "a")], {}

    def grade(self, submission, folder, surrounding):
        return next(self.verdicts)


FAILED, PASSED = verdict(LESS, "failed"), verdict(LESS, "passed")


class Steady(unittest.TestCase):
    def run_with(self, *verdicts):
        with tempfile.TemporaryDirectory() as folder, \
                mock.patch.object(steady, "RESULT", os.path.join(folder, "steady.json")), \
                mock.patch.object(steady.source, "make", lambda *_: []), \
                mock.patch("builtins.print"):
            run = Fake(verdicts)
            run.run()
            with open(steady.RESULT, encoding="utf-8") as file:
                return run.unsteady, json.load(file), steady.quoted()

    def test_the_same_verdict_each_time_is_steady(self):
        unsteady, saved, line = self.run_with(FAILED, FAILED)
        self.assertEqual(unsteady, {})
        self.assertEqual((saved["judged"], saved["times"]), (1, 2))
        self.assertTrue(line.startswith("steady 1/1 in 2 gradings each"))

    def test_another_verdict_is_told_with_its_surroundings(self):
        unsteady, _, line = self.run_with(FAILED, PASSED, FAILED)
        self.assertEqual(len(unsteady), 1)
        lines = next(iter(unsteady.values()))
        self.assertEqual(len(lines), 1)
        self.assertIn("grading 2, beside busy processes", lines[0])
        self.assertTrue(line.startswith("steady 0/1"))

    def test_a_verdict_that_is_always_wrong_is_not_steady(self):
        for same in PASSED, verdict(2):
            unsteady, _, line = self.run_with(same, same)
            self.assertEqual(len(unsteady), 1)
            self.assertTrue(line.startswith("steady 0/1"))

    def test_without_a_run_nothing_is_known(self):
        with mock.patch.object(steady, "RESULT", "no/such/file"):
            self.assertIn("not known", steady.quoted())


if __name__ == "__main__":
    unittest.main()
