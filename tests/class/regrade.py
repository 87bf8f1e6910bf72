"""Whose points are others than those of an earlier grading, and because of which test."""

import glob
import os

import outcome
import sheets

HEAD = ("id", "name", "points before", "points now", "test", "before", "now", "text now")


def earlier(folder):
    """{id: outcome} of an earlier grading."""
    if not os.path.isdir(f"{folder}/results"):
        raise SystemExit(f"{folder} is no folder of an earlier grading: it has no results/.")
    loaded = (outcome.load(path) for path in sorted(glob.glob(
        f"{glob.escape(folder)}/results/*.json")))
    return {one.id: one for one in loaded if one}


def changes(old, rows):
    """Rows of a table: a test whose outcome is another, or a student who came or went."""
    gone = {one.id: one for one in old.values()}
    for row in rows:
        now = row.result
        before = gone.pop(now.id, None)
        if before is None:
            yield (now.id, now.name, "", total(now), "", "not graded", now.status, "")
            continue
        yield from of_student(before, now)
    for one in gone.values():
        yield (one.id, one.name, total(one), "", "", one.status, "not graded", "")


def of_student(before, now):
    head = (now.id, now.name, total(before), total(now))
    if before.status != now.status:
        yield (*head, "", before.status, now.status, now.why)
    were = {(test.lab, test.name): test for test in before.tests}
    for test in now.tests:
        was = were.pop((test.lab, test.name), None)
        if was is None or (was.outcome, was.points) != (test.outcome, test.points):
            yield (*head, f"{test.lab}/{test.name}",
                   f"{was.outcome}, {was.points}" if was else "not there",
                   f"{test.outcome}, {test.points}", test.text)
    for lab, name in were:
        yield (*head, f"{lab}/{name}", were[lab, name].outcome, "not there", "")


def total(result):
    return "" if result.failed else result.points(False) + result.points(True)


def as_table(changed):
    return sheets.table([HEAD, *changed])


def as_lines(changed):
    """For the terminal: a line for each student."""
    by_student = {}
    for row in changed:
        by_student.setdefault(row[0], []).append(row)
    for rows in by_student.values():
        ident, name, before, now = rows[0][:4]
        tests = ", ".join(f"{row[4] or 'all'} ({row[5]} -> {row[6]})" for row in rows[:4])
        more = f" and {len(rows) - 4} more" if len(rows) > 4 else ""
        before, now = ("-" if points == "" else points for points in (before, now))
        yield f"  {ident} {name}: {before} -> {now}: {tests}{more}"
