"""What else must hold, beside the verdicts. Each check returns lines, which say what is wrong."""

import hashlib
import os
import sys

import spoken as said_in_other_languages
import translations as pages_in_other_languages

TREE = ("Makefile", "README.md", "common", "labs", "solutions", "tests", "handouts")


def tree(build):
    """{path: hash} of every file that nobody has a reason to change meanwhile."""
    hashes = {}
    for top in (*TREE, build.objects):
        for path in [top] if os.path.isfile(top) else walk(top):
            with open(path, "rb") as file:
                hashes[path] = hashlib.sha256(file.read()).hexdigest()
    return hashes


def walk(top):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                yield path


def changed(before, after):
    paths = sorted({*before, *after})
    return [f"    {path}" for path in paths if before.get(path) != after.get(path)]


def processes_left(scratch):
    """Processes that run, stand or read in the scratch folder."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for link in links_of(pid):
            try:
                target = os.readlink(link)
            except OSError:
                continue    # it has ended, or is not ours to look at
            if target.startswith(f"{scratch}/"):
                found.append(f"    {link} -> {target}")
    return found


def links_of(pid):
    try:
        files = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        files = []
    return [f"/proc/{pid}/exe", f"/proc/{pid}/cwd", *(f"/proc/{pid}/fd/{file}" for file in files)]


def skeletons(processes, labs, strict):
    """(lines about what is wrong, lines about skeletons that somebody works on)."""
    topics = [f"{lab.name}/{name}" for lab in labs for name in lab.files]
    done = processes.run(["sh", "tests/tools/skeletons.sh", "check",
                          *(["--strict"] if strict else []), *topics])
    said = (done.out + done.err).splitlines()
    return ([], said) if done.status == 0 else (said, [])


def output_of(processes, scratch, name, *command):
    """What a program prints that prints nothing if all is well."""
    folder = f"{scratch}/{name}"
    os.mkdir(folder)
    done = processes.run([*command, folder])
    said = (done.out + done.err).splitlines()
    return said or ([] if done.status == 0 else [f"It ended with status {done.status}."])


def measures(processes, build, _labs, scratch):
    return output_of(processes, scratch, "measures", "sh", "tests/check/measures.sh", build.objects)


def demo(processes, build, labs, scratch):
    def programs(flag):
        return [f"{build.objects}/solutions/{lab.name}/{lab.files[0][:-2]}" for lab in labs
                if flag in lab.flags]

    return output_of(processes, scratch, "demo", sys.executable, "-B", "tests/check/demo.py",
                     *programs("engines"), *programs("mpi"))


def pages(processes, build, _labs, scratch):
    return output_of(processes, scratch, "pages", sys.executable, "-B", "tests/check/pages.py",
                     "--build", build.path)


def translations(*_):
    found = pages_in_other_languages.check() + said_in_other_languages.check()
    return found + (["make translations marks in these files what is to be translated."]
                    if found else [])


def new_lab(processes, build, _labs, scratch):
    return output_of(processes, scratch, "new-lab", sys.executable, "-B", "tests/check/new_lab.py",
                     "--build", build.path)


def made_class(processes, build, _labs, scratch):
    return output_of(processes, scratch, "class", sys.executable, "-B", "tests/class/try_class.py",
                     "--build", build.path)


def similar_answers(processes, _build, _labs, scratch):
    return output_of(processes, scratch, "similar", sys.executable, "-B",
                     "tests/class/try_similar.py")


def unit_tests(processes, *_):
    """The tests of these programs themselves."""
    found = []
    for folder in ("tests/check", "tests/class", "tests/mutants", "tests/machines",
                   "tests/site"):
        done = processes.run([sys.executable, "-B", "-m", "unittest", "discover", "-s", folder])
        found += done.err.splitlines() if done.status else []
    return found
