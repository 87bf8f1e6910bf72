"""Shows an earlier run of the contrast: its figures and what they say, in the language in which it
spoke.

usage: earlier.py FILE        the figures that make demo wrote: contrast.json, or its folder
"""

import itertools
import json
import os
import sys

import demo

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "common", "scripts"))

import terminal

BAR = 18
WIDTHS = (-12, 9, -BAR, 7, 8, 13)    # of the table's columns; negative: at their left


def put(text, width):
    room = " " * (abs(width) - terminal.columns(text))
    return text + room if width < 0 else room + text


def in_table(*fields):
    return "  " + "  ".join(put(str(field), width) for field, width in zip(fields, WIDTHS))


def line(row, longest):
    if "error" in row:
        return f"  {row['engine']:<12}  {row['error']}"
    switches = row["lock_switches"]
    return in_table(row["engine"], demo.milliseconds(row["seconds"] * 1000),
                    "#" * max(1, round(BAR * row["seconds"] / longest)),
                    demo.speedup(row), demo.milliseconds(row["cpu_seconds"] * 1000),
                    "-" if switches is None else switches)


def table(rows, heads):
    longest = max((row["seconds"] for row in rows if row.get("seconds")), default=1)
    engine, wall, *others = heads
    return "\n".join([in_table(engine, wall, "", *others), *(line(row, longest) for row in rows)])


def report(contrast, said, sentences):
    """In the words of one language; `sentences`: the program's own ones in it."""
    machine = contrast["machine"]
    yield said["earlier"].format(machine["processor"], machine["usable_cpus"])
    about = {one["name"]: one for one in contrast["workloads"]}
    for name, rows in itertools.groupby(contrast["rows"], lambda row: row["workload"]):
        title = about[name]["title"]
        yield f"\n{said['sections'].get(name, name).upper()}  {sentences.get(title, title)}\n"
        yield table(list(rows), said["heads"])
    yield f"\n{said['said_then'].upper()}\n"
    for one in contrast["workloads"]:
        yield "\n".join(terminal.wrapped(sentences.get(one["says"], one["says"]), 80, "  ", "  "))
    if contrast.get("go_on"):
        yield "\n" + "\n".join(f"  {sentences.get(line, line)}" for line in contrast["go_on"])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path = sys.argv[1]
    if os.path.isdir(path):
        path = os.path.join(path, "contrast.json")
    try:
        with open(path, encoding="utf-8") as file:
            contrast = json.load(file)
        speech = next(iter(demo.speeches(contrast).values()))
        lines = list(report(contrast, speech.words, speech.sentences))
    except OSError as error:
        sys.exit(f"demo: {path}: {error.strerror}")
    except (AttributeError, KeyError, TypeError, ValueError):
        sys.exit(f"demo: {path} holds no figures of make demo")
    print("\n".join(lines))
    page = os.path.join(os.path.dirname(path), "contrast.html")
    if os.path.exists(page):
        print("\n" + speech.words["its_page"].format(page))


if __name__ == "__main__":
    main()
