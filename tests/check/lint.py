"""What every file here must keep to: form, sizes, arrows between the folders, names.

usage: lint.py            from the top folder, as `make lint` does
Prints a line for each finding. Exit status 1 if there is one.
"""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

MOST_LINES = 300
MOST_COLUMNS = 100

# Who may include what: a folder, and the rooms that its includes may enter. The first folder that a
# path begins with counts. "NN-" stands for the contracts of labs, "NN" for a given header.
ARROWS = (
    ("common/program/", ("common/",)),
    ("common/", ("common/",)),
    ("labs/", ("common/", "NN-")),
    ("solutions/", ("common/", "NN-")),
    ("tests/watch/", ("common/", "tests/watch/")),
    ("tests/judge/", ("common/", "tests/watch/", "tests/judge/")),
    ("tests/harness/", ("common/", "tests/watch/", "tests/harness/", "NN-")),
    ("tests/suites/", ("common/", "tests/watch/", "tests/harness/", "tests/suites/", "NN-")),
    ("tests/bench/", ("common/", "tests/bench/", "NN-")),
    ("tests/scale/", ("common/", "tests/scale/", "NN-")),
    ("tests/peers/", ("common/", "tests/peers/", "NN-")),
    ("tests/unit/", ("common/", "tests/", "NN-")),
)
# What a student reads first stands on nothing that only programs need.
STUDENTS = re.compile(r"common/[a-z_]+\.[ch]$")

# Programs and scripts that serve every lab: no lab's name or number stands in their code.
GENERIC = re.compile(r"^(Makefile|common/.*|labs/[a-z]+\.sh|\.ci/run|"
                     r"tests/(mutants|machines)/.*\.py|"
                     r"tests/(watch|judge|check|class|tools|unit/support|harness)/.*)$")
# Here engines and contracts are tied to their labs, once; a unit test holds it against labs/table.
TIED = ("tests/harness/engines.c", "tests/tools/skeletons.sha256")
# The answers and lab that tests of these programs are made with.
MADE = re.compile(r"tests/(check/(builder_cases\.py$|test_|new-lab/)|class/test_)")

PATHS = (
    ("a path of one machine", r"(^|[^\w./-])/(wor[k]|roo[t]|hom[e])/", r""),
    ("a path for scripts only", r"(^|[^\w./-])/tm[p]/", r"(\.[ch]|\.md|^Makefile)$"),
)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def files(*patterns):
    """Every file that is, or could be, committed."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns)
    if listed.returncode:
        sys.exit(f"lint: {listed.stderr.strip()}")
    return [name for name in sorted(set(listed.stdout.splitlines())) if os.path.isfile(name)]


def lines_of(name):
    with open(name, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def have(tool):
    if shutil.which(tool):
        return True
    print(f"lint: {tool} is not installed: left out (make setup DEV=1 brings it)", file=sys.stderr)
    return False


def labs():
    with open("labs/table", encoding="utf-8") as table:
        rows = [line.split() for line in table if line.strip() and not line.startswith("#")]
    return [row[0] for row in rows[1:]]


def formatting(sources):
    if have("clang-format"):
        said = run("clang-format", "--dry-run", "-Werror", *sources).stderr
        for name in sorted(set(re.findall(r"^(\S+?):\d+:\d+: error: ", said, re.M))):
            yield f"{name}: clang-format has it otherwise (make format)"


def sizes(sources, scripts):
    for name in sources + scripts + files("handouts/*.md", "*.py"):
        lines = lines_of(name)
        if len(lines) > MOST_LINES:
            yield f"{name}: {len(lines)} lines, and {MOST_LINES} are allowed"
    for name in sources + scripts + files("*.py"):
        for number, line in enumerate(lines_of(name), 1):
            if len(line) > MOST_COLUMNS and not name.startswith("tests/submissions/"):
                yield f"{name}:{number}: {len(line)} columns, and {MOST_COLUMNS} are allowed"


def syntax(scripts):
    for name in scripts:
        shell = "bash" if "bash" in lines_of(name)[0] else "sh"
        yield from run(shell, "-n", name).stderr.splitlines()
    if have("shellcheck"):
        yield from run("shellcheck", "-x", "--format=gcc", *scripts).stdout.splitlines()


def line_ends():
    """A carriage return in a script is a part of its words: no checkout may put one there."""
    for line in run("git", "ls-files", "--eol").stdout.splitlines():
        state, _, name = line.partition("\t")
        if not state.startswith("i/lf") or "eol=lf" not in state:
            yield f"{name}: its lines may not end as they do on Linux (.gitattributes)"


def arrows(sources):
    """Arrows run one way: common <- contracts <- answers <- programs and tests."""
    for name in sources:
        rooms = next((rooms for folder, rooms in ARROWS if name.startswith(folder)), None)
        if rooms is None:
            continue
        if STUDENTS.match(name):
            rooms = ("common/",)
        for number, line in enumerate(lines_of(name), 1):
            found = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
            if not found:
                continue
            room = re.sub(r"^\d\d-", "NN-", found[1])
            if not room.startswith(rooms):
                yield f"{name}:{number}: {found[1]} is not for {os.path.dirname(name)}/"
            if STUDENTS.match(name) and room.startswith("common/program/"):
                yield f"{name}:{number}: what a student needs stands on {found[1]}"


def names():
    """A lab is known from labs/table alone. Comments and usage lines may give examples."""
    known = labs()
    topics = "|".join(re.escape(lab) for lab in known)
    numbers = "|".join(lab.split("-")[0] for lab in known)
    pattern = re.compile(rf"\b({topics})\b|[\"']({numbers})[\"']|\b({numbers})-\*")
    for name in files():
        if not GENERIC.match(name) or name in TIED or MADE.match(name):
            continue
        for number, line in enumerate(lines_of(name), 1):
            code = re.sub(r"^\s*(#|\*|/\*).*|/\*.*?\*/", "", line)
            if pattern.search(code):
                yield (f"{name}:{number}: a lab's name or number in a generic program: "
                       f"{line.strip()}")


def paths():
    for why, pattern, where in PATHS:
        for name in files():
            if not re.search(where, name) or name.endswith((".png", ".svg")):
                continue
            for number, line in enumerate(lines_of(name), 1):
                if re.search(pattern, line):
                    yield f"{name}:{number}: {why}: {line.strip()[:60]}"


def wants_mpi(name):
    """What cannot be read where MPI is not installed."""
    return any("<mpi.h>" in line or "-calls.h" in line for line in lines_of(name))


def tidy():
    if not have("clang-tidy"):
        return
    # Skeletons are the solutions, unfinished; submissions are meant to be odd.
    unfinished = {line.split()[1] for line in lines_of("tests/tools/skeletons.sha256")}
    mpi = run("pkg-config", "--cflags", "mpich").stdout.replace("-I", "-isystem ").split() \
        if have("pkg-config") else []
    sources = [name for name in files("*.c")
               if name not in unfinished and not MADE.match(name)
               and not name.startswith("tests/submissions/") and (mpi or not wants_mpi(name))]
    flags = lines_of("compile_flags.txt") + mpi
    groups = [sources[i:i + 4] for i in range(0, len(sources), 4)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(
            lambda group: run("clang-tidy", "--quiet", *group, "--", *flags).stdout, groups)
        findings = {line.replace(os.getcwd() + "/", "") for text in said
                    for line in text.splitlines() if re.search(r": (warning|error): ", line)}
    yield from sorted(findings)


def main():
    sources, scripts = files("*.c", "*.h"), files("*.sh", ".ci/run")
    findings = [line for check in (formatting(sources), sizes(sources, scripts), syntax(scripts),
                                   line_ends(), arrows(sources), names(), paths(), tidy())
                for line in check]
    for line in findings:
        print(line)
    if findings:
        sys.exit(f"lint: {len(findings)} findings")
    print(f"lint: nothing found in {len(files())} files")


if __name__ == "__main__":
    main()
