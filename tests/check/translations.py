"""Do the translations say all that their pages say, and keep the pages' form?

Each paragraph of a page has an entry in handouts/po, each entry a translation, and the translation
the entry's code in backticks, links, tags, list items, cells of tables and leading blanks. Code
stays as it is, but for comments; drawings keep their number of lines.

usage: translations.py [FILE.po...]      all of handouts/po, if none is given
Prints a line for each thing that is not so; exit status 1 then.
"""

import re
import sys
from collections import Counter

import po

COMMENTS = {"sh": re.compile(r"(?<!\S)#.*"), "c": re.compile(r"/\*.*?\*/|//.*", re.S)}
SHOWS = re.compile(r"<!-- shows: ")
# CommonMark, and so GitHub, shows no emphasis where punctuation stands inside a mark and a letter
# outside of it.
EMPHASIS = re.compile(r"(?<!\*)(\*{1,2})(?![\s*])((?:[^*]|(?!\1)\*)+?)(?<!\s)\1(?!\*)")


def one_line(text):
    return " ".join(text.split())


def spans(text):
    """Code in backticks. How often each comes is the sentence's affair."""
    return {one_line(span): 1 for span in re.findall(r"`([^`]+)`", text)}


def without_spans(text):
    return re.sub(r"`[^`]+`", "`", text)


def links(text):
    return Counter(re.findall(r"\]\(([^)\s]+)\)|<((?:https?|mailto):[^>]*)>", text))


def tags(text):
    return Counter(re.findall(r"</?[a-z]+(?: [^>]*)?>|<!--.*?-->", without_spans(text), re.S))


def list_items(text):
    return [line[:len(line) - len(line.lstrip())]
            for line in text.splitlines() if re.match(r" *([-*]|\d+\.) ", line)]


def cells(text):
    return [line.count("|") for line in text.splitlines() if line.lstrip().startswith("|")]


def leading_blanks(text):
    first = re.match(" *", text)[0]
    return first, {re.match(" *", line)[0] for line in text.splitlines() if line.strip()}


def wrong_emphasis(text):
    plain = without_spans(text)
    if "*" in EMPHASIS.sub("", plain):
        return "an asterisk without its other"
    for found in EMPHASIS.finditer(plain):
        before, after = plain[:found.start()][-1:], plain[found.end():][:1]
        inside = found[2]
        if is_letter(before) and not is_letter(inside[0]) \
                or is_letter(after) and not is_letter(inside[-1]):
            return f"no emphasis is shown here: {before}{found[0]}{after}"
    return None


def is_letter(character):
    return bool(re.match(r"\w", character))


def wrong_code(entry):
    comment = COMMENTS.get(entry.code)
    if comment:
        if comment.sub("", entry.text) != comment.sub("", entry.translation):
            return "a block of code is changed outside its comments"
    elif entry.text.count("\n") != entry.translation.count("\n"):
        return "a block has another number of lines"
    return None


def wrong_text(entry):
    text, translation = entry.text, entry.translation
    for of, what in ((spans, "code in backticks"), (links, "links"), (tags, "tags"),
                     (list_items, "list items"), (cells, "cells of a table")):
        before, after = of(text), of(translation)
        if before != after:
            return f"other {what}{difference(before, after)}"
    first, allowed = leading_blanks(text)
    found, used = leading_blanks(translation)
    if found != first or not used <= allowed:
        return "other leading blanks"
    return wrong_emphasis(translation)


def difference(before, after):
    """Which of them is too many or missing, where that can be said."""
    if not isinstance(before, dict):
        return ""
    for sign, which in (("missing", Counter(before) - Counter(after)),
                        ("too many", Counter(after) - Counter(before))):
        for key in which:
            return f" ({sign}: {key if isinstance(key, str) else ''.join(key)})"
    return ""


def wrong_entry(entry):
    if entry.fuzzy:
        return "fuzzy"
    if not entry.translation:
        return "not translated"
    if entry.text.endswith("\n") != entry.translation.endswith("\n"):
        return "other end of line"
    return wrong_code(entry) if entry.code else wrong_text(entry)


def problems(page, po_text):
    """What is wrong with the translation of a page: lines."""
    try:
        known = po.entries(po_text)
    except ValueError as error:
        return [str(error)]
    found = po.parts(page, known)
    used = {id(part.entry) for part in found}
    said = [f"no entry, so stale: {po.shown(line)}" for line in po.missing(found)]
    said += [f"stands no more on the page: {po.shown(entry.text)}" for entry in known
             if id(entry) not in used]
    said += [f"{wrong}: {po.shown(entry.text)}" for entry in known
             for wrong in [wrong_entry(entry)] if wrong]
    said += [f"what a program prints is changed: {po.shown(part.entry.text)}"
             for before, part in outputs(found)
             if SHOWS.match(before) and part.entry.translation not in ("", part.entry.text)]
    return said


def outputs(found):
    """Blocks of text, each with the line of text above it."""
    before = ""
    for part in found:
        if part.entry and part.entry.code == "text":
            yield before, part
        before = part.lines[0] if part.entry and not part.fenced else before


def of_file(path):
    try:
        return problems(po.read(po.page_of(path)), po.read(path))
    except (OSError, UnicodeDecodeError) as error:
        return [str(error)]


def check():
    """A line for each page whose translation is not as it should be."""
    lines = []
    for path in po.files():
        found = of_file(path)
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        lines += [f"{path}: {line}{more}" for line in found[:1]]
    return lines


def main():
    found = [f"{path}: {line}" for path in sys.argv[1:] or po.files() for line in of_file(path)]
    print("".join(f"{line}\n" for line in found), end="")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
