import os
import tempfile
import unittest

import beside
import source
from description import parse
from processes import Processes
from submissions import Submission
from table import Lab

LAB = Lab("71-made", ("made.c", "more.c"), frozenset())
SOLUTION = "".join(f"int line_{number};\n" for number in range(1, 9))
PATCH = """Bug: The last line is another one.
--- a/solutions/71-made/more.c
+++ b/solutions/71-made/more.c
@@ -6,3 +6,3 @@
 int line_6;
 int line_7;
-int line_8;
+int line_9;
"""


def write(path, text):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class InATreeOfItsOwn(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        for name in LAB.files:
            write(f"{LAB.solution}/{name}", SOLUTION)


class Make(InATreeOfItsOwn):
    def make(self, kind, path):
        return source.make(Processes(), Submission(LAB, kind, path), "made")

    def test_the_reference_is_the_solution(self):
        self.assertEqual(self.make("reference", LAB.solution), [])
        self.assertEqual(sorted(os.listdir("made/71-made")), ["made.c", "more.c"])
        self.assertEqual(read("made/71-made/made.c"), SOLUTION)

    def test_what_is_right_takes_the_place_of_the_first_file(self):
        write("right.c", "int mine;\n")
        self.assertEqual(self.make("right", "right.c"), [])
        self.assertEqual(read("made/71-made/made.c"), "int mine;\n")
        self.assertEqual(read("made/71-made/more.c"), SOLUTION)

    def test_a_patch_changes_the_file_that_it_names(self):
        write("wrong.patch", PATCH)
        self.assertEqual(self.make("wrong", "wrong.patch"), [])
        self.assertEqual(read("made/71-made/made.c"), SOLUTION)
        self.assertEqual(read("made/71-made/more.c"), SOLUTION.replace("8", "9"))
        self.assertEqual(sorted(os.listdir("made/71-made")), ["made.c", "more.c"])

    def test_a_patch_that_fits_only_nearly_is_refused(self):
        write("wrong.patch", PATCH.replace(" int line_7;", " int line_0;"))
        self.assertIn("does not apply", self.make("wrong", "wrong.patch")[0])

    def test_an_attack_comes_before_who_calls_it(self):
        write("attack.c", "attack;\n")
        write(f"{LAB.submissions}/hostile.c", "calls;\n")
        self.assertEqual(self.make("hostile", "attack.c"), [])
        self.assertEqual(read("made/71-made/made.c"), "attack;\ncalls;\n")
        self.assertEqual(read("made/71-made/more.c"), source.NOTHING)


class Tree(InATreeOfItsOwn):
    def test_what_has_changed_come_or_gone_is_seen(self):
        build = parse("file", "objects built\n")
        for top in (*beside.TREE, "built"):
            write(f"{top}/same", "same")
        write("tests/other", "before")
        write("tests/goes", "")
        before = beside.tree(build)
        self.assertEqual(beside.changed(before, beside.tree(build)), [])
        write("tests/other", "after")
        write("built/new", "")
        os.remove("tests/goes")
        self.assertEqual([line.strip() for line in beside.changed(before, beside.tree(build))],
                         ["built/new", "tests/goes", "tests/other"])


if __name__ == "__main__":
    unittest.main()
