import os
import unittest

import profiles
import rows

TABLE = """# A machine, a line each.

name      base      who   expect   how
plain     host      root  full     -
hidden    host      user  full     hidepid cpu=20 env=OMP_PLACES={0},{1} env=A_B=c=d
small     debian12  user  refused  ulimit=v:1000 ulimit=s:64 cflags="-O2 -flto" cc=gcc-11
"""
HEAD = "name base who expect how\n"


class Rows(unittest.TestCase):
    def refuse(self, line, reason):
        with self.assertRaises(SystemExit) as refused:
            rows.parse(HEAD + line)
        self.assertIn(reason, str(refused.exception))

    def test_a_line_is_a_machine(self):
        plain, hidden, small = rows.parse(TABLE)
        self.assertEqual((plain.name, plain.base, plain.user, plain.full, plain.how),
                         ("plain", "host", False, True, {}))
        self.assertTrue(hidden.user and hidden.full)
        self.assertFalse(small.full)

    def test_switches(self):
        plain, hidden, small = rows.parse(TABLE)
        self.assertTrue(hidden.has("hidepid"))
        self.assertFalse(plain.has("hidepid"))
        self.assertEqual(hidden.get("cpu"), "20")
        self.assertEqual(hidden.environment, {"OMP_PLACES": "{0},{1}", "A_B": "c=d"})
        self.assertEqual(small.ulimits, [("v", 1000), ("s", 64)])
        self.assertEqual(small.get("cflags"), "-O2 -flto")
        self.assertEqual((plain.compiler, small.compiler), ("gcc", "gcc-11"))

    def test_what_nobody_understands_is_refused(self):
        self.refuse("a host root full", "2: too few fields")
        self.refuse("a host root full hidepid=2", "takes no value")
        self.refuse("a host root full odd", "no switch 'odd'")
        self.refuse("a host root full cpu=half", "'cpu=half'")
        self.refuse("a host root full cpu", "'cpu'")
        self.refuse("a host root full ulimit=z:1", "'ulimit=z:1'")
        self.refuse("a host root full cpu=1 cpu=2", "'cpu' stands there twice")
        self.refuse('a host root full cflags="-O', "quotation")
        self.refuse("a moon root full -", "'moon' is none of")
        self.refuse("a host nobody full -", "'nobody' is none of")
        self.refuse("a host root half -", "'half' is none of")
        self.refuse("a host root full -\na host user full -", "3: two machines are called a")

    def test_the_columns_are_named(self):
        with self.assertRaises(SystemExit):
            rows.parse("a host root full -\n")
        with self.assertRaises(SystemExit):
            rows.parse("# nothing\n")

    def test_rows_are_chosen_by_a_word(self):
        all_rows = rows.parse(TABLE)

        def names(word):
            return [row.name for row in rows.chosen(all_rows, word)]

        self.assertEqual(names(""), ["plain", "hidden", "small"])
        self.assertEqual(names("hid"), ["hidden"])
        self.assertEqual(names("hidepid"), ["hidden"])
        self.assertEqual(names("debian12"), ["small"])
        with self.assertRaises(SystemExit):
            names("moon")

    def test_the_table_itself_is_understood(self):
        here = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(here, "table"), encoding="utf-8") as file:
            machines = rows.parse(file.read())
        self.assertGreater(len(machines), 10)
        for machine in machines:
            self.assertIn(machine.get("seccomp"), [None, *profiles.PROFILES])


if __name__ == "__main__":
    unittest.main()
