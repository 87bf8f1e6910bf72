"""Whose a file or folder is, by the name that a learning platform gave it.

    Moodle      Kim Ha Neul_1234567_assignsubmission_file/...   or the same before a file's name
    Canvas      kimhaneul_LATE_12345_67890_pool-1.c
    Gradescope  submission_123456/ and submission_metadata.yml beside them
    make handin lockstep-handin-DATE.tar.gz, which a platform puts its own name before or around
    by hand     kim/..., kim.zip, kim_pool.c
"""

import re
import unicodedata
from dataclasses import dataclass, field

import entries

MOODLE = re.compile(r"^(?P<who>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<rest>.*)$", re.S)
CANVAS = re.compile(r"^(?P<who>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<sub>\d+)_(?P<rest>.+)$", re.S)
HANDIN = re.compile(r"[-_ ]*lockstep(-handin)?(-\d{4}-\d\d-\d\dT\d+Z(-\d+)?)?[-_ ]*", re.I)


@dataclass
class Owner:
    who: str                                # as the platform calls him or her
    ids: set = field(default_factory=set)   # numbers that stand beside the name
    rest: str = ""                          # of a loose file: what the student had called it
    odd: str = ""

    @property
    def key(self):
        return "/".join([same(self.who), *sorted(self.ids)])


def same(name):
    """Names that only differ in how they are written are one: Mueller as macOS writes its umlaut
    and as Linux does, letters of the other case, two blanks.
    """
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def of_folder(name):
    found = MOODLE.match(name)
    if found:
        return Owner(found["who"], {found["id"]})
    return Owner(HANDIN.sub("", name) or name)


def of_archive(name):
    ending = entries.archive_ending(name)
    owner = of_file(name, ())
    return owner or of_folder(name[:-len(ending)])


def of_file(name, files):
    """A loose file's owner; None if it is nobody's. `files` are those that labs are made of."""
    for pattern in MOODLE, CANVAS:
        found = pattern.match(name)
        if found and found["rest"]:
            late = pattern is CANVAS and found["late"]
            return Owner(found["who"], {found["id"]}, found["rest"],
                         "the platform marks it as late" if late else "")
    for file in files:
        stem = re.escape(file[:-len(".c")])
        found = re.match(rf"^(.+?)[-_ .]+({stem}(?:[-_ ]?\(?\d+\)?)?\.[ch])$", name, re.I | re.S)
        if found:
            return Owner(found[1], set(), found[2])
    return None
