"""Pictures of boxes and arrows from a small description: a shape a line, in a grid of 10 pixels.

title WORDS                          what the picture shows, for those who cannot see it
size W H
box X Y W H KIND [| WORDS]           KIND: process, own, shared, copy, thread, page
words X Y WHERE | WORDS              WHERE: start, middle, end; "*" before it: bold
arrow X1 Y1 X2 Y2 [X3 Y3 ...]        with its head at the last point
line X1 Y1 X2 Y2                     without one
"""

import html
import math

UNIT = 10
KINDS = ("process", "own", "shared", "copy", "thread", "page")


class Unclear(Exception):
    """A picture that cannot be drawn from what is there."""


def numbers(words):
    return [float(word) * UNIT for word in words]


def words_at(x, y, words, names):
    return f'<text x="{x:g}" y="{y:g}" class="{names}">{html.escape(words.strip())}</text>'


def box(arguments, words):
    x, y, width, height = numbers(arguments[:4])
    kind = arguments[4]
    if kind not in KINDS:
        raise Unclear(f"there is no kind of box {kind}")
    drawn = (f'<rect class="box-{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
             f'rx="4"/>')
    if not words:
        return drawn
    # A process has its name above what is in it.
    at = y + 18 if kind == "process" else y + height / 2 + 4.5
    names = "middle head" if kind == "process" else f"middle in-{kind}"
    return drawn + words_at(x + width / 2, at, words, names)


def path(arguments, head):
    points = numbers(arguments)
    pairs = list(zip(points[::2], points[1::2]))
    if len(points) % 2 or len(pairs) < 2:
        raise Unclear("an arrow needs two points or more")
    drawn = "M" + "L".join(f"{x:g} {y:g}" for x, y in pairs)
    if head:
        (x1, y1), (x2, y2) = pairs[-2:]
        way = math.atan2(y2 - y1, x2 - x1)
        ends = [(x2 - 8 * math.cos(way + turn), y2 - 8 * math.sin(way + turn))
                for turn in (.5, -.5)]
        drawn += "M{:.1f} {:.1f}L{:g} {:g}L{:.1f} {:.1f}".format(*ends[0], x2, y2, *ends[1])
    return f'<path class="arrow" d="{drawn}"/>'


def shape(line):
    before, _, words = line.partition("|")
    name, *arguments = before.split()
    if name == "box":
        return box(arguments, words)
    if name == "words":
        where = arguments[2].lstrip("*")
        return words_at(*numbers(arguments[:2]), words,
                        where + (" head" if arguments[2].startswith("*") else ""))
    if name in ("arrow", "line"):
        return path(arguments, name == "arrow")
    raise Unclear(f"what does this line mean: {line}")


def draw(description):
    title, size, parts = "", None, []
    for line in description.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        try:
            if line.startswith("title "):
                title = line[6:]
            elif line.startswith("size "):
                size = numbers(line.split()[1:])
            else:
                parts.append(shape(line))
        except (ValueError, IndexError, TypeError):
            raise Unclear(f"something is missing in this line: {line}") from None
    if not title or not size or len(size) != 2 or not parts:
        raise Unclear("it needs a title, a size and shapes")
    return (f'<svg viewBox="0 0 {size[0]:g} {size[1]:g}" role="img" '
            f'aria-label="{html.escape(title)}">{"".join(parts)}</svg>')
