"""Does the judge judge alike on every machine? Makes each odd machine of tests/machines/table, here
and without Docker, and grades in it the references and all right answers.

A line for each: the points of the references, how many right answers score full, whether `make
check` passes where that is asked for, or the line with which grading was refused. Everything
happens in namespaces and control groups of its own. Exit status 0 if each came out as the table
expects it.
"""

import os
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "check"))

import argparse

import machine
import rows
import session
import table
from groups import NotMade
from progress import Progress

# Scratch folders hold whole systems: not in /tmp, which may be small or in memory.
SCRATCH = "build/machines"
# So many answers are named that lost points on a machine.
MOST_LOST = 12
LINE = "{name:18} {references:>10} {right:>7} {check:>6}  {said}"


def parse_options(words):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD",
                        help="only machines with WORD in their names, on that base or so odd")
    parser.add_argument("--check", action="store_true", help="`make check` on each of them")
    parser.add_argument("--quick", action="store_true",
                        help="grade the references only: no other right answers")
    parser.add_argument("--keep", action="store_true",
                        help="keep what the steps printed, in build/machines/NAME")
    return parser.parse_args(words)


def show(row, verdict):
    """A machine's line, and what was lost there."""
    check = {None: "-", True: "passes", False: "FAILS"}[verdict.check]
    if verdict.judged:
        said = ("as expected" if verdict.full else "LOST") if row.full else "JUDGED"
    else:
        said = ("refused" if not row.full and verdict.refused else "REFUSED") + f": {verdict.line}"
        if verdict.doctor_well:
            said += " (and the doctor says that all is well)"
    if verdict.check is False:
        said += f": {verdict.line}"
    print(LINE.format(name=row.name, check=check, said=said,
                      references=f"{verdict.points}/{verdict.most}" if verdict.judged else "-",
                      right=f"{verdict.right}/{verdict.answers}" if verdict.judged else "-"))
    for lost in verdict.lost[:MOST_LOST]:
        print(f"    {lost}")
    if len(verdict.lost) > MOST_LOST:
        print(f"    and {len(verdict.lost) - MOST_LOST} more")
    sys.stdout.flush()


def keep(scratch, name):
    """Whoever looks into it finds what each step printed."""
    kept = f"{SCRATCH}/{name}"
    shutil.rmtree(kept, ignore_errors=True)
    if os.path.isdir(f"{scratch}/out"):
        shutil.copytree(f"{scratch}/out", kept)


def try_one(processes, call, row, scratch):
    """Returns passed, failed or skipped."""
    try:
        verdict = machine.grade(processes, row, scratch, call)
    except NotMade as reason:
        print(LINE.format(name=row.name, references="-", right="-", check="-",
                          said=f"not made here: {reason}"), flush=True)
        return "skipped"
    finally:
        if call.keep:
            keep(scratch, row.name)
        shutil.rmtree(scratch, ignore_errors=True)
    show(row, verdict)
    return "passed" if (verdict.full if row.full else verdict.refused) else "failed"


def run(call, chosen, processes, scratch):
    count = {"passed": 0, "failed": 0, "skipped": 0}
    progress = Progress("tried", [row.base for row in chosen], every=1)
    print(LINE.format(name="machine", references="references", right="right", check="check",
                      said=""))
    for row in chosen:
        began = time.monotonic()
        progress.wait_for(f"all is judged alike on {row.name}")
        count[try_one(processes, call, row, f"{scratch}/{row.name}")] += 1
        progress.step(row.base, time.monotonic() - began, f"({row.name})")
    progress.clear()
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] else 0


def refuse():
    """What is missing to make machines at all."""
    if os.geteuid() != 0:
        raise SystemExit("machines: only root can make machines: sudo make machines")
    for tool in "unshare", "tar", "git":
        if not shutil.which(tool):
            raise SystemExit(f"machines: there is no {tool} here: make setup DEV=1 installs it")


def main():
    call = parse_options(sys.argv[1:])
    refuse()
    chosen = rows.chosen(rows.parse(table.text_of(rows.TABLE)), call.only)
    os.makedirs(SCRATCH, exist_ok=True)
    tempfile.tempdir = os.path.abspath(SCRATCH)
    return session.run(lambda processes, scratch: run(call, chosen, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
