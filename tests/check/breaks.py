"""Does what `make break` shows happen, and does it leave nothing behind? Each program of
labs/NN-topic/break is shown three times: until the line comes that its head says to look for, then
Enter; and, as soon as it has printed anything, Ctrl-C, and SIGKILL for whoever shows it. One more,
which closes its output and sleeps, is ended when its time is over.

Each check returns lines, which say what is wrong. Copies in the scratch folder are run, so that
processes that are left can be told from those of others.
"""

import concurrent.futures
import contextlib
import glob
import os
import re
import shutil
import signal
import subprocess
import threading
import time

import beside
import judge

BAR = "  | "
# What is dying may take its time on a busy machine. Nothing is left if it is gone in the end.
PATIENCE_S = 60
# No fork bomb stops at a limit if none binds the user: then whoever shows it ends it.
COUNTED = "there were more than"
SILENT = """/* silent: a program that closes its output, and sleeps */
#include <unistd.h>

int main(void)
{
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    pause();
}
"""


def look_for(source):
    with open(source, encoding="utf-8") as file:
        found = re.search(r"^ \* Look for: (.+)$", file.read(), re.M)
    return found and found[1]


def copies(objects, scratch):
    """Copies what is run to the scratch folder. Returns the program that shows, and the sources."""
    sources = sorted(glob.glob("labs/*/break/*.c"))
    for source in sources:
        os.makedirs(os.path.dirname(f"{scratch}/{source}"), exist_ok=True)
        shutil.copy(f"{objects}/{source[:-len('.c')]}", f"{scratch}/{os.path.dirname(source)}")
    return shutil.copy(f"{objects}/tests/judge/breaks/breaks", scratch), sources


def make_silent(processes, build, folder):
    """Makes the program SILENT in a folder of the form that is shown. Returns its source."""
    source = "labs/00-none/break/silent.c"
    os.makedirs(os.path.dirname(f"{folder}/{source}"))
    with open(f"{folder}/{source}", "w", encoding="utf-8") as file:
        file.write(SILENT)
    made = processes.run([*build["link"].split(), f"{folder}/{source}",
                          "-o", f"{folder}/{source[:-len('.c')]}"])
    if made.status != 0:
        raise SystemExit(f"{source} cannot be built: {made.err}")
    return source


class Shown:
    """One program while it is shown."""

    def __init__(self, processes, program, scratch, source):
        # Whatever was started in the background ignores Ctrl-C, and so does what it starts.
        self.process = processes.start(
            ["env", "--default-signal=INT", program, "--objects", scratch, "--sources", source,
             "--seconds", "600"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace")
        self.lines = []
        # Nothing that is shown lasts for ever; what hangs must not make `make check` hang.
        self.watchdog = threading.Timer(2 * PATIENCE_S, self.process.kill)
        self.watchdog.start()

    def wait_for(self, words):
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith(BAR) and words in line or COUNTED in line:
                return True
        return False

    def end(self):
        """Its exit status. What it prints at its end is not read: somebody who should be dead, and
        is not, may have the pipe open."""
        status = self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.watchdog.cancel()
        return status

    def said(self):
        return [f"        {line.rstrip()}" for line in self.lines[-6:]]


def press_enter(shown):
    os.write(shown.process.stdin.fileno(), b"\n")


ENDS = (
    ("Enter", press_enter, 0),
    ("Ctrl-C", lambda shown: shown.process.send_signal(signal.SIGINT), 128 + signal.SIGINT),
    ("SIGKILL", lambda shown: shown.process.kill(), -signal.SIGKILL),
)


def show(processes, program, scratch, source):
    """Lines about one program."""
    key, problems = look_for(source), []
    if not key:
        return [f"    {source}: its head has no line \"Look for: ...\""]
    for name, end, status in ENDS:
        shown = Shown(processes, program, scratch, source)
        words = key if end is press_enter else ""
        if not shown.wait_for(words):
            problems += [f"    {source}: \"{words}\" did not come:", *shown.said()]
        with contextlib.suppress(BrokenPipeError, ProcessLookupError):   # it may have ended itself
            end(shown)
        seen = shown.end()
        if seen not in (status, 0):
            problems += [f"    {source}: status {seen} after {name}, not {status}:", *shown.said()]
    return problems


def show_silent(processes, program, folder, source):
    """Its output is at its end at once; it is not."""
    script = 'cd "$1" && exec ./breaks --objects . --sources "$2" --seconds 1'
    done = processes.run(["sh", "-c", script, program, folder, source], 2 * PATIENCE_S)
    if done.status == 0 and "its time was over" in done.out:
        return []
    return [f"    {source} was not ended: status {done.status}.", done.out, done.err]


def files(scratch):
    return {path: os.path.getsize(path) for path in beside.walk(scratch)}


def check(processes, build, labs, scratch):
    folder = f"{scratch}/breaks"
    os.mkdir(folder)
    program, sources = copies(build.objects, folder)
    if not judge.has_namespaces(processes, build, labs[0], scratch):
        return refused(processes, program, folder, sources[0])
    silent = make_silent(processes, build, folder)
    before = files(folder)
    with concurrent.futures.ThreadPoolExecutor(len(sources)) as pool:
        problems = sum(pool.map(lambda source: show(processes, program, folder, source), sources),
                       [])
    problems += show_silent(processes, program, folder, silent)
    until = time.monotonic() + PATIENCE_S
    while (left := beside.processes_left(folder)) and time.monotonic() < until:
        time.sleep(0.05)
    if left:
        problems += ["    Processes are left:", *left]
    if files(folder) != before:
        problems += ["    Files are left:", *sorted(files(folder).keys() - before.keys())]
    return problems


def refused(processes, program, folder, source):
    """Without namespaces nothing is run, and one line says so."""
    done = processes.run([program, "--objects", folder, "--sources", source])
    if done.status == 2 and "nothing was run" in done.err and done.err.count("\n") == 1:
        return []
    return [f"    {source} was not refused, without namespaces:", done.out, done.err]
