"""Writes the translated pages to build/pages/LANGUAGE, in the tree's shape; or, with --update,
brings the files of handouts/po up to date after a page has changed.

Links between translated pages stay; all others lead out of build/ to the file in the tree. For
make site, which has pages of its own for those files, all links stay (--for-site FOLDER). In a
tree for students (--beside TREE) they stand beside the English pages that it has, NAME.LANGUAGE.md,
and lead to each other.

usage: translate.py [--update | --for-site FOLDER | --beside TREE]
Exit status 0 if all is well, 2 if it cannot be done.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys

import po

TARGET = "build/pages"
# A page of the tree for students that stands elsewhere here.
STUDENTS = {"tests/dist/README.md": "README.md", "README.md": None}
HEADING = re.compile(r"^(#+ )(.*) \{#([^}]+)\}$", re.M)
QUOTED = re.compile(r"`([\w/.-]+\.md)`")
LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")


def with_links(text, page, target, pages):
    """`text`, which is to stand in `target`, with its links; `pages` are there, too."""
    def lead(link):
        path = os.path.normpath(os.path.join(os.path.dirname(page), link[2]))
        if re.match(r"[a-z]+:", link[2]) or path in pages:
            return link[0]
        return link[1] + os.path.relpath(path, os.path.dirname(target)) + link[3]

    return outside_code(lambda block: LINK.sub(lead, block), text)


def outside_code(change, text):
    blocks = re.split(r"(^ *```.*\n(?:.*\n)*? *```$)", text, flags=re.M)
    return "".join(block if number % 2 else change(block) for number, block in enumerate(blocks))


def for_students(text, page, pages, language):
    """`text`, which is to stand beside `page`, leads to other such pages. It is read by programs
    that know no ids of headings.
    """
    def lead(link):
        path = os.path.normpath(os.path.join(os.path.dirname(page), link[2]))
        name = f"{link[2][:-3]}.{language}.md" if path in pages else link[2]
        return link[1] + name + link[3]

    def name(path):
        return f"`{path[1][:-3]}.{language}.md`" if path[1] in pages else path[0]

    def change(block):
        return HEADING.sub(r'\1<a id="\3"></a>\2', QUOTED.sub(name, LINK.sub(lead, block)))

    return outside_code(change, text)


def write_beside(language, tree):
    names = {po.page_of(path): path for path in po.files() if path.split("/")[-2] == language}
    there = {STUDENTS.get(page, page): page for page in names}
    there = {name: page for name, page in there.items()
             if name and os.path.exists(f"{tree}/{name}")}
    for name, page in there.items():
        text = po.translated(po.read(page), entries_of(names[page]))
        with open(f"{tree}/{name[:-3]}.{language}.md", "w", encoding="utf-8") as file:
            file.write(for_students(text, name, there, language))


def entries_of(path):
    try:
        return po.entries(po.read(path))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def write_pages(language, folder, links_stay):
    paths = [path for path in po.files() if path.split("/")[-2] == language]
    pages, whole = {po.page_of(path) for path in paths}, 0
    shutil.rmtree(f"{folder}/{language}", ignore_errors=True)
    for path in paths:
        page = po.page_of(path)
        known = entries_of(path)
        target = f"{folder}/{language}/{page}"
        english = po.read(page)
        text = po.translated(english, known)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:
            file.write(text if links_stay else with_links(text, page, target, pages))
        whole += not po.missing(po.parts(english, known)) and all(
            entry.translation and not entry.fuzzy for entry in known)
    print(f"{folder}/{language}: {len(paths)} pages, {whole} of them wholly translated")


def is_stale(path):
    known = entries_of(path)
    found = po.parts(po.read(po.page_of(path)), known)
    used = {id(part.entry) for part in found}
    return bool(po.missing(found)) or any(id(entry) not in used for entry in known)


def update():
    for path in filter(is_stale, po.files()):
        if not shutil.which("po4a-updatepo"):
            raise OSError(f"{path} is stale, and po4a is not installed: make setup DEV=1 brings it")
        done = subprocess.run(
            ["po4a-updatepo", "--format", "text", "--option", "markdown", "--option", "neverwrap",
             "--master-charset", "UTF-8", "--porefs", "none", "--wrap-po", "newlines",
             "--master", po.page_of(path), "--po", path],
            capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(f"{path}: {done.stderr.strip()}")
        if os.path.exists(f"{path}~"):
            os.remove(f"{path}~")
        todo = sum(not entry.translation or entry.fuzzy for entry in entries_of(path))
        print(f"{path}: brought up to date; to translate or to look at again: {todo}")


def main():
    parser = argparse.ArgumentParser(description="Write the translated pages to build/pages.")
    parser.add_argument("--update", action="store_true", help="bring handouts/po up to date")
    parser.add_argument("--for-site", metavar="FOLDER", help="write them there, links as they are")
    parser.add_argument("--beside", metavar="TREE", help="write them beside the pages of that tree")
    call = parser.parse_args()
    try:
        if call.update:
            update()
        else:
            for language in po.languages():
                if call.beside:
                    write_beside(language, call.beside)
                    continue
                write_pages(language, call.for_site or TARGET, bool(call.for_site))
    except (OSError, ValueError) as error:
        print(f"translate: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
