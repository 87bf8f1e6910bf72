import unittest
from collections import namedtuple

import looks
from examples import wrong

SOURCE = """/* Adds. */
static int add(int a, int b)
{
    return a + b;
}

/* TODO(1): double it. */
int made(int in)
{
    return add(in, in);
}
"""
PATCH = """Bug: it is tripled
--- a/made.c
+++ b/made.c
@@ -8,4 +8,4 @@
 int made(int in)
 {
-    return add(in, in);
+    return add(in, 2 * in);
 }
"""
Result = namedtuple("Result", "submission looks may_look")


class Looks(unittest.TestCase):
    def test_a_line_belongs_to_a_function(self):
        owner = looks.functions(SOURCE.splitlines())
        self.assertEqual([owner.get(line) for line in (1, 4, 6, 7, 10)],
                         ["add", "add", None, "made", "made"])

    def test_a_function_may_return_a_struct(self):
        lines = ["struct pair *pair_open(int n)", "{", "}", "static const int all[] = {f(1),", "};"]
        self.assertEqual(looks.functions(lines), {1: "pair_open", 2: "pair_open", 3: "pair_open"})

    def test_a_patch_changes_functions(self):
        self.assertEqual(looks.changed_functions(PATCH, SOURCE), {"made"})
        added = PATCH.replace("-    return add(in, in);\n", "     return add(in, in);\n")
        self.assertEqual(looks.changed_functions(added, SOURCE), {"made"})

    def test_what_the_skeleton_has_not_cannot_be_asked_for(self):
        self.assertEqual(looks.wanted(PATCH, SOURCE, SOURCE), {"made"})
        self.assertEqual(looks.wanted(PATCH, SOURCE, SOURCE.replace("made", "other")), set())

    def test_the_first_look_and_any_look_are_counted(self):
        results = [Result(wrong("one", "a"), ["made", "add"], {"made"}),
                   Result(wrong("two", "a"), ["add", "made"], {"made"}),
                   Result(wrong("three", "a"), ["add"], {"made"}),
                   Result(wrong("four", "a"), ["add"], set())]
        self.assertEqual(looks.count(results), (1, 2, 3))
        self.assertEqual(len(looks.misses(results)), 2)
        self.assertEqual(len(looks.too_few(1, 2, 3)), 2)
        self.assertEqual(looks.too_few(3, 3, 3), [])


if __name__ == "__main__":
    unittest.main()
