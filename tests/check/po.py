"""Pages and their translations: handouts/po/LANGUAGE/NAME.po holds each paragraph of a page with
its translation, in the form of gettext, as po4a takes a page apart.

A page is the translation's frame: where a paragraph stands in it, there its translation will stand,
behind the same marks of lists and headings.
"""

import ast
import glob
import os
import re
from dataclasses import dataclass

FOLDER = "handouts/po"
# Pages whose translation has another name than the page.
NAMES = {"README": "README.md", "course": "handouts/README.md", "student": "tests/dist/README.md"}
MARK = re.compile(r"(#+ | *(?:[-*]|\d+\.) +)(?=\S)")
FENCE = re.compile(r" *```")


@dataclass
class Entry:
    text: str = ""
    translation: str = ""
    code: str = ""         # the language of a block of code, if it is one
    fuzzy: bool = False    # po4a has kept an older paragraph's translation


@dataclass(frozen=True)
class Part:
    """Some lines of a page: an entry's text behind a mark, or lines that no entry has."""
    lines: list
    entry: Entry = None
    mark: str = ""
    fenced: bool = False
    heading: bool = False


def files():
    return sorted(glob.glob(f"{FOLDER}/*/*.po"))


def page_of(path):
    name = os.path.splitext(os.path.basename(path))[0]
    return NAMES.get(name, f"handouts/{name}.md")


def languages():
    return sorted({os.path.basename(os.path.dirname(path)) for path in files()})


def shown(text):
    """A text in one short line, to name it by."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= 50 else f'"{line[:47]}..."'


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def entries(po_text):
    """All entries but the head. ValueError, with the line's number, if it is not a .po file."""
    found, entry, field = [], Entry(), None
    for number, line in enumerate(po_text.splitlines(), 1):
        word, _, string = line.partition(" ") if line.startswith("msg") else (field, "", line)
        if line.startswith("#"):
            if field == "translation":
                entry, field = Entry(), None
            code = re.match(r"#\. type: Fenced code block \((.*)\)", line)
            entry.code = code[1] if code else entry.code
            entry.fuzzy = entry.fuzzy or bool(re.match(r"#,.*\bfuzzy\b", line))
        elif line.strip():
            if word == "msgid":
                entry = Entry() if field else entry
                found.append(entry)
            field = {"msgid": "text", "msgstr": "translation"}.get(word, word)
            if field not in ("text", "translation") or not re.fullmatch(
                    r'"(?:[^"\\]|\\.)*"', string):
                raise ValueError(f"line {number} is no line of a .po file: {line}")
            setattr(entry, field, getattr(entry, field) + ast.literal_eval(string))
    return [entry for entry in found if entry.text]


def mark_of(lines, at, text, fenced):
    """The mark behind which `text` stands at this line, or None if it does not stand there."""
    wanted = text.rstrip("\n").split("\n")
    shown = lines[at:at + len(wanted)]
    if shown == wanted:
        return ""
    mark = None if fenced else MARK.match(lines[at])
    if mark and shown == with_mark(mark[0], wanted):
        return mark[0]
    return None


def with_mark(mark, lines):
    rest = " " * len(mark)
    return [mark + lines[0], *(rest + line if line else "" for line in lines[1:])]


def parts(page, known):
    """The page, taken apart: a list of Part."""
    lines, found, at, fenced = page.splitlines(), [], 0, False
    longest = sorted(known, key=lambda entry: -entry.text.count("\n"))
    while at < len(lines):
        fits = (Part(lines[at:at + entry.text.rstrip("\n").count("\n") + 1], entry, mark, fenced,
                     mark.startswith("#"))
                for entry in longest for mark in [mark_of(lines, at, entry.text, fenced)]
                if mark is not None)
        part = next(fits, None) if lines[at].strip() and not FENCE.match(lines[at]) else None
        if not part:
            heading = not fenced and re.match("#+ ", lines[at])
            part = Part([lines[at]], None, heading[0] if heading else "", fenced, bool(heading))
            fenced ^= bool(FENCE.match(lines[at]))
        found.append(part)
        at += len(part.lines)
    return found


def missing(found):
    """Of parts, the lines that no entry has: the first line of each paragraph."""
    lines, before = [], False
    for part in found:
        line = part.lines[0]
        lost = not part.entry and bool(line.strip()) and not FENCE.match(line)
        if lost and not before:
            lines.append(line)
        before = lost
    return lines


def anchor(heading, taken):
    """The id that a heading gets on GitHub; `taken` counts those before it."""
    plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    taken[plain] = taken.get(plain, -1) + 1
    return f"{plain}-{taken[plain]}" if taken[plain] else plain


def translated(page, known):
    """The page in the other language. What is not translated stays as it is; a heading keeps the
    anchor that it has on the English page.
    """
    lines, taken = [], {}
    for part in parts(page, known):
        shown = part.lines
        if part.entry and part.entry.translation and not part.entry.fuzzy:
            shown = with_mark(part.mark, part.entry.translation.rstrip("\n").split("\n"))
        if part.heading:
            shown = [f"{shown[0]} {{#{anchor(part.lines[0][len(part.mark):], taken)}}}"]
        lines += shown
    return "\n".join(lines) + "\n"
