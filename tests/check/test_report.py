import json
import os
import tempfile
import unittest

import examples
import odd_files
import report
from check import Result


class Report(unittest.TestCase):
    def show(self, *results, unseen=frozenset(), sanitized=False):
        """What is said of the lab, and which tests nothing fails."""
        said = []
        report.print = said.append
        self.addCleanup(report.__dict__.pop, "print", None)
        uncaught = report.show_lab(examples.LAB, results, examples.TESTS, set(unseen), sanitized)
        return said[-1], uncaught

    def test_a_test_is_caught_out_by_who_is_judged_as_declared(self):
        good = Result(examples.wrong("one", "a b"), [], 1)
        bad = Result(examples.wrong("two", "c"), ["c: passed"], 1)
        line, uncaught = self.show(good, bad)
        self.assertEqual(line, "71 made  right 0/0  wrong 1/2  hostile 0/0  tests caught out 2/3")
        self.assertEqual(uncaught, ["c"])

    def test_what_cannot_be_seen_here_counts_as_caught(self):
        self.assertEqual(self.show(unseen={"a", "b", "c"})[1], [])

    def test_sanitized_says_nothing_of_wrong_ones(self):
        line, _ = self.show(Result(examples.submission("right"), [], 1), sanitized=True)
        self.assertEqual(line, "71 made  right 1/1")


class OddFiles(unittest.TestCase):
    def test_what_a_lab_is_worth(self):
        entries = [{"name": "71-made / a: one", "max_score": 2},
                   {"name": "72-x / a: two", "max_score": 5},
                   {"name": "71-made / b: three", "max_score": 1}]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"tests": entries}, file)
            self.assertEqual(odd_files.points_of(path, examples.LAB), 3)


if __name__ == "__main__":
    unittest.main()
