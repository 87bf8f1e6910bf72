"""Pictures for the pages, in place of drawings of characters; those stay, as text beside them.

A comment "picture: NAME" in Markdown names the block below it. NAME is timeline or rounds, which
are read from the block itself, so that the two cannot differ; or curves, before a table; or a file
pictures/NAME.txt, which describes a sequence or shapes (pictures/LANGUAGE/NAME.txt in another
language).
"""

import html
import os
import re
import textwrap

import curves
import shapes

HERE = os.path.dirname(os.path.abspath(__file__))
STATES = {"#": "computing", ".": "lock", "-": "blocked"}
WIDTH, LABELS = 720, 130
ROW = 20
TIMELINE_ROW = re.compile(r"^ {0,2}(\S.*?|) +(x?\d+)  ([#.|-][#.| -]*)$")
TIMELINE_AXIS = re.compile(r"^( *)(\+[-+]*)$")


Unclear = shapes.Unclear


def text(x, y, words, extra=""):
    return f'<text x="{x:g}" y="{y:g}"{extra}>{html.escape(words)}</text>'


def picture(width, height, label, parts):
    return (f'<svg viewBox="0 0 {width} {height:g}" role="img" aria-label="{html.escape(label)}">'
            + "".join(parts) + "</svg>")


# ---- timelines ----

def timelines_of(block):
    """[(rows, columns, ticks)] of each drawing in a block: a row is (label, number, cells), and a
    tick (column, what is written there)."""
    found, rows, lines = [], [], block.splitlines()
    for number, line in enumerate(lines):
        row, axis = TIMELINE_ROW.match(line), TIMELINE_AXIS.match(line)
        if row:
            rows.append((row[1], row[2], row[3]))
        elif axis and rows and number + 1 < len(lines):
            start, columns = len(axis[1]), len(axis[2])
            # The last figure ends with the axis; the others begin below their ticks.
            ticks = [(tick.start() - start, tick[0])
                     for tick in re.finditer(r"\d+", lines[number + 1])]
            last = ticks[-1]
            ticks[-1] = (min(columns - 1, last[0] + len(last[1]) - 1), last[1])
            found.append((rows, columns, ticks))
            rows = []
    if not found:
        raise Unclear("no timeline in it")
    return found


def pieces(cells):
    """[(kind, from, to)]: runs of equal characters; "|" begins the next worker's run."""
    return [(found[0][0], found.start(), found.end())
            for found in re.finditer(r"([#.-])\1*|\|", cells)]


def share(cells, states):
    """What a row's worker does, in percent, in words."""
    drawn = [cell for cell in cells if cell in STATES]
    return ", ".join(f"{states[state]} {100 * drawn.count(sign) // len(drawn)} %"
                     for sign, state in STATES.items() if sign in drawn)


def bar(sign, x, y, width):
    top, height = {"#": (3, 14), ".": (7.5, 5), "-": (8.5, 3)}[sign]
    return (f'<rect class="{STATES[sign]}" x="{x:g}" y="{y + top}" width="{width:g}" '
            f'height="{height}"/>')


def draw_row(cells, y, scale):
    parts = []
    for sign, begin, end in pieces(cells):
        x, width = LABELS + begin * scale, (end - begin) * scale
        if sign == "|":    # it stands for the next worker's first moments, too
            parts.append(bar("#" if "#" in cells else "-", x, y, width))
            parts.append(f'<path class="ink" d="M{x + width / 2:g} {y + 1}v18"/>')
        else:
            parts.append(bar(sign, x, y, width))
    return parts


def draw_legend(kinds, y, states):
    parts, x = [], LABELS
    for sign, state in STATES.items():
        if sign in kinds:
            parts.append(bar(sign, x, y, 30))
            parts.append(text(x + 38, y + 14.5, states[state], ' class="faint"'))
            x += 58 + sum(8 if ord(letter) < 0x1100 else 13 for letter in states[state])
    return parts


def timeline(block, states):
    """The first timeline of a block: what follows it there stays text."""
    parts, y, said = [], 0, []
    for rows, columns, ticks in timelines_of(block)[:1]:
        scale = (WIDTH - LABELS - 20) / columns
        signs = "".join(cells for _, _, cells in rows)
        parts += draw_legend(signs, y, states)
        y += ROW + 10
        name = ""
        for label, number, cells in rows:
            y += 8 if label and label != rows[0][0] else 0
            if label:
                parts.append(text(0, y + 14.5, label))
            parts.append(text(LABELS - 12, y + 14.5, number, ' class="faint end"'))
            parts += draw_row(cells, y, scale)
            name = label or name
            said.append(f"{name} {number}: {share(cells, states)}")
            y += ROW
        parts.append(f'<path class="axis" d="M{LABELS} {y + 4}H{LABELS + columns * scale:g}"/>')
        for place, words in ticks:
            at = LABELS + (place * columns / max(1, columns - 1)) * scale
            parts.append(f'<path class="axis" d="M{at:g} {y + 4}v5"/>')
            parts.append(text(at, y + 22, words, ' class="faint middle"'))
        parts.append(text(LABELS - 12, y + 22, "ms", ' class="faint end"'))
        y += 50
    return picture(WIDTH, y - 22, "A timeline. " + "; ".join(said) + ".", parts)


# ---- rounds of a pool ----

def rounds(block):
    """Workers and what each of them does in each round, with the time below."""
    rows = [(found[1], [cell.strip() for cell in found[2].split("|")[1:-1]])
            for found in re.finditer(r"^(\w+ \d+) +(\|.*\|) *$", block, re.M)]
    heads = re.findall(r"\S+ \d+", block.splitlines()[0])
    times = re.findall(r"\d+ m?s\b", block.splitlines()[-1])
    if not rows or len({len(cells) for _, cells in rows}) != 1 or len(heads) != len(rows[0][1]) \
            or len(times) != len(heads) + 1:
        raise Unclear("rows, rounds and times of it do not fit together")
    left = 90
    wide, high = (WIDTH - left - 20) / len(heads), 30
    parts = [text(left + (at + .5) * wide, 14, head, ' class="faint middle"')
             for at, head in enumerate(heads)]
    for number, (label, cells) in enumerate(rows):
        y = 24 + number * high
        parts.append(text(0, y + 19, label))
        for at, cell in enumerate(cells):
            kind = "chunk" if cell else "idle"
            parts.append(f'<rect class="{kind}" x="{left + at * wide + 1:g}" y="{y + 2}" '
                         f'width="{wide - 2:g}" height="{high - 4}" rx="3"/>')
            parts.append(text(left + (at + .5) * wide, y + 19, cell.replace(" -> ", " → "),
                              ' class="on middle"'))
    y = 24 + len(rows) * high + 6
    parts.append(f'<path class="axis" d="M{left} {y}H{WIDTH - 20}"/>')
    for at, words in enumerate(times):
        parts.append(f'<path class="axis" d="M{left + at * wide:g} {y}v6"/>')
        parts.append(text(left + at * wide, y + 20, words, ' class="faint middle"'))
    said = "; ".join(f"{label}: {', '.join(cell or 'nothing' for cell in cells)}"
                     for label, cells in rows)
    return picture(WIDTH, y + 28, f"{', '.join(heads)}. {said}.", parts)


# ---- sequences ----

LANES = {"A": 345, "B": 375}    # A's words stand to the left of its lane, B's to the right
LINE = 18


def steps_of(description):
    """(title, the lanes' names, [(who, state, words, arrow)])."""
    title, names, steps = "", {}, []
    for line in description.splitlines():
        first, _, rest = line.partition(" ")
        if first == "title":
            title = rest
        elif first == "lanes":
            names = dict(zip(LANES, (name.strip() for name in rest.split("|"))))
        elif first in LANES:
            state, _, words = rest.partition(" ")
            steps.append((first, state, words.replace(" ->", ""), words.endswith(" ->")))
        elif line and not line.startswith("#"):
            raise Unclear(f"what does this line mean: {line}")
    if not title or len(names) != 2 or not steps:
        raise Unclear("it needs a title, two lanes and steps")
    return title, names, steps


def draw_step(who, words, arrow, y):
    """The words of a step, beside its lane, and its arrow. Returns the parts and its height."""
    side, way = (' class="end"', -1) if who == "A" else ("", 1)
    # Neither a unit nor a value stands alone on the next line.
    words = re.sub(r"(?<=\d) (?=m?s\b)| (?== )|(?<= =) ", "\u00a0", words)
    wide = sum(ord(letter) >= 0x1100 for letter in words)    # Hangul is wider than Latin letters
    lines = textwrap.wrap(words, 46 - wide // 2)
    parts = [text(LANES[who] + way * 18, y + 14 + i * LINE, line, side)
             for i, line in enumerate(lines)]
    if arrow:
        begin, end = (LANES["A"] + 8, LANES["B"] - 8)[::-way]
        parts.append(f'<path class="arrow" d="M{begin} {y + 9}H{end}m{5 * way} -5l{-5 * way} 5 '
                     f'{5 * way} 5"/>')
    return parts, len(lines) * LINE + 8


def sequence(description):
    title, names, steps = steps_of(description)
    parts = [text(LANES["A"] - 18, 16, names["A"], ' class="head end"'),
             text(LANES["B"] + 18, 16, names["B"], ' class="head"')]
    y, since = 30, {lane: (30, "-") for lane in LANES}
    bars, words = [], []

    def change(lane, state):
        begin, before = since[lane]
        if state != before and before != "-":
            kind = "computing" if before == "holds" else "lock"
            width = 12 if before == "holds" else 5
            bars.append(f'<rect class="{kind}" x="{LANES[lane] - width / 2:g}" y="{begin}" '
                        f'width="{width}" height="{y - begin}" rx="2"/>')
        if state != before:
            since[lane] = (y, state)

    for who, state, said, arrow in steps:
        change(who, state)
        drawn, height = draw_step(who, said, arrow, y)
        parts += drawn
        words.append(f"{names[who]}: {said}")
        y += height
    for lane in LANES:
        change(lane, "")
    lanes = [f'<path class="axis" d="M{x} 26V{y}"/>' for x in LANES.values()]
    return picture(WIDTH, y + 6, f"{title}. {'. '.join(words)}.", lanes + bars + parts)


# ---- on the page ----

def draw(name, block, language, words):
    for path in (f"pictures/{language}/{name}.txt", f"pictures/{name}.txt"):
        path = os.path.join(HERE, path)
        if name not in ("timeline", "rounds") and os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                description = file.read()
            return sequence(description) if "\nlanes " in description else \
                shapes.draw(description)
    if name not in ("timeline", "rounds"):
        raise Unclear(f"there is no picture of this name: pictures/{name}.txt")
    return timeline(block, words["states"]) if name == "timeline" else rounds(block)


def placed(page, body, language, words):
    """The page's body with pictures before the blocks that have one; the blocks stay, folded."""
    def figure(found):
        try:
            svg = draw(found[1], html.unescape(found[3]), language, words)
        except Unclear as problem:
            raise Unclear(f"{page}: picture {found[1]}: {problem}") from None
        drawn = f'<figure class="picture"><div class="wide">{svg}</div>'
        # Output with more in it than its timeline stays in sight.
        if found[1] == "timeline" and not TIMELINE_ROW.match(found[3].split("\n", 1)[0]):
            return f"{drawn}</figure>{found[0]}"
        return (f'{drawn}<details><summary>{words["as_text"]}</summary>{found[0]}</details>'
                "</figure>")
    def curves_of(found):
        try:
            return (f'<figure class="picture"><div class="wide">{curves.draw(found[0])}</div>'
                    f"</figure>{found[0]}")
        except Unclear as problem:
            raise Unclear(f"{page}: a table: {problem}") from None

    body = re.sub(r'<div [^>]*data-picture="curves"[^>]*>.*?</table>\s*</div>', curves_of, body,
                  flags=re.S)
    return re.sub(r'<pre[^>]* data-picture="([^"]*)"[^>]*>(<code>)(.*?)</code></pre>', figure, body,
                  flags=re.S)
