import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

TOOL = os.path.abspath("tests/tools/predict.py")
TABLE = "lab place files\n01-one 2 a.c\n02-two 1 b.c\n"
PAGE = """# Lab\n\n## Predict\n\nThink.\n\n1. How long\n   is it?\n2. What is this?\n
   ```c\n   x = 1;\n   ```\n\n3. Why?\n\nNot a question.\n\n## Run\n\n1. No question.\n"""


class Predict(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lockstep.")
        self.addCleanup(self.folder.cleanup)
        for name, text in (("labs/table", TABLE), ("handouts/01-one.md", PAGE),
                           ("handouts/02-two.md", "## Predict\n\n| a | b |\n\n## Run\n")):
            path = os.path.join(self.folder.name, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def call(self, typed, *words, language="en"):
        return subprocess.run([sys.executable, "-B", TOOL, *words], input=typed, text=True,
                              cwd=self.folder.name, capture_output=True, check=False,
                              env={**os.environ, "LOCKSTEP_LANG": language})

    def kept(self, lab):
        with open(f"{self.folder.name}/.predictions/{lab}.json", encoding="utf-8") as file:
            return json.load(file)

    def test_asks_what_the_handout_asks(self):
        said = self.call("5 s\nan x\nso\n", "01-one")
        self.assertEqual(said.returncode, 0, said.stderr)
        for words in ("Think.", "1. How long\n   is it?", "x = 1;", "3. Why?"):
            self.assertIn(words, said.stdout)
        self.assertNotRegex(said.stdout, r"(Not a|No) question")
        self.assertEqual(self.kept("01-one")[0]["predicted"], ["5 s", "an x", "so"])

    def test_shows_both_and_replaces_nothing(self):
        self.call("5 s\n\nso\n", "01-one")
        said = self.call("7 s\ny\nno\n", "01-one")
        self.assertRegex(said.stdout, r"you thought: 5 s\n +came out: 7 s")
        self.assertIn("you thought: (left open)", said.stdout)
        self.call("n\n", "01-one")
        self.assertEqual(len(self.kept("01-one")), 1)
        self.call("y\n6 s\n", "01-one")
        rounds = self.kept("01-one")
        self.assertEqual([one["predicted"] for one in rounds], [["5 s", "", "so"], ["6 s"]])
        self.assertEqual(rounds[0]["came out"], ["7 s", "y", "no"])

    def test_asks_from_the_page_in_the_language_spoken(self):
        page = PAGE.replace("How long", "얼마나").replace("Predict", '<a id="predict"></a>예상')
        with open(f"{self.folder.name}/handouts/01-one.ko.md", "w", encoding="utf-8") as file:
            file.write(page)
        for spoken, word in (("ko", "얼마나"), ("en", "How long"), ("xx", "How long")):
            with self.subTest(spoken):
                self.assertIn(word, self.call("", "01-one", language=spoken).stdout)

    def test_all_are_in_the_order_of_the_course(self):
        self.call("one\n", "01-one")
        self.call("two\n", "02-two")
        said = self.call("").stdout
        self.assertLess(said.index("lab 02-two"), said.index("lab 01-one"))
        self.assertIn("you thought: two", said)

    def test_nothing_typed_is_nothing_kept(self):
        self.assertEqual(self.call("", "01-one").returncode, 1)
        self.assertFalse(os.path.exists(f"{self.folder.name}/.predictions"))

    def test_a_damaged_file_is_left_alone(self):
        self.call("5 s\n", "01-one")
        path = f"{self.folder.name}/.predictions/01-one.json"
        for text in ("[{", "{}x", "[1]", '[{"date": 1}]'):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            said = self.call("6 s\n", "01-one")
            self.assertEqual((said.returncode, said.stderr.count("\n")), (2, 1))
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), text)

    def test_every_handout_has_questions(self):
        sys.path.insert(0, os.path.dirname(TOOL))
        self.addCleanup(sys.path.remove, os.path.dirname(TOOL))
        import predict
        for page in glob.glob("handouts/[0-9][0-9]-*.md"):
            with open(page, encoding="utf-8") as file:
                questions = predict.questions_of(file.read())[1]
            self.assertTrue(questions and all(questions), page)
