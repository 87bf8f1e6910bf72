import unittest

import plan
from examples import LAB, TESTS, submission, wrong
from table import Lab

OTHER = Lab("72-other", ("other.c",), frozenset())


def names(submissions):
    return [one.name for one in submissions]


class Cover(unittest.TestCase):
    def setUp(self):
        self.least, plan.LEAST_WRONG = plan.LEAST_WRONG, 1

    def tearDown(self):
        plan.LEAST_WRONG = self.least

    def test_fails_every_test_with_few(self):
        found = [wrong("one", "a"), wrong("two", "b"), wrong("both", "a b"), wrong("three", "c")]
        self.assertEqual(names(plan.cover(found, TESTS)), ["both", "three"])

    def test_what_fails_all_tests_shows_nothing(self):
        found = [wrong("all", "a b c"), wrong("one", "a"), wrong("two", "b"), wrong("three", "c")]
        self.assertEqual(names(plan.cover(found, TESTS)), ["one", "two", "three"])
        self.assertEqual(plan.caught_by(found[0], TESTS), set())

    def test_a_slow_one_only_if_it_must_be(self):
        found = [wrong("both", "a b", Slow="yes"), wrong("one", "a"), wrong("three", "c"),
                 wrong("two", "b", Slow="yes")]
        self.assertEqual(names(plan.cover(found, TESTS)), ["one", "three", "both"])

    def test_so_many_at_least(self):
        plan.LEAST_WRONG = 3
        found = [wrong(str(number), "a") for number in range(5)]
        self.assertEqual(names(plan.cover(found, TESTS)), ["0", "1", "2"])


class Make(unittest.TestCase):
    def setUp(self):
        self.found = {
            "hostile": [submission("hostile", "quick", Isolated="no"),
                        submission("hostile", "long", Isolated="no", Slow="yes"),
                        submission("hostile", "fierce", Isolated="yes")],
            "wrong": [wrong(str(number), "a b") for number in range(8)] +
                     [wrong("two-cpus", "c", Needs="2 CPUs")],
            "right": [submission("right", "other-way")],
            "reference": [submission("reference", "whole")],
            "skeleton": [submission("skeleton", "stub")],
        }

    def make(self, labs=(LAB,), **limits):
        return plan.make(labs, {lab: TESTS for lab in labs}, plan.Limits(**limits),
                         lambda lab, kind: self.found[kind])

    def count(self, todo, kind):
        return sum(one.kind == kind for one in todo.jobs)

    def test_enough_and_not_more(self):
        todo = self.make()
        self.assertEqual(self.count(todo, "wrong"), plan.LEAST_WRONG)
        self.assertIn("two-cpus", names(todo.jobs))
        self.assertNotIn("long", names(todo.jobs))

    def test_some_right_ones_the_quick_ones_first(self):
        self.found["right"] = [submission("right", "slow", Slow="yes")] + [
            submission("right", str(number)) for number in range(plan.MOST_RIGHT)]
        self.assertNotIn("slow", names(self.make().jobs))
        self.assertEqual(self.count(self.make(), "right"), plan.MOST_RIGHT)
        for limits in {"everything": True}, {"sanitized": True}:
            self.assertEqual(self.count(self.make(**limits), "right"), plan.MOST_RIGHT + 1)

    def test_everything(self):
        todo = self.make(everything=True)
        self.assertEqual(len(todo.jobs), sum(map(len, self.found.values())))

    def test_long_ones_first(self):
        self.found["wrong"][7] = wrong("7", "c", Slow="yes")
        todo = self.make(everything=True)
        self.assertEqual(set(names(todo.jobs)[:2]), {"long", "7"})
        kinds = [plan.KINDS.index(one.kind) for one in todo.jobs[2:]]
        self.assertEqual(kinds, sorted(kinds))

    def test_an_attack_on_one_lab_only(self):
        self.assertEqual(self.count(self.make(labs=(LAB, OTHER)), "hostile"), 2)
        self.assertEqual(self.count(self.make(labs=(LAB, OTHER), everything=True), "hostile"), 5)
        thorough = self.make(labs=(LAB, OTHER), everything=True, thorough=True)
        self.assertEqual(self.count(thorough, "hostile"), 6)

    def test_a_word_chooses_among_all(self):
        self.assertEqual(names(self.make(word="long").jobs), ["long"])
        self.assertEqual(self.count(self.make(word=".wrong."), "wrong"), 9)

    def test_a_word_that_no_name_has_is_refused(self):
        with self.assertRaises(SystemExit):
            self.make(word="lnog")
        with self.assertRaises(SystemExit):
            self.make(word=".wrong.", sanitized=True)
        self.assertEqual(self.make(word="fierce", isolated=False).jobs, [])

    def test_sanitized_only_what_is_right(self):
        self.assertEqual(names(self.make(sanitized=True).jobs), ["other-way", "whole", "stub"])

    def test_nothing_is_let_loose_that_is_not_held(self):
        todo = self.make(everything=True, isolated=False)
        self.assertEqual(todo.not_held, {"fierce"})
        self.assertNotIn("fierce", names(todo.jobs))

    def test_one_cpu_does_not_show_what_needs_two(self):
        todo = self.make(cpus=1)
        self.assertEqual(todo.unseen[LAB], {"c"})
        self.assertNotIn("two-cpus", names(todo.jobs))
        self.assertEqual(self.make().unseen[LAB], set())


if __name__ == "__main__":
    unittest.main()
