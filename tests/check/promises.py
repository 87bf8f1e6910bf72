"""Is every promise of a contract broken by a wrong submission?

A promise is a sentence, or a clause between semicolons, of the comment above a function or a type
of functions in a lab's contract or in common/map.h; or a sentence of a TODO or a handout that says
"must". A wrong submission quotes what it breaks in its head, as often as it likes:

    Breaks: "the sentence, or a part of it"

tests/submissions/NN-topic/unbroken lists promises that nobody can break, a line each, with the
reason: "quotation": reason.
"""

import glob
import os
import re
from dataclasses import dataclass

SHARED = "common/map.h"
COMMENT = re.compile(r"/\*(.*?)\*/", re.S)
QUOTE = re.compile(r'^"(.*)"$')
EXCEPTION = re.compile(r'^"(.*)": (\S.*)$')
# Where a promise ends: behind a full stop, question mark or semicolon, or before the next of a list
# (of errno values, or with dashes).
END = re.compile(r"(?<=[.;?])\s+(?=[\"A-Za-z0-9*`(])|\n *\n"
                 r"|\s+(?=(?:E[A-Z0-9]{3,}, )*E[A-Z0-9]{3,}  |any other  )|\n(?= *- )")
LEAST_LETTERS = 12
WHAT_NOW = ('A wrong submission that breaks one quotes it in its head (Breaks: "..."); one that no '
            "answer can be seen to break goes into the file unbroken, with the reason.")


@dataclass(frozen=True)
class Promise:
    path: str
    text: str    # in one line


def one_line(text):
    return " ".join(text.split())


def comment_text(comment):
    """A comment without the asterisks at the beginning of its lines."""
    return re.sub(r"^[ \t]*\*[ \t]?", "", comment, flags=re.M)


def sentences(text):
    found = [one_line(part) for part in END.split(text)]
    return [part for part in found if len(re.findall("[A-Za-z]", part)) >= LEAST_LETTERS
            and not part.startswith("Source: ") and not part.endswith(":")]


def of_header(path):
    """The promises above functions and types of functions."""
    text, found = read(path), []
    for comment in COMMENT.finditer(text):
        declaration = re.split(r"[;{]", text[comment.end():].lstrip(), maxsplit=1)[0]
        if re.match(r"(?!#|/\*)[^=]*\(", declaration):
            found += [Promise(path, part) for part in sentences(comment_text(comment[1]))]
    return found


def of_skeleton(path):
    todos = [comment for comment in COMMENT.findall(read(path)) if "TODO(" in comment]
    return [Promise(path, part) for todo in todos for part in sentences(comment_text(todo))
            if re.search(r"\bmust\b", part)]


def of_handout(path):
    text = re.sub(r"^```.*?^```|^<.*?>$|^[|#].*?$", "", read(path), flags=re.M | re.S)
    return [Promise(path, part) for part in sentences(text) if re.search(r"\bmust\b", part)]


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def of_lab(lab):
    found = of_header(f"labs/{lab.name}/{lab.contract}")
    for name in lab.files:
        found += of_skeleton(f"solutions/{lab.name}/{name}")
    return found + of_handout(f"handouts/{lab.name}.md")


def quotations(submission):
    """(quotations, problems) of a submission's head."""
    quoted, problems = [], []
    for line in submission.head.get("Breaks", "").splitlines():
        match = QUOTE.match(line)
        if match and len(match[1]) >= LEAST_LETTERS:
            quoted.append(one_line(match[1]))
        else:
            problems.append(f"Breaks: wants a quotation of a promise, not {line}")
    return quoted, problems


def all_text(labs):
    """{lab: all that its contract, skeleton and handout say, and map.h, in one line}."""
    shared = comment_text(read(SHARED))
    return {lab: one_line(" ".join([
        shared, comment_text(read(f"labs/{lab.name}/{lab.contract}")),
        *(comment_text(read(f"solutions/{lab.name}/{name}")) for name in lab.files),
        read(f"handouts/{lab.name}.md")])) for lab in labs}


def exceptions(lab):
    """({quotation: reason}, problems)."""
    path = f"{lab.submissions}/unbroken"
    found, problems = {}, []
    for line in read(path).splitlines():
        match = EXCEPTION.match(line)
        if match:
            found[one_line(match[1])] = match[2]
        elif line.strip() and not line.startswith("#"):
            problems.append(f'{path}: this is not in the form "quotation": reason: {line}')
    return found, problems


def touches(quotation, promise):
    return quotation in promise.text or promise.text in quotation


def check(labs, wrong, whole):
    """(broken, all, lines that say what is wrong); `wrong` are the labs' wrong submissions. What
    all engines promise is broken by one of them: that is asked of the whole course only.
    """
    promises = {lab: of_lab(lab) for lab in labs}
    shared, texts = of_header(SHARED), all_text(labs)
    quoted, excepted, lines = [], [], []
    for submission in wrong:
        own, problems = quotations(submission)
        lines += [f"{submission.id}: {problem}" for problem in problems]
        lines += [f'{submission.id}: this stands nowhere: "{quotation}"' for quotation in own
                  if quotation not in texts[submission.lab]]
        quoted += [(submission.lab, quotation) for quotation in own]
    for lab in labs:
        own, problems = exceptions(lab)
        lines += problems
        lines += [f'{lab.submissions}/unbroken: this stands nowhere: "{quotation}"'
                  for quotation in own if quotation not in texts[lab]]
        excepted += [(lab, quotation) for quotation in own]
    counted = [(lab, promise) for lab in labs for promise in promises[lab]]
    counted += [(None, promise) for promise in shared if whole]
    broken, unbroken = 0, []
    for lab, promise in counted:
        by = [text for whose, text in quoted if lab in (whose, None) and touches(text, promise)]
        spared = [text for whose, text in excepted
                  if lab in (whose, None) and touches(text, promise)]
        broken += bool(by)
        if not by and not spared:
            unbroken.append(f"{promise.path}: nobody breaks: {promise.text}")
    return broken, len(counted), lines + unbroken + ([WHAT_NOW] if unbroken else [])
