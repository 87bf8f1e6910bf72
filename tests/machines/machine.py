"""One machine: makes it, grades in it, and takes it away."""

import contextlib
import json
import os
import sys

import bases
import groups
import locale_files
import plans
import profiles
import rows
import surroundings
import table
import tree
import verdict

HERE = os.path.dirname(os.path.abspath(__file__))
# No verdict hangs on this time: it only ends a machine that hangs.
SECONDS = 2 * 3600
ROOT_IN_USERNS = {"one": (surroundings.USER, 1), "many": (100000, 65536)}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def environment(row, home):
    env = {"PATH": PATH, "HOME": surroundings.HOME, "USER": "student", "TERM": "dumb",
           "LANG": row.get("lang", "C.UTF-8"), **row.environment}
    if row.has("tz"):
        env["TZ"] = row.get("tz")
    if row.has("lang"):
        locale_files.make(row.get("lang"), f"{home}/locales")
        env["LOCPATH"] = f"{surroundings.HOME}/locales"
    return env


def capabilities(row):
    if row.has("nocaps"):
        return []
    return profiles.CAPABILITIES.get(row.get("seccomp"))


def settings(row):
    """Of make, the same for each call."""
    words = [f"CC={row.compiler}"]
    for key in "cflags", "ldflags":
        if row.has(key):
            words.append(f"{key.upper()}={row.get(key)}")
    return words


def steps(row, folder, answers, check):
    """What is done in the machine: built, asked for its health, graded."""
    def make(name, *words, **options):
        return plans.step(name, folder, ["make", *settings(row), *words], **options)

    def grade(name, source, *words):
        return make(name, "grade", f"SRC={source}", "STRICT=1", *words,
                    keep="build/grade/results.json")

    objects = f"build/{os.path.basename(row.compiler)}"
    source = f"{surroundings.HOME}/{tree.BLANKS}" if row.has("src") else "solutions"
    # Unless it is asked for it, what make setup installs there has no MPI.
    suites = [f"{objects}/solutions/{lab.name}/suite" for lab in table.read()
              if row.has("mpi") or "mpi" not in lab.flags]
    found = [make("build", *suites, f"{objects}/tests/judge/judge", must=True, late=False),
             make("doctor", "doctor"),
             grade("grade", source)]
    found += [grade(f"right-{number}", f"{surroundings.HOME}/{source}", f"LAB={' '.join(labs)}")
              for number, (source, labs) in enumerate(answers)]
    if row.has("cluster"):
        found += [make(f"run-{lab.name}", "run", f"LAB={lab.name}", "SRC=solutions")
                  for lab in table.read() if "mpi" in lab.flags]
        found.append(make("cluster", "cluster", "NODES=4", "SRC=solutions"))
    if check or row.has("check"):
        found.append(make("check", "check"))
    return found


def plan_of(processes, row, scratch, root, owner):
    """All that enter.py must know, but for the steps."""
    return {**plans.PLAIN,
            **{flag: row.has(flag) for flag, off in plans.PLAIN.items()
               if off is False and flag in rows.SWITCHES},
            "root": root, "foreign": bases.processor(row.base), "scratch": scratch,
            "home": f"{scratch}/home", "out": f"{scratch}/out", "owner": owner,
            "user": surroundings.USER if row.user else 0,
            "userns": ROOT_IN_USERNS.get(row.get("userns")),
            "preload": preload(processes, row, scratch), "seccomp": row.get("seccomp"),
            "capabilities": capabilities(row), "cpus": int(row.get("cpus", 0)),
            "ulimits": row.ulimits, "umask": int(row.get("umask", "022"), 8),
            "stdin_closed": row.has("stdin"), "env": environment(row, f"{scratch}/home")}


def preload(processes, row, scratch):
    """A library that every program of the machine gets, or None."""
    if not row.has("nochildren"):
        return None
    made = f"{scratch}/no_children.so"
    done = processes.run(["gcc", "-D_GNU_SOURCE", "-O2", "-fPIC", "-shared", "-o", made,
                          f"{HERE}/no_children.c"])
    if done.status != 0:
        raise groups.NotMade(f"gcc: {done.err.strip()}")
    return made


def limits(row):
    """{controller: value} of control groups."""
    memory = row.get("memory")
    cpu = row.get("cpu")
    return {"memory": memory and int(memory.rstrip("M")) << 20, "cpu": cpu and int(cpu)}


def enter(processes, plan, scratch):
    """Lets a machine take its steps. Raises NotMade if it could not be made."""
    path = f"{scratch}/plan"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(plan, file)
    done = processes.run(["unshare", "--mount", "--pid", "--fork", "--kill-child",
                          sys.executable, "-B", f"{HERE}/enter.py", path], SECONDS)
    if done.status is None:
        raise groups.NotMade(f"it came to no end within {SECONDS} s")
    if done.status != 0:
        raise groups.NotMade(f"its surroundings: {(done.err.splitlines() or ['?'])[-1]}")


def grade(processes, row, scratch, call):
    """A machine's verdict; `scratch` is a folder for it alone. call.check: `make check`, too;
    call.quick: no right answers but the references."""
    for folder in "home", "out":
        os.makedirs(f"{scratch}/{folder}")
    folder = tree.make(processes, row, f"{scratch}/home", scratch)
    answers = [] if call.quick else tree.rounds(f"{scratch}/home")
    root = bases.unpack(processes, row, scratch, enter)
    owner = (ROOT_IN_USERNS.get(row.get("userns")) or (surroundings.USER if row.user else 0,))[0]
    plan = plan_of(processes, row, scratch, root, owner)
    plan["steps"] = steps(row, f"{surroundings.HOME}/{folder}", answers, call.check)
    with contextlib.ExitStack() as stack:
        held = {name: stack.enter_context(groups.made(name, value))
                for name, value in limits(row).items()}
        plan["cgroups"] = {name: path for name, path in held.items() if path}
        enter(processes, plan, scratch)
    return verdict.read(f"{scratch}/out", [tree.names(f"{scratch}/home", source)
                                           for source, _ in answers])
