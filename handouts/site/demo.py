"""Draws what make demo measured as one page for a browser, which needs nothing beside it.

usage: demo.py FOLDER     FOLDER/contrast.json and FOLDER/trace.json become FOLDER/contrast.html
If people were spoken to in another language than English (contrast.json says so), the page is in
that one, and FOLDER/contrast.en.html is the English one. Exit status 0, or 2 if one of them cannot
be read or the page cannot be written.
"""

import html
import json
import os
import string
import sys

import traces
from demo_words import LANGUAGES

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_ROWS = 16
ROW, PAD = 18, 2
# What a state looks like: where in its row it begins, and how high it is. The form says it as well
# as the colour.
SHAPES = {"computing": (PAD, ROW - 2 * PAD), "lock": (ROW / 2 - 2.5, 5),
          "blocked": (ROW / 2 - 1, 2)}


class Speech:
    """The words of one language, and the program's own sentences in it."""

    def __init__(self, language, sentences):
        self.language, self.words = language, LANGUAGES[language]
        self.sentences = sentences

    def __call__(self, word, *values):
        return text(self.words[word].format(*values))

    def worker(self, name):
        kind, _, rest = name.partition(" ")
        return f"{self.words['workers'].get(kind, kind)} {rest}"

    def said(self, english):
        return text(self.sentences.get(english, english))


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

def figures_row(say, row, longest):
    name = f'<th scope="row">{text(row["engine"])}</th>'
    if "error" in row:
        return (f'<tr id="row-{key(row["workload"], row["engine"])}">{name}'
                f'<td colspan="5" class="problem">{say.said(row["error"])}</td></tr>')
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


def figures(say, rows):
    longest = max([row["seconds"] for row in rows if row["seconds"]], default=1)
    heads = [f'<th scope="col">{text(words)}</th>' for words in say.words["heads"]]
    heads.insert(2, '<td class="bar"></td>')
    return (f'<div class="wide" tabindex="0" role="group" aria-label="{say("figures")}">'
            f'<table class="figures"><thead><tr>{"".join(heads)}</tr></thead><tbody>'
            + "".join(figures_row(say, row, longest) for row in rows) + "</tbody></table></div>")


def pair(say, rows):
    """The two figures that matter, large."""
    found = {row["engine"]: row for row in rows if row["speedup"] is not None}
    if "threads" not in found or "threads+lock" not in found:
        return ""
    shown = (("with", "threads+lock", "under"), ("without", "threads", "without"))
    return '<dl class="pair">' + "".join(
        f'<div class="{kind}"><dt>{say(words, found[engine]["workers"])}</dt>'
        f"<dd>{speedup(found[engine])} ×</dd></div>" for kind, engine, words in shown) + "</dl>"


# ---- the timelines ----

def hover(say, worker, piece):
    words = say.words["hover"].format(say.worker(worker.name), say.words[piece.state], piece.begin,
                                      piece.end, piece.end - piece.begin)
    if piece.came_from:
        return say("let_go", words, say.worker(piece.came_from))
    return text(words)


def slice_of(say, worker, piece, row):
    top, height = SHAPES[piece.state]
    return (f'<rect class="slice {piece.state}" x="{piece.begin:.3f}" y="{row * ROW + top}" '
            f'width="{piece.end - piece.begin:.3f}" height="{height}" '
            f'data-who="{text(say.worker(worker.name))}" data-what="{say(piece.state)}">'
            f"<title>{hover(say, worker, piece)}</title></rect>")


def drawing(say, run, rows, window):
    """The slices within the window, the marks of workers that follow, and the hand-overs."""
    parts, places = [], {}
    for number, row in enumerate(rows):
        for place, worker in enumerate(row):
            places[worker.name] = number
            parts += [slice_of(say, worker, piece, number) for piece in worker.slices
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


def shares(say, run):
    """Who did what for how long, as a table: what the picture says."""
    rows = "".join(f"<tr><td>{text(say.worker(worker.name))}</td>" + "".join(
        f"<td>{worker.spent(state):.1f} ms</td>" for state in SHAPES) + "</tr>"
        for worker in run.workers.values() if worker.slices)
    heads = "".join(f"<th>{say(state)}</th>" for state in SHAPES)
    return (f"<details><summary>{say('shares')}</summary>"
            f'<div class="wide" tabindex="0" role="group" aria-label="{say("who")}">'
            f"<table><thead><tr><th>{say('worker')}</th>{heads}</tr></thead><tbody>{rows}"
            "</tbody></table></div></details>")


def spoken(say, engine, run):
    """The picture in a sentence, for those who cannot see it."""
    whole = {state: sum(worker.spent(state) for worker in run.workers.values())
             for state in SHAPES}
    total = sum(whole.values()) or 1
    shown = ", ".join(f"{say.words[state]} {100 * spent / total:.0f} %"
                      for state, spent in whole.items() if spent)
    turns = len(run.handovers)
    changes = say.words["changed"].format(turns) if turns else ""
    return say("picture", engine, len(run.workers), shown, changes)


def caption(say, row):
    if "error" in row:
        return say.said(row["error"])
    return say("caption", row["workers"], milliseconds(row["seconds"] * 1000), speedup(row))


def row_name(say, row):
    """The worker's name without its PID, which stands in the texts under the pointer."""
    if len(row) > 1:
        return say("in_turn", len(row))
    return text(say.worker(row[0].name.split(" (")[0]))


def engine(say, row, run, window):
    name = key(row["workload"], row["engine"])
    head = (f'<figure class="engine step" id="{name}" data-row="row-{name}" '
            f'data-name="{text(row["engine"])}"><figcaption><b>{text(row["engine"])}</b>'
            f"<span>{caption(say, row)}</span></figcaption>")
    if run is None or not any(worker.slices for worker in run.workers.values()):
        return f"{head}</figure>"
    rows = traces.rows(run, row["workers"])
    shown = rows[:MOST_ROWS]
    seen = spoken(say, row["engine"], run)
    who = "".join(f"<li>{row_name(say, row)}</li>" for row in shown)
    more = f"<p>{say('more', len(rows) - len(shown))}</p>" if rows[MOST_ROWS:] else ""
    return (f'{head}<div class="rows"><ol class="who" aria-hidden="true">{who}</ol>'
            f'<svg class="time" viewBox="0 0 {window} {ROW * len(shown)}" role="img" '
            f'preserveAspectRatio="none" style="--count:{len(shown)}" '
            f'aria-label="{seen}">{drawing(say, run, shown, window)}</svg>'
            f"</div>{more}{shares(say, run)}</figure>")


def axis(window):
    kinds = (' class="first"', "", "", "", "", ' class="last"')
    ticks = "".join(f'<line x1="{20 * i}%" x2="{20 * i}%" y1="0" y2="5"/>'
                    f'<text x="{20 * i}%" y="18"{kind}>{window * i / 5:g}</text>'
                    for i, kind in enumerate(kinds))
    return ('<div class="engine"><div class="rows"><span class="who">ms</span>'
            f'<svg class="axis" aria-hidden="true">{ticks}</svg></div></div>')


def legend(say):
    parts = []
    for state, (top, height) in SHAPES.items():
        parts.append(f'<li><svg viewBox="0 0 40 {ROW}" aria-hidden="true"><rect class="slice '
                     f'{state}" y="{top}" width="40" height="{height}"/></svg>'
                     f"{say(state)}</li>")
    return f'<ul class="legend">{"".join(parts)}</ul>'


def workload(say, about, rows, runs):
    window, name = about["window_ms"], about["name"]
    drawn = "".join(engine(say, row, runs.get(f'{name}: {row["engine"]}'), window) for row in rows)
    return (f'<section data-window="{window}" aria-labelledby="{name}">'
            f'<h2 id="{name}">{text(say.words["sections"][name])}</h2>'
            f'<p class="title">{say.said(about["title"])}</p>{pair(say, rows)}{figures(say, rows)}'
            f'{legend(say)}<p>{say("window", window)}</p>{drawn}{axis(window)}</section>\n')


KEYS = (("<kbd>→</kbd> <kbd>n</kbd>", "next_key"), ("<kbd>←</kbd> <kbd>b</kbd>", "before_key"),
        ("<kbd>{}</kbd>", "play_key"), ("<kbd>+</kbd> <kbd>−</kbd>", "zoom_key"),
        ("<kbd>,</kbd> <kbd>.</kbd>", "move_key"), ("<kbd>0</kbd>", "whole_key"),
        ("<kbd>Esc</kbd>", "leave_key"))
FILES = ("<code>contrast.json</code>", "<code>trace.json</code>",
         '<a class="outside" href="https://ui.perfetto.dev/">ui.perfetto.dev</a>')


def page(say, contrast, runs, other):
    """`other`: a link to the same page in another language, or nothing."""
    machine, words = contrast["machine"], say.words
    sections = "".join(workload(say, about, [row for row in contrast["rows"]
                                             if row["workload"] == about["name"]], runs)
                       for about in contrast["workloads"])
    return string.Template(read("demo.html")).substitute(
        lang=say.language, title=say("title"), other=other,
        style=read("style.css") + read("demo.css"), script=read("demo.js"),
        machine=say("machine", machine["processor"], machine["usable_cpus"], contrast["rounds"],
                    machine["compiler"]),
        workloads=sections, says_head=say("says"), keys_head=say("keys"),
        keys=" · ".join(f"{keys.format(say('space'))} {say(word)}" for keys, word in KEYS),
        files=words["files"].format(*FILES),
        **{word: say(word) for word in ("before", "play", "stop", "farther", "closer", "next")},
        says="".join(f"<p>{say.said(about['says'])}</p>" for about in contrast["workloads"]),
        go_on="".join(f"<p>{say.said(line)}</p>" for line in contrast.get("go_on", [])))


def speeches(contrast):
    """{the page's name: its speech}."""
    english, other = Speech("en", {}), contrast.get("spoken", {})
    if other.get("language") not in LANGUAGES:
        return {"contrast.html": english}
    return {"contrast.html": Speech(other["language"], other["sentences"]),
            "contrast.en.html": english}


def write_pages(folder, contrast, runs):
    pages = speeches(contrast)
    for name, say in pages.items():
        links = "".join(f'<a href="{there}" lang="{one.language}" hreflang="{one.language}">'
                        f'{one("name")}</a>' for there, one in pages.items() if there != name)
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(page(say, contrast, runs, links and f'<p class="languages">{links}</p>'))


def main():
    if len(sys.argv) != 2:
        print("usage: demo.py FOLDER", file=sys.stderr)
        sys.exit(2)
    folder = sys.argv[1]
    try:
        with open(os.path.join(folder, "contrast.json"), encoding="utf-8") as file:
            contrast = json.load(file)
        write_pages(folder, contrast, traces.read(os.path.join(folder, "trace.json")))
    except (OSError, ValueError, KeyError) as problem:
        print(f"demo: no page: {problem!r}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
