"""What is put into a machine: a copy of the tree, and right answers beside it to grade."""

import glob
import os
import shutil

import source
import submissions
import table
from groups import NotMade

BLANKS = "my own work"
# A name may have 255 characters at most; all of them together have about 300.
LONG = "/".join(["a-folder-with-a-long-name-" + "x" * 74] * 3)
WHERE = {None: "lockstep", "long": LONG, "blanks": BLANKS}


def files(processes):
    """Every file that is, or could be, committed."""
    listed = processes.run("git ls-files -z --cached --others --exclude-standard".split())
    if listed.status != 0:
        raise NotMade(f"git: {listed.err.strip()}")
    return [name for name in listed.out.split("\0") if name and os.path.lexists(name)]


def copy(processes, target):
    for name in files(processes):
        path = f"{target}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy2(name, path, follow_symlinks=False)


def check_out(processes, target, scratch):
    """As git for Windows does, which ends lines with CR and LF."""
    origin = f"{scratch}/origin"
    copy(processes, origin)
    who = ["-c", "user.name=student", "-c", "user.email=student@localhost"]
    for command in (["init", "-q", origin], ["-C", origin, "add", "-A"],
                    ["-C", origin, *who, "commit", "-q", "-m", "All"],
                    ["clone", "-q", "-c", "core.autocrlf=true", origin, target]):
        done = processes.run(["git", *command])
        if done.status != 0:
            raise NotMade(f"git: {done.err.strip()}")
    shutil.rmtree(origin)


def make(processes, row, home, scratch):
    """Fills a machine's home. Returns the tree's folder in it, relative to it."""
    folder = WHERE[row.get("path")]
    os.makedirs(os.path.dirname(f"{home}/{folder}"), exist_ok=True)
    if row.has("checkout"):
        check_out(processes, f"{home}/{folder}", scratch)
    else:
        copy(processes, f"{home}/{folder}")
    if row.has("src"):
        shutil.copytree("solutions", f"{home}/{BLANKS}")
    return folder


def rounds(home):
    """Right answers in folders of home, each with one answer of each lab that has one left. Returns
    [(folder, the labs in it)].
    """
    found = {lab: submissions.of_kind(lab, "right") for lab in table.read()
             if "mpi" not in lab.flags}
    made = []
    while any(found.values()):
        folder = f"rights/{len(made)}"
        labs = [lab for lab, left in found.items() if left]
        for lab in labs:
            one = found[lab].pop(0)
            source.make(None, one, f"{home}/{folder}")
            with open(f"{home}/{folder}/{lab.name}.name", "w", encoding="utf-8") as file:
                file.write(one.name)
        made.append((folder, [lab.name for lab in labs]))
    return made


def names(home, folder):
    """{lab: the name of its answer in this round}"""
    found = {}
    for path in glob.glob(f"{home}/{folder}/*.name"):
        with open(path, encoding="utf-8") as file:
            found[os.path.basename(path)[:-len(".name")]] = file.read()
    return found
