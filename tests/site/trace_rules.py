"""Would Perfetto read this trace as it is meant? Its rules for Chrome's JSON, which other viewers
share, as google/perfetto's trace processor keeps them.

usage: trace_rules.py FILE
Prints a line for each rule that is broken; exit status 1 then, 2 if the file cannot be read.
"""

import json
import sys
from collections import defaultdict

# What an event of a kind must have, besides its kind and run.
NEEDED = {"X": ("name", "ts", "dur", "tid"), "M": ("name", "args"), "C": ("name", "ts", "args"),
          "s": ("cat", "name", "id", "ts", "tid"), "f": ("cat", "name", "id", "ts", "tid", "bp")}
NAMES = ("process_name", "thread_name")


def missing(event):
    """The fields that an event lacks; a number that means something else is lacking, too."""
    for name in ("pid", *NEEDED[event["ph"]]):
        if name not in event:
            yield f"has no {name}"
    for name in ("pid", "tid"):
        # 0 would become another number, and a large one 0.
        if not 0 < event.get(name, 1) < 2**32:
            yield f"{name} is {event[name]}"
    if event["ph"] == "M" and event["name"] in NAMES and not event["args"].get("name"):
        yield "names nothing"
    if event["ph"] == "C" and not event.get("args"):
        yield "counts nothing"
    if event.get("dur", 0) < 0 or event.get("ts", 0) < 0:
        yield "is before the beginning, or ends before it begins"


def open_at(slices, ts):
    return any(begin <= ts < end for begin, end in slices)


def overlaps(slices):
    """Slices of a row must nest; ours follow one another."""
    ends = float("-inf")
    for begin, end in sorted(slices):
        if begin < ends - 1e-6:
            yield f"at {begin} us a slice begins before the last one ends, at {ends} us"
        ends = max(ends, end)


def arrows(events, slices):
    """An arrow begins in an open slice, ends in one, later, and has a number of its own."""
    begun = {}
    for event in events:
        if event["ph"] not in "sf":
            continue
        where = (event["pid"], event["tid"])
        if not open_at(slices[where], event["ts"]):
            yield f"arrow {event['id']}: no slice is open at {event['ts']} us in row {where}"
        if event["ph"] == "s":
            if event["id"] in begun:
                yield f"arrow {event['id']} begins twice"
            begun[event["id"]] = event["ts"]
        elif event["id"] not in begun:
            yield f"arrow {event['id']} ends before it begins"
        elif begun.pop(event["id"]) > event["ts"]:
            yield f"arrow {event['id']} leads back in time"
        elif event["bp"] != "e":
            yield f"arrow {event['id']} ends at the next slice, and not at the one around it"
    for number in begun:
        yield f"arrow {number} does not end"


def broken(trace):
    """A line for each rule that a trace breaks."""
    events = trace["traceEvents"] if isinstance(trace, dict) else trace
    known = [event for event in events if event.get("ph") in NEEDED]
    found = [f"an event of the kind {event.get('ph')}" for event in events if event not in known] \
        if len(known) < len(events) else []
    faults = [f"{event['ph']} {event.get('name')}: it {fault}" for event in known
              for fault in missing(event)]
    if found or faults:
        return found + faults
    slices = defaultdict(list)
    for event in known:
        if event["ph"] == "X":
            slices[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
    if not slices:
        return ["no slices"]
    return [f"row {row}: {fault}" for row in slices for fault in overlaps(slices[row])] \
        + list(arrows(known, slices))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: trace_rules.py FILE")
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            trace = json.load(file)
    except (OSError, ValueError) as problem:
        print(f"trace_rules: {problem}", file=sys.stderr)
        sys.exit(2)
    lines = broken(trace)
    for line in lines:
        print(f"{sys.argv[1]}: {line}")
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()
