"""Does the demo end well, and leave nothing? It starts a server, which its tasks ask.

usage: demo.py PROGRAM [RANKS] SCRATCH     RANKS: the program of the lab that wants MPI
Prints a line for each thing that is wrong; exit status 1 then. Nothing hangs on PATIENCE: it only
ends what hangs.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

PATIENCE = 120
QUICK = ("--quick", "--rounds", "1")
# In the place of the program that measures: its figures are there already.
GIVEN = """#!/bin/sh
cp "$0.json" "$2" && echo '{"traceEvents": []}' >"$4"
"""
# In the place of a program of ranks. Its slowest round has the largest speedup, as one process
# alone was slow then, too. It speaks English, whatever its caller speaks.
RANKS = """#!/bin/sh
echo "$@" >>"$0.calls"
[ "$LOCKSTEP_LANG" = en ] || exit 1
case $2-$(grep -c -e "--ranks $2 " "$0.calls") in
*-1) echo 'One process alone takes 600 ms: the speedup is 2.00.' ;;
2-2) echo 'One process alone takes 320 ms: the speedup is 1.00.' ;;
*-2) echo 'One process alone takes 300 ms: the speedup is 1.20.' ;;
esac
"""


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


def leaves(program, number, *options):
    """What the program leaves at its end, or (number) when a signal ends it in the middle."""
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


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def run(program, scratch, *options, within=()):
    """What it says on standard error, and the JSON that it writes; None if it failed."""
    path = os.path.join(scratch, "demo.json")
    done = subprocess.run([*within, program, *QUICK, "--json", path, *options], timeout=PATIENCE,
                          capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        return f"{done.stdout[-1000:]}{done.stderr}", None
    return done.stderr, read(path)


def waits(figures):
    """What the last of the two kinds of work was, and what is said of it."""
    return figures["workloads"][-1]["title"], figures["workloads"][-1]["says"]


def wrong(program, scratch, figures):
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
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGKILL:
        problem = leaves(program, number, "--quick", "--rounds", "1000")
        if problem:
            yield problem


def write(path, text, mode=0o755):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def said_of_ranks(scratch, ranks, program, *options, language="en"):
    """What the demo says of ranks, with one blank for every run of them, and how it ended."""
    done = subprocess.run(["sh", "handouts/site/demo.sh", f"{scratch}/shown", "--ranks", ranks,
                           program, *options], stdin=subprocess.DEVNULL, capture_output=True,
                          env={**os.environ, "LOCKSTEP_LANG": language},
                          text=True, errors="replace", check=False)
    said = " ".join(done.stdout.split())
    return said[max(0, said.find("Ranks of MPI")):] + done.stderr, done.returncode


def given(scratch, figures, cpus, workers):
    """A program whose figures are these, on another machine."""
    figures["machine"]["usable_cpus"] = cpus
    figures["rounds"] = 2
    for row in figures["rows"]:
        row.update({"workers": workers, "speedup": 1.65} if row["engine"] == "pool" else {})
    path = os.path.join(scratch, "given")
    write(path, GIVEN)
    write(f"{path}.json", json.dumps(figures, indent=2))
    return path


def ranks_wrong(scratch, figures):
    """What is said of ranks, where the figures are known."""
    ranks = os.path.join(scratch, "77-ranks", "ranks")
    for cpus, workers, *expected in (
            (2, 2, "2 ranks, of which 1 computes: 1.00 times", "3 ranks, of which 2 compute: 1.20",
             "had 1.65 times", "3 ranks share 2 CPUs", "1.33 are left", "make run LAB=77 "),
            (1, 2, "3 ranks share one CPU", "0.67 of it"), (1, 1, "2 ranks share one", "0.50 of"),
            (3, 2, "2 compute: 1.20", "Each rank can have a CPU"),
            (4, 4, "4 ranks, of which 3", "5 ranks, of which 4", "3.20 are left")):
        write(ranks, RANKS)
        write(f"{ranks}.calls", "")
        said, status = said_of_ranks(scratch, ranks, given(scratch, figures, cpus, workers))
        missing = [words for words in expected if words not in said]
        if missing or status or workers == 1 and "1 ranks" in said:
            yield f"does not say of ranks {missing} with {workers} workers, but: {said}"
    write(f"{ranks}.calls", "")
    write(ranks, RANKS)
    said, _ = said_of_ranks(scratch, ranks, given(scratch, figures, 2, 2), language="ko")
    if "1.20배" not in said:
        yield f"does not speak Korean of ranks: {said}"
    write(ranks, "#!/bin/sh\nexit 1\n")
    said, status = said_of_ranks(scratch, ranks, given(scratch, figures, 2, 2))
    if "no figure here; make run LAB=77 says why" not in said or status:
        yield f"does not say that ranks did not run: {said}"


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    program, *ranks, scratch = sys.argv[1:]
    path = os.path.join(scratch, "figures.json")
    problem = leaves(program, None, *QUICK, "--json", path)
    lines = [problem] if problem else []
    if not os.path.exists(path):
        lines.append("fails, or writes no figures")
    else:
        lines += [*wrong(program, scratch, read(path)), *ranks_wrong(scratch, read(path))]
    if ranks:
        said, status = said_of_ranks(scratch, *ranks, program, *QUICK, "--workers", "2")
        if status or not re.search(r"1 computes: \d.*3 ranks, of which 2 compute: \d", said):
            lines.append(f"runs no ranks: {said}")
    lines = [f"demo: {line}" for line in lines]
    print("\n".join(lines), end="\n" if lines else "")
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()
