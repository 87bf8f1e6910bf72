import unittest

import examples
from submissions import is_meant, parse_head

PATCH = """Bug: The last one: forgotten.
Catches: results  errors
Needs: 2 CPUs
--- a/solutions/71-made/made.c
+++ b/solutions/71-made/made.c
@@ -1,2 +1,2 @@
-May: be
+Slow: yes
"""
ATTACK = """/* Attack: leaves at once,
 * with status 0.
 * Labs: 71 79
 * Isolated: no
 * Builds: no */
/* Slow: yes */
"""


class Heads(unittest.TestCase):
    def test_of_a_patch_it_ends_where_the_diff_begins(self):
        head = parse_head(PATCH, True)
        self.assertEqual(head, {"Bug": "The last one: forgotten.", "Catches": "results  errors",
                                "Needs": "2 CPUs"})
        self.assertEqual(examples.submission("wrong", **head).catches, ["results", "errors"])
        self.assertTrue(examples.submission("wrong", **head).two_cpus)

    def test_of_an_attack_it_is_the_first_comment(self):
        self.assertEqual(parse_head(ATTACK, False), {"Attack": "leaves at once,", "Labs": "71 79",
                                                     "Isolated": "no", "Builds": "no"})

    def test_on_one_line(self):
        self.assertEqual(parse_head("/* Right: with a pipe. */\nint x;\n", False),
                         {"Right": "with a pipe."})


class Declarations(unittest.TestCase):
    def test_what_it_is_called(self):
        self.assertEqual(examples.wrong("x", "a").id, "71-made.wrong.x")

    def test_yes_no_and_nothing(self):
        self.assertTrue(examples.submission("hostile", Builds="yes").says("Builds", False))
        self.assertFalse(examples.submission("hostile", Builds="no").says("Builds", True))
        self.assertTrue(examples.submission("hostile").says("Builds", True))

    def test_what_must_be_declared(self):
        self.assertEqual(examples.wrong("x", "a").problems(), [])
        self.assertEqual(len(examples.submission("wrong", Bug="a bug").problems()), 1)
        self.assertEqual(len(examples.submission("hostile", Attack="x", Labs="all").problems()), 1)
        self.assertEqual(examples.submission("skeleton").problems(), [])

    def test_what_is_neither_yes_nor_no(self):
        self.assertEqual(len(examples.wrong("x", "a", Slow="very").problems()), 1)
        self.assertEqual(len(examples.wrong("x", "a", Needs="3 CPUs").problems()), 1)

    def test_labs_of_an_attack(self):
        self.assertTrue(is_meant(examples.submission("hostile", Labs="61 71"), examples.LAB))
        self.assertTrue(is_meant(examples.submission("hostile", Labs="all"), examples.LAB))
        self.assertFalse(is_meant(examples.submission("hostile", Labs="61"), examples.LAB))
        self.assertFalse(is_meant(examples.submission("hostile"), examples.LAB))


if __name__ == "__main__":
    unittest.main()
