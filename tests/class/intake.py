"""Who handed in what: a folder, an archive or loose files for each student, below one folder or in
one archive, as the learning platforms make them.
"""

import math
import os
import re
from dataclasses import dataclass, field

import dates
import entries as files_of
import layout
import names

METADATA = "submission_metadata.yml"
MANIFEST = "manifest.json"


@dataclass
class HandIn:
    """What one student handed in, not yet opened."""
    owner: names.Owner
    tops: list = field(default_factory=list)     # the folders, archives and files at the top
    entries: list = field(default_factory=list)
    odd: files_of.Odd = field(default_factory=files_of.Odd)
    handed: float = 0    # when, as the platform says; 0: as the files say

    def open(self):
        """All its files, also those in archives. A top that wraps all the others is left out."""
        entries = files_of.opened(self.entries, self.odd, files_of.Left())
        while True:
            tops = {entry.path.partition("/")[0] for entry in entries}
            if len(tops) != 1 or any("/" not in entry.path for entry in entries):
                return files_of.without_aside(entries)
            top = tops.pop()
            if re.match(r"\d\d-", top) or top.lower() == "labs":
                return entries
            entries = [entry.inside(top) for entry in entries]


@dataclass
class Intake:
    handins: list = field(default_factory=list)
    odd: files_of.Odd = field(default_factory=files_of.Odd)    # of nobody's files


def read(source, labs):
    """The hand-ins below a folder or in an archive. Ends the program where there is none."""
    intake = Intake()
    if os.path.isdir(source):
        entries = files_of.of_folder(source, intake.odd)
    elif os.path.isfile(source) and files_of.archive_ending(source):
        # Files are counted for each student, who is a folder or file at its top.
        entries = files_of.of_archive(source, os.path.basename(source), intake.odd,
                                      files_of.Left(files=math.inf))
    else:
        raise SystemExit(f"There is no folder or archive {source}.")
    entries = unwrapped(entries, labs)
    if is_one_students(entries, labs):
        raise SystemExit(f"{source} holds labs, not students: give the folder above it, with a "
                         "folder, an archive or files for each student.")
    owners, metadata = group(entries, labs, intake.odd), metadata_of(entries)
    for handin in owners:
        who = metadata.get(handin.owner.who, {})
        if who.get("name"):
            handin.owner.who = who["name"]
        handin.owner.ids |= {who[key] for key in ("sid", "email") if who.get(key)}
        handin.handed = dates.time_of(who.get("created_at", ""))
    intake.handins = sorted(owners, key=lambda handin: handin.owner.key)
    if not intake.handins:
        raise SystemExit(f"{source} holds nothing that was handed in.")
    return intake


def answer_files(labs):
    return {file for lab in labs for file in lab.files}


def is_lab_like(name, labs):
    return name.lower() == "labs" or any(name.lower() in (lab.name.lower(), lab.title)
                                         for lab in labs)


def is_answer(name, labs):
    return any(layout.likeness(files_of.Entry(name), lab, file) for lab in labs
               for file in lab.files)


def is_one_students(entries, labs):
    tops = {entry.path.partition("/")[0] for entry in entries}
    return bool(tops) and all(is_lab_like(top, labs) or top == MANIFEST or
                              top.lower() in answer_files(labs) for top in tops)


def unwrapped(entries, labs):
    """Without a folder that only holds the students' (an export has such a one)."""
    while True:
        tops = {entry.path.partition("/")[0] for entry in entries}
        if len(tops) != 1 or all("/" not in entry.path for entry in entries):
            return entries
        top = tops.pop()
        inner = [entry.inside(top) for entry in entries if "/" in entry.path]
        seconds = {entry.path.partition("/")[0] for entry in inner}
        plain = {name for name in seconds if names.of_file(name, answer_files(labs)) is None}
        holds_work = any(is_lab_like(name, labs) or is_answer(name, labs) for name in plain)
        several = sum("/" in entry.path or bool(files_of.archive_ending(entry.path))
                      or entry.path not in plain for entry in inner)
        if holds_work or not several or names.MOODLE.match(top):
            return entries
        entries = inner


def group(entries, labs, odd):
    """The hand-ins: what belongs to one owner, together."""
    known, by_key = answer_files(labs), {}
    for entry in entries:
        top, _, rest = entry.path.partition("/")
        if rest:
            owner = names.of_folder(top)
        elif files_of.archive_ending(top):
            owner = names.of_archive(top)
        else:
            owner = names.of_file(top, known)
        if owner is None:
            if top != METADATA and top.lower().endswith((".c", ".h")):
                odd.say(f"'{files_of.shown(top)}' is nobody's: its name does not say whose it is.")
            continue
        handin = by_key.setdefault(owner.key, HandIn(owner))
        if owner.odd:
            handin.odd.say(f"'{files_of.shown(top)}': {owner.odd}.")
        if top not in handin.tops:
            handin.tops.append(top)
        whole = top if rest or files_of.archive_ending(top) else ""
        handin.entries.append(files_of.Entry(rest or owner.rest or top, entry.size, entry.time,
                                             entry.data, entry.file, whole))
    for handin in by_key.values():
        keep_newest(handin)
    return list(by_key.values())


def keep_newest(handin):
    """Of several whole hand-ins of one student, the newest counts."""
    times = {}
    for entry in handin.entries:
        if entry.whole:
            times[entry.whole] = max(times.get(entry.whole, 0), entry.time)
    if len(times) < 2:
        return
    newest = max(times, key=lambda whole: (times[whole], whole))
    handin.entries = [entry for entry in handin.entries if entry.whole in ("", newest)]
    handin.odd.say(f"It was handed in {len(times)} times: the newest, '{files_of.shown(newest)}', "
                   "is graded.")


def metadata_of(entries):
    """What Gradescope's export says of its folders: {folder: {name, sid, email}}. A small part of
    YAML, as it writes it.
    """
    text = b"".join(entry.load() or b"" for entry in entries if entry.path == METADATA)
    found, folder = {}, None
    for line in text.decode("utf-8", "replace").splitlines():
        begins = re.match(r"^'?\"?(submission_\d+)'?\"?:", line)
        if begins:
            folder = found.setdefault(begins[1], {})
        field_of = re.match(r"^\s+(?:- )?:?(name|sid|email|created_at):\s*(.*?)\s*$", line)
        if field_of and folder is not None:
            folder.setdefault(field_of[1], field_of[2].strip("'\""))
    return found
