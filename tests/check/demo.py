"""Does the demo end well, and leave nothing? It starts a server, which its tasks ask.

usage: demo.py PROGRAM SCRATCH
Prints a line for each thing that is wrong; exit status 1 then. Nothing hangs on PATIENCE: it only
ends what hangs.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

PATIENCE = 120
QUICK = ("--quick", "--rounds", "1")


def doors():
    """The sockets of this machine that listen, as links in /proc say it."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}


def opened(pid):
    """What a process has open; nothing if it has ended."""
    folder, links = f"/proc/{pid}/fd", set()
    try:
        for name in os.listdir(folder):
            links.add(os.readlink(f"{folder}/{name}"))
    except OSError:
        pass
    return links


def children(pid):
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                parent = file.read().rpartition(")")[2].split()[1]
        except OSError:
            continue    # it has ended
        if parent == str(pid):
            yield name


def server_of(process):
    """The socket at which a child of the program listens; None if it ends before that."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        for child in children(process.pid):
            found = opened(child) & doors()
            if found:
                return found.pop()
        time.sleep(0.01)
    return None


def leaves(program, number=None):
    """What the program leaves at its end, or (number) when a signal ends it in the middle."""
    options = QUICK if number is None else ("--quick", "--rounds", "1000")
    # What a shell starts in the background ignores SIGINT, and so does what it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    door = server_of(process)
    if number is not None:
        process.send_signal(number)
    process.wait()
    if door is None:
        return "has no server that it asks"
    until = time.monotonic() + PATIENCE
    while door in doors():
        if time.monotonic() > until:
            return f"leaves its server {'after ' + signal.Signals(number).name if number else ''}"
        time.sleep(0.01)
    return None


def run(program, scratch, *options, within=()):
    """What it says on standard error, and the JSON that it writes; None if it failed."""
    path = os.path.join(scratch, "demo.json")
    done = subprocess.run([*within, program, *QUICK, "--json", path, *options], timeout=PATIENCE,
                          capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        return f"{done.stdout[-1000:]}{done.stderr}", None
    with open(path, encoding="utf-8") as file:
        return done.stderr, json.load(file)


def waits(figures):
    """What the last of the two kinds of work was, and what is said of it."""
    return figures["workloads"][-1]["title"], figures["workloads"][-1]["says"]


def wrong(program, scratch):
    said, figures = run(program, scratch)
    if not figures:
        yield f"fails: {said}"
        return
    title, says = waits(figures)
    if "server" not in title or "server" not in says:
        yield f"does not say that a server was asked: {title}; {says}"
    said, figures = run(program, scratch, "--waits")
    if not figures or "block for" not in waits(figures)[0] or "server" in waits(figures)[1]:
        yield f"--waits does not just wait: {said}"
    # A network of its own, whose loopback device is down.
    alone = ("unshare", "--user", "--map-root-user", "--net")
    if shutil.which("unshare") and not subprocess.run([*alone, "true"], capture_output=True,
                                                      check=False).returncode:
        said, figures = run(program, scratch, within=alone)
        if not figures or "block for" not in waits(figures)[0] or "no server can be" not in said:
            yield f"without a loopback device it does not just wait, and say so: {said}"
    for number in (None, signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        problem = leaves(program, number)
        if problem:
            yield problem


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    lines = [f"demo: {line}" for line in wrong(*sys.argv[1:])]
    print("\n".join(lines), end="\n" if lines else "")
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()
