"""The class file: who is in the class, when what is due, and what lateness costs.

    [course]
    name = "Parallel programming"
    grace_days = 3          # late days that cost nothing, in all
    deduct_per_day = 10     # percent of a lab's points for each late day beyond
    latest_days = 7         # later than that brings nothing
    handed = "times.csv"    # the platform's list of who handed in when: see dates.py

    [labs.03]               # or its name, or [labs.pool]
    due = 2026-11-20T23:59:00+01:00
    weight = 2              # its points count twice
    handed = "times-03.csv" # the list of this lab alone; both lie beside this file

    [[students]]
    id = "s01"
    name = "Kim Ha-neul"
    email = "kim@example.org"
    also = ["1234567", "hkim"]            # what else the platform calls him or her
    extension = { 03 = 2 }                # days more
    handed = { 03 = 2026-11-21T08:00:00+01:00 }   # when it came, whatever a list says
"""

import datetime
import math
import os
from dataclasses import dataclass, field

import dates
import names

DAY = 86400
COURSE = {"name": str, "grace_days": (int, float), "deduct_per_day": (int, float),
          "latest_days": (int, float), "handed": str}
LAB = {"due": datetime.datetime, "weight": (int, float), "handed": str}
STUDENT = {"id": str, "name": str, "email": str, "also": list, "extension": dict, "handed": dict}


@dataclass
class Student:
    id: str
    name: str = ""
    email: str = ""
    also: tuple = ()
    extension: dict = field(default_factory=dict)    # {lab's name: days}
    handed: dict = field(default_factory=dict)       # {lab's name: seconds since 1970}

    def is_called(self, word):
        known = {self.id, self.name, self.email, *self.also, self.email.partition("@")[0]}
        return names.same(word) in {names.same(name) for name in known if name}


@dataclass
class Class:
    name: str = ""
    grace_days: float = 0
    deduct_per_day: float = 0
    latest_days: float = math.inf
    due: dict = field(default_factory=dict)       # {lab's name: seconds since 1970}
    weights: dict = field(default_factory=dict)
    students: list = field(default_factory=list)
    listed: set = field(default_factory=set)      # labs of which a list says who came when
    odd: list = field(default_factory=list)       # what was odd in these lists

    def find(self, owner):
        """The student whose hand-in this is, or None."""
        for word in (*sorted(owner.ids), owner.who):
            found = [student for student in self.students if student.is_called(word)]
            if len(found) == 1:
                return found[0]
        return None

    def weight(self, lab):
        return self.weights.get(lab, 1)


def load_toml(path):
    try:
        import tomllib
    except ImportError:
        try:
            import tomli as tomllib
        except ImportError:
            raise SystemExit("A class file needs Python 3.11 or later, or tomli: "
                             "apt install python3-tomli") from None
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SystemExit(f"{path}: {error}") from None


class Reader:
    """Reads a class file, and ends the program with one line if it says what nobody can mean."""

    def __init__(self, path, labs):
        self.path, self.labs = path, labs

    def wrong(self, text):
        raise SystemExit(f"{self.path}: {text}")

    def checked(self, table, known, where):
        if not isinstance(table, dict):
            self.wrong(f"{where} is no table")
        for key, value in table.items():
            if key not in known:
                self.wrong(f"{where} has '{key}', and may have: {', '.join(known)}")
            if not isinstance(value, known[key]) or isinstance(value, bool):
                self.wrong(f"{where}: '{key}' has a value of the wrong kind")
            if isinstance(value, (int, float)) and not 0 <= value < 1e6:
                self.wrong(f"{where}: '{key}' is {value}")
        return table

    def lab(self, word, where):
        for lab in self.labs:
            if word in (lab.name, lab.number, lab.number.lstrip("0"), lab.title):
                return lab.name
        return self.wrong(f"{where}: there is no lab '{word}'")

    def by_lab(self, table, kind, where):
        for value in table.values():
            if not isinstance(value, kind) or isinstance(value, bool):
                self.wrong(f"{where} has a value of the wrong kind")
        return {self.lab(word, where): seconds(value) for word, value in table.items()}

    def student(self, table, where):
        table = self.checked(table, STUDENT, where)
        if not table.get("id"):
            self.wrong(f"{where} has no id")
        return Student(table["id"], table.get("name", ""), table.get("email", ""),
                       tuple(str(word) for word in table.get("also", ())),
                       self.by_lab(table.get("extension", {}), (int, float), where),
                       self.by_lab(table.get("handed", {}), datetime.datetime, where))

    def read(self):
        content = load_toml(self.path)
        self.checked(content, {"course": dict, "labs": dict, "students": list}, "the class file")
        course = self.checked(content.get("course", {}), COURSE, "[course]")
        everywhere = course.pop("handed", "")
        rows = {self.lab(word, f"[labs.{word}]"): self.checked(row, LAB, f"[labs.{word}]")
                for word, row in content.get("labs", {}).items()}
        students = [self.student(row, f"student {number}")
                    for number, row in enumerate(content.get("students", []), 1)]
        ids = [names.same(student.id) for student in students]
        for one in ids:
            if ids.count(one) > 1:
                self.wrong(f"two students have the id '{one}'")
        made = Class(**course, due={lab: seconds(row["due"]) for lab, row in rows.items()
                                    if "due" in row}, students=students,
                     weights={lab: row["weight"] for lab, row in rows.items() if "weight" in row})
        for lab in self.labs:
            path = rows.get(lab.name, {}).get("handed", everywhere)
            if path:
                self.note_times(made, lab.name, os.path.join(os.path.dirname(self.path), path))
        return made

    def note_times(self, course, lab, path):
        """What a list says of its students, unless the class file itself says it."""
        course.listed.add(lab)
        newest, nobodys = {}, {}
        for words, time in dates.read_list(path):
            student = next(filter(None, (course.find(names.Owner(word)) for word in words)), None)
            if student:
                newest[student.id] = max(time, newest.get(student.id, 0))
            else:
                nobodys[" ".join(words)] = None
        for student in course.students:
            if student.id in newest:
                student.handed.setdefault(lab, newest[student.id])
        line = f"{path}: of the class file is none of {', '.join(nobodys)}."
        if nobodys and line not in course.odd:
            course.odd.append(line)


def seconds(value):
    """Of a date; without a time zone it is this machine's."""
    return value.timestamp() if isinstance(value, datetime.datetime) else value


def read(path, labs):
    return Reader(path, labs).read() if path else Class()


@dataclass
class Late:
    days: int = 0       # begun days after the date that is the student's
    grace: float = 0    # of them cost nothing
    share: float = 1    # of the points is kept


def lateness(course, student, times):
    """{lab's name: Late} of what was handed in at these times. Days of grace go to the labs that
    are due first.
    """
    left, found = course.grace_days, {}
    for lab in sorted(times, key=lambda lab: (course.due.get(lab, math.inf), lab)):
        if lab not in course.due or not times[lab]:
            continue
        extension = student.extension.get(lab, 0) if student else 0
        days = max(0, math.ceil((times[lab] - course.due[lab]) / DAY - extension))
        grace = min(days, math.floor(left))
        left -= grace
        share = max(0, 1 - (days - grace) * course.deduct_per_day / 100)
        found[lab] = Late(days, grace, 0 if days > course.latest_days else share)
    return found
