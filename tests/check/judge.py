"""Lets the judge judge, and reads its verdict."""

import functools
import json
import subprocess
from dataclasses import dataclass, field

# A judge that has not ended by then hangs itself. No student's verdict hangs on this time: a class
# is graded without it.
SECONDS = 600
FULL, LESS = 0, 1


@dataclass
class Test:
    lab: str
    name: str
    outcome: str    # passed, failed, not-started or not-run
    text: str = ""  # what the judge says of it
    look_at: str = ""    # the function that its failure leads to
    shown: bool = False  # the report shows its failure in full


@dataclass
class Verdict:
    status: object                             # the judge's exit status; None if it was ended
    tests: list = field(default_factory=list)
    errors: str = ""                           # what it wrote to standard error
    trouble: str = ""                          # why a lab was not built

    @property
    def built(self):
        """Of what was not built, no test is run."""
        return any(test.outcome != "not-run" for test in self.tests)

    @property
    def outcomes(self):
        return {f"{test.lab}/{test.name}": test.outcome for test in self.tests}

    @property
    def looks(self):
        """The functions that the failures shown lead to, in the report's order."""
        return [test.look_at for test in self.tests if test.shown]

    def lost(self):
        return [test.name for test in self.tests if test.outcome != "passed"]


@functools.lru_cache(maxsize=None)
def tree_version():
    """Asked once, as the judge takes a tenth of a second to ask git."""
    return subprocess.run(["sh", "common/scripts/version.sh"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.strip()


def command(build, labs, source, out, *options):
    return [build.judge, "--build", build.path, "--src", source, "--tree", tree_version(),
            "--labs", ",".join(lab.name for lab in labs), "--out", out, *options]


def judge(processes, build, labs, source, out, *options):
    """The judge's verdict on source/LAB for each of the labs; `out` is a folder for it alone."""
    verdict = ask(processes, command(build, labs, source, out, "--brief", *options), out)
    if not verdict.built:
        verdict.trouble = "".join(read(f"{out}/{lab.name}.build") for lab in labs)
    return verdict


def ask(processes, words, out, env=None, seconds=SECONDS):
    done = processes.run(words, seconds, env)
    tests = parse_brief(done.out)
    entries = read_entries(f"{out}/results.json")
    for test in tests:
        entry = entries.get((test.lab, test.name), {})
        more = entry.get("extra_data", {})
        test.text = entry.get("output", "")
        test.look_at, test.shown = more.get("look_at", ""), more.get("shown", False)
    return Verdict(done.status, tests, done.err)


def parse_brief(text):
    """Lines "LAB/TEST OUTCOME"."""
    tests = []
    for line in text.splitlines():
        name, _, outcome = line.partition(" ")
        lab, _, test = name.partition("/")
        tests.append(Test(lab, test, outcome))
    return tests


def read_entries(path):
    """{(lab, test): its entry in the results}; empty if there are none."""
    entries = json.loads(read(path) or '{"tests": []}')["tests"]
    return {name_of(entry): entry for entry in entries}


def read_labs(path):
    """{lab's name: what the results say of it as a whole}; empty if there are none."""
    about = json.loads(read(path) or "{}").get("extra_data", {})
    return {entry["lab"]: entry for entry in about.get("labs", ())}


def read(path):
    """A file's text; "" if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def name_of(entry):
    """An entry is called "LAB / TEST: title"."""
    lab, _, rest = entry["name"].partition(" / ")
    return lab, rest.partition(":")[0]


def isolates(processes, build, lab, scratch):
    """Do namespaces hold here whatever a test may try? There is nothing to build in an empty
    folder: the judge says so at once, unless it refuses to work at all.
    """
    verdict = judge(processes, build, [lab], scratch, f"{scratch}/probe", "--isolated")
    return verdict.status == LESS


def has_namespaces(processes, build, lab, scratch):
    """Are there any, whatever they hold?"""
    judge(processes, build, [lab], scratch, f"{scratch}/probe")
    return json.loads(read(f"{scratch}/probe/results.json"))["extra_data"]["isolated"]


def tests_of(processes, build, lab):
    """The names of a lab's tests, as its suite lists them."""
    listed = processes.run([build.suite(lab), "--list"], SECONDS)
    if listed.status != 0:
        raise SystemExit(f"{build.suite(lab)} --list: status {listed.status}. {listed.err}")
    return [line.partition("\t")[0] for line in listed.out.splitlines()]
