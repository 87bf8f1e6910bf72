"""Do README's table, the course page's and the heads of the handouts say of each lab what
labs/table and the suites say? And is on the disk what the table says?"""

import glob
import os
import re
import subprocess

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
           "eleven", "twelve")


def tests_of(objects, lab):
    """{test: points} of a lab's suite, in its order."""
    listed = subprocess.run([f"{objects}/solutions/{lab.name}/suite", "--list"],
                            capture_output=True, text=True, check=True)
    rows = (line.split("\t") for line in listed.stdout.splitlines())
    return {row[0]: int(row[1]) for row in rows}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def rows_of(text, heading):
    """The cells of the table whose first column has this heading."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-|]*\n((?:\|.*\n)*)", text, re.M)
    return [[cell.strip() for cell in line.strip("|").split("|")]
            for line in (found[1].splitlines() if found else [])]


def worth(lab, points):
    return f"{points[lab.name]} bonus" if lab.counts == "bonus" else str(points[lab.name])


def wrong_readme(labs, points):
    rows = rows_of(read("README.md"), "lab")
    expected = [[f"[{lab.name}](handouts/{lab.name}.md)", lab.section,
                 f"[`{lab.contract}`](labs/{lab.name}/{lab.contract})", worth(lab, points)]
                for lab in labs]
    found = [[row[0], row[1], row[2], row[-1]] for row in rows]
    for row in expected:
        if row not in found:
            yield f"README.md: the table of labs should have the row: {' | '.join(row)}"
    if [row[0] for row in found] != [row[0] for row in expected]:
        yield "README.md: the table of labs has other rows, or another order, than labs/table"


def wrong_course(labs, points):
    page = "handouts/README.md"
    rows = rows_of(read(page), "lab")
    expected = [(f"{lab.name}.md", worth(lab, points), f"{lab.hours} h")
                for lab in sorted(labs, key=lambda lab: lab.place)]
    found = [(re.sub(r".*\((.*)\)", r"\1", row[0]), row[-2], row[-1]) for row in rows]
    for wanted, there in zip(expected, found):
        if wanted != there:
            yield f"{page}: the course should go on with {wanted}, and says {there}"
    if len(expected) != len(found):
        yield f"{page}: the course has {len(expected)} labs, and the table {len(found)}"


def wrong_heads(labs, points):
    for lab in labs:
        page = f"handouts/{lab.name}.md"
        hours = "hour" if lab.hours == 1 else "hours"
        head = f"{points[lab.name]} points, about {NUMBERS[lab.hours]} {hours}"
        if os.path.exists(page) and head not in " ".join(read(page).split()[:120]):
            yield f'{page}: its head should say "{head}"'


def wrong_folders(labs):
    """Each lab has its parts, and each part belongs to a lab."""
    known = {lab.name for lab in labs}
    if sorted(lab.place for lab in labs) != list(range(1, len(labs) + 1)):
        yield "labs/table: the places in the course should be 1, 2, 3 ..., each once"
    for lab in labs:
        parts = [f"labs/{lab.name}/{name}" for name in (*lab.files, lab.contract, "main.c")]
        parts += [f"solutions/{lab.name}/{name}" for name in lab.files]
        parts += [f"tests/suites/{lab.name}.c", f"tests/submissions/{lab.name}/hostile.c"]
        if not glob.glob(f"tests/submissions/{lab.name}/right/*.c"):
            yield f"{lab.name}: there is no right submission (tests/submissions/{lab.name}/right/)"
        for part in parts:
            if not os.path.exists(part):
                yield f"{lab.name}: there is no {part}"
    for folder in ("labs", "solutions", "tests/submissions"):
        for path in sorted(glob.glob(f"{folder}/[0-9]*/")):
            name = os.path.basename(path.rstrip("/"))
            if name not in known:
                yield f"{path}: labs/table has no such lab"


def wrong_totals(labs, points):
    total = sum(points[lab.name] for lab in labs if lab.counts == "course")
    words = " ".join(read("README.md").split())
    if f"{total} points in all" not in words:
        yield f'README.md: should say "{total} points in all"'
    bonus = sum(points[lab.name] for lab in labs if lab.counts == "bonus")
    if bonus and f"{bonus} more from bonus labs" not in words:
        yield f'README.md: should say "{bonus} more from bonus labs"'


def points_of_head(lab):
    """What a lab's handout says, where its suite cannot be built: all pages must say the same."""
    page = f"handouts/{lab.name}.md"
    found = re.search(r"(\d+) points, about", read(page)) if os.path.exists(page) else None
    return int(found[1]) if found else 0


def wrong_tables(labs, tests):
    points = {lab.name: points_of_head(lab) for lab in labs}
    points.update({name: sum(worth.values()) for name, worth in tests.items()})
    for check in (wrong_readme, wrong_course, wrong_heads, wrong_totals):
        yield from check(labs, points)
    yield from wrong_folders(labs)
