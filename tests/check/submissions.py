"""What lies in tests/submissions, and what each of these files declares in its head.

    right/NAME.c       a whole answer
                           Right:
    wrong/NAME.patch   a diff against the solution
                           Bug: Catches: [May:] [Needs: 2 CPUs] [Slow: yes] [Race: yes]
                           [Breaks: "a promise that it breaks"] (promises.py)
                           [Says: "words that the report must show"]
                           [Looks: functions that the report may lead to, besides those changed]
    racy/NAME.patch    the same; only a search for races can see it
                           Bug: Race: yes
    attacks/NAME.c     a function that hostile.c of each of its Labs calls
                           Attack: Labs: Isolated: [Builds: no] [Slow: yes]
                           [Tests: by which it is judged, where not every one is]

The reference and the skeleton of a lab are submissions, too: they need no file of their own.
"""

import glob
import os
import re
from dataclasses import dataclass, field

ATTACKS = "tests/submissions/attacks"
HEAD_LINE = re.compile(r"^[ /*]*([A-Z][a-z]+): *(.*?) *$", re.M)
REQUIRED = {
    "right": ("Right",),
    "wrong": ("Bug", "Catches"),
    "racy": ("Bug", "Race"),
    "hostile": ("Attack", "Labs", "Isolated"),
}
YES_OR_NO = ("Isolated", "Builds", "Slow", "Race")


@dataclass(frozen=True)
class Submission:
    lab: object
    kind: str      # reference, skeleton, right, wrong, racy or hostile
    path: str      # its own file; the solution's folder for reference and skeleton
    head: dict = field(default_factory=dict, compare=False)

    @property
    def name(self):
        return os.path.splitext(os.path.basename(self.path))[0]

    @property
    def id(self):
        return f"{self.lab.name}.{self.kind}.{self.name}"

    @property
    def catches(self):
        return self.head.get("Catches", "").split()

    @property
    def may(self):
        return self.head.get("May", "").split()

    @property
    def slow(self):
        return self.says("Slow", False)

    @property
    def two_cpus(self):
        return self.head.get("Needs") == "2 CPUs"

    def says(self, key, otherwise):
        """Whether "KEY: yes" is declared; `otherwise` if nothing is."""
        return self.head[key] == "yes" if key in self.head else otherwise

    def problems(self):
        """What is wrong with the head itself."""
        found = [f'The head does not say "{key}:".'
                 for key in REQUIRED.get(self.kind, ()) if not self.head.get(key)]
        found += [f'The head says "{key}: {self.head[key]}", which is neither yes nor no.'
                  for key in YES_OR_NO if self.head.get(key, "no") not in ("yes", "no")]
        if self.head.get("Needs", "2 CPUs") != "2 CPUs":
            found.append(f'The head says "Needs: {self.head["Needs"]}", which nobody understands.')
        return found


def parse_head(text, is_patch):
    """{key: rest of its line, or of its lines}: of what comes before a patch's diff, or of the
    first comment.
    """
    head = {}
    for match in HEAD_LINE.finditer(text.partition("\n--- " if is_patch else "*/")[0]):
        key, rest = match.groups()
        head[key] = f"{head[key]}\n{rest}" if key in head else rest
    return head


def read(lab, kind, path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return Submission(lab, kind, path, parse_head(file.read(), path.endswith(".patch")))


def of_kind(lab, kind):
    """All submissions of one kind that are meant for the lab."""
    if kind in ("reference", "skeleton"):
        return [Submission(lab, kind, lab.solution)]
    if kind == "hostile":
        if not os.path.exists(f"{lab.submissions}/hostile.c"):
            return []
        attacks = [read(lab, kind, path) for path in files(ATTACKS, "c")]
        return [attack for attack in attacks if is_meant(attack, lab)]
    ending = "c" if kind == "right" else "patch"
    return [read(lab, kind, path) for path in files(f"{lab.submissions}/{kind}", ending)]


def files(folder, ending):
    return sorted(glob.glob(f"{folder}/*.{ending}"))


def is_meant(attack, lab):
    labs = attack.head.get("Labs", "").split()
    return "all" in labs or lab.number in labs
