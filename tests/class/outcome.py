"""What came of a hand-in: everything that tables, pages and other systems are made from."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field

GRADED, FAILED, NOTHING = "graded", "grader failed", "nothing handed in"
# Of a lab.
TESTED, NOT_BUILT, ABSENT, REFUSED = "tested", "not built", "not handed in", "refused"
SORRY = "The grader failed, not you: this says nothing about your work."


@dataclass
class Test:
    lab: str
    name: str
    title: str
    points: int
    most: int
    outcome: str       # passed, failed, not-started or not-run
    text: str = ""     # what was expected and seen
    look_at: str = ""


@dataclass
class Lab:
    name: str
    bonus: bool = False
    state: str = TESTED
    why: str = ""          # what the compiler said, or what is missing
    tests: list = field(default_factory=list)

    @property
    def points(self):
        return sum(test.points for test in self.tests)

    @property
    def most(self):
        return sum(test.most for test in self.tests)


@dataclass
class Outcome:
    id: str
    name: str = ""
    status: str = GRADED
    why: str = ""        # if the grader failed
    version: str = ""    # of the tree that graded
    key: str = ""        # of what was graded, and by what: the same key, the same outcome
    labs: list = field(default_factory=list)
    odd: list = field(default_factory=list)
    times: dict = field(default_factory=dict)   # {lab: when it was handed in}

    @property
    def tests(self):
        return [test for lab in self.labs for test in lab.tests]

    @property
    def failed(self):
        return self.status == FAILED

    def points(self, bonus):
        return sum(lab.points for lab in self.labs if lab.bonus == bonus)

    def most(self, bonus):
        return sum(lab.most for lab in self.labs if lab.bonus == bonus)


def save(path, outcome):
    write(path, json.dumps(asdict(outcome), ensure_ascii=False, indent=1) + "\n")


def load(path):
    """An outcome that was saved; None if there is none, or a damaged one."""
    try:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
        values["labs"] = [Lab(**{**lab, "tests": [Test(**test) for test in lab["tests"]]})
                          for lab in values["labs"]]
        return Outcome(**values)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write(path, text):
    """A whole file or none: who reads it never sees a half."""
    with open(f"{path}.new", "w", encoding="utf-8", errors="replace", newline="") as file:
        file.write(text)
    os.replace(f"{path}.new", path)


def key_of(files, version, labs):
    digest = hashlib.sha256(f"{version}\n{' '.join(lab.name for lab in labs)}\n".encode())
    for path in sorted(files):
        digest.update(f"{path}\n{len(files[path])}\n".encode("utf-8", "surrogateescape"))
        digest.update(files[path])
    return digest.hexdigest()


def safe_name(text):
    """A file's name that says the same."""
    name = "".join(c if c.isalnum() or c in "-_.@" else "_" for c in text).strip("._") or "_"
    if len(name.encode()) > 120:
        name = f"{name[:30]}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    return name
