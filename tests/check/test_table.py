import unittest

import description
import table

TABLE = """# A lab, a line each.
#
lab      place  files      flags          engine    kind    hours  counts  section

71-made  2      made.c     -              -         -       2      course  Made
72-two   1      a.c,b.c    threads,races  two_map   thread  3      bonus   several words of it
"""


class Table(unittest.TestCase):
    def test_a_line_is_a_lab(self):
        labs = table.parse(TABLE)
        self.assertEqual([lab.name for lab in labs], ["71-made", "72-two"])
        self.assertEqual([lab.files for lab in labs], [("made.c",), ("a.c", "b.c")])
        self.assertEqual([lab.flags for lab in labs], [set(), {"threads", "races"}])
        self.assertEqual([lab.place for lab in labs], [2, 1])
        self.assertEqual([lab.engine for lab in labs], ["", "two_map"])
        self.assertEqual(labs[1].section, "several words of it")
        self.assertEqual(labs[0].contract, "made.h")

    def test_a_name_is_number_and_title(self):
        lab = table.parse(TABLE.replace("71-made", "71-a-made"))[0]
        self.assertEqual((lab.number, lab.title), ("71", "a-made"))

    def test_too_few_fields_are_an_error(self):
        with self.assertRaises(SystemExit):
            table.parse(TABLE + "73-odd 3 c.c\n")

    def test_labs_are_chosen_in_the_tables_order(self):
        labs = table.parse(TABLE)
        self.assertEqual(table.chosen(labs, ["72-two", "71-made"]), labs)
        self.assertEqual(table.chosen(labs, ["72-two"]), labs[1:])
        self.assertEqual(table.chosen(labs, []), labs)
        with self.assertRaises(SystemExit):
            table.chosen(labs, ["made"])


    def test_labs_that_want_mpi_are_here_where_it_is(self):
        labs = table.parse(TABLE.replace("-              -  ", "network,mpi    -  "))
        without = description.parse("file", "mpi-flags -\n")
        with_mpi = description.parse("file", "mpi-flags -isystem /mpi\n")
        self.assertEqual([lab.name for lab in table.here(labs, without)], ["72-two"])
        self.assertEqual(table.here(labs, with_mpi), labs)


class Description(unittest.TestCase):
    def test_a_line_is_a_key_and_the_rest(self):
        build = description.parse("file", "compile gcc -O2 -g\nsanitize -\nobjects build/gcc\n")
        self.assertEqual(build["compile"], "gcc -O2 -g")
        self.assertEqual(build.judge, "build/gcc/tests/judge/judge")
        self.assertFalse(build.sanitized)
        self.assertTrue(description.parse("file", "sanitize address\n").sanitized)

    def test_a_key_that_is_missing_is_an_error(self):
        with self.assertRaises(SystemExit):
            description.parse("file", "compile gcc\n")["objects"]


if __name__ == "__main__":
    unittest.main()
