"""Grades what a class has handed in: a folder, archive or loose files for each student.

Writes grades.csv (a row a student), grades-long.csv (a row a test), feedback/ID.txt and .html,
results/ID.json, junit.xml and summary.html. Called again, it goes on where it was stopped, and
grades again only what has changed. Exit status: 0 all are graded, 1 the grader failed for some (who
get no score), 2 it cannot work.
"""

import argparse
import contextlib
import fcntl
import glob
import os
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "check"))

import classfile
import description
import feedback
import grading
import intake
import judge
import junit
import options
import outcome
import people
import regrade
import session
import sheets
import speech
import summary
import table
from progress import Progress

STOPPED = "Stopped. What is graded is kept: the same command goes on from here."


def parse_options(words):
    parser = options.parser(__doc__)
    parser.add_argument("--src", required=True, help="what was handed in: a folder or an archive")
    parser.add_argument("--out", required=True, help="where results go")
    parser.add_argument("--class", dest="course", metavar="FILE", default="",
                        help="the class file (tests/class/classfile.py says what is in it)")
    parser.add_argument("--anon", metavar="SALT", default="",
                        help="ids made from SALT instead of names; OUT.key.csv says whose they are")
    parser.add_argument("--regrade", metavar="FOLDER", default="",
                        help="an earlier OUT: whose points are others now")
    parser.add_argument("--at-once", type=int, default=min(4, os.cpu_count() or 1),
                        help=argparse.SUPPRESS)
    return parser.parse_args(words)


class Folder:
    """Where results go: for one grading at a time."""

    def __init__(self, path, source):
        self.path = path
        inside = os.path.commonpath([os.path.realpath(path), os.path.realpath(source)])
        if inside == os.path.realpath(source):
            raise SystemExit(f"OUT={path} lies in SRC={source}: it would be taken for a hand-in.")
        try:
            for folder in "results", "feedback":
                os.makedirs(f"{path}/{folder}", exist_ok=True)
            self.lock = open(f"{path}/.lock", "w", encoding="ascii")
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"Another grading is under way in {path}.") from None
        except OSError as error:
            raise SystemExit(f"{path}: {error.strerror}") from None

    def use(self, scratch):
        """Notes the scratch folder. One that a killed grading left behind is removed."""
        note = f"{self.path}/.scratch"
        left = judge.read(note).strip()
        if left and os.path.dirname(left) == os.path.dirname(scratch) and left != scratch:
            shutil.rmtree(left, ignore_errors=True)
        self.write(".scratch", scratch)

    def write(self, name, text):
        outcome.write(f"{self.path}/{name}", text)

    def result(self, ident):
        return f"{self.path}/results/{outcome.safe_name(ident)}.json"

    def forget_others(self, idents):
        """Nobody takes an earlier class's results for this one's."""
        own = {outcome.safe_name(ident) for ident in idents}
        for path in glob.glob(f"{glob.escape(self.path)}/results/*") + \
                glob.glob(f"{glob.escape(self.path)}/feedback/*"):
            if os.path.splitext(os.path.basename(path))[0] not in own:
                os.unlink(path)


class Classroom:
    def __init__(self, call, processes, scratch):
        self.call = call
        self.build = description.read(call.build)
        known = table.read()
        self.labs = table.chosen(known, call.labs)
        self.course = classfile.read(call.course, known)
        self.taken = intake.read(call.src, known)
        self.folder = Folder(call.out, call.src)
        self.folder.use(scratch)
        self.people = people.gather(self.taken.handins, self.course, self.labs, call.anon)
        self.grader = grading.Grader(processes, self.build, self.labs, scratch,
                                     away=(call.src, call.out))
        self.version = grading.version_of(self.build, known)

    def grade(self, person):
        """One student's outcome. What is known about the same files is taken from last time."""
        began = time.monotonic()
        result = outcome.Outcome(person.id, person.name, version=self.version,
                                 key=person.key(self.version, self.labs), times=person.times,
                                 odd=person.odd)
        if person.trouble:
            result.status, result.why = outcome.FAILED, person.trouble
        else:
            self.grader.grade(result, person.work)
        outcome.save(self.folder.result(person.id), result)
        return result, time.monotonic() - began

    def known(self, person):
        """Its outcome from last time, if nothing that decides about it has changed."""
        result = outcome.load(self.folder.result(person.id))
        if not result or result.failed or result.key != person.key(self.version, self.labs):
            return None
        result.id, result.name = person.id, person.name
        result.odd, result.times = person.odd, person.times
        return result

    def grade_all(self):
        results = {person.id: self.known(person) for person in self.people}
        todo = [person for person in self.people if results[person.id] is None]
        done = len(self.people) - len(todo)
        print(f"{len(self.people)} students, {len(self.labs)} "
              f"lab{'' if len(self.labs) == 1 else 's'}"
              f"{f'; {done} are graded already' if done else ''}.", flush=True)
        progress = Progress("graded", ["" for _ in todo], self.call.at_once, every=10)

        def ended(person, graded):
            results[person.id] = graded[0]
            progress.step("", graded[1], f"({person.id})")

        if todo:
            session.at_once(self.call.at_once, self.grade, todo, ended)
        progress.clear()
        return [self.row(person, results[person.id]) for person in self.people]

    def row(self, person, result):
        late = classfile.lateness(self.course, person.student, person.times)
        return sheets.Row(result, self.course.weights, late)

    def write(self, rows):
        due = self.course.due
        self.folder.write("grades.csv", sheets.grades(rows, self.labs, due))
        self.folder.write("grades-long.csv", sheets.tests(rows))
        self.folder.write("junit.xml", junit.make([row.result for row in rows]))
        with contextlib.closing(speech.asked_for(self.grader.build.judge)) as say:
            for row in rows:
                name = f"feedback/{outcome.safe_name(row.result.id)}"
                self.folder.write(f"{name}.txt", feedback.as_text(row, say))
                self.folder.write(f"{name}.html", feedback.as_page(row, say))
                outcome.save(self.folder.result(row.result.id), row.result)
        title = self.course.name or "What came of the class's labs"
        nobodys = [] if self.call.anon else [*self.taken.odd.lines, *self.course.odd]
        self.folder.write("summary.html", summary.make(rows, self.labs, nobodys, title))
        self.folder.forget_others(row.result.id for row in rows)
        if self.call.anon:
            people.write_key(f"{self.call.out.rstrip('/')}.key.csv", self.people)

    def say(self, rows):
        by_status = {status: sum(row.result.status == status for row in rows)
                     for status in (outcome.GRADED, outcome.NOTHING, outcome.FAILED)}
        print(", ".join(f"{count} {status}" for status, count in by_status.items() if count))
        odd = sum(bool(row.result.odd) for row in rows)
        if odd or self.taken.odd.lines or self.course.odd:
            print(f"Something was odd with {odd} of them: see summary.html.")
        for note in sorted(self.grader.notes):
            print(note)
        for why in sorted({row.result.why for row in rows if row.result.failed})[:5]:
            print(f"The grader failed: {why}", file=sys.stderr)
        print(f"Results are in {self.call.out}: grades.csv, summary.html, feedback/ and others.")
        return by_status


def work(call, processes, scratch):
    room = Classroom(call, processes, scratch)
    # The new grading may go where the old one lies.
    old = regrade.earlier(call.regrade) if call.regrade else {}
    rows = room.grade_all()
    room.write(rows)
    by_status = room.say(rows)
    if call.regrade:
        changed = list(regrade.changes(old, rows))
        room.folder.write("regrade.csv", regrade.as_table(changed))
        print(f"{len({row[0] for row in changed})} of {len(rows)} have another result than in "
              f"{call.regrade} (regrade.csv):", *regrade.as_lines(changed), sep="\n")
    if not by_status[outcome.FAILED]:
        return 0
    return 1 if by_status[outcome.GRADED] else 2


def main():
    call = parse_options(sys.argv[1:])
    try:
        return session.run(lambda processes, scratch: work(call, processes, scratch), STOPPED)
    except SystemExit as error:
        print(f"class: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
