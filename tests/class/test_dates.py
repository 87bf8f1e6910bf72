"""Dates, and the lists of who handed in when."""

import os
import shutil
import sys
import tempfile
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

import classfile
import dates
import people
from classfile import DAY
from entries import Entry
from intake import HandIn
from names import Owner
from table import Lab

LABS = [Lab("51-pond", ("pond.c",), frozenset()), Lab("52-river", ("river.c",), frozenset())]
TEN = 1795168800    # 2026-11-20T10:00:00Z
CLASS = """
[course]
%s
[labs.51]
due = 2026-11-20T10:00:00Z
%s
[[students]]
id = "s01"
name = "Kim Ha-neul"
also = ["7654321"]
[[students]]
id = "s02"
email = "lee@example.org"
handed = { 51 = 2026-11-20T10:00:00Z }
"""
MOODLE = """\ufeffIdentifier,"Full name","Email address",Status,"Last modified (submission)",Note
"Participant 7654321","Kim Ha-neul",kim@x,"Submitted","Saturday, 21 November 2026, 9:30 AM","a
b"
"Participant 9","Lee",lee@example.org,"Submitted","Sunday, 22 November 2026, 9:30 AM",
"Participant 8","Doe",doe@x,"No submission",-,
"Participant 7","Roe",roe@x,"Submitted","Sunday, 22 November 2026, 9:30 AM",
"""


class Dates(unittest.TestCase):
    def test_as_platforms_write_them(self):
        for text in "2026-11-20 10:00:00 Z", "2026-11-20 10:00:00.123 UTC", \
                "2026-11-20 11:00:00 +0100", "2026-11-20T10:00:00Z":
            self.assertEqual(dates.time_of(text), TEN)
        for text in "yesterday", "11/20/2026 10:00", "":
            self.assertEqual(dates.time_of(text), 0)
        here = dates.time_of("2026-11-20 22:05")
        for text in "Friday, 20 November 2026, 10:05 PM", "Friday, 20 November 2026, 22:05":
            self.assertEqual(dates.time_of(text), here)


class Lists(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.top)

    def read(self, text, everywhere="", of_lab='handed = "when.csv"'):
        for name, content in ("when.csv", text), ("class.toml", CLASS % (everywhere, of_lab)):
            with open(f"{self.top}/{name}", "w", encoding="utf-8", newline="") as file:
                file.write(content)
        return classfile.read(f"{self.top}/class.toml", LABS)

    def handed(self, course):
        return {student.id: student.handed for student in course.students}

    def test_a_list_wins_over_the_files_and_the_class_file_over_it(self):
        course = self.read("id;time\ns01;2026-11-22T09:00:00Z\ns02;2026-11-28\n")
        self.assertEqual(self.handed(course)["s01"], {"51-pond": TEN + 2 * DAY - 3600})
        self.assertEqual(self.handed(course)["s02"], {"51-pond": TEN})
        files = [Entry("51-pond/pond.c", 1, TEN - DAY, b"x"),
                 Entry("52-river/river.c", 1, TEN - DAY, b"x")]
        person = people.gather([HandIn(Owner("s01"), ["s01"], files)], course, LABS, "")[0]
        self.assertEqual(person.times, {"51-pond": TEN + 2 * DAY - 3600, "52-river": TEN - DAY})
        late = classfile.lateness(course, person.student, person.times)
        self.assertEqual(late["51-pond"].days, 2)

    def test_moodles_and_gradescopes(self):
        course = self.read(MOODLE)
        self.assertEqual(self.handed(course)["s01"],
                         {"51-pond": dates.time_of("2026-11-21 09:30")})
        self.assertEqual(course.odd, [f"{self.top}/when.csv: of the class file is none of "
                                      "7 roe@x Roe."])
        course = self.read("First Name,Last Name,SID,Email,Status,Submission Time\n"
                           "Kim,Ha,7654321,,Graded,2026-11-20 09:00:00 -0100\n"
                           "Lee,,,lee@example.org,Missing,\n")
        self.assertEqual((self.handed(course)["s01"], course.odd), ({"51-pond": TEN}, []))

    def test_one_list_for_all_labs_and_who_is_not_in_it(self):
        course = self.read("id,time\ns02,2026-11-20T10:00:00Z\n", 'handed = "when.csv"', "")
        self.assertEqual(self.handed(course)["s02"], {"51-pond": TEN, "52-river": TEN})
        files = [Entry("51-pond/pond.c", 1, TEN, b"x")]
        person = people.gather([HandIn(Owner("s01"), ["s01"], files)], course, LABS, "")[0]
        self.assertEqual(person.odd, ["The list of hand-in times has none of 51-pond: that of its "
                                      "files counts."])

    def test_who_handed_nothing_in_has_no_time(self):
        course = self.read("id,time\ns02,2026-11-20T10:00:00Z\n", 'handed = "when.csv"', "")
        files = [Entry("51-pond/pond.c", 1, TEN, b"x")]
        person = people.gather([HandIn(Owner("s02"), ["s02"], files)], course, LABS, "")[1]
        self.assertEqual(person.times, {"51-pond": TEN})

    def test_what_is_no_list_is_said(self):
        for text, words in (("id,time\ns01,soon\n", "line 2: 'soon'"), ("", "first line"),
                            ("who,when\n", "who, when"), ("id\n", "first line")):
            with self.subTest(text), self.assertRaisesRegex(SystemExit, words):
                self.read(text)
        with self.assertRaisesRegex(SystemExit, "No such file"):
            self.read("id,time\n", of_lab='handed = "other.csv"')


if __name__ == "__main__":
    unittest.main()
