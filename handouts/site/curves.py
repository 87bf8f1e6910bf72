"""Curves of a table of figures: the first column goes across, each other is a curve. An axis is
logarithmic if figures are far apart, or if each is twice the one before it, or more. The table
stays, as text beside them.
"""

import html
import math
import re

from shapes import Unclear

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 34, 40
# From here on figures are too far apart for even steps.
MUCH = 100
# What tells curves apart besides their colours: the line, and the form of its points.
DASHES = ("", "7 4", "2 3", "9 3 2 3", "", "7 4")
MARKS = ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", "M-4 -4h8v8h-8z", "M0 -5L5 4H-5z",
         "M0 -5L5 0L0 5L-5 0z", "M-4 -1h8v2h-8z", "M-1 -4h2v8h-2z")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# How figures are said: in English, and in Korean.
SAID = (("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("만", 1e4), ("억", 1e8))


def figure(cell):
    """What a cell says; None if it is no figure."""
    found = re.match(r"([\d,]+(?:\.\d+)?)\s*(\D*)$", cell.strip())
    if not found:
        return None
    times = [much for word, much in SAID if found[2].strip().startswith(word)]
    return float(found[1].replace(",", "")) * (times[0] if times else 1)


def rows_of(table):
    """The names of the columns, and the rows of figures, of a table in HTML."""
    rows = [[html.unescape(re.sub(r"<[^>]*>", "", cell))
             for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.S)]
    names, figures = rows[0], [[figure(cell) for cell in row] for row in rows[1:]]
    if len(figures) < 2 or any(row[0] is None or len(row) != len(names) for row in figures):
        raise Unclear("it is not a table of figures")
    if len(names) - 1 > len(DASHES):
        raise Unclear(f"it has more than {len(DASHES)} curves")
    return names, figures


class Axis:
    """From the least value, or from 0 (if not logarithmic), to the most."""
    def __init__(self, values, begin, end, powers, from_zero):
        self.powers, self.begin, self.end = powers and min(values) > 0, begin, end
        self.least = 0 if from_zero and not self.powers else min(values)
        self.most = max(values)
        if not self.powers and from_zero:
            step = self.step()
            self.most = step * math.ceil(self.most / step)

    def place(self, value):
        if self.powers:
            share = math.log(value / self.least) / math.log(self.most / self.least)
        else:
            share = (value - self.least) / (self.most - self.least or 1)
        return self.begin + share * (self.end - self.begin)

    def steps(self):
        if self.powers:
            low, high = math.ceil(math.log10(self.least)), math.floor(math.log10(self.most))
            return [10.0 ** power for power in range(low, high + 1)]
        return [self.step() * number for number in range(round(self.most / self.step()) + 1)]

    def step(self):
        wide = 10 ** math.floor(math.log10(self.most or 1))
        return next(wide * part for part in (.2, .5, 1, 2) if self.most / (wide * part) <= 6)


def shown(value, power=False):
    if power and value >= 10000:
        return "10" + str(round(math.log10(value))).translate(RAISED)
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def words(x, y, said, names):
    return f'<text x="{x:g}" y="{y:g}" class="{names}">{html.escape(said)}</text>'


def curve(number, points):
    """A line through the points, and a mark at each."""
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    mark = f'<path class="mark" d="{MARKS[number]}" transform="translate('
    marks = "".join(f'{mark}{x:.1f} {y:.1f})"/>' for x, y in points)
    return (f'<g class="k{number}"><path class="curve" stroke-dasharray="{DASHES[number]}" '
            f'd="M{line}"/>{marks}</g>')


def legend(names):
    parts, x = [], LEFT
    for number, name in enumerate(names):
        parts.append(curve(number, [(x, 14), (x + 30, 14)]))
        parts.append(words(x + 40, 18, name, ""))
        x += 62 + sum(7 if ord(letter) < 0x1100 else 13 for letter in name)
    return parts, max(WIDTH, x)


def draw(table):
    names, rows = rows_of(table)
    places = [row[0] for row in rows]
    doubles = all(0 < 2 * one <= other for one, other in zip(places, places[1:]))
    across = Axis(places, LEFT + 10, WIDTH - RIGHT, doubles, False)
    values = [value for row in rows for value in row[1:] if value is not None]
    up = Axis(values, HEIGHT - BOTTOM, TOP, max(values) >= MUCH * min(values), True)
    parts, width = legend(names[1:])
    for value in up.steps():
        y = up.place(value)
        parts += [f'<path class="axis" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>',
                  words(LEFT - 8, y + 4.5, shown(value, up.powers), "faint end")]
    for row in rows:
        x = across.place(row[0])
        parts += [f'<path class="axis" d="M{x:.1f} {HEIGHT - BOTTOM}v5"/>',
                  words(x, HEIGHT - BOTTOM + 19, shown(row[0]), "faint middle")]
    parts.append(words((LEFT + WIDTH) / 2, HEIGHT - 4, names[0], "faint middle"))
    said = []
    for number, name in enumerate(names[1:]):
        known = [(row[0], row[number + 1]) for row in rows if row[number + 1] is not None]
        parts.append(curve(number, [(across.place(x), up.place(y)) for x, y in known]))
        said.append(f"{name}: " + ", ".join(f"{shown(y)} ({shown(x)})" for x, y in known))
    return (f'<svg viewBox="0 0 {width} {HEIGHT}" role="img" aria-label="'
            f'{html.escape("; ".join(said))}.">{"".join(parts)}</svg>')
