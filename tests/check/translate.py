"""Writes the translated pages to build/pages/LANGUAGE, in the tree's shape; or, with --update,
brings the files of handouts/po up to date after a page has changed.

Links between translated pages stay; all others lead out of build/ to the file in the tree. For
make site, which has pages of its own for those files, all links stay (--for-site FOLDER).

usage: translate.py [--update | --for-site FOLDER]
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
LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")


def with_links(text, page, target, pages):
    """`text`, which is to stand in `target`, with its links; `pages` are there, too."""
    def lead(link):
        path = os.path.normpath(os.path.join(os.path.dirname(page), link[2]))
        if re.match(r"[a-z]+:", link[2]) or path in pages:
            return link[0]
        return link[1] + os.path.relpath(path, os.path.dirname(target)) + link[3]

    blocks = re.split(r"(^ *```.*\n(?:.*\n)*? *```$)", text, flags=re.M)
    return "".join(block if number % 2 else LINK.sub(lead, block)
                   for number, block in enumerate(blocks))


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
    call = parser.parse_args()
    try:
        if call.update:
            update()
        else:
            for language in po.languages():
                write_pages(language, call.for_site or TARGET, bool(call.for_site))
    except (OSError, ValueError) as error:
        print(f"translate: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
