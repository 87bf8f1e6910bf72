"""Makes the folder that the judge is given: what somebody would hand in."""

import os
import shutil

# Exactly as the diff has it, and leaving nothing else behind.
PATCH = "patch -p3 --fuzz=0 --no-backup-if-mismatch --silent --reject-file=-".split()
# A file of a lab that an attack's own file does without.
NOTHING = "typedef int nothing_is_here;\n"


def make(processes, submission, folder):
    """Fills folder/LAB with the submission's files. Returns what went wrong, a list of lines.

    What it does not bring itself is the solution's.
    """
    lab = submission.lab
    target = f"{folder}/{lab.name}"
    os.makedirs(target)
    for name in lab.files:
        shutil.copyfile(f"{lab.solution}/{name}", f"{target}/{name}")
    return MAKERS[submission.kind](processes, submission, target)


def leave(_processes, _submission, _target):
    return []


def cut(processes, submission, target):
    problems = []
    for name in submission.lab.files:
        done = processes.run(["sh", "tests/tools/skeletons.sh", "cut",
                              f"{submission.lab.name}/{name}", f"{target}/{name}"])
        problems += done.err.splitlines() if done.status else []
    return problems


def copy(_processes, submission, target):
    shutil.copyfile(submission.path, f"{target}/{submission.lab.files[0]}")
    return []


def patch(processes, submission, target):
    """Applies a diff of solutions/LAB/FILE."""
    with open(submission.path, "rb") as diff:
        done = processes.run([*PATCH, "-d", target], stdin=diff)
    if done.status == 0:
        return []
    said = done.out.splitlines() + done.err.splitlines()
    return [f"The patch does not apply to {submission.lab.solution} any more."] + said


def join_attack(_processes, submission, target):
    """The attack, and the lab's functions that call it."""
    first, *others = submission.lab.files
    with open(f"{target}/{first}", "wb") as whole:
        for path in submission.path, f"{submission.lab.submissions}/hostile.c":
            with open(path, "rb") as part:
                shutil.copyfileobj(part, whole)
    for name in others:
        with open(f"{target}/{name}", "w", encoding="utf-8") as file:
            file.write(NOTHING)
    return []


MAKERS = {
    "reference": leave,
    "skeleton": cut,
    "right": copy,
    "wrong": patch,
    "racy": patch,
    "hostile": join_attack,
}
