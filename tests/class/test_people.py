"""Whose a hand-in is."""

import json
import os
import sys
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

import people
from classfile import Class, Student
from entries import Entry
from intake import HandIn
from names import Owner
from table import Lab

LABS = [Lab("51-pond", ("pond.c",), frozenset())]
KIM, LEE = Student("s02", "Kim", also=("12",)), Student("s03", "Lee")


def handin(owner, *files):
    return HandIn(owner, [owner.who], [Entry(path, len(data), time, data)
                                       for path, data, time in files])


def gather(*handins):
    return {person.id: person for person in
            people.gather(handins, Class(students=[KIM, LEE]), LABS, "")}


class Whose(unittest.TestCase):
    def test_what_a_student_writes_does_not_say_whose_it_is(self):
        for owner in Owner("Lee", {"77"}), Owner("Lee"), Owner("stranger"):
            for word in "student", "id", "name", "email":
                said = json.dumps({word: "s02"}).encode()
                found = gather(handin(Owner("Kim", {"12"}), ("51-pond/pond.c", b"Kim's", 1)),
                               handin(owner, ("51-pond/pond.c", b"Lee's", 2),
                                      ("manifest.json", said, 2)))
                with self.subTest(f"{owner} {word}"):
                    self.assertEqual(found["s02"].work.files, {"51-pond/pond.c": b"Kim's"})
                    self.assertEqual(found["s02"].odd, [])

    def test_of_one_student_the_newest_counts(self):
        found = gather(handin(Owner("Kim", {"12"}), ("51-pond/pond.c", b"old", 1)),
                       handin(Owner("Kim"), ("51-pond/pond.c", b"new", 2)))
        self.assertEqual(found["s02"].work.files, {"51-pond/pond.c": b"new"})
        self.assertIn("newest", found["s02"].odd[0])


if __name__ == "__main__":
    unittest.main()
