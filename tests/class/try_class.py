"""Grades a made class of ten, with the command that a teacher gives, and looks at what came of it.

usage: try_class.py --build FILE SCRATCH
Prints a line for each thing that is not as it should be; exit status 1 then. The lab is the
course's first.
"""

import argparse
import csv
import glob
import os
import subprocess
import sys
import xml.etree.ElementTree
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "check"))

import expected
import languages
import made
import outcome
import session
import table

KINDS = ("reference", "wrong", "skeleton", "wrong", "reference", "wrong", "right", "wrong",
         "reference", "reference")


def call(build, source, out, lab, *more):
    """The class's own command; its exit status and what it prints."""
    done = subprocess.run([sys.executable, "-B", f"{HERE}/classroom.py", "--build", build, "--src",
                           source, "--out", out, *more, lab.name], text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def results_of(out):
    loaded = [outcome.load(path) for path in glob.glob(f"{glob.escape(out)}/results/*.json")]
    return {one.id: one for one in loaded if one}


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return file.read()


class Trial:
    def __init__(self, build, processes, scratch):
        self.build, self.scratch = build, scratch
        self.lab = min(table.read(), key=lambda lab: lab.place)
        self.top, self.out = f"{scratch}/class \u00fc (1)", f"{scratch}/out"
        maker = made.Maker(processes, scratch, [self.lab], isolated=False)
        self.ten = [maker.fill(made.student(number), kind) for number, kind in enumerate(KINDS)]
        made.hand_in(self.ten, self.top)
        self.class_file = f"{scratch}/class.toml"
        absent, *others = made.student(10), *map(made.student, (11, 12))
        made.class_file([*self.ten, absent, *others], self.class_file)
        self.absent, (self.broken, self.neighbour) = absent, others
        self.hand_in_odd(maker)
        self.findings = []

    def hand_in_odd(self, maker):
        """One that does not compile, and one that includes another's answer."""
        path = f"{self.lab.name}/{self.lab.files[0]}"
        made.plain(self.top, made.Student("", self.broken.name, "", {}, {path: b"int x = ;\n"}))
        victim = f"{self.top}/{self.ten[0].name}/{path}"
        made.plain(self.top, made.Student("", self.neighbour.name, "", {}, {
            path: f'#include "{victim}"\n'.encode()}))

    def expect(self, what, holds):
        if not holds:
            self.findings.append(f"a made class: {what}")

    def run(self, *more):
        status, said = call(self.build, self.top, self.out, self.lab, "--class", self.class_file,
                            *more)
        self.expect(f"exit status {status}:\n{said}", status == 0)
        return said

    def judge(self):
        self.run()
        results = results_of(self.out)
        others = {one.id: results.pop(one.id, None)
                  for one in (self.absent, self.broken, self.neighbour)}
        self.findings += expected.problems(self.ten, results)
        states = [others[one.id] and others[one.id].labs[0].state
                  for one in (self.absent, self.broken, self.neighbour)]
        self.expect(f"of who did nothing, or what must not be, it says {states}",
                    states == [outcome.ABSENT, outcome.NOT_BUILT, outcome.REFUSED])
        words = results[self.ten[9].id].odd
        self.expect(f"of a hostile archive it says {words}",
                    sum("is left out" in line for line in words) == 6)
        self.look_at_files()

    def look_at_files(self):
        rows = list(csv.reader(read(f"{self.out}/grades.csv").splitlines()))
        self.expect(f"grades.csv has {len(rows)} rows", len(rows) == 14)
        self.expect("a cell of grades.csv is a formula",
                    not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row))
        xml.etree.ElementTree.fromstring(read(f"{self.out}/junit.xml"))
        broken = read(f"{self.out}/feedback/{self.broken.id}.txt")
        self.expect(f"feedback does not say why it was not built:\n{broken}", "error:" in broken)
        for path in glob.glob(f"{glob.escape(self.out)}/feedback/*"):
            self.expect(f"{path} names a folder of this machine", self.scratch not in read(path))

    def go_on(self):
        """Called again, it grades nothing again, and says the same."""
        before = read(f"{self.out}/grades.csv")
        said = self.run()
        self.expect(f"the second time it says:\n{said}", "13 are graded already" in said)
        self.expect("the second grades.csv is another", read(f"{self.out}/grades.csv") == before)

    def speak(self):
        """In another language it says the same of everybody, in other words."""
        table_before, one = read(f"{self.out}/grades.csv"), f"feedback/{self.broken.id}.txt"
        english = read(f"{self.out}/{one}")
        for language in languages.languages():
            with mock.patch.dict(os.environ, LOCKSTEP_LANG=language):
                self.run()
            said = read(f"{self.out}/{one}")
            self.expect(f"feedback in {language} is English:\n{said}",
                        said.splitlines()[0] != english.splitlines()[0])
            self.expect(f"grades.csv in {language} is another",
                        read(f"{self.out}/grades.csv") == table_before)

    def regrade(self):
        """One student hands in anew: that one, and no other, has another result."""
        one, better = self.ten[2], self.ten[0]
        made.LAYOUTS[2](self.top, made.Student(one.id, one.name, one.number, {}, better.files))
        said = self.run("--regrade", self.out)
        self.expect(f"after one hand-in was bettered it says:\n{said}",
                    "1 of 13 have another result" in said and f"  {one.id} " in said)

    def hide(self):
        """With salted ids no name is anywhere."""
        self.top, self.out = f"{self.scratch}/three", f"{self.scratch}/hidden"
        made.hand_in(self.ten[:3], self.top)
        self.run("--anon", "salt")
        files = [path for path in glob.glob(f"{self.out}/**", recursive=True)
                 if os.path.isfile(path)]
        text = "".join(files) + "".join(map(read, files))
        told = [one.name for one in [*self.ten, self.absent] if one.name in text]
        self.expect(f"with salted ids one still reads {told}", not told)
        key = read(f"{self.out}.key.csv")
        self.expect("the key does not say who is who", self.ten[0].id in key)


def tried(build, processes, scratch):
    trial = Trial(build, processes, scratch)
    for step in trial.judge, trial.go_on, trial.speak, trial.regrade, trial.hide:
        step()
    print("\n".join(trial.findings), end="\n" if trial.findings else "")
    return 1 if trial.findings else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("scratch", nargs="?", help="a folder; it may be left out")
    build = parser.parse_args().build
    return session.run(lambda processes, scratch: tried(build, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
