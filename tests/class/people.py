"""The students of a class: those who handed something in, and those of the class file who did not.
"""

import hashlib
import hmac
import os
import re
from dataclasses import dataclass, field

import layout
import outcome
import sheets


@dataclass
class Person:
    id: str
    name: str = ""
    owner: object = None       # who handed it in, as the platform calls him or her; None: nobody
    student: object = None     # of the class file; None: not in it
    work: layout.Work = field(default_factory=layout.Work)
    odd: list = field(default_factory=list)
    trouble: str = ""          # why it could not even be looked at: the grader's failure
    words: set = field(default_factory=set)    # what could tell who it is
    real: tuple = ()           # id and name, if they are hidden

    @property
    def times(self):
        """Of what was handed in: as the class file and its lists say, else platform or files."""
        known = self.student.handed if self.student else {}
        return {lab: known.get(lab, time) for lab, time in self.work.times.items()}

    def key(self, version, labs):
        return outcome.key_of(self.work.files, version, labs)


def gather(handins, course, labs, salt):
    people = [look_at(handin, course, labs) for handin in handins]
    people = list(one_each(people))
    there = {person.student.id for person in people if person.student}
    for student in course.students:
        if student.id not in there:
            absent = layout.Work(missing={lab.name: "Nothing was handed in." for lab in labs})
            people.append(Person(student.id, student.name, student=student, work=absent))
    people.sort(key=lambda person: person.id)
    for person in people if salt else []:
        hide(person, salt)
    if salt:
        people.sort(key=lambda person: person.id)
    return people


def look_at(handin, course, labs):
    """A hand-in, opened. One that cannot be opened never stops the others. Whose it is says the
    platform; nothing that a student wrote does, or everybody could hand in for somebody else.
    """
    person = Person("", owner=handin.owner)
    try:
        entries = handin.open()
        person.work = layout.gather(entries, labs)
        if handin.handed:
            person.work.times = dict.fromkeys(person.work.times, handin.handed)
    except Exception as error:
        person.trouble = f"its hand-in could not be opened: {type(error).__name__}: {error}"
    person.student = course.find(handin.owner)
    person.odd = [*handin.odd.lines, *person.work.odd]
    if person.student:
        person.id, person.name = person.student.id, person.student.name
        person.odd += [f"The list of hand-in times has none of {lab}: that of its files counts."
                       for lab in person.work.times
                       if lab in course.listed and lab not in person.student.handed]
    else:
        person.id, person.name = handin.owner.who, handin.owner.who
        if course.students:
            person.odd.append("It is nobody's of the class file.")
    person.words = {handin.owner.who, *handin.owner.ids, *handin.tops, person.id, person.name}
    return person


def one_each(people):
    """Nobody's id, nor the files named after it, is another's. Of a student who handed in under two
    names, the newest counts.
    """
    taken = {}
    for person in people:
        if person.student and person.student.id in taken:
            other = taken[person.student.id]
            newest = max(person, other, key=lambda one: max(one.work.times.values(), default=0))
            other.work, other.trouble = newest.work, newest.trouble
            other.words |= person.words
            other.odd = [*newest.odd, f"It was handed in as '{other.owner.who}' and as "
                         f"'{person.owner.who}': the newest is graded."]
            continue
        ident, count = person.id, 1
        while person.id in taken or is_like(person.id, taken):
            count += 1
            beside = "-".join(sorted(person.owner.ids)) if count == 2 else ""
            person.id = f"{ident}-{beside or count}"
        taken[person.id] = person
        yield person


def is_like(ident, taken):
    """Would its files have the name of another's, on whatever file system?"""
    return outcome.safe_name(ident).casefold() in {outcome.safe_name(one).casefold()
                                                   for one in taken}


def hide(person, salt):
    """A salted id instead of the name, also in what is said about the files."""
    secret = hmac.new(salt.encode(), person.id.encode(), hashlib.sha256).hexdigest()[:12]
    hidden = f"x{secret}"
    # The id alone is known of who handed in nothing.
    words = sorted(filter(None, {person.id, *person.words}), key=len, reverse=True)
    known = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    person.odd = [known.sub(hidden, line) for line in person.odd]
    person.work.missing = {lab: known.sub(hidden, line)
                           for lab, line in person.work.missing.items()}
    person.trouble = known.sub(hidden, person.trouble)
    person.real = (person.id, person.name)
    person.id, person.name = hidden, ""


def write_key(path, people):
    """Whose the salted ids are: for nobody but the teacher."""
    rows = [("salted id", "id", "name"), *((person.id, *person.real) for person in people)]
    with open(os.open(f"{path}.new", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w",
              encoding="utf-8", newline="") as file:
        file.write(sheets.table(rows))
    os.replace(f"{path}.new", path)
