"""Shows an earlier run of the contrast: its figures and what they say.

usage: earlier.py FILE        the figures that make demo wrote: contrast.json, or its folder
"""

import itertools
import json
import os
import sys
import textwrap

import demo

BAR = 18
FORM = "  {:<12}  {:>9}  {:<18}  {:>7}  {:>8}  {:>13}"


def line(row, longest):
    if "error" in row:
        return f"  {row['engine']:<12}  {row['error']}"
    switches = row["lock_switches"]
    return FORM.format(row["engine"], demo.milliseconds(row["seconds"] * 1000),
                       "#" * max(1, round(BAR * row["seconds"] / longest)),
                       demo.speedup(row), demo.milliseconds(row["cpu_seconds"] * 1000),
                       "-" if switches is None else switches)


def table(rows):
    longest = max((row["seconds"] for row in rows if row.get("seconds")), default=1)
    head = FORM.format("engine", "wall time", "", "speedup", "CPU time", "lock switches")
    return "\n".join([head, *(line(row, longest) for row in rows)])


def report(contrast):
    machine = contrast["machine"]
    yield f"An earlier run, on {machine['processor']}, {machine['usable_cpus']} usable CPUs."
    about = {one["name"]: one for one in contrast["workloads"]}
    for name, rows in itertools.groupby(contrast["rows"], lambda row: row["workload"]):
        yield f"\n{name.upper()}  {about[name]['title']}\n"
        yield table(list(rows))
    yield "\nON THAT RUN\n"
    for one in contrast["workloads"]:
        yield textwrap.fill(one["says"], 80, initial_indent="  ", subsequent_indent="  ")
    if contrast.get("go_on"):
        yield "\n" + "\n".join(f"  {line}" for line in contrast["go_on"])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path = sys.argv[1]
    if os.path.isdir(path):
        path = os.path.join(path, "contrast.json")
    try:
        with open(path, encoding="utf-8") as file:
            lines = list(report(json.load(file)))
    except OSError as error:
        sys.exit(f"demo: {path}: {error.strerror}")
    except (ValueError, KeyError, TypeError):
        sys.exit(f"demo: {path} holds no figures of make demo")
    print("\n".join(lines))
    page = os.path.join(os.path.dirname(path), "contrast.html")
    if os.path.exists(page):
        print(f"\nIts timelines, as a page for a browser: {page}")


if __name__ == "__main__":
    main()
