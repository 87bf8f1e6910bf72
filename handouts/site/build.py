"""Makes the course into pages for a browser, in every language: build/site/index.html.

Each page of the tree keeps its path, so the links in it stay what they are. A page that is not
translated (build/translated/LANGUAGE has no file of its path) is shown in English, and says so.

usage: build.py [--out FOLDER] [--translated FOLDER] [--book]     as `make site` does
--book also makes the PDFs, as `make site PDF=1` does.
Exit status 0 if all is made, 1 if a link leads nowhere, 2 if something that is needed is missing.
"""

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import book
import frame
import pictures
import sources
import tree
from progress import Progress
from words import LANGUAGES

HERE = os.path.dirname(os.path.abspath(__file__))
WRITTEN_IN = next(iter(LANGUAGES))
# A translated page says which id a heading has: the English one's (tests/check/translate.py).
PANDOC = ("pandoc", "--from=gfm+attributes", "--to=html5", "--wrap=none", "--fail-if-warnings",
          f"--lua-filter={HERE}/site.lua")


def arguments():
    parser = argparse.ArgumentParser(
        description="Makes the course into pages for a browser, in every language.")
    parser.add_argument("--out", default="build/site", metavar="FOLDER",
                        help="where they go; what is there is replaced (build/site)")
    parser.add_argument("--translated", default="build/translated", metavar="FOLDER",
                        help="has a folder for each language, with the paths of the tree "
                             "(build/translated)")
    parser.add_argument("--book", action="store_true",
                        help="also make a PDF of the course, for each language that has pages")
    return parser.parse_args()


def body_of(path):
    """A page of Markdown as HTML."""
    done = subprocess.run([*PANDOC, path], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"pandoc cannot read {path}: {done.stderr.strip()}")
    return done.stdout


def scrolling(body, words):
    """What may be wider than a phone can be reached with the keyboard, and has a name."""
    # A unit does not stand alone on a line of a narrow column.
    body = re.sub(r"(?<=\d) (?=(?:[mun]?s|h|[KMG]i?B|%|bonus)</td>)", "\u00a0", body)
    label = f'tabindex="0" role="group" aria-label="{words["scrolls"]}"'
    body = re.sub(r"<thead>\s*<tr[^>]*>(\s*<th[^>]*></th>)+\s*</tr>\s*</thead>", "", body)
    body = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", body)   # the corner of a table heads nothing
    body = re.sub(r'<div class="wide"[^>]*>', f'<div class="wide" {label}>', body)
    return re.sub(r"<pre\b", f"<pre {label}", body)


class Site:
    """The pages of one language."""

    def __init__(self, language, options, labs, bodies):
        self.language, self.labs, self.bodies = language, labs, bodies
        self.out = os.path.join(options.out, language)
        self.skeletons = tree.answers(labs)
        titles = {path: frame.title_of(body) for path, (_, body) in bodies.items()}
        self.frame = frame.Frame(language, titles, labs)

    def write(self, path, body, kind, language):
        name = os.path.join(self.out, tree.url(path))
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "w", encoding="utf-8") as file:
            file.write(self.frame.page(path, body, kind, language))

    def source(self, path, scratch):
        text = tree.source(path, self.skeletons, scratch)
        body = sources.body(path, text, self.frame.words)
        for lab in self.labs:
            if path.startswith(f"labs/{lab.name}/"):
                link = (f'<p><a href="{tree.between(path, tree.handout(lab))}">'
                        f'{self.frame.words["handout"]}</a></p>\n')
                body = body.replace("</h1>\n", f"</h1>\n{link}", 1)
        self.write(path, body, "source", self.language)
        return sources.headers_of(text)

    def make(self, scratch):
        """Writes all pages; returns how many."""
        wanted = []
        for path, (language, body) in self.bodies.items():
            drawn = pictures.placed(path, body, language, self.frame.words)
            self.write(path, scrolling(drawn, self.frame.words), "text", language)
            wanted += linked_sources(path, body)
        wanted += [path for lab in self.labs for path in (f"labs/{lab.name}/{lab.contract}",
                   *(f"labs/{lab.name}/{name}" for name in lab.files))]
        done = set(self.bodies)
        while wanted:
            path = wanted.pop()
            if path not in done:
                done.add(path)
                wanted += self.source(path, scratch)
        return len(done)


def linked_sources(path, body):
    """The files that a page's links lead to."""
    for link in re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', body):
        written = re.sub(r"\.html$", "", link)
        if os.path.basename(link) == "index.html":
            written = os.path.join(os.path.dirname(link), "README.md")
        elif not os.path.splitext(written)[1] and linked_markdown(path, written):
            written += ".md"
        yield tree.find(path, written)


def linked_markdown(path, written):
    return os.path.isfile(os.path.join(os.path.dirname(path), f"{written}.md"))


def texts(labs):
    """The pages of Markdown: those in the list of all pages, and what they lead to."""
    found = [tree.FRONT, tree.COURSE, *map(tree.handout, labs), *tree.MORE]
    for path in found:    # which grows meanwhile
        found += sorted({there for link in re.findall(r"\]\(([^)#\s:]+\.md)", tree.read(path))
                         for there in [tree.find(path, link)] if there not in found})
    return found


def watch(jobs):
    """Says how far pandoc is, as it takes a few seconds."""
    began, progress = time.monotonic(), Progress("read page", ["page"] * len(jobs), os.cpu_count())
    for _ in concurrent.futures.as_completed(jobs):
        now = time.monotonic()
        progress.step("page", (now - began) * os.cpu_count())
        began = now
    progress.clear()


def bodies_of(labs, options):
    """{language: {path: (language it is in, HTML)}}"""
    wanted, jobs = texts(labs), {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path in wanted:
            jobs[WRITTEN_IN, path] = pool.submit(body_of, path)
        for language in LANGUAGES:
            for path in wanted:
                translated = os.path.join(options.translated, language, path)
                if language != WRITTEN_IN and os.path.isfile(translated):
                    jobs[language, path] = pool.submit(body_of, translated)
        watch(jobs.values())
        return {language: {path: (found, jobs[found, path].result()) for path in wanted
                           for found in [language if (language, path) in jobs else WRITTEN_IN]}
                for language in LANGUAGES}


def write_entrance(out):
    """The page before all languages, which leads to the first one."""
    links = "\n".join(f'<li><a lang="{language}" href="{language}/index.html">{words["name"]}</a>'
                      f"</li>" for language, words in LANGUAGES.items())
    with open(os.path.join(out, "index.html"), "w", encoding="utf-8") as file:
        file.write('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
                   '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
                   f'<meta http-equiv="refresh" content="0; url={WRITTEN_IN}/index.html">\n'
                   '<title>Lockstep</title>\n<link rel="icon" href="data:,">\n'
                   '<link rel="stylesheet" href="style.css">\n</head>\n<body><main>'
                   f"<h1>Lockstep</h1><ul>\n{links}\n</ul></main></body>\n</html>\n")


def make_books(options, labs, bodies, scratch):
    """A PDF for each language that has pages of its own."""
    made = []
    for language, pages in bodies.items():
        if any(found == language for found, _ in pages.values()):
            print(f"site: setting the PDF of {LANGUAGES[language]['name']}, for a minute or two",
                  file=sys.stderr)
            made.append(book.make(language, pages, labs, options.out, scratch))
    return made


def main():
    options = arguments()
    if not shutil.which("pandoc"):
        sys.exit("site: pandoc is not installed: make setup SITE=1")
    labs = tree.course()
    bodies = bodies_of(labs, options)
    shutil.rmtree(options.out, ignore_errors=True)
    os.makedirs(options.out)
    with tempfile.TemporaryDirectory() as scratch:
        made = [Site(language, options, labs, bodies[language]).make(scratch)
                for language in LANGUAGES]
        books = make_books(options, labs, bodies, scratch) if options.book else []
    shutil.copy(os.path.join(HERE, "style.css"), options.out)
    write_entrance(options.out)
    print(f"{options.out}/index.html: {sum(made)} pages in {len(made)} languages", *books,
          sep="\n")


if __name__ == "__main__":
    try:
        main()
    except (tree.NotThere, pictures.Unclear) as problem:
        sys.exit(f"site: {problem}")
    except OSError as problem:
        print(f"site: {problem}", file=sys.stderr)
        sys.exit(2)
