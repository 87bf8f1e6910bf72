"""Whose a file is, and where a lab's file is found."""

import os
import shutil
import sys
import tempfile
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

import intake
import layout
import names
from entries import Entry
from table import Lab

LABS = [Lab("51-pond", ("pond.c",), frozenset()), Lab("52-river", ("river.c",), frozenset())]


class Names(unittest.TestCase):
    def test_platforms(self):
        moodle = names.of_file("Kim Ha-neul_12_assignsubmission_file_pond.c", ["pond.c"])
        self.assertEqual((moodle.who, moodle.ids, moodle.rest), ("Kim Ha-neul", {"12"}, "pond.c"))
        canvas = names.of_file("kimhaneul_LATE_12_34_pond-1.c", ["pond.c"])
        self.assertEqual((canvas.who, canvas.ids, canvas.rest), ("kimhaneul", {"12"}, "pond-1.c"))
        self.assertIn("late", canvas.odd)
        self.assertEqual(names.of_folder("Kim_12_assignsubmission_file").who, "Kim")
        self.assertEqual(names.of_archive("kim-lockstep-handin-2026-11-20T101500Z.tar.gz").who,
                         "kim")
        self.assertEqual(names.of_file("Kim O'Brien (2)_Pond.C", ["pond.c"]).who, "Kim O'Brien (2)")
        self.assertIsNone(names.of_file("notes.c", ["pond.c"]))

    def test_one_name_however_it_is_written(self):
        self.assertEqual(names.same("Mu\u0308ller  JAN"), names.same("m\u00fcller jan"))


class Layout(unittest.TestCase):
    def gather(self, *paths):
        return layout.gather([Entry(path, data=path.encode()) for path in paths], LABS)

    def test_any_depth_and_case(self):
        for path in ("pond.c", "51-pond/pond.c", "a/labs/51-pond/pond.c", "Pond.C", "pond (1).c",
                     "pond-2.c", "deep/er/POND.c"):
            with self.subTest(path):
                work = self.gather(path)
                self.assertEqual(work.files, {"51-pond/pond.c": path.encode()})
                self.assertIn("52-river", work.missing)

    def test_the_likest_is_taken_and_others_are_named(self):
        work = self.gather("old/pond.c", "51-pond/pond.c", "Pond.c")
        self.assertEqual(work.files["51-pond/pond.c"], b"51-pond/pond.c")
        self.assertIn("more than one", work.odd[0])

    def test_headers_beside_and_above_come_along(self):
        work = self.gather("51-pond/pond.c", "51-pond/own.h", "above.h", "52-river/other.h")
        self.assertEqual(set(work.files), {"51-pond/pond.c", "51-pond/own.h", "above.h"})

    def test_what_is_there_instead_is_named(self):
        self.assertIn("lake.c", self.gather("lake.c").missing["51-pond"])


class Intake(unittest.TestCase):
    def handins(self, *paths):
        top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, top)
        for path in paths:
            os.makedirs(os.path.dirname(f"{top}/{path}"), exist_ok=True)
            with open(f"{top}/{path}", "w", encoding="utf-8") as file:
                file.write("x")
        return intake.read(top, LABS).handins

    def owners(self, *paths):
        return [handin.owner.who for handin in self.handins(*paths)]

    def test_a_folder_around_the_class_is_left_out(self):
        self.assertEqual(self.owners("export/kim/pond.c", "export/lee/pond.c"), ["kim", "lee"])
        self.assertEqual(self.owners("kim/51-pond/pond.c"), ["kim"])
        self.assertEqual(self.owners("export/kim_pond.c", "export/lee_pond.c"), ["kim", "lee"])

    def test_a_whole_tree_brings_only_its_labs(self):
        handin = intake.HandIn(names.Owner("kim"), entries=[
            Entry(path, data=b"x") for path in ("my/Makefile", "my/labs/51-pond/pond.c",
                                                "my/solutions/51-pond/pond.c", "my/build/pond.c")])
        self.assertEqual([entry.path for entry in handin.open()],
                         ["Makefile", "labs/51-pond/pond.c"])
        self.assertEqual(self.owners("Build/pond.c", "Common/pond.c", "lee/pond.c"),
                         ["Build", "Common", "lee"])

    def test_a_folder_of_a_trees_name_may_hold_the_answer(self):
        for beside in "report.pdf", "Makefile", "labs/report.pdf":
            for name in "solutions", "tests", "common", "build", "my/build":
                paths = [beside, f"{name}/pond.c"]
                handins = self.handins(*(f"kim/{path}" for path in paths), "lee/pond.c")
                for handin in handins[0], intake.HandIn(names.Owner("kim"), entries=[
                        Entry(path, data=b"x") for path in paths]):
                    work = layout.gather(handin.open(), LABS)
                    with self.subTest(paths):
                        self.assertEqual(work.files, {"51-pond/pond.c": b"x"})
                        self.assertIn(f"'{name}/pond.c'", work.odd[0])

    def test_what_lies_elsewhere_is_likelier(self):
        work = layout.gather([Entry("solutions/51-pond/pond.c", data=b"s", time=9),
                              Entry("my/answers/pond.c", data=b"x")], LABS)
        self.assertEqual(work.files, {"51-pond/pond.c": b"x"})
        self.assertIn("'solutions/51-pond/pond.c' not", work.odd[1])

    def test_one_students_folder_is_no_class(self):
        with self.assertRaisesRegex(SystemExit, "holds labs"):
            self.owners("51-pond/pond.c", "52-river/river.c")
        with self.assertRaisesRegex(SystemExit, "nothing"):
            self.owners("readme.txt")


if __name__ == "__main__":
    unittest.main()
