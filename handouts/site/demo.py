"""Draws what make demo measured as one page for a browser, which needs nothing beside it.

usage: demo.py FOLDER     FOLDER/contrast.json and FOLDER/trace.json become FOLDER/contrast.html
Exit status 0, or 2 if one of them cannot be read or the page cannot be written.
"""

import html
import json
import os
import string
import sys

import traces

HERE = os.path.dirname(os.path.abspath(__file__))
TITLE = "The same tasks through five engines, with and without a global lock"
MOST_ROWS = 16
ROW, PAD = 18, 2
# What a state looks like: where in its row it begins, and how high it is. The form says it as well
# as the colour.
SHAPES = {"computing": (PAD, ROW - 2 * PAD), "lock": (ROW / 2 - 2.5, 5),
          "blocked": (ROW / 2 - 1, 2)}
MEANINGS = {"computing": "computing", "lock": "waiting for the lock", "blocked": "blocked"}


def text(words):
    return html.escape(str(words))


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def milliseconds(ms):
    return f"{ms:.2f} ms" if ms < 10 else f"{ms:.0f} ms" if ms < 10000 else f"{ms / 1000:.1f} s"


def key(workload, engine):
    """A name for an engine's things on the page."""
    return f"{workload}-{engine}".replace("+", "-")


# ---- the table ----

def figures_row(row, longest):
    name = f'<th scope="row">{text(row["engine"])}</th>'
    if "error" in row:
        return (f'<tr id="row-{key(row["workload"], row["engine"])}">{name}'
                f'<td colspan="5" class="problem">{text(row["error"])}</td></tr>')
    switches = "–" if row["lock_switches"] is None else row["lock_switches"]
    faster = ' class="faster"' if (row["speedup"] or 0) > 1.2 else ""
    return (f'<tr{faster} id="row-{key(row["workload"], row["engine"])}">{name}'
            f'<td>{milliseconds(row["seconds"] * 1000)}</td>'
            f'<td class="bar"><span style="width:{100 * row["seconds"] / longest:.1f}%"></span>'
            "</td>"
            f'<td>{speedup(row)}</td><td>{milliseconds(row["cpu_seconds"] * 1000)}</td>'
            f"<td>{switches}</td></tr>")


def speedup(row):
    return "–" if row["speedup"] is None else f'{row["speedup"]:.2f}'


def figures(rows):
    longest = max([row["seconds"] for row in rows if row["seconds"]], default=1)
    return ('<div class="wide" tabindex="0" role="group" aria-label="figures">'
            '<table class="figures"><thead><tr><th scope="col">engine</th>'
            '<th scope="col">wall time</th><td class="bar"></td><th scope="col">speedup</th>'
            '<th scope="col">CPU time</th><th scope="col">lock switches</th></tr></thead><tbody>'
            + "".join(figures_row(row, longest) for row in rows) + "</tbody></table></div>")


def pair(rows):
    """The two figures that matter, large."""
    found = {row["engine"]: row for row in rows if row["speedup"] is not None}
    if "threads" not in found or "threads+lock" not in found:
        return ""
    shown = (("with", "threads+lock", "under the lock"), ("without", "threads", "without it"))
    return '<dl class="pair">' + "".join(
        f'<div class="{kind}"><dt>{found[engine]["workers"]} threads {words}</dt>'
        f"<dd>{speedup(found[engine])} ×</dd></div>" for kind, engine, words in shown) + "</dl>"


# ---- the timelines ----

def hover(worker, piece):
    words = (f"{worker.name}: {MEANINGS[piece.state]}, {piece.begin:.2f} to {piece.end:.2f} ms "
             f"({piece.end - piece.begin:.2f} ms)")
    return f"{words}; then {piece.came_from} let it go" if piece.came_from else words


def slice_of(worker, piece, row):
    top, height = SHAPES[piece.state]
    return (f'<rect class="slice {piece.state}" x="{piece.begin:.3f}" y="{row * ROW + top}" '
            f'width="{piece.end - piece.begin:.3f}" height="{height}" '
            f'data-who="{text(worker.name)}" data-what="{MEANINGS[piece.state]}">'
            f"<title>{text(hover(worker, piece))}</title></rect>")


def drawing(run, rows, window):
    """The slices within the window, the marks of workers that follow, and the hand-overs."""
    parts, places = [], {}
    for number, row in enumerate(rows):
        for place, worker in enumerate(row):
            places[worker.name] = number
            parts += [slice_of(worker, piece, number) for piece in worker.slices
                      if piece.begin < window]
            if place and worker.begin < window:
                parts.append(f'<path class="begins" d="M{worker.begin:.3f} {number * ROW}v{ROW}"/>')
    names = {number: worker.name for number, worker in run.workers.items()}
    for when, giver, taker in run.handovers:
        ends = [places.get(names[number]) for number in (giver, taker)]
        if when < window and None not in ends:
            top, bottom = sorted(ends)
            parts.append(f'<path class="hand" d="M{when:.3f} {top * ROW + ROW / 2}'
                         f'V{bottom * ROW + ROW / 2}"/>')
    return "".join(parts)


def shares(run):
    """Who did what for how long, as a table: what the picture says."""
    rows = "".join(f"<tr><td>{text(worker.name)}</td>" + "".join(
        f"<td>{worker.spent(state):.1f} ms</td>" for state in MEANINGS) + "</tr>"
        for worker in run.workers.values() if worker.slices)
    heads = "".join(f"<th>{words}</th>" for words in MEANINGS.values())
    return (f"<details><summary>In figures, for the whole of this run</summary>"
            f'<div class="wide" tabindex="0" role="group" aria-label="who did what">'
            f"<table><thead><tr><th>worker</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
            "</div></details>")


def spoken(engine, run):
    """The picture in a sentence, for those who cannot see it."""
    whole = {state: sum(worker.spent(state) for worker in run.workers.values())
             for state in MEANINGS}
    total = sum(whole.values()) or 1
    shown = ", ".join(f"{MEANINGS[state]} {100 * spent / total:.0f} %"
                      for state, spent in whole.items() if spent)
    turns = len(run.handovers)
    changes = f"; the lock changed hands {turns} time{'s'[:turns != 1]}" if turns else ""
    return f"{engine}, {len(run.workers)} in all: {shown} of their time{changes}."


def caption(row):
    if "error" in row:
        return text(row["error"])
    workers = f'{row["workers"]} worker{"s" if row["workers"] > 1 else ""}'
    return (f'{workers} · {milliseconds(row["seconds"] * 1000)} · {speedup(row)} times serial’s '
            f"speed")


def row_name(row):
    """The worker's name without its PID, which stands in the texts under the pointer."""
    return text(row[0].name.split(" (")[0]) if len(row) == 1 else f"{len(row)} in turn"


def engine(row, run, window):
    name = key(row["workload"], row["engine"])
    head = (f'<figure class="engine step" id="{name}" data-row="row-{name}" '
            f'data-name="{text(row["engine"])}"><figcaption><b>{text(row["engine"])}</b>'
            f"<span>{caption(row)}</span></figcaption>")
    if run is None or not any(worker.slices for worker in run.workers.values()):
        return f"{head}</figure>"
    rows = traces.rows(run, row["workers"])
    shown = rows[:MOST_ROWS]
    who = "".join(f"<li>{row_name(row)}</li>" for row in shown)
    more = f"<p>... and {len(rows) - len(shown)} more rows</p>" if rows[MOST_ROWS:] else ""
    return (f'{head}<div class="rows"><ol class="who" aria-hidden="true">{who}</ol>'
            f'<svg class="time" viewBox="0 0 {window} {ROW * len(shown)}" role="img" '
            f'preserveAspectRatio="none" style="--count:{len(shown)}" '
            f'aria-label="{text(spoken(row["engine"], run))}">{drawing(run, shown, window)}</svg>'
            f"</div>{more}{shares(run)}</figure>")


def axis(window):
    kinds = (' class="first"', "", "", "", "", ' class="last"')
    ticks = "".join(f'<line x1="{20 * i}%" x2="{20 * i}%" y1="0" y2="5"/>'
                    f'<text x="{20 * i}%" y="18"{kind}>{window * i / 5:g}</text>'
                    for i, kind in enumerate(kinds))
    return ('<div class="engine"><div class="rows"><span class="who">ms</span>'
            f'<svg class="axis" aria-hidden="true">{ticks}</svg></div></div>')


def legend():
    parts = []
    for state, (top, height) in SHAPES.items():
        parts.append(f'<li><svg viewBox="0 0 40 {ROW}" aria-hidden="true"><rect class="slice '
                     f'{state}" y="{top}" width="40" height="{height}"/></svg>'
                     f"{MEANINGS[state]}</li>")
    return f'<ul class="legend">{"".join(parts)}</ul>'


def workload(about, rows, runs):
    window = about["window_ms"]
    drawn = "".join(engine(row, runs.get(f'{about["name"]}: {row["engine"]}'), window)
                    for row in rows)
    return (f'<section data-window="{window}" aria-labelledby="{about["name"]}">'
            f'<h2 id="{about["name"]}">{about["name"].capitalize()}</h2>'
            f'<p class="title">{text(about["title"])}</p>{pair(rows)}{figures(rows)}{legend()}'
            f"<p>The first {window} ms of one more run, not timed. A row is a worker; an upright "
            "line shows the lock going from one to the next. Point at a piece to read about it."
            "</p>"
            f"{drawn}{axis(window)}</section>\n")


def page(contrast, runs):
    machine = contrast["machine"]
    cpus = machine["usable_cpus"]
    rounds = contrast["rounds"]
    sections = "".join(workload(about, [row for row in contrast["rows"]
                                        if row["workload"] == about["name"]], runs)
                       for about in contrast["workloads"])
    return string.Template(read("demo.html")).substitute(
        title=TITLE, style=read("style.css") + read("demo.css"), script=read("demo.js"),
        machine=text(f'{machine["processor"]}, {cpus} usable CPU{"" if cpus == 1 else "s"}; best '
                     f'of {rounds} round{"" if rounds == 1 else "s"}; {machine["compiler"]}'),
        workloads=sections,
        says="".join(f"<p>{text(about['says'])}</p>" for about in contrast["workloads"]),
        go_on="".join(f"<p>{text(line)}</p>" for line in contrast.get("go_on", [])))


def main():
    if len(sys.argv) != 2:
        print("usage: demo.py FOLDER", file=sys.stderr)
        sys.exit(2)
    folder = sys.argv[1]
    try:
        with open(os.path.join(folder, "contrast.json"), encoding="utf-8") as file:
            contrast = json.load(file)
        made = page(contrast, traces.read(os.path.join(folder, "trace.json")))
        with open(os.path.join(folder, "contrast.html"), "w", encoding="utf-8") as file:
            file.write(made)
    except (OSError, ValueError, KeyError) as problem:
        print(f"demo: no page: {problem!r}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
