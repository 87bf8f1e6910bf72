import unittest
from unittest import mock

import soak
from examples import verdict
from judge import FULL, LESS


class Soak(unittest.TestCase):
    def grade(self, kind, *verdicts):
        """Grades as often as verdicts are given. Returns how often one differed from the first."""
        run = soak.Soak.__new__(soak.Soak)
        run.build, run.labs, run.processes, run.scratch = mock.Mock(), [], mock.Mock(), "scratch"
        run.first, run.differed = {}, 0
        with mock.patch("soak.judge.ask", side_effect=verdicts), mock.patch("soak.os.makedirs"), \
                mock.patch("soak.os.chmod"), mock.patch("builtins.print"):
            for number in range(len(verdicts)):
                run.grade(number, kind)
        return run.differed

    def test_another_verdict_than_the_first_is_told(self):
        right, wrong = verdict(FULL, "passed", "passed"), verdict(LESS, "passed", "failed")
        self.assertEqual(self.grade("references", right, right), 0)
        self.assertEqual(self.grade("references", right, wrong, right), 1)
        self.assertEqual(self.grade("mixed", wrong, wrong), 0)
        self.assertEqual(self.grade("skeletons", verdict(LESS, "not-started")), 0)

    def test_the_first_verdict_must_be_right(self):
        for kind, first in (
                ("references", verdict(2)), ("mixed", verdict(2)), ("skeletons", verdict(LESS)),
                ("references", verdict(LESS, "passed", "failed")),
                ("references", verdict(LESS, "passed")), ("skeletons", verdict(LESS, "passed"))):
            with self.assertRaises(SystemExit):
                self.grade(kind, first, first)


if __name__ == "__main__":
    unittest.main()
