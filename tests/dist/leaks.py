"""Looks through a tree for students: is an answer in it, in any form? usage: leaks.py TREE

Run it from the top folder of the maintainers' tree, where the answers are. An answer is what stands
between the marks of a solution, and what a right submission has besides the skeleton. It is found
again by its lines: three in a row, whatever their blanks, or one that is long. Exit status 0:
nothing found; 1: something, a line each.
"""

import glob
import os
import re
import sys

# Folders and files that hold answers, or say how answers go wrong.
NEVER = re.compile(r"^(solutions|build|\.git|\.ci)/|\.(patch|orig|rej|a|so)$|\.c\.\d+$|(^|/)core$"
                   r"|^tests/(submissions|mutants|check|machines|unit|dist|class)/"
                   r"|^handouts/teaching")
# What no object of a reference may hold: names of its source, and what debuggers read.
IN_OBJECTS = (b".debug_", b".zdebug_", b"solutions/", b".comment", b"GCC: (")
BEGIN, END = re.compile(r"/\* answer:"), re.compile(r"/\* end of answer \*/")
IN_A_ROW = 3
SHORTEST, LONG = 10, 48


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def squeezed(text):
    """Its lines without blanks and comments; those that say little are left out."""
    text = re.sub(r"^ *# *include.*", "", text, flags=re.M)
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    lines = (re.sub(r"\s+", "", line) for line in text.splitlines())
    return [line for line in lines if len(line) >= SHORTEST]


def between_marks(text):
    """The answers of a solution, each as its text without the stub."""
    found, lines = [], None
    for line in text.splitlines():
        if BEGIN.search(line):
            lines = [line]
        elif END.search(line):
            found.append("\n".join(lines or []))
            lines = None
        elif lines is not None:
            lines.append(line)
    return found


def skeleton(text):
    """A solution without its answers."""
    return re.sub(r"/\* answer:.*?/\* end of answer \*/", "", text, flags=re.S)


def answers():
    """{where it stands: its runs}, without what a student is given."""
    found = {}
    for path in sorted(glob.glob("solutions/*/*.c")):
        lab, text = path.split("/")[1], read(path)
        given = squeezed(skeleton(text))
        for number, answer in enumerate(between_marks(text), 1):
            found[f"{path}, answer {number}"] = runs_of(squeezed(answer)) - runs_of(given)
        for right in sorted(glob.glob(f"tests/submissions/{lab}/right/*.c")):
            found[right] = runs_of([line for line in squeezed(read(right)) if line not in given])
    return found


def runs_of(lines):
    """What would show that the lines are somewhere: each few of them in a row, if they are long
    enough to be nobody else's.
    """
    size = min(IN_A_ROW, len(lines))
    runs = {tuple(lines[i:i + size]) for i in range(len(lines) - size + 1)} if lines else set()
    return {run for run in runs if len("".join(run)) >= LONG}


def files_of(top):
    for folder, _, names in os.walk(top):
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), top)


def in_text(path, text, wanted):
    lines = squeezed(text)
    there = {size: {tuple(lines[i:i + size]) for i in range(len(lines) - size + 1)}
             for size in range(1, IN_A_ROW + 1)}
    for where, runs in wanted.items():
        for run in runs:
            if run in there[len(run)]:
                yield f"{path} holds of {where}: {' / '.join(run)}"
                break


def look(top):
    wanted, found, here = answers(), [], os.getcwd().encode()
    for path in sorted(files_of(top)):
        whole = os.path.join(top, path)
        if NEVER.search(path):
            found.append(f"{path} is for maintainers")
        elif path.endswith(".o"):
            with open(whole, "rb") as file:
                content = file.read()
            found += [f"{path} holds {word.decode()}" for word in (*IN_OBJECTS, here)
                      if word in content]
        else:
            text = read(whole)
            if END.search(text) and path.endswith((".c", ".h")):
                found.append(f"{path} has the marks of answers")
            found += in_text(path, text, wanted)
    return found


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        sys.exit(__doc__)
    if not answers():
        sys.exit("leaks: there are no solutions here to compare with")
    found = look(sys.argv[1])
    for line in found:
        print(f"dist: {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
