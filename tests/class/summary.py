"""What a teacher looks at first: where a class stands, which tests cost most, and what was odd."""

from collections import Counter

import feedback
import outcome
import sheets
from feedback import escape


def make(rows, labs, nobodys, title):
    parts = [*overview(rows, labs), *missing(rows), *failed(rows)]
    for lab in labs:
        parts += [f"<h2>{lab.name}</h2>", *lab_table([row.result for row in rows], lab)]
    return feedback.page(title, "\n".join([*parts, *odd(rows, nobodys)]) + "\n")


def overview(rows, labs):
    """How many have how many of the points."""
    graded = [row for row in rows if row.result.status == outcome.GRADED]
    yield f"<p>{len(rows)} students, {len(graded)} graded.</p>"
    bonus = all(sheets.is_bonus(lab) for lab in labs)
    tenths = Counter(min(9, int(10 * row.final(bonus) / row.final_most(bonus)))
                     for row in graded if row.final_most(bonus))
    yield "<table><tr><th>of the points</th><th>students</th></tr>"
    for tenth in range(10):
        yield (f"<tr><td>{10 * tenth} .. {10 * tenth + (10 if tenth == 9 else 9)} %</td>"
               f'<td class="n">{tenths[tenth]}</td>'
               f"<td>{feedback.bar(tenths[tenth], max(1, len(graded)))}</td></tr>")
    yield "</table>"


def listed(heading, lines):
    lines = list(lines)
    if lines:
        yield f"<h2>{heading} ({len(lines)})</h2><ul>"
        yield from (f"<li>{escape(line)}</li>" for line in lines)
        yield "</ul>"


def who(row):
    return f"{row.result.id} {row.result.name}".strip()


def missing(rows):
    return listed("Nothing handed in", (who(row) for row in rows
                                        if row.result.status == outcome.NOTHING))


def failed(rows):
    return listed("The grader failed: no score", (f"{who(row)}: {row.result.why}" for row in rows
                                                  if row.result.failed))


def odd(rows, nobodys):
    lines = [f"{who(row)}: {' '.join(row.result.odd)}" for row in rows if row.result.odd]
    return listed("What was odd", [*nobodys, *lines])


def lab_table(results, lab):
    """Of each test how many failed it, and with what words."""
    own = [one for result in results for one in result.labs if one.name == lab.name]
    states = Counter(one.state for one in own)
    yield f"<p>{', '.join(f'{count} {state}' for state, count in states.most_common())}.</p>"
    tests = {}
    for one in own:
        for test in one.tests if one.state == outcome.TESTED else []:
            tests.setdefault(test.name, []).append(test)
    if not tests:
        return
    yield ("<table><tr><th>test</th><th>failed</th><th>not started</th><th>not run</th>"
           "<th>in these words</th></tr>")
    for name, all_of_it in tests.items():
        count = Counter(test.outcome for test in all_of_it)
        words = Counter(test.text for test in all_of_it if test.outcome == "failed")
        said = "".join(f"<li>{many} x: {escape(text)}</li>" for text, many in words.most_common(4))
        yield (f"<tr><td>{escape(name)}</td>" +
               "".join(f'<td class="n">{count[which] or ""}</td>' for which in
                       ("failed", "not-started", "not-run")) +
               f"<td>{f'<ul>{said}</ul>' if said else ''}</td></tr>")
    yield "</table>"
