"""Makes up a class: students with odd names, whose answers come from tests/submissions, handed in
as each platform and each student does it; and says what should come of each.
"""

import hashlib
import io
import json
import os
import random
import shutil
import tarfile
import zipfile
from dataclasses import dataclass, field

import source
import submissions

FIRST = ("Ha-neul", "Zo\u00eb", "S\u00f8ren", "\u0141ukasz", "Mar\u00eda Jos\u00e9", "O'Brien",
         "D\u2019Arcy", 'Al "Ace"', "Ngu\u1ec5n", "\u00c5sa (2)", "=SUM(A1)", "@home", "Bo;b&co",
         "\uae40\ud558\ub298", "\u674e", "a  b", "J\u00fcrgen", "Ju\u0308rgen", "$HOME", "100%")
LAST = ("Kim", "M\u00fcller", "\u00d3 N\u00e9ill", "[x]", "de la Cruz", "\ubc15", "Smith-Jones",
        "-v")


@dataclass
class Student:
    id: str
    name: str
    number: str                                   # at the platform
    parts: dict = field(default_factory=dict)     # {lab: submission; None: nothing}
    files: dict = field(default_factory=dict)     # {"LAB/FILE": bytes}


def student(number):
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]} {number}"
    return Student(f"s{number:03}", name, str(7000000 + number))


# ---- how it is handed in: each writes a student's files below the class's folder -----------------

def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def base(path):
    return path.rpartition("/")[2]


def plain(top, one):
    for path, data in one.files.items():
        put(f"{top}/{one.name}/{path}", data)


def moodle(top, one):
    for path, data in one.files.items():
        put(f"{top}/{one.name}_{one.number}_assignsubmission_file_/labs/{path}", data)


def moodle_flat(top, one):
    for path, data in one.files.items():
        put(f"{top}/{one.name}_{one.number}_assignsubmission_file_{base(path)}", data)


def canvas(top, one):
    for path, data in one.files.items():
        name = base(path).replace(".c", "-1.c")
        put(f"{top}/{''.join(filter(str.isalnum, one.name)).lower()}_LATE_{one.number}_99_{name}",
            data)


def wrong_case(top, one):
    for path, data in one.files.items():
        put(f"{top}/{one.id}/My Work/{base(path).capitalize()}", data)


def gradescope(top, one):
    for path, data in one.files.items():
        put(f"{top}/submission_{one.number}/{base(path)}", data)
    with open(f"{top}/submission_metadata.yml", "a", encoding="utf-8") as file:
        file.write(f"submission_{one.number}:\n  :submitters:\n  - :name: {json.dumps(one.name)}\n"
                   f"    :sid: '{one.number}'\n  :created_at: 2026-11-20 10:00:00 Z\n")


def handin(top, one):
    """As tests/tools/handin.sh packs it."""
    files = [{"file": path, "sha256": hashlib.sha256(data).hexdigest()}
             for path, data in sorted(one.files.items())]
    manifest = json.dumps({"format": "lockstep-handin 1", "version": "unknown",
                           "date": "2026-11-20T10:15:00Z", "files": files}).encode()
    name = f"{one.id}-lockstep-handin-2026-11-20T101500Z.tar.gz"
    with tarfile.open(f"{top}/{name}", "w:gz") as archive:
        for path, data in {**one.files, "manifest.json": manifest}.items():
            info = tarfile.TarInfo(f"./{path}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def zipped(top, one):
    with zipfile.ZipFile(f"{top}/{one.name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in one.files.items():
            archive.writestr(f"parallel labs (final)\\{path}", data)
            archive.writestr(f"__MACOSX/parallel labs (final)/._{base(path)}", b"\0\5\26\7")


def zip_in_folder(top, one):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, data in one.files.items():
            archive.writestr(path, data)
    put(f"{top}/{one.name}_{one.number}_assignsubmission_file/work.zip", made.getvalue())


def hostile_tar(top, one):
    """The right files, among names that lead out, links and devices."""
    with tarfile.open(f"{top}/{one.id}.tar.xz", "w:xz") as archive:
        for name, kind, link in (("../../out.c", tarfile.REGTYPE, ""),
                                 ("/absolute.c", tarfile.REGTYPE, ""),
                                 ("passwords.c", tarfile.SYMTYPE, "/etc/passwd"),
                                 ("hard.c", tarfile.LNKTYPE, "/etc/shadow"),
                                 ("zero.c", tarfile.CHRTYPE, ""), ("pipe.c", tarfile.FIFOTYPE, "")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            archive.addfile(info)
        for path, data in one.files.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


LAYOUTS = (plain, moodle, moodle_flat, canvas, wrong_case, gradescope, handin, zipped,
           zip_in_folder, hostile_tar)


# ---- what is handed in ---------------------------------------------------------------------------

class Maker:
    def __init__(self, processes, scratch, labs, isolated, seed=1):
        self.processes, self.scratch, self.labs = processes, scratch, labs
        self.random = random.Random(seed)
        self.made = {}    # {submission's id: {"LAB/FILE": bytes}}
        self.kinds = {lab: {kind: self.usable(lab, kind, isolated) for kind in
                            ("reference", "skeleton", "right", "wrong", "hostile")}
                      for lab in labs}

    def usable(self, lab, kind, isolated):
        """Those whose verdict is the same each time: what a wrong one may lose is its luck."""
        return [one for one in submissions.of_kind(lab, kind) if not one.slow and
                not one.two_cpus and not one.may and (isolated or kind != "hostile" or
                                      not one.says("Isolated", True))]

    def files(self, submission):
        """What somebody hands in for a lab; made once."""
        if submission.id not in self.made:
            folder = f"{self.scratch}/made-{len(self.made)}"
            problems = source.make(self.processes, submission, folder)
            if problems:
                raise SystemExit("\n".join(problems))
            lab = submission.lab
            self.made[submission.id] = {}
            for file in lab.files:
                with open(f"{folder}/{lab.name}/{file}", "rb") as content:
                    self.made[submission.id][f"{lab.name}/{file}"] = content.read()
            shutil.rmtree(folder)
        return self.made[submission.id]

    def choose(self, lab, kind):
        return self.random.choice(self.kinds[lab][kind] or self.kinds[lab]["skeleton"])

    def fill(self, one, kind):
        """Gives a student an answer of this kind to each lab."""
        for lab in self.labs:
            one.parts[lab] = self.choose(lab, kind)
            one.files.update(self.files(one.parts[lab]))
        return one

    def students(self, count):
        """A mixture, as classes are, and some who mean harm."""
        kinds = ["right"] * 4 + ["reference"] * 2 + ["wrong"] * 8 + ["skeleton"] * 2 + \
            ["hostile"] * 4
        return [self.fill(student(number), kinds[(7 * number) % len(kinds)])
                for number in range(count)]


def hand_in(students, top):
    """Writes what they hand in, each in the next way."""
    os.makedirs(top, exist_ok=True)
    for number, one in enumerate(students):
        LAYOUTS[number % len(LAYOUTS)](top, one)


def class_file(students, path):
    text = '[course]\nname = "A made class"\n'
    for one in students:
        text += (f"\n[[students]]\nid = {quoted(one.id)}\nname = {quoted(one.name)}\n"
                 f"also = [{quoted(one.number)}]\n")
    put(path, text.encode())


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
