import os
import tempfile
import unittest

import judge
import outside
from examples import LAB

LED_TO = "made"


def verdict(status, outcomes, look=""):
    tests = [judge.Test(LAB.name, str(number), outcome, look_at=look, shown=outcome == "failed")
             for number, outcome in enumerate(outcomes)]
    return judge.Verdict(status, tests)


def worth(functions, *words, **more):
    return outside.name(outside.Answer(LAB, "", set(functions)), verdict(*words, **more))


class Outside(unittest.TestCase):
    def setUp(self):
        self.known, outside.skeleton_functions = outside.skeleton_functions, lambda lab: {LED_TO}

    def tearDown(self):
        outside.skeleton_functions = self.known

    def test_a_bug_says_where_and_which_sentence(self):
        for text in ('pool_map: keeps n numbers; "as many as", "at once"\nmore: text\n',
                     '// BUG: pool_map (life): keeps n numbers; "as many as", "at once"'):
            self.assertEqual(outside.read_bug(text), ({"pool_map"}, ["as many as", "at once"]))
        self.assertEqual(outside.read_bug("one, two or three: all")[0], {"one", "two", "three"})
        self.assertIsNone(outside.read_bug("nothing of the kind"))

    def test_a_quotation_may_leave_words_out(self):
        for quotation in "one two", "one ... three", "[All] one two":
            self.assertTrue(outside.stands_in(quotation, "All one two and three"), quotation)
        self.assertFalse(outside.stands_in("one ... four", "All one two and three"))

    def test_verdicts(self):
        passed, failed = ["passed", "passed"], ["passed", "failed"]
        self.assertEqual(worth([], judge.FULL, passed), "ok")
        self.assertEqual(worth([], judge.LESS, failed), "REFUSED")
        self.assertEqual(worth([LED_TO], judge.FULL, passed), "HOLE")
        self.assertEqual(worth([LED_TO], judge.LESS, failed, look=LED_TO), "ok")
        self.assertEqual(worth([LED_TO], judge.LESS, failed, look="another"), "MISLED")
        self.assertEqual(worth(["his_own"], judge.LESS, failed, look="another"), "ok")
        self.assertEqual(worth([LED_TO], 2, []), "NOT BUILT")
        self.assertEqual(worth([LED_TO], judge.LESS, ["not-run", "not-run"]), "NOT BUILT")

    def test_answers_are_found_wherever_they_lie(self):
        with tempfile.TemporaryDirectory() as top:
            for name in "one/right", "wrong":
                os.makedirs(f"{top}/{name}/{LAB.name}")
            os.makedirs(f"{top}/other/99-other")
            with open(f"{top}/wrong/BUG", "w", encoding="utf-8") as file:
                file.write('here: because of "this"\n')
            found = outside.find(top, [LAB])
            self.assertEqual([(one.name, one.functions) for one in found],
                             [(f"{LAB.number} right", set()), (f"{LAB.number} wrong", {"here"})])
            with open(f"{top}/wrong/BUG", "w", encoding="utf-8") as file:
                file.write("?\n")
            with self.assertRaises(SystemExit):
                outside.find(top, [LAB])

    def test_all_are_counted(self):
        answers = [outside.Answer(LAB, "", {"f"}, verdict="HOLE"), outside.Answer(LAB, "", {"f"}),
                   outside.Answer(LAB, "", verdict="REFUSED")]
        self.assertEqual(outside.summary(answers), "2 wrong: 1 full, 0 misled; "
                         "1 right: 1 refused; 0 not built")


if __name__ == "__main__":
    unittest.main()
