"""Is what README and the handouts say still true?

links lead to files that exist, and paths in backticks exist; `make ...` names targets, labs and
tests that exist; a lab's handout explains every TODO of its skeleton and names tests that its suite
has; a block of output under "<!-- shows: COMMAND -->" has the form that COMMAND prints today; and
the tables agree with labs/table (tables.py).

The form is what is left when figures, bars and timelines are taken out; "..." in a block stands for
any lines. A program may be shown with other parameters than COMMAND's, to save time here.

usage: pages.py --build FILE SCRATCH
Prints a line for each thing that is not so; exit status 1 then.
"""

import argparse
import functools
import glob
import os
import re
import subprocess
import sys

import description
import table
import tables

# What no page may depend on: the caller's settings of OpenMP, and those of make.
UNWANTED = re.compile(r"(G?OMP|KMP)_|MAKE|MFLAGS")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def code_of(text):
    """The text of all code: blocks, and spans in backticks, a line each."""
    blocks = re.split(r"^ *```.*$", text, flags=re.M)
    for number, block in enumerate(blocks):
        yield from block.splitlines() if number % 2 else re.findall(r"`([^`]+)`", block)


def broken_links(page, text):
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path = link.partition("#")[0]
        if path and not path.startswith(("http://", "https://")):
            if not os.path.exists(os.path.join(os.path.dirname(page), path)):
                yield f"{page}: there is no file {path}"


def missing_paths(page, text):
    words = {word for line in code_of(text) for word in re.split(r'[\s"]+', line)}
    for word in sorted(words):
        if re.match(r"(labs|common|solutions|tests|handouts)/", word) \
                and not re.search(r"NN|[*<]", word) and not os.path.exists(word):
            yield f"{page}: there is no {word}"


class Pages:
    """What a page may name: targets of make, labs, and their tests."""

    def __init__(self, build):
        self.labs = table.read()
        phony = re.findall(r"^\.PHONY:((?:.*\\\n)*.*)$", read("Makefile"), re.M)
        self.targets = set(" ".join(phony).split())
        self.here = table.here(self.labs, build)
        self.tests = {lab.name: tables.tests_of(build["objects"], lab) for lab in self.here}

    def lab(self, word):
        """The lab that LAB=word means, or None."""
        for lab in self.labs:
            if word in (lab.name, lab.number, lab.number.lstrip("0"), lab.title):
                return lab
        return None

    def wrong_commands(self, page, text):
        calls = re.compile(r'(?:^|[ (&])make((?: +[A-Za-z_]+=(?:"[^"]*"|[^ ;&)]*)| +[a-z_.]+)*)')
        for words in sorted({found for line in code_of(text) for found in calls.findall(line)}):
            for word in re.sub(r'[A-Za-z_]+=("[^"]*"|[^ ]*)', "", words).split():
                if word not in self.targets:
                    yield f"{page}: there is no make {word}"
            test = re.search(r"TEST=([a-z0-9-]+)", words)
            for word in re.findall(r'LAB="?([a-z0-9-]+)', words):
                lab = self.lab(word)
                if not lab:
                    yield f"{page}: there is no lab {word}"
                elif test and test[1] not in (*self.tests.get(lab.name, [test[1]]), "name"):
                    yield f"{page}: {word} has no test {test[1]}"

    def shows(self, page):
        """Whether what a page shows can be printed here: its lab may be left out."""
        return all(page != f"handouts/{lab.name}.md" for lab in self.labs if lab not in self.here)

    def wrong_handouts(self):
        for lab in self.here:
            page = f"handouts/{lab.name}.md"
            if not os.path.exists(page):
                yield f"{lab.name}: there is no {page}"
                continue
            text = read(page)
            sources = "".join(read(path) for path in glob.glob(f"labs/{lab.name}/*.c"))
            for todo in sorted(set(re.findall(r"TODO\(\d+\)", sources))):
                if todo not in text:
                    yield f"{page}: says nothing about {todo}"
            for rows in re.findall(r"^\| test \|.*\n((?:\|.*\n)*)", text, re.M):
                for cell in re.findall(r"^\| (`[^|]*) \|", rows, re.M):
                    for test in re.findall(r"[a-z0-9-]+", cell):
                        if test not in self.tests[lab.name]:
                            yield f"{page}: there is no test {test}"


def form(text):
    """Of what a program prints, the form: no figures, no bars, and equal lines only once."""
    text = re.sub(r"^ON THIS RUN(.|\n)*", "", text, flags=re.M)
    text = re.sub(r"Not all rounds(.*\n)*?\n", "", text)
    lines = []
    for line in text.splitlines():
        if re.search(r"usable CPU|more workers than CPUs", line):
            continue
        if line == "...":
            lines.append(None)
            continue
        # Rows of a timeline that look alike today may differ tomorrow, and the reverse.
        line = re.sub(r"^(  .{4,}) x\d  |^ {8,}\d  ", r"\1  1  ", line)
        line = re.sub(r"-?\d[\d.,:]*", "0", line.replace("no limit", "0"))
        line = re.sub(r"[-+#.|~ ]+", " ", line)
        line = re.sub(r"0 [mun]?s\b", "0", line).strip()
        if line not in ("", "0") and (not lines or lines[-1] != line):
            lines.append(line)
    return lines


def first_difference(shown, today):
    """What is shown and not printed today, or printed and not shown; None if they agree."""
    at, skipping = 0, False
    for line in shown:
        if line is None:
            skipping = True
            continue
        while skipping and at < len(today) and today[at] != line:
            at += 1
        skipping = False
        if at == len(today) or today[at] != line:
            return f"does not print today, where it is shown: {line}"
        at += 1
    return None if skipping or at == len(today) else f"prints more today: {today[at]}"


@functools.lru_cache(maxsize=None)
def printed_by(command):
    """Run once, however many pages show it."""
    environment = {key: value for key, value in os.environ.items() if not UNWANTED.match(key)}
    environment["NO_COLOR"] = "1"
    done = subprocess.run(["sh", "-c", command], env=environment, text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    return re.sub(r"^  [A-Z][A-Z] +\S*\n", "", done.stdout, flags=re.M)


def stale_blocks(page, text):
    pattern = r"^ *<!-- shows: (.*) -->\n(?:.*\n)*?( *)```text\n((?:.*\n)*?)\2```"
    for command, margin, shown in re.findall(pattern, text, re.M):
        shown = re.sub(f"^{margin}", "", shown, flags=re.M)
        first_cpu = subprocess.run(["taskset", "-c", "0", "true"], stderr=subprocess.DEVNULL,
                                   check=False)
        if "taskset" in command and first_cpu.returncode:
            continue  # a machine may forbid its first CPU
        difference = first_difference(form(shown), form(printed_by(command)))
        if difference:
            yield f"{page}: {command} {difference}"


def main():
    parser = argparse.ArgumentParser(description="Is what README and the handouts say still true?")
    parser.add_argument("--build", required=True, help="the build's description")
    parser.add_argument("scratch", help="a folder; nothing is written there yet", nargs="?")
    pages = Pages(description.read(parser.parse_args().build))
    findings = []
    for page in ["README.md", "tests/README.md", *sorted(glob.glob("handouts/*.md"))]:
        text = read(page)
        for check in (broken_links, missing_paths, pages.wrong_commands):
            findings += check(page, text)
        findings += stale_blocks(page, text) if pages.shows(page) else []
    findings += pages.wrong_handouts()
    findings += tables.wrong_tables(pages.labs, pages.tests)
    print("\n".join(findings), end="\n" if findings else "")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
