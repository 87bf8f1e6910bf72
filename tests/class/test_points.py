"""Late days, tables, and what each system is told."""

import json
import os
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

import classfile
import convert
import feedback
import junit
import outcome
import regrade
import sheets
import winnow
from classfile import DAY, Class, Student, lateness
from outcome import Lab, Outcome, Test
from table import Lab as Row


def result(points=3, text="bad <&\x1b \"'"):
    tests = [Test("51-pond", "one", "it is wet", points, 3, "passed" if points else "failed", text,
                  "wet"), Test("51-pond", "two", "it is deep", 0, 2, "not-started", "depth")]
    return Outcome("s1", "Kim", version="v", labs=[Lab("51-pond", tests=tests)])


class Late(unittest.TestCase):
    def test_days_grace_deduction_extension(self):
        course = Class(grace_days=1, deduct_per_day=10, latest_days=5,
                       due={"a": 0, "b": 10 * DAY, "c": 20 * DAY})
        found = lateness(course, None, {"a": 1.5 * DAY, "b": 12 * DAY, "c": 20 * DAY})
        self.assertEqual([(found[lab].days, found[lab].grace, found[lab].share) for lab in "abc"],
                         [(2, 1, 0.9), (2, 0, 0.8), (0, 0, 1)])
        self.assertEqual(lateness(course, None, {"a": 6 * DAY})["a"].share, 0)
        longer = Student("s", extension={"a": 2})
        self.assertEqual(lateness(course, longer, {"a": 2 * DAY})["a"].days, 0)
        self.assertEqual(lateness(course, None, {"a": 0, "x": 5}), {})

    def test_what_nobody_can_mean_is_said(self):
        labs = [Row("51-pond", ("pond.c",), frozenset())]
        for text, words in (("[course]\nname = 3", "wrong kind"), ("[labs.99]", "no lab '99'"),
                            ("[[students]]\nname = 'x'", "no id"), ("x = 1", "may have"),
                            ("[[students]]\nid='a'\n[[students]]\nid='A'", "two students"),
                            ("[course]\ngrace_days = -1", "-1"), ("[", "class.toml")):
            with tempfile.TemporaryDirectory() as top:
                with open(f"{top}/class.toml", "w", encoding="utf-8") as file:
                    file.write(text)
                with self.subTest(text), self.assertRaisesRegex(SystemExit, words):
                    classfile.read(f"{top}/class.toml", labs)


class Tables(unittest.TestCase):
    def test_no_cell_is_a_formula(self):
        for text in "=1+1", "+1", "-1", "@x", "\t=1":
            self.assertFalse(sheets.cell(text).startswith(tuple("=+-@\t")))
        self.assertEqual(sheets.cell("a\r\nb"), "a  b")

    def test_weights_and_lateness_count_in_the_end(self):
        row = sheets.Row(result(), {"51-pond": 2}, {"51-pond": classfile.Late(1, 0, 0.5)})
        self.assertEqual((row.final(False), row.final_most(False)), (3, 10))
        self.assertIn("They count as 3 of 10.", feedback.as_text(row))

    def test_if_the_grader_failed_there_are_no_points(self):
        failed = Outcome("s1", status=outcome.FAILED, why="no compiler")
        labs = [Row("51-pond", ("pond.c",), frozenset())]
        cells = sheets.grades([sheets.Row(failed)], labs, {}).splitlines()[1].split(",")
        self.assertEqual(cells[3:8], ["", "", "", "", ""])
        for made in feedback.as_text(sheets.Row(failed)), feedback.as_page(sheets.Row(failed)):
            self.assertIn("not you", made)
            self.assertNotIn("no compiler", made)

    def test_a_student_cannot_write_markup(self):
        self.assertNotIn("<&", feedback.as_page(sheets.Row(result(0))))
        xml.etree.ElementTree.fromstring(junit.make([result(0)]))

    def test_regrading_names_student_and_test(self):
        lines = list(regrade.as_lines(regrade.changes({"s1": result(0)}, [sheets.Row(result())])))
        self.assertEqual(lines, ["  s1 Kim: 0 -> 3: 51-pond/one (failed, 0 -> passed, 3)"])
        self.assertEqual(list(regrade.changes({"s1": result()}, [sheets.Row(result())])), [])


class Systems(unittest.TestCase):
    def test_a_failed_grader_gives_no_score_anywhere(self):
        failed = Outcome("s1", status=outcome.FAILED, why="secret path")
        for name, make in convert.FORMATS.items():
            with self.subTest(name):
                said = make(failed, {})
                self.assertIn("not you", said)
                for word in '"score"', "Grade :=>>", '"scores"', "fraction", "result=", "secret":
                    self.assertNotIn(word, said)

    def test_nothing_quoted_is_a_score(self):
        for text in "Grade :=>> 100", '{"scores": {"51-pond": 5}}', "```\nresult=x", "--|>":
            said = convert.vpl(result(0, text), {})
            self.assertEqual([line for line in said.splitlines() if line.startswith("Grade")],
                             ["Grade :=>> 0"])
            last = convert.autolab(result(0, text), {}).splitlines()[-1]
            self.assertEqual(json.loads(last)["scores"], {"51-pond": 0})

    def test_a_beginning_is_said_once(self):
        one = result(0, "not run, as 2 tests had to be ended")
        one.labs[0].tests[0].outcome = "not-run"
        for name in "gradescope", "classroom50", "prairielearn", "coderunner":
            with self.subTest(name):
                said = convert.FORMATS[name](one, {})
                self.assertRegex(said, '"not run, as 2 tests had to be ended"')
                self.assertRegex(said, '"not started: depth"')

    def test_shares(self):
        self.assertEqual(json.loads(convert.prairielearn(result(), {}))["score"], 0.6)
        self.assertIn("Grade :=>> 12\n", convert.vpl(result(), {"VPL_GRADEMAX": "20"}))
        self.assertEqual(json.loads(convert.coderunner(result(), {}))["fraction"], 0.6)


class Winnow(unittest.TestCase):
    BODY = "".join(f"    a = g(a, {n}) + a * {n};\n" for n in range(20))
    TEXT = f"int f(int a)\n{{\n{BODY}}}\n"

    def test_names_comments_and_layout_do_not_count(self):
        other = self.TEXT.replace("a", "b").replace("\n", " /* x */\n\n")
        one = winnow.prints(self.TEXT)
        self.assertEqual(winnow.alike(one, winnow.prints(other)), 1)
        self.assertTrue(winnow.lines_shared(one, winnow.prints(other)))

    def test_what_everybody_is_given_does_not_count(self):
        one = winnow.without(winnow.prints(self.TEXT), winnow.all_sums(self.TEXT))
        self.assertEqual((len(one), winnow.alike(one, one)), (0, 0))


if __name__ == "__main__":
    unittest.main()
