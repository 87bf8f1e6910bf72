import json
import os
import tempfile
import unittest

import examples
import judge


class Reading(unittest.TestCase):
    def test_a_line_for_each_test(self):
        tests = judge.parse_brief("71-made/a passed\n71-made/b-c not-started\n")
        self.assertEqual([(test.lab, test.name, test.outcome) for test in tests],
                         [("71-made", "a", "passed"), ("71-made", "b-c", "not-started")])

    def test_texts_come_from_the_results(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.json")
            self.assertEqual(judge.read_entries(path), {})
            entries = [{"name": "71-made / b-c: it: works", "output": "why"},
                       {"name": "72-x / b-c: too", "output": ""}]
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"tests": entries}, file)
            read = judge.read_entries(path)
            self.assertEqual({key: entry["output"] for key, entry in read.items()},
                             {("71-made", "b-c"): "why", ("72-x", "b-c"): ""})

    def test_what_was_built_ran(self):
        self.assertTrue(examples.verdict(1, "not-run", "failed").built)
        self.assertFalse(examples.verdict(1, "not-run", "not-run").built)
        self.assertEqual(examples.verdict(1, "not-run", "passed", "failed").lost(), ["a", "c"])


if __name__ == "__main__":
    unittest.main()
