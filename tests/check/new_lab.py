"""Is a lab its own folders and one row of labs/table? Adds one to a copy of the tree, and looks
whether every door knows it: run, grade, hint, tour, skeletons, check.

usage: new_lab.py --build FILE SCRATCH     Prints a line for each thing that is wrong.
"""

import argparse
import os
import re
import shutil
import subprocess

import description
import table

FIXTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "new-lab")
LAB = "90"
POINTS = 3
PAGES = {
    "README.md": "| [90-doubles](handouts/90-doubles.md) | none: a test adds this lab and takes it "
                 "away | [`doubles.h`](labs/90-doubles/doubles.h) | numbers that are doubled | "
                 "3 bonus |",
    "handouts/README.md": "| [90 doubles](90-doubles.md) | a number is doubled | 3 bonus | 1 h |",
}


def copy_tree(objects, tree):
    """The project with the new lab, and with what is built already: both dated as they are."""
    os.makedirs(tree)
    for name in ("Makefile", "README.md", "common", "labs", "solutions", "tests", "handouts"):
        source, target = name, os.path.join(tree, name)
        if os.path.isdir(source):
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target)
    # Another check may run make meanwhile, which writes what it describes to a file of that name.
    shutil.copytree(objects, os.path.join(tree, objects), symlinks=True,
                    ignore=shutil.ignore_patterns("*.new"))
    rules = os.path.join(os.path.dirname(objects), "labs.mk")   # they do not know the new lab
    shutil.copy2(rules, os.path.join(tree, rules))
    for name in ("labs", "solutions", "tests", "handouts"):
        shutil.copytree(os.path.join(FIXTURE, name), os.path.join(tree, name), dirs_exist_ok=True)
    with open(os.path.join(FIXTURE, "row"), encoding="utf-8") as row, \
            open(os.path.join(tree, "labs/table"), "a", encoding="utf-8") as file:
        file.write(row.read().replace("PLACE", str(len(table.read()) + 1).ljust(len("PLACE"))))
    add_to_pages(tree)


def add_to_pages(tree):
    """What step 7 of "Adding a lab" says: a row at the end of two tables, and the sum."""
    for page, row in PAGES.items():
        path = os.path.join(tree, page)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(^\| lab \|.*\n(?:\|.*\n)*)", rf"\g<1>{row}\n", text, count=1, flags=re.M)
        if page == "README.md":
            bonus = re.search(r"(\d+) more from bonus labs", text)
            text = text.replace(bonus[0], "") if bonus else text
            text += f"{int(bonus[1] if bonus else 0) + POINTS} more from bonus labs.\n"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


class Doors:
    def __init__(self, build, tree):
        self.flags = [f"CC={build['compiler']}"]
        self.tree = tree
        self.findings = []

    def expect(self, said, *words, fails=False):
        """`make` with these words prints what matches the pattern `said`."""
        done = subprocess.run(["make", "--no-print-directory", *self.flags, *words], cwd=self.tree,
                              env={"PATH": os.environ["PATH"], "NO_COLOR": "1"}, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if (done.returncode != 0) != fails or not re.search(said, done.stdout):
            self.findings.append(f"make {' '.join(words)} with a lab that was added: exit status "
                                 f"{done.returncode}, and it should print {said!r}:\n{done.stdout}")


def try_manifest(doors, tree):
    """Where MPI is not installed, and labs are left out, no skeleton's sum is."""
    doors.expect(r"", "skeletons", "MPI_FLAGS=")
    with open(os.path.join(tree, "tests/tools/skeletons.sha256"), encoding="utf-8") as file:
        noted = {line.split()[1] for line in file}
    doors.findings += [f"make skeletons without MPI leaves out labs/{lab.name}/{name}"
                       for lab in table.read() for name in lab.files
                       if f"labs/{lab.name}/{name}" not in noted]


def try_both_files(doors, tree):
    """A change to the lab's second file is seen: no hint, and no full score, is an old one. Both
    files are put back.
    """
    mine, solved = (os.path.join(tree, room, "90-doubles") for room in ("labs", "solutions"))
    second = os.path.join(mine, "checked.c")
    shutil.copy(second, f"{tree}/skeleton")
    shutil.copy(f"{solved}/doubles.c", mine)
    doors.expect(r"Hint 1 of 1", "hint", f"LAB={LAB}")
    shutil.copy(f"{solved}/checked.c", second)
    doors.expect(r"no hint is needed", "hint", f"LAB={LAB}")
    doors.expect(r"Your checked\.c is the reference", "compare", f"LAB={LAB}")
    shutil.copy(f"{tree}/skeleton", second)
    doors.expect(r"Not yet", "compare", f"LAB={LAB}", fails=True)
    shutil.copy(f"{solved}/checked.c", second)
    doors.expect(r"doubles\.c is as it was at (.*\n)*.*checked\.c is as it was at the beginning\.$",
                 "reset", f"LAB={LAB}")


def main():
    parser = argparse.ArgumentParser(description="Is a lab its own folders and one row?")
    parser.add_argument("--build", required=True)
    parser.add_argument("scratch")
    options = parser.parse_args()
    build = description.read(options.build)
    tree = os.path.join(options.scratch, "tree")
    copy_tree(build["objects"], tree)
    doors = Doors(build, tree)
    doors.expect(r"cut labs/90-doubles/checked\.c", "skeletons", f"LAB={LAB}")
    try_manifest(doors, tree)
    doors.expect(r"twice 21 is 42", "run", f"LAB={LAB}", "SRC=solutions")
    doors.expect(r"90-doubles +\S+ +3 / 3", "grade", "LAB=doubles", "SRC=solutions", "STRICT=1")
    doors.expect(r"90-doubles.*not started", "grade", f"LAB={LAB}")
    doors.expect(r"not started", "grade", f"LAB={LAB}", "STRICT=1", fails=True)
    doors.expect(r"Hint 1 of 1", "hint", f"LAB={LAB}")
    try_both_files(doors, tree)
    doors.expect(r"lab 90-doubles: (.*\n)*    Look for: 42, and 20\.\ntwice 21 is 42(.*\n)*"
                 r"    a test adds this lab and takes it away +handouts/90-doubles\.md", "tour",
                 f"LAB={LAB}", "TASK_MS=10")
    doors.expect(r"90 doubles  right 1/1  wrong 2/2 .*tests caught out 2/2", "check", f"LAB={LAB}")
    print("\n".join(doors.findings), end="\n" if doors.findings else "")


if __name__ == "__main__":
    main()
