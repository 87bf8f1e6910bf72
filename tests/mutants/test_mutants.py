import os
import tempfile
import unittest

import mutants
import mutants_report
from operators import Mutant

TEXT = "int f(void)\n{\n    return  1 + 2;\n}\n"
EQUIVALENT = """# What this is.

71-made reap
- a = 1;
+ a = 2;
Nobody
looks.
"""


def verdict(outcome, reason=""):
    at = TEXT.index("+")
    mutant = Mutant("71-made", "f", 3, "arithmetic", at, at + 1, "-")
    return mutants.Verdict(mutant, "made.c", outcome, *mutants.changed_lines(TEXT, mutant), reason)


class Reading(unittest.TestCase):
    def test_lines_before_and_after(self):
        self.assertEqual(verdict("killed")[3:5], ("return 1 + 2;", "return 1 - 2;"))

    def test_equivalents(self):
        self.assertEqual(mutants.parse_equivalents(EQUIVALENT),
                         {("71-made", "reap", "a = 1;", "a = 2;"): "Nobody looks."})
        with self.assertRaises(SystemExit):
            mutants.parse_equivalents(EQUIVALENT.replace("+ a", "a"))

    def test_labs_have_the_same_share(self):
        self.assertEqual(mutants.shares(5, ["a", "b"]), ["a", "b", "a", "b", "a"])


class Report(unittest.TestCase):
    def test_equivalent_ones_do_not_count(self):
        verdicts = [verdict("killed"), verdict("survived"), verdict("equivalent", "nobody looks")]
        text = mutants_report.section(1, 3, {"71-made": 4}, verdicts)
        self.assertIn("| 71-made | 3 | 1 | 1 | 1 | 4 | 50.0 % |", text)
        self.assertIn("nobody looks", text)

    def test_other_seeds_are_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "new", "report.md")
            for seed, outcome in (2, "killed"), (10, "killed"), (2, "survived"):
                text = mutants_report.section(seed, 1, {"71-made": 0}, [verdict(outcome)])
                mutants_report.write(path, seed, text)
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
        self.assertEqual([line for line in lines if line.startswith(("## ", "| 71"))],
                         ["## Seed 2, 1 mutants", "| 71-made | 1 | 0 | 1 | 0 | 0 | 0.0 % |",
                          "## Seed 10, 1 mutants", "| 71-made | 1 | 1 | 0 | 0 | 0 | 100.0 % |"])


if __name__ == "__main__":
    unittest.main()
