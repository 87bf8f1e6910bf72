"""The tables for a spreadsheet, and points as they count in the end."""

import csv
import io
from dataclasses import dataclass, field

import outcome

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Row:
    """A student, with what the class file makes of the points."""
    result: outcome.Outcome
    weights: dict = field(default_factory=dict)   # {lab's name: factor}
    late: dict = field(default_factory=dict)      # {lab's name: classfile.Late}

    def final(self, bonus):
        return sum(lab.points * self.weights.get(lab.name, 1) * self.share(lab.name)
                   for lab in self.result.labs if lab.bonus == bonus)

    def final_most(self, bonus):
        return sum(lab.most * self.weights.get(lab.name, 1)
                   for lab in self.result.labs if lab.bonus == bonus)

    def share(self, lab):
        return self.late[lab].share if lab in self.late else 1

    def note(self):
        """What a teacher should know of before the points."""
        notes = [self.result.why] if self.result.failed else []
        notes += [f"{lab.name}: {lab.state}" for lab in self.result.labs
                  if lab.state != outcome.TESTED and self.result.status == outcome.GRADED]
        return "; ".join(notes + self.result.odd)


def cell(value):
    """No spreadsheet takes it for a formula."""
    text = number(value) if isinstance(value, float) else str(value)
    text = "".join(c if c.isprintable() else " " for c in text)
    return f"'{text}" if text.startswith(FORMULA) else text


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def table(rows):
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows([cell(value) for value in row]
                                                      for row in rows)
    # Excel takes a file for UTF-8 only with this mark at its beginning.
    return "\ufeff" + made.getvalue()


def grades(rows, labs, due):
    """A row a student. Of whom the grader failed there are no points."""
    late = [lab for lab in labs if lab.name in due]
    sides = [bonus for bonus in (False, True) if any(is_bonus(lab) == bonus for lab in labs)]
    head = ["id", "name", "status", *(lab.name for lab in labs)]
    for bonus in sides:
        head += [f"{word(bonus)} {what}" for what in ("raw", "raw most", "final", "final most")]
    head += [f"late days {lab.name}" for lab in late] + ["note"]
    return table([head, *(grades_row(row, labs, late, sides) for row in rows)])


def grades_row(row, labs, late, sides):
    result = row.result
    points = {lab.name: lab.points for lab in result.labs}
    cells = [result.id, result.name, result.status, *(points.get(lab.name, "") for lab in labs)]
    for bonus in sides:
        cells += ["", "", "", ""] if result.failed else [
            result.points(bonus), result.most(bonus), float(row.final(bonus)),
            float(row.final_most(bonus))]
    return cells + [row.late[lab.name].days if lab.name in row.late else "" for lab in late] + [
        row.note()]


def is_bonus(lab):
    return lab.counts == "bonus"


def word(bonus):
    return "bonus" if bonus else "course"


def tests(rows):
    """A row a test."""
    head = ["id", "name", "lab", "test", "points", "most", "outcome", "lab's state", "text"]
    return table([head, *([row.result.id, row.result.name, lab.name, test.name, test.points,
                           test.most, test.outcome, lab.state, test.text]
                          for row in rows for lab in row.result.labs for test in lab.tests)])
