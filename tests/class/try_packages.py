"""Makes the package for each system, and plays that system: unpacks it, calls what the system would
call, and looks at what it would show for a right answer, for a wrong one, and when the judge cannot
work: then there is no score, and it says that the grader failed.

usage: try_packages.py [--only SYSTEM]
Exit status 1 if something is not as it should be.
"""

import argparse
import json
import os
import re
import shutil
import sys
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "check"))

import convert
import made
import outcome
import session
import table
from try_class import read


class Stage:
    """Where one system is played: its folders, and what it has in its environment."""

    def __init__(self, processes, scratch, package):
        self.processes, self.scratch, self.package = processes, scratch, package
        self.place = f"{scratch}/place"    # the grader is built once for all systems
        self.bin = f"{scratch}/bin"
        self.number = 0

    def folder(self):
        self.number += 1
        os.makedirs(f"{self.scratch}/{self.number}")
        return f"{self.scratch}/{self.number}"

    def run(self, words, folder, env=None):
        """What is printed. No verdict hangs on the time."""
        done = self.processes.run(
            ["env", "-C", folder, *words], 1200,
            {"LOCKSTEP_PLACE": self.place, "PATH": f"{self.bin}:{os.environ['PATH']}",
             **(env or {})})
        return done


def hand_in(folder, files):
    for path, data in files.items():
        made.put(f"{folder}/{os.path.basename(path)}", data)


# ---- the systems: each returns what a student reads, and the share of the points or None ---------

def gradescope(stage, files):
    root = stage.folder()
    with zipfile.ZipFile(f"{stage.package}/../lockstep-gradescope.zip") as archive:
        archive.extractall(f"{root}/source")
    env = {"AUTOGRADER": root}
    done = stage.run(["sh", f"{root}/source/setup.sh"], root, env)
    hand_in(f"{root}/submission", files)
    shutil.copyfile(f"{root}/source/run_autograder", f"{root}/run_autograder")
    done = stage.run(["sh", f"{root}/run_autograder"], root, env)
    text = read(f"{root}/results/results.json")
    tests = json.loads(text)["tests"]
    if done.status or any("score" not in test for test in tests):
        return text, None
    return text, sum(test["score"] for test in tests) / sum(test["max_score"] for test in tests)


def autolab(stage, files):
    folder = stage.folder()
    shutil.copyfile(f"{stage.package}/autograde.tar", f"{folder}/autograde.tar")
    shutil.copyfile(f"{stage.package}/autograde-Makefile", f"{folder}/Makefile")
    hand_in(folder, files)
    text = stage.run(["make"], folder).out
    try:
        scores = json.loads(text.splitlines()[-1])["scores"]
    except (ValueError, IndexError):
        return text, None
    return text, sum(scores.values()) / int(re.search(r"/ (\d+)", text)[1])


def classroom50(stage, files):
    folder, bundle = stage.folder(), stage.folder()
    shutil.copytree(stage.package, bundle, dirs_exist_ok=True)
    for path, data in files.items():
        made.put(f"{folder}/labs/{path}", data)
    done = stage.run([sys.executable, f"{bundle}/autograder.py"], folder,
                     {"GITHUB_SHA": "0" * 40, "ASSIGNMENT": "first"})
    if not os.path.exists(f"{folder}/result.json"):
        return done.err, None
    result = json.loads(read(f"{folder}/result.json"))
    wanted = {"schema", "classroom", "assignment", "submission", "commit", "release", "review",
              "datetime", "score", "max-score", "tests"}
    if set(result) != wanted or done.status:
        return f"its fields are {sorted(result)}", None
    return json.dumps(result), result["score"] / result["max-score"]


def github(stage, files):
    """The teacher's repository, whose two jobs run on two machines; the student's has only work."""
    student, fetching, grading, temp = (stage.folder() for _ in range(4))
    for path, data in files.items():
        made.put(f"{student}/labs/{path}", data)
    for words in ("init", "--quiet"), ("add", "."), ("commit", "--quiet", "-m", "My answer"):
        stage.run(["git", "-c", "user.name=s01", "-c", "user.email=s01@example.org", *words],
                  student, {"HOME": temp})
    jobs = read(f"{stage.package}/.github/workflows/grade.yml").partition("\n  grade:\n")
    if "secrets." in jobs[2]:
        return "the job that runs students' programs has a secret", None
    for job, folder in (jobs[0], fetching), (jobs[2], grading):
        shutil.copytree(stage.package, folder, dirs_exist_ok=True)
        made.put(f"{folder}/repositories", f"# who, where\ns01 {student}\n".encode())
        if job is jobs[2]:
            shutil.copyfile(f"{fetching}/hand-ins.tar", f"{folder}/hand-ins.tar")
        script = re.sub("(?m)^ {10}", "", re.search(r"run: \|\n((?: {10}.*\n)+)", job)[1])
        done = stage.run(["bash", "-e", "-o", "pipefail", "-c", script], folder, {"HOME": temp})
        if done.status and job is jobs[0]:
            return done.err, None
    result = outcome.load(f"{grading}/grades/results/s01.json")
    text = read(f"{grading}/grades/feedback/s01.txt")
    if done.status or result.failed:
        return text, None
    return text, result.points(False) / result.most(False)


def prairielearn(stage, files):
    root = stage.folder()
    shutil.copytree(f"{stage.package}/tests", f"{root}/tests")
    json.loads(read(f"{stage.package}/info.json"))
    hand_in(f"{root}/student", files)
    stage.run([f"{root}/tests/run.sh"], root, {"GRADE_ROOT": root})
    result = json.loads(read(f"{root}/results/results.json"))
    return json.dumps(result), result["score"] if result["gradable"] else None


def vpl(stage, files):
    folder = stage.folder()
    shutil.copytree(stage.package, folder, dirs_exist_ok=True)
    hand_in(folder, files)
    made.put(f"{folder}/vpl_environment.sh", b"export VPL_GRADEMAX=20\n")
    stage.run(["bash", "./vpl_evaluate.sh"], folder)
    text = stage.run(["./vpl_execution"], folder).out
    grade = re.search(r"^Grade :=>> *([\d.]+)$", text, re.M)
    return text, float(grade[1]) / 20 if grade else None


def coderunner(stage, files):
    folder = stage.folder()
    shutil.copyfile(f"{stage.package}/grader.tar.gz", f"{folder}/grader.tar.gz")
    answer = next(iter(files.values())).decode()
    escaped = answer.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")
    template = read(f"{stage.package}/template.py").replace(
        "{{ STUDENT_ANSWER | e('py') }}", escaped)
    made.put(f"{folder}/prog.py", template.encode())
    done = stage.run([sys.executable, "prog.py"], folder)
    if done.err:
        return done.err, None
    return done.out, json.loads(done.out)["fraction"]


SYSTEMS = (gradescope, autolab, classroom50, github, prairielearn, vpl, coderunner)


FORGED = ("result", "result.json", "vpl_execution", ".submission", ".grader", "submission",
          "grader")


class Trial:
    def __init__(self, processes, scratch):
        self.processes, self.scratch, self.wrong = processes, scratch, 0
        self.lab = min(table.read(), key=lambda lab: lab.place)
        maker = made.Maker(processes, scratch, [self.lab], isolated=False)
        self.right, self.bad = (maker.fill(made.student(number), kind).files
                                for number, kind in enumerate(("right", "wrong")))
        # Setting up asks apt, which has nothing to do here; and this machine stays as it is.
        for name in "apt-get", "sudo":
            made.put(f"{scratch}/bin/{name}", b"#!/bin/sh\nexit 0\n")
            os.chmod(f"{scratch}/bin/{name}", 0o755)

    def package(self, system):
        done = self.processes.run([sys.executable, "-B", f"{HERE}/autograder.py", "--for", system,
                                   "--out", f"{self.scratch}/packages", self.lab.name])
        if done.status:
            raise SystemExit(done.err)
        return f"{self.scratch}/packages/{system}"

    def say(self, system, what, holds, text):
        self.wrong += not holds
        print(f"  {'ok' if holds else 'FAILED'}  {system}: {what}", flush=True)
        if not holds:
            print(text)

    def forged(self, name):
        """Full scores, under the names of files that the packages' own scripts make."""
        test = outcome.Test(self.lab.name, "all", "forged", 100, 100, "passed")
        full = outcome.Outcome("forged", labs=[outcome.Lab(self.lab.name, tests=[test])])
        text = convert.FORMATS.get(name, convert.gradescope)(full, {}).encode()
        return dict.fromkeys(FORGED, text)

    def play(self, system):
        name = system.__name__
        os.makedirs(f"{self.scratch}/{name}", exist_ok=True)
        stage = Stage(self.processes, f"{self.scratch}/{name}", self.package(name))
        stage.place, stage.bin = f"{self.scratch}/place", f"{self.scratch}/bin"
        began = time.monotonic()
        text, share = system(stage, self.right)
        seconds = time.monotonic() - began
        self.say(name, f"a right answer has full score ({seconds:.0f} s)", share == 1, text)
        text, share = system(stage, self.bad)
        self.say(name, f"a wrong one has {share:.0%} and words" if share else "a wrong one",
                 share is not None and 0 < share < 1 and "Look at" in text, text)
        text, forged = system(stage, {**self.bad, **self.forged(name)})
        self.say(name, "with results that the student hands in it has no more",
                 forged in (share, None), text)
        with Broken(stage.place):
            text, share = system(stage, self.right)
        self.say(name, "if the judge cannot work, there is no score", share is None and
                 outcome.SORRY in text, text)


class Broken:
    """A judge that ends with status 2."""

    def __init__(self, place):
        self.judge = f"{place}/build/gcc/tests/judge/judge"

    def __enter__(self):
        os.rename(self.judge, f"{self.judge}.whole")
        made.put(self.judge, b"#!/bin/sh\necho 'judge: a limit of this machine' >&2\nexit 2\n")
        os.chmod(self.judge, 0o755)

    def __exit__(self, *_):
        os.replace(f"{self.judge}.whole", self.judge)


def tried(call, processes, scratch):
    trial = Trial(processes, scratch)
    for system in SYSTEMS:
        if call.only in system.__name__:
            trial.play(system)
    return 1 if trial.wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="",
                        choices=["", *(system.__name__ for system in SYSTEMS)])
    call = parser.parse_args()
    return session.run(lambda processes, scratch: tried(call, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
