"""Finds the labs' files in a hand-in, however deep they lie and however they are written, and
copies them to a clean folder: the answers, and the headers beside them.
"""

import os
import re
from dataclasses import dataclass, field

from entries import ASIDE, shown

HEADERS = (".h", ".inc", ".def")


@dataclass
class Work:
    """What a hand-in holds for the labs that are asked for."""
    files: dict = field(default_factory=dict)    # {"LAB/FILE": bytes}, and headers
    times: dict = field(default_factory=dict)    # {lab's name: when its last file was written}
    missing: dict = field(default_factory=dict)  # {lab's name: a line that says so}
    odd: list = field(default_factory=list)


def likeness(entry, lab, file):
    """How like the file that is looked for: the least of these tuples is the likest; None if it is
    another.
    """
    stem, ending = file.rsplit(".", 1)
    if entry.name == file:
        name = 0
    elif entry.name.lower() == file.lower():
        name = 1
    elif re.fullmatch(rf"{re.escape(stem)}([-_ ]?\(?\d+\)?| - copy| copy)\.{ending}",
                      entry.name, re.I):
        name = 2
    else:
        return None
    folders = entry.folder.lower().split("/")
    own = folders[-1] in (lab.name.lower(), lab.title, lab.number)
    aside = not ASIDE.isdisjoint(folders)
    return (aside, not own, name, entry.path.count("/"), -entry.time, entry.path)


def ranked(entries, lab, file):
    """Those that may be the file, the likest first."""
    return sorted((entry for entry in entries if likeness(entry, lab, file)),
                  key=lambda entry: likeness(entry, lab, file))


def gather(entries, labs):
    work = Work()
    for lab in labs:
        for file in lab.files:
            path, like = f"{lab.name}/{file}", ranked(entries, lab, file)
            data = like[0].load() if like else None
            if data is None:
                work.missing[lab.name] = f"{path} cannot be read." if like else \
                    absent(lab, file, entries)
                continue
            work.files[path] = data
            work.times[lab.name] = max(like[0].time, work.times.get(lab.name, 0))
            work.odd += remarks(path, data, like)
            for name, header in headers(like[0], entries, lab):
                work.files.setdefault(name, header)
    return work


def headers(answer, entries, lab):
    """What lies beside the answer, and in the folder above it."""
    for entry in entries:
        if not entry.name.lower().endswith(HEADERS):
            continue
        if entry.folder == answer.folder:
            yield f"{lab.name}/{entry.name}", entry.load() or b""
        elif answer.folder and entry.folder == answer.folder.rpartition("/")[0]:
            yield entry.name, entry.load() or b""


def absent(lab, file, entries):
    there = [shown(entry.path) for entry in entries if entry.name.lower().endswith(".c")]
    if not there:
        return f"{lab.name}/{file} was not handed in."
    more = f" and {len(there) - 6} more" if len(there) > 6 else ""
    return f"{lab.name}/{file} was not handed in. There are: {', '.join(there[:6])}{more}."


def remarks(path, data, like):
    chosen, *others = like
    if chosen.path not in (path, f"labs/{path}"):
        yield f"{path} was found as '{shown(chosen.path)}'."
    differing = [entry for entry in others if entry.load() != data]
    if differing:
        names = ", ".join(f"'{shown(entry.path)}'" for entry in differing[:3])
        yield f"There is more than one {path}: '{shown(chosen.path)}' is graded, {names} not."
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield f"{path} is in UTF-16: it must be saved as UTF-8."
    elif b"\0" in data:
        yield f"{path} holds bytes that no text has."


def write(files, folder):
    for path, data in files.items():
        target = os.path.join(folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(data)
