"""The course as one PDF, for paper: the course page, the labs in their order, and fidelity.

Pages become chapters; links between them become links in the book, and links to anything else are
left out. WeasyPrint sets it, with page numbers in the list of contents.
"""

import html
import os
import re
import shutil
import subprocess

import frame
import pictures
import tree
from words import LANGUAGES

HERE = os.path.dirname(os.path.abspath(__file__))
# A picture takes no rules from the page around it there.
SVG_STYLE = "<style>" + "".join(f"{names}{{{look}}}" for names, look in (
    (".computing,.chunk", "fill:#0072b2"), (".lock", "fill:#d55e00"), (".blocked", "fill:#6b7672"),
    (".idle", "fill:none;stroke:#bbb"), (".axis", "stroke:#bbb;fill:none"), (".on", "fill:#fff"),
    (".ink,.arrow", "stroke:#000;stroke-width:1.5;fill:none"), (".faint", "fill:#444"),
    (".end", "text-anchor:end"), (".middle", "text-anchor:middle"), (".head", "font-weight:700"),
    (".box-process,.box-page", "fill:#f5f5f3;stroke:#444"),
    (".box-own,.box-thread", "fill:#0072b2"), (".box-shared", "fill:#e69f00"),
    (".curve", "fill:none;stroke:currentColor;stroke-width:2"), (".mark", "fill:currentColor"),
    (".k0", "color:#0072b2"), (".k1", "color:#d55e00"), (".k2", "color:#6b7672"),
    (".k3", "color:#000"), (".k4", "color:#00785a"), (".k5", "color:#a8477c"),
    (".box-copy", "fill:#fff;stroke:#0072b2;stroke-width:2"), (".in-own,.in-thread", "fill:#fff"),
    ("text", "font-size:12px;font-family:DejaVu Sans,Noto Sans CJK KR,sans-serif"))) + "</style>"


def chapters_of(labs):
    return [tree.COURSE, *map(tree.handout, labs), tree.FIDELITY]


def name_of(path):
    return re.sub(r"\W", "-", tree.url(path))


def local(path, body, chapters):
    """A chapter's places and links, made unlike those of other chapters."""
    urls = {tree.url(chapter): chapter for chapter in chapters}

    def place(found):
        return f' id="{name_of(path)}-{found[1]}"'

    def link(found):
        target, _, anchor = found[1].partition("#")
        if re.match(r"https?:", found[1]):
            return found[0]
        there = os.path.normpath(os.path.join(os.path.dirname(tree.url(path)), target)) \
            if target else tree.url(path)
        if there not in urls:
            return ""
        return f' href="#{name_of(urls[there])}{"-" if anchor else ""}{anchor}"'

    return re.sub(r' href="([^"]*)"', link, re.sub(r' id="([^"]*)"', place, body))


def chapter(path, body, language, words, chapters):
    body = pictures.placed(path, body, language, words)
    # On paper nothing unfolds: a picture stands without its text, an answer with its heading.
    body = re.sub(r"<details><summary>" + re.escape(words["as_text"]) + r"</summary>.*?</details>",
                  "", body, flags=re.S)
    body = re.sub(r"(<svg [^>]*>)", rf'\1{SVG_STYLE}', body)
    return (f'<section class="chapter" id="{name_of(path)}">{local(path, body, chapters)}'
            "</section>\n")


def book(language, bodies, labs):
    """The whole book as HTML."""
    words = LANGUAGES[language]
    chapters = chapters_of(labs)
    rows = "".join(f'<li><a href="#{name_of(path)}">{frame.title_of(bodies[path][1])}</a></li>'
                   for path in chapters)
    text = "".join(chapter(path, bodies[path][1], language, words, chapters) for path in chapters)
    with open(os.path.join(HERE, "style.css"), encoding="utf-8") as sheet, \
            open(os.path.join(HERE, "book.css"), encoding="utf-8") as more:
        style = sheet.read() + more.read()
    return (f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
            f"<title>{words['site']}: {html.escape(words['book'])}</title>\n"
            f"<style>{style}</style>\n"
            f'</head>\n<body class="book">\n<section class="cover"><h1>{words["site"]}</h1>'
            f"<p>{html.escape(words['book'])}</p></section>\n"
            f'<nav class="list"><h2>{words["list"]}</h2><ol>{rows}</ol></nav>\n{text}'
            "</body>\n</html>\n")


def make(language, bodies, labs, out, scratch):
    """Writes OUT/LANGUAGE/lockstep.pdf and returns its name."""
    if not shutil.which("weasyprint"):
        raise OSError("weasyprint is not installed: make setup SITE=1")
    source = os.path.join(scratch, f"{language}.html")
    name = os.path.join(out, language, "lockstep.pdf")
    with open(source, "w", encoding="utf-8") as file:
        file.write(book(language, bodies, labs))
    done = subprocess.run(["weasyprint", "--quiet", source, name], capture_output=True, text=True,
                          check=False)
    if done.returncode:
        raise OSError(f"weasyprint: {done.stderr.strip() or done.returncode}")
    return name
