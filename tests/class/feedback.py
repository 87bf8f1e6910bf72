"""What a student gets to read: the same words as text and as a page. `say` says them in the
student's language (speech.py).
"""

import html
import textwrap

import outcome
import sheets
import speech

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


def page(title, body, language="en"):
    return (f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width">\n'
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style></head>\n<body>\n"
            f"<h1>{escape(title)}</h1>\n{body}</body></html>\n")


def total_lines(row, say):
    """The points, raw and as they count."""
    for bonus in False, True:
        points, most = row.result.points(bonus), row.result.most(bonus)
        if not most or row.result.failed:
            continue
        line = (say("Bonus: %s of %s points.", points, most) if bonus
                else say("Total: %s of %s points.", points, most))
        final, final_most = row.final(bonus), row.final_most(bonus)
        if (final, final_most) != (points, most):
            line += " " + say("They count as %s of %s.", sheets.number(final),
                              sheets.number(final_most))
        yield line


def late_lines(row, say):
    for lab, late in row.late.items():
        if late.days:
            parts = [say("%s came a day late.", lab) if late.days == 1 else
                     say("%s came %s days late.", lab, sheets.number(late.days))]
            if late.grace:
                parts.append(say("Of these, %s are free.", sheets.number(late.grace)))
            yield " ".join([*parts, say("%s %% of its points count.",
                                        sheets.number(100 * late.share))])


def title_of(row, say):
    return say("What came of your labs: %s", row.result.name or row.result.id)


def headline(test, say):
    title = say(test.title.replace("%", "%%"))
    points = say("1 point") if test.most == 1 else say("%s points", test.most)
    return f"{test.name}: {title} ({points})"


def look(test, say=speech.ENGLISH):
    return say("Look at %s.", test.look_at) if test.look_at else ""


def text_of(test, say):
    return f"{say(test.text.replace('%', '%%'))} {look(test, say)}"


def heading(which, say):
    return {"not-started": say("not started"), "not-run": say("not run"),
            "passed": say("passed")}[which]


def state_of(lab, say):
    return {outcome.TESTED: "", outcome.NOT_BUILT: say("not built"),
            outcome.ABSENT: say("not handed in"), outcome.REFUSED: say("refused")}[lab.state]


def by_outcome(lab, which):
    return ", ".join(test.name for test in lab.tests if test.outcome == which)


def as_text(row, say=speech.ENGLISH):
    result, lines = row.result, [title_of(row, say), ""]
    if result.failed:
        return "\n".join(lines + [say(outcome.SORRY), ""])
    lines += [f"  {lab.name:26} {lab.points:3} / {lab.most}  {state_of(lab, say)}".rstrip()
              for lab in result.labs]
    lines += ["", *total_lines(row, say), *late_lines(row, say)]
    if result.odd:
        lines += ["", say("What was odd:"), *(f"  - {line}" for line in result.odd)]
    for lab in result.labs:
        if lab.points < lab.most:
            lines += ["", lab.name, *lab_text(lab, say)]
    return "\n".join([*lines, "", say("Graded by version %s.", result.version), ""])


def lab_text(lab, say):
    if lab.state != outcome.TESTED:
        return textwrap.indent(lab.why, "  ").splitlines()
    lines = []
    for test in lab.tests:
        if test.outcome == "failed":
            lines += [f"  x {headline(test, say)}",
                      *speech.wrapped(text_of(test, say), "      ", "      ")]
    for which in "not-started", "not-run", "passed":
        names = by_outcome(lab, which)
        lines += speech.wrapped(f"{heading(which, say)}: {names}", "  ", "    ") if names else []
    return lines


def as_page(row, say=speech.ENGLISH):
    result = row.result
    if result.failed:
        return page(title_of(row, say), f"<p>{escape(say(outcome.SORRY))}</p>\n", say.language)
    parts = ["<table>"]
    for lab in result.labs:
        parts.append(f"<tr><td>{lab.name}</td><td>{bar(lab.points, lab.most)}</td>"
                     f'<td class="n">{lab.points} / {lab.most}</td>'
                     f"<td>{state_of(lab, say)}</td></tr>")
    parts.append("</table>")
    parts += [f"<p>{escape(line)}</p>"
              for line in (*total_lines(row, say), *late_lines(row, say))]
    if result.odd:
        parts.append(f'<div class="odd"><p>{escape(say("What was odd:"))}</p><ul>')
        parts += [f"<li>{escape(line)}</li>" for line in result.odd] + ["</ul></div>"]
    for lab in result.labs:
        if lab.points < lab.most:
            parts += [f"<h2>{lab.name}</h2>", *lab_parts(lab, say)]
    parts.append(f"<p>{escape(say('Graded by version %s.', result.version))}</p>\n")
    return page(title_of(row, say), "\n".join(parts), say.language)


def bar(points, most):
    return (f'<span class="bar"><i style="width:{100 * points // most if most else 0}%"></i>'
            "</span>")


def lab_parts(lab, say):
    if lab.state != outcome.TESTED:
        yield f"<pre>{escape(lab.why)}</pre>"
        return
    for test in lab.tests:
        if test.outcome == "failed":
            yield (f'<div class="bad"><b>{escape(headline(test, say))}</b><br>'
                   f"{escape(text_of(test, say))}</div>")
    for which in "not-started", "not-run", "passed":
        if by_outcome(lab, which):
            yield f"<p>{escape(heading(which, say))}: {escape(by_outcome(lab, which))}.</p>"
