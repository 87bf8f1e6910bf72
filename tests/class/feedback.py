"""What a student gets to read: the same words as text and as a page."""

import html
import textwrap

import outcome
import sheets

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em;
       color: #222; background: #fff }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em }
table { border-collapse: collapse } td, th { padding: .2em .8em .2em 0; text-align: left;
       vertical-align: top } td.n { text-align: right }
pre { background: #f4f4f4; padding: .7em; overflow-x: auto; white-space: pre-wrap }
.bar { display: inline-block; width: 10em; height: .7em; background: #ddd }
.bar i { display: block; height: 100%; background: #2a7d46 }
.bad { border-left: 4px solid #b3392f; padding-left: .8em; margin: 1em 0 }
.odd { border-left: 4px solid #b88a00; padding-left: .8em }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b }
       pre { background: #2a2a2a } .bar { background: #444 } }
"""


def escape(text):
    """For HTML and XML: nothing of it is markup, and nothing is a character that neither has."""
    return html.escape("".join(c if c.isprintable() or c in "\n\t" else "?" for c in text))


def page(title, body):
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width">\n'
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style></head>\n<body>\n"
            f"<h1>{escape(title)}</h1>\n{body}</body></html>\n")


def total_lines(row):
    """The points, raw and as they count."""
    for bonus in False, True:
        most = row.result.most(bonus)
        if not most or row.result.failed:
            continue
        line = f"{'Bonus' if bonus else 'Total'}: {row.result.points(bonus)} of {most} points."
        final, final_most = row.final(bonus), row.final_most(bonus)
        if (final, final_most) != (row.result.points(bonus), most):
            line += f" They count as {sheets.number(final)} of {sheets.number(final_most)}."
        yield line


def late_lines(row):
    for lab, late in row.late.items():
        if late.days:
            grace = f", {sheets.number(late.grace)} of them free" if late.grace else ""
            yield (f"{lab} came {late.days} day{'s' if late.days > 1 else ''} late{grace}: "
                   f"{sheets.number(100 * late.share)} % of its points count.")


def title_of(row):
    return f"What came of your labs, {row.result.name or row.result.id}"


def headline(test):
    return f"{test.name}: {test.title} ({test.most} point{'' if test.most == 1 else 's'})"


def look(test):
    return f"Look at {test.look_at}." if test.look_at else ""


def by_outcome(lab, which):
    return ", ".join(test.name for test in lab.tests if test.outcome == which)


def as_text(row):
    result, lines = row.result, [title_of(row), ""]
    if result.failed:
        return "\n".join(lines + [outcome.SORRY, ""])
    lines += [f"  {lab.name:26} {lab.points:3} / {lab.most}"
              f"{'' if lab.state == outcome.TESTED else f'  {lab.state}'}" for lab in result.labs]
    lines += ["", *total_lines(row), *late_lines(row)]
    if result.odd:
        lines += ["", "What was odd:", *(f"  - {line}" for line in result.odd)]
    for lab in result.labs:
        if lab.points < lab.most:
            lines += ["", lab.name, *lab_text(lab)]
    return "\n".join(lines) + f"\n\nGraded by version {result.version}.\n"


def lab_text(lab):
    if lab.state != outcome.TESTED:
        return textwrap.indent(lab.why, "  ").splitlines()
    lines = []
    for test in lab.tests:
        if test.outcome == "failed":
            lines += [f"  x {headline(test)}",
                      *textwrap.wrap(f"{test.text} {look(test)}", 79, initial_indent="      ",
                                     subsequent_indent="      ")]
    for which, heading in (("not-started", "not started"), ("not-run", "not run"),
                           ("passed", "passed")):
        names = by_outcome(lab, which)
        lines += textwrap.wrap(f"{heading}: {names}", 79, initial_indent="  ",
                               subsequent_indent="    ") if names else []
    return lines


def as_page(row):
    result = row.result
    if result.failed:
        return page(title_of(row), f"<p>{escape(outcome.SORRY)}</p>\n")
    parts = ["<table>"]
    for lab in result.labs:
        parts.append(f"<tr><td>{lab.name}</td><td>{bar(lab.points, lab.most)}</td>"
                     f'<td class="n">{lab.points} / {lab.most}</td>'
                     f"<td>{'' if lab.state == outcome.TESTED else lab.state}</td></tr>")
    parts.append("</table>")
    parts += [f"<p>{escape(line)}</p>" for line in (*total_lines(row), *late_lines(row))]
    if result.odd:
        parts.append('<div class="odd"><p>What was odd:</p><ul>')
        parts += [f"<li>{escape(line)}</li>" for line in result.odd] + ["</ul></div>"]
    for lab in result.labs:
        if lab.points < lab.most:
            parts += [f"<h2>{lab.name}</h2>", *lab_parts(lab)]
    return page(title_of(row), "\n".join(parts) +
                f"\n<p>Graded by version {result.version}.</p>\n")


def bar(points, most):
    return (f'<span class="bar"><i style="width:{100 * points // most if most else 0}%"></i>'
            "</span>")


def lab_parts(lab):
    if lab.state != outcome.TESTED:
        yield f"<pre>{escape(lab.why)}</pre>"
        return
    for test in lab.tests:
        if test.outcome == "failed":
            yield (f'<div class="bad"><b>{escape(headline(test))}</b><br>{escape(test.text)} '
                   f"{escape(look(test))}</div>")
    for which, heading in (("not-started", "Not started"), ("not-run", "Not run"),
                           ("passed", "Passed")):
        if by_outcome(lab, which):
            yield f"<p>{heading}: {escape(by_outcome(lab, which))}.</p>"
