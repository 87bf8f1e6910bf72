import contextlib
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
        self.call, self.build = mock.Mock(times=len(verdicts), again=False), mock.Mock(spins=False)
        self.verdicts, self.processes, self.scratch = iter(verdicts), None, "scratch"
        self.wrong, self.unsteady = [ONE], []
        self.graded = steady.recorded()

    def grade(self, submission, folder, surrounding):
        return next(self.verdicts)


ONE = wrong("one", "a")
FAILED, PASSED = verdict(LESS, "failed"), verdict(LESS, "passed")


class Steady(unittest.TestCase):
    def setUp(self):
        self.content = "as it was"
        with contextlib.ExitStack() as stack:
            self.enter(stack)
            self.addCleanup(stack.pop_all().close)

    def enter(self, stack):
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        for patch in (mock.patch.object(steady, "RESULT", os.path.join(folder, "steady.json")),
                      mock.patch.object(steady, "digest", lambda _: self.content),
                      mock.patch.object(steady.source, "make", lambda *_: []),
                      mock.patch("builtins.print")):
            stack.enter_context(patch)

    def run_with(self, *verdicts):
        """What differed, and the line about it."""
        run = Fake(verdicts)
        run.run()
        return steady.recorded()[ONE.id]["differed"], steady.quoted(run.wrong)

    def test_the_same_verdict_each_time_is_steady(self):
        lines, quoted = self.run_with(FAILED, FAILED)
        self.assertEqual(lines, [])
        self.assertTrue(quoted.startswith("steady 1/1 in 2 gradings each"))

    def test_another_verdict_is_told_with_its_surroundings(self):
        lines, quoted = self.run_with(FAILED, PASSED, FAILED)
        self.assertEqual(len(lines), 1)
        self.assertIn("grading 2, beside busy processes", lines[0])
        self.assertTrue(quoted.startswith("steady 0/1"))

    def test_a_verdict_that_is_always_wrong_is_not_steady(self):
        for self.content, same in ("one", PASSED), ("two", verdict(2)):
            lines, quoted = self.run_with(same, same)
            self.assertNotEqual(lines, [])
            self.assertTrue(quoted.startswith("steady 0/1"))

    def test_what_has_not_changed_is_not_graded_again(self):
        self.run_with(FAILED, FAILED)
        lines, _ = self.run_with(PASSED, PASSED)
        self.assertEqual(lines, [])

    def test_what_has_changed_is_graded_again(self):
        self.run_with(FAILED, FAILED)
        self.content = "as it is now"
        self.assertIn("not known", steady.quoted([ONE]))
        lines, _ = self.run_with(FAILED, PASSED)
        self.assertEqual(len(lines), 1)

    def test_more_gradings_than_there_were_are_done(self):
        self.run_with(FAILED, FAILED)
        _, quoted = self.run_with(FAILED, FAILED, FAILED)
        self.assertIn("in 3 gradings each", quoted)

    def test_those_that_nobody_graded_are_told(self):
        self.run_with(FAILED, FAILED)
        self.assertIn("1 more not graded", steady.quoted([ONE, wrong("two", "b")]))

    def test_without_a_run_nothing_is_known(self):
        self.assertIn("not known", steady.quoted([ONE]))


if __name__ == "__main__":
    unittest.main()
