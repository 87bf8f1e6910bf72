"""Lockstep and CPython side by side: the same work in the same minutes, rounds interleaved.

    peers.py FOLDER [--rounds N] [--tiny] [--json FILE]

FOLDER holds tests/peers/lockstep and solutions/NN-topic/program. The Python that runs this is the
one that is measured. FREE=python3.13t (a build without the GIL) gets its own column, and is
compared with threads without the lock. --tiny takes sizes that mean nothing, only to see that
everything starts and ends.
"""
import argparse
import itertools
import json
import os
import re
import shutil
import subprocess
import sys

from peers_rows import rows_of

HERE = os.path.dirname(os.path.abspath(__file__))


class Failed(Exception):
    pass


def keep_to_one_cpu():
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def run(command, before=None):
    try:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                preexec_fn=before)
    except OSError as error:
        raise Failed("%s: %s" % (command[0], error.strerror)) from None
    if result.returncode != 0:
        raise Failed("%s: %s" % (" ".join(command), result.stderr.strip().split("\n")[-1]))
    return result.stdout.strip()


def gdb_switches(python, threads, interval_us, for_ms):
    """CPython's own count, looked at by gdb twice, so long apart. None where that cannot be."""
    count = "_PyRuntime.ceval.gil.switch_number"
    if sys.version_info >= (3, 12):
        count = "_PyRuntime._main_interpreter.ceval.gil->switch_number"
    if not shutil.which("gdb"):
        return None
    command = [python, os.path.join(HERE, "cpython.py"), "switches", threads, interval_us, for_ms]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        child.stdout.readline()
        look = ["-ex", "p " + count]
        now = ["-ex", "shell date +%s.%N"]
        pause = ["-ex", "shell sleep %g" % (int(for_ms) / 1000)]
        said = run(["gdb", "-nx", "-batch", "-p", str(child.pid)] + look + ["-ex", "detach"] + now +
                   pause + now + ["-ex", "attach %d" % child.pid] + look)
        counts = [int(n) for n in re.findall(r"^\$\d+ = (\d+)$", said, re.M)]
        times = [float(t) for t in re.findall(r"^(\d+\.\d+)$", said, re.M)]
        if len(counts) != 2 or len(times) != 2:
            return None
        return (counts[1] - counts[0]) / (times[1] - times[0])
    except Failed:
        return None
    finally:
        child.communicate("\n")


class Measurements:
    def __init__(self, folder, free):
        self.folder = folder
        self.free = free
        self.samples = {}
        # The server that both sides ask; it ends with its input, and so with us.
        self.origin = subprocess.Popen([os.path.join(folder, "tests/peers/lockstep"), "origin",
                                        "20"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       text=True)
        self.port = self.origin.stdout.readline().strip()

    def close(self):
        self.origin.communicate("\n")

    def take(self, side, what):
        """Takes one sample. `what` is a tuple of words; with "one-cpu" in front, on one CPU."""
        one_cpu = keep_to_one_cpu if what[0] == "one-cpu" else None
        words = [str(word) for word in what if word != "one-cpu"]
        if words[0].startswith("fetch-"):
            words.append(self.port)
        if side == "lockstep" and what[0] == "program":
            value = self.run_program(words[1:])
        elif side == "lockstep":
            value = float(run([os.path.join(self.folder, "tests/peers/lockstep")] + words, one_cpu))
        else:
            python = sys.executable if side == "cpython" else self.free
            if what[0] == "switches":
                value = gdb_switches(python, *words[1:])
            else:
                value = float(run([python, os.path.join(HERE, "cpython.py")] + words, one_cpu))
        self.samples.setdefault((side, what), []).append(value)

    def run_program(self, words):
        said = run([os.path.join(self.folder, "solutions", words[0])] + words[1:])
        return float(re.search(r"run time\(sec\) : ([0-9.]+)", said).group(1))

    def of(self, side, what):
        """All samples of one thing, or None."""
        samples = self.samples.get((side, what), [])
        return None if not samples or None in samples else samples


def progress(text):
    if sys.stderr.isatty():
        sys.stderr.write("\r%-79.79s" % text)
    elif text:
        sys.stderr.write(text + "\n")
    sys.stderr.flush()


def measure(measurements, rows, rounds):
    wanted = []
    for draws, group in itertools.groupby(rows, lambda row: row.draws):
        needs = dict.fromkeys(need for row in group for need in row.needs)
        wanted += draws * [need for need in needs if need not in wanted]
    for number in range(rounds):
        if not sys.stderr.isatty():
            progress("round %d of %d" % (number + 1, rounds))
        for at, (side, what) in enumerate(wanted):
            if sys.stderr.isatty():
                progress("round %d of %d, %d of %d: %s %s" %
                         (number + 1, rounds, at + 1, len(wanted), side, " ".join(map(str, what))))
            measurements.take(side, what)
    if sys.stderr.isatty():
        sys.stderr.write("\r%79s\r" % "")


def figure(value):
    if value is None:
        return "-"
    return "%.0f" % value if value >= 1000 else "%.3g" % value


def print_table(rows, measurements, free):
    def print_line(what, unit, theirs, freed, ours, verdict):
        column = "%9s " % freed if free else ""
        print("%-46s %-8s %9s %s%9s  %s" % (what, unit, theirs, column, ours, verdict))

    print_line("what", "unit", "CPython", "no GIL", "Lockstep", "compared")
    kind = None
    for row in rows:
        if row.kind != kind:
            kind = row.kind
            print("\n%s" % {"fidelity": "Is it like CPython?", "speed": "Is it faster?",
                            "bare": "Against the bare thing, in C (left column)"}[kind])
        print_line(row.what, row.unit, *map(figure, row.figures(measurements)),
                   row.verdict(*row.values(measurements)))
        spread = row.spread(measurements)
        if spread:
            print("    %s" % spread)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--json", default=None)
    parser.add_argument("--free", default=None, help="a Python without the GIL")
    options = parser.parse_args()
    free = options.free
    versions = [run([python, os.path.join(HERE, "cpython.py"), "version"])
                for python in (sys.executable, free) if python]
    if free and "without GIL" not in versions[1]:
        raise Failed("FREE=%s is a Python that has a GIL" % free)
    measurements = Measurements(options.folder, free)
    rows = rows_of(options.tiny, free)
    print("%s and Lockstep, %d rounds, interleaved; %d CPUs" %
          (", ".join(versions), options.rounds, len(os.sched_getaffinity(0))))
    print("A figure is the median of all rounds; a ratio, that of pairs.\n")
    sys.stdout.flush()
    try:
        measure(measurements, rows, options.rounds)
    finally:
        measurements.close()
    print_table(rows, measurements, free)
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"python": versions[0], "rounds": options.rounds,
                       "rows": [row.as_json(measurements) for row in rows]}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit("peers: %s" % failure)
    except KeyboardInterrupt:
        sys.exit(130)
