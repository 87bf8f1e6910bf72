"""Of files that are none, and of a warning, the judge says what they are. A lab each, none of which
may cost another its points: labs/table says which labs there are, and any lab will do.
"""

import json
import os
import shutil

from judge import LESS, SECONDS, command, name_of

SHOWN = "#warning look-here\r\n"


def empty(path):
    write(path, b"")


def folder(path):
    os.remove(path)
    os.mkdir(path)


def missing(path):
    os.remove(path)


def large(path):
    write(path, b" " * 2000000)


def binary(path):
    write(path, read(path) + b"int x\0y;\033[2J\n")


def from_elsewhere(path):
    """As another system ends its lines, and with a warning: worth full points all the same."""
    write(path, read(path).replace(b"\n", b"\r\n") + SHOWN.encode())


# What is done to a lab's first file, and what the report then says ({path}, {file}).
CASES = (
    (from_elsewhere, "look-here"),
    (empty, "{file} does not define: "),
    (folder, "{path} is a folder, not a file."),
    (missing, "There is no {path}."),
    (large, "{file} is larger than 1 MB."),
    (binary, "{file} does not compile."),
)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def check(processes, build, labs, scratch):
    """What is not as it should be, a list of lines. Takes as many labs as there are cases."""
    source, out, expected = f"{scratch}/odd", f"{scratch}/odd.out", []
    labs = labs[:len(CASES)]
    for lab, (change, text) in zip(labs, CASES):
        shutil.copytree(lab.solution, f"{source}/{lab.name}")
        path = f"{source}/{lab.name}/{lab.files[0]}"
        change(path)
        expected.append(text.format(path=path, file=lab.files[0]))
    done = processes.run(command(build, labs, source, out), SECONDS)
    report = done.out + done.err
    points = points_of(f"{out}/results.json", labs[0])
    expected.append(f"Total: {points} of ")
    found = [f"The report should say: {text}" for text in expected if text not in report]
    if done.status != LESS:
        found.append(f"The judge's exit status should be {LESS}, but it is {done.status}.")
    if "\033" in report:
        found.append("The report holds an escape sequence.")
    return found


def points_of(path, lab):
    """What the lab is worth."""
    with open(path, encoding="utf-8") as file:
        entries = json.load(file)["tests"]
    return sum(entry["max_score"] for entry in entries if name_of(entry)[0] == lab.name)
