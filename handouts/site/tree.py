"""Which files of the tree are pages of the site, and where they are in it."""

import os
import posixpath
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "check"))

import table

FRONT, COURSE = "README.md", "handouts/README.md"
FIDELITY = "handouts/fidelity.md"
MORE = (FIDELITY, "handouts/teaching.md", "tests/README.md")


class NotThere(Exception):
    """A link that leads nowhere."""


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def course():
    """The labs in the course's order."""
    os.chdir(TOP)
    return sorted(table.read(), key=lambda lab: lab.place)


def handout(lab):
    return f"handouts/{lab.name}.md"


def url(path):
    """Where the page of a file is, from the top of a language: README.md is a folder's index."""
    folder, name = posixpath.split(path)
    if name == "README.md":
        return posixpath.join(folder, "index.html")
    if name.endswith(".md"):
        return path[:-3] + ".html"
    return path + ".html"


def between(here, there):
    """The link from the page of one file to the page of another."""
    return posixpath.relpath(url(there), posixpath.dirname(url(here)) or ".")


def find(here, link):
    """The file that a link, written in the file `here`, leads to."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(here), link))
    if path.startswith("solutions/"):
        raise NotThere(f"{here}: {path} is a solution, and those are not in the site")
    if path.startswith("..") or not os.path.isfile(os.path.join(TOP, path)):
        raise NotThere(f"{here}: there is no file {path}")
    return path


def answers(labs):
    """{path in labs/: topic} of the files that students write."""
    return {f"labs/{lab.name}/{name}": f"{lab.name}/{name}" for lab in labs for name in lab.files}


def source(path, skeletons, scratch):
    """A file's text. Of what students write, the skeleton: somebody may be at work in labs/."""
    if path not in skeletons:
        return read(path)
    cut = os.path.join(scratch, path.replace("/", "-"))
    subprocess.run(["sh", "tests/tools/skeletons.sh", "cut", skeletons[path], cut],
                   cwd=TOP, check=True)
    with open(cut, encoding="utf-8") as file:
        return file.read()
