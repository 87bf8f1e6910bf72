import unittest

from compare import MOST_ENDED, problems
from examples import submission, verdict, wrong

FULL = verdict(0, "passed", "passed", "passed")
PARTLY = verdict(1, "failed", "passed", "passed")
NOT_BUILT = verdict(1, "not-run", "not-run", "not-run")
NOT_BUILT.trouble = "why not"
NOT_STARTED = verdict(1, "not-started", "not-started", "not-started")


class Compare(unittest.TestCase):
    def accept(self, one, judged):
        self.assertEqual(problems(one, judged), [])

    def refuse(self, one, judged, *words):
        text = "\n".join(problems(one, judged))
        self.assertNotEqual(text, "")
        for word in words:
            self.assertIn(word, text)

    def test_what_is_right_scores_full(self):
        for kind in "right", "reference":
            self.accept(submission(kind), FULL)
            self.refuse(submission(kind), PARTLY, "a: failed", "text of a", "exit status")
            self.refuse(submission(kind), NOT_BUILT, "does not build", "why not")

    def test_it_knows_after_how_many_the_judge_runs_no_more(self):
        with open("tests/judge/grade.c", encoding="utf-8") as file:
            self.assertRegex(file.read(), rf"\bMOST_ENDED = {MOST_ENDED}\b")

    def test_the_exit_status_counts(self):
        self.refuse(submission("right"), verdict(1, "passed", "passed", "passed"), "exit status")
        self.refuse(submission("right"), verdict(None, "passed"), "did not end")
        self.refuse(wrong("x", "a"), verdict(2, "failed", "passed", "passed"), "exit status")

    def test_a_skeleton_is_not_started(self):
        self.accept(submission("skeleton"), NOT_STARTED)
        for outcome in "failed", "passed":
            judged = verdict(1, outcome, "not-started", "not-started")
            self.refuse(submission("skeleton"), judged, "a:")

    def test_a_wrong_one_fails_what_it_declares(self):
        self.accept(wrong("x", "a"), PARTLY)
        self.accept(wrong("x", "a"), verdict(1, "not-run", "passed", "passed"))
        self.refuse(wrong("x", "a b"), PARTLY, "b: passed")
        self.refuse(wrong("x", "b"), PARTLY, "a: failed", "b: passed")
        self.refuse(wrong("x", "a"), verdict(1, "not-started", "passed", "passed"), "a:")

    def test_where_threads_spin_others_are_not_run(self):
        judged = verdict(1, "failed", "failed", "not-run")
        self.refuse(wrong("x", "a b"), judged, "c: not-run")
        self.assertEqual(problems(wrong("x", "a b"), judged, spins=True), [])
        for outcomes in ("failed", "not-run", "not-run"), ("failed", "failed", "failed"):
            self.assertNotEqual(problems(wrong("x", "a b"), verdict(1, *outcomes), spins=True), [])
        self.assertNotEqual(problems(submission("right"), judged, spins=True), [])

    def test_what_is_not_asked_for_is_not_run(self):
        some = verdict(1, "failed", "not-run", "not-run")
        self.assertEqual(problems(wrong("x", "a"), some, asked=["a"]), [])
        self.assertNotEqual(problems(wrong("x", "a"), some), [])
        self.assertNotEqual(problems(wrong("x", "a"), PARTLY, asked=["a"]), [])
        passed = verdict(1, "passed", "not-run", "not-run")
        self.assertNotEqual(problems(wrong("x", "a"), passed, asked=["a"]), [])

    def test_it_may_fail_others(self):
        self.accept(wrong("x", "a", May="b"), PARTLY)
        self.accept(wrong("x", "a", May="b"), verdict(1, "failed", "failed", "passed"))
        self.refuse(wrong("x", "a", May="b"), verdict(1, "failed", "passed", "failed"), "c: failed")

    def test_words_are_looked_for_in_what_is_shown(self):
        judged = verdict(1, "failed", "failed", "passed")
        said = {"Says": '"text of a"'}
        self.refuse(wrong("x", "a b", **said), judged, "should say")
        self.refuse(wrong("x", "b", May="a", **said), judged, "should say")
        self.accept(wrong("x", "a", May="b", **said), judged)
        judged.tests[0].shown = True
        self.accept(wrong("x", "a b", **said), judged)

    def test_tests_that_there_are_not(self):
        self.refuse(wrong("x", "a d"), PARTLY, "no test d")
        self.refuse(wrong("x", "a", May="e"), PARTLY, "no test e")

    def test_an_attack_passes_nothing(self):
        self.accept(submission("hostile"), verdict(1, "failed", "not-run", "not-started"))
        self.refuse(submission("hostile"), PARTLY, "b: passed", "c: passed")

    def test_an_attack_builds_or_not_as_declared(self):
        self.accept(submission("hostile", Builds="no"), NOT_BUILT)
        built = verdict(1, "failed", "failed", "failed")
        self.refuse(submission("hostile", Builds="no"), built, "It builds")
        self.refuse(submission("hostile"), NOT_BUILT, "does not build")

    def test_no_verdict_is_no_good_verdict(self):
        for kind in "reference", "skeleton", "hostile":
            self.refuse(submission(kind), verdict(2), "no verdicts")


if __name__ == "__main__":
    unittest.main()
