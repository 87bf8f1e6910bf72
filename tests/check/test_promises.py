import unittest
from unittest import mock

import promises
from examples import LAB, wrong

HEADER = """/* Lab 71: a head is no promise. */
#ifndef MADE_H
#define MADE_H

/* Doubles a number. Returns 0, or -1 with errno:
 *   EINVAL  the number is negative
 *   E2BIG   it does not
 *           fit */
int made(long in);

struct made {
    int size; /* what it is; no promise */
};

#endif
"""
SKELETON = "/* TODO(1): Double it. The result must fit in a long. */\n"


def check(*submissions, exceptions=""):
    files = {f"labs/{LAB.name}/{LAB.contract}": HEADER, f"solutions/{LAB.name}/made.c": SKELETON,
             f"{LAB.submissions}/unbroken": exceptions}
    with mock.patch.object(promises, "read", lambda path: files.get(path, "")):
        return promises.check([LAB], submissions, True)


class Promises(unittest.TestCase):
    def test_a_sentence_or_an_errno_is_a_promise(self):
        broken, there, lines = check()
        self.assertEqual((broken, there), (0, 4))
        self.assertIn(f"labs/{LAB.name}/made.h: nobody breaks: Doubles a number.", lines)
        self.assertTrue(any("E2BIG it does not fit" in line for line in lines))
        self.assertTrue(any("The result must fit in a long." in line for line in lines))

    def test_a_quotation_breaks_what_it_is_a_part_of(self):
        broken, _, lines = check(wrong("one", "a", Breaks='"Doubles a number"\n"it does not fit"'))
        self.assertEqual(broken, 2)
        self.assertFalse(any("Doubles" in line for line in lines))

    def test_a_quotation_that_stands_nowhere_is_wrong(self):
        _, _, lines = check(wrong("one", "a", Breaks='"Trebles a number"'))
        self.assertTrue(any("this stands nowhere" in line for line in lines))

    def test_what_is_no_quotation_is_wrong(self):
        _, _, lines = check(wrong("one", "a", Breaks="Doubles a number"))
        self.assertTrue(any("wants a quotation" in line for line in lines))

    def test_an_exception_needs_a_reason(self):
        broken, _, lines = check(exceptions='"Doubles a number.": it is what the lab is called\n')
        self.assertEqual(broken, 0)
        self.assertFalse(any("nobody breaks: Doubles" in line for line in lines))
        self.assertIn(promises.WHAT_NOW, lines)
        _, _, lines = check(exceptions='"Doubles a number."\n')
        self.assertTrue(any("not in the form" in line for line in lines))


if __name__ == "__main__":
    unittest.main()
