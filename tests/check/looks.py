"""Does a report lead to the function that is wrong? Which functions a patch changes is known; the
first "Look at" of the report should name one of them, if the skeleton has it.
"""

import re

DEFINITION = re.compile(r"^(?!static const|enum)[a-z][^=]*?\b([a-z_0-9]+)\([^;]*$")
FIRST = 0.95
HUNK = re.compile(r"^@@ -(\d+)")


def functions(lines):
    """{line number, from 1: the function it belongs to}; its comment above it belongs to it."""
    owner, name, comment = {}, None, []
    for number, line in enumerate(lines, 1):
        match = DEFINITION.match(line)
        if name is None and match:
            name = match[1]
            owner.update({above: name for above in comment})
        if name:
            owner[number] = name
            if line == "}":
                name = None
            elif line[:1].isalpha() and line.endswith(");"):    # only a declaration
                del owner[number]
                name = None
            comment = []
        elif line.startswith(("/*", " *")):
            comment.append(number)
        else:
            comment = []
    return owner


def changed_lines(patch):
    """The lines of the old file that a patch takes away, or behind which it adds."""
    changed, number = set(), 0
    for line in patch.splitlines():
        hunk = HUNK.match(line)
        if hunk:
            number = int(hunk[1])
        elif number and line.startswith("-"):
            changed.add(number)
            number += 1
        elif number and line.startswith("+"):
            changed.add(number - 1)
        elif number:
            number += 1
    return changed


def changed_functions(patch, source):
    owner = functions(source.splitlines())
    return {owner[number] for number in changed_lines(patch) if number in owner}


def wanted(patch, source, skeleton):
    """The functions that a report may lead to: those changed that the skeleton has, too. Empty if
    there is none: then nothing can be asked of the report."""
    there = set(functions(skeleton.splitlines()).values())
    return changed_functions(patch, source) & there


def of_submission(submission):
    """The functions that the report of a wrong submission may lead to."""
    if submission.kind != "wrong":
        return set()
    functions_named = set(submission.head.get("Looks", "").split())
    for name in submission.lab.files:
        functions_named |= wanted(read(submission.path),
                                  read(f"{submission.lab.solution}/{name}"),
                                  read(f"labs/{submission.lab.name}/{name}"))
    return functions_named


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def asked_of(results):
    return [result for result in results if result.may_look and result.looks]


def count(results):
    """(right in the first place, right somewhere in what is shown, all)."""
    asked = asked_of(results)
    return (sum(result.looks[0] in result.may_look for result in asked),
            sum(bool(set(result.looks) & result.may_look) for result in asked), len(asked))


def misses(results):
    """A line for each report that leads elsewhere first."""
    return [f"{result.submission.id}: the bug is in {' or '.join(sorted(result.may_look))}, "
            f"and the report leads to {', '.join(result.looks)}"
            for result in sorted(asked_of(results), key=lambda result: result.submission.id)
            if result.looks[0] not in result.may_look]


def too_few(first, somewhere, asked):
    """95 of 100 reports lead to the right function first, and every one does somewhere."""
    found = []
    if first < FIRST * asked:
        found.append(f"    only {first} of {asked} reports lead there first (make check ALL=1 V=1)")
    if somewhere < asked:
        found.append(f"    only {somewhere} of {asked} reports name it at all")
    return found
