"""Does the builder refuse what it must, and say why? Runs it on attacks and on small odd answers.

An attack that declares "Builds: no" must be refused; with --all, every attack is built, on every
lab that it is meant for. Exit status 1 if the builder did otherwise.
"""

import os
import shutil
import sys

import builder_cases as cases
import builder_tree as tree
import description
import options
import session

# No verdict hangs on this time: it only ends a builder that hangs itself.
SECONDS = 600
# As the judge bounds a build: see start_build in tests/judge/grade.c.
LIMITS = ["prlimit", "--cpu=6", f"--fsize={64 << 20}"]
ADDRESSES = [f"--as={4 << 30}"]  # a sanitised program needs more
ODD_NAME = "mine of odd # $name: .h"


class Builder:
    def __init__(self, processes, build, program=None):
        self.processes, self.build, self.top = processes, build, os.getcwd()
        path = program or f"{build.objects}/tests/judge/build/builder"
        self.words = LIMITS + ([] if program else ADDRESSES) + [os.path.abspath(path)]

    def run(self, file, lab, src, out, top=None):
        return self.processes.run(["env", "-C", top or self.top, *self.words, "--build", file,
                                   "--lab", lab, "--src", src, "--out", out], SECONDS)

    def look(self, case, folder, top=None):
        """Builds the answers of a case, in a folder of its own. Returns what is not as the case
        says, a list of lines.
        """
        src, out = f"{folder}/src", f"{folder}/out"
        tree.write(f"{src}/{case.lab}/{ODD_NAME}", "")
        for name, text in case.files.items():
            tree.write(f"{src}/{case.lab}/{name}", text)
        ended = self.run("description" if top else self.build.path, case.lab, src, out, top)
        problems = problems_of(case, ended, src, out)
        if top and case.status == cases.BUILT and not problems:
            status = self.processes.run([f"{out}/suite"], SECONDS).status
            problems = [f"the suite ends with {status}"] if status else []
        return problems + [ended.out, ended.err] if problems else []


def problems_of(case, ended, src, out):
    problems = []
    if ended.status != case.status:
        problems.append(f"exit status {ended.status}, not {case.status}")
    if case.words.replace("SRC", src) not in ended.out:
        problems.append(f"it did not say: {case.words}")
    if os.path.exists(f"{out}/suite") != (case.status == cases.BUILT):
        problems.append("a suite was made, or was not")
    if os.path.exists(f"{out}/scratch"):
        problems.append("temporary files are left")
    if bool(ended.err) != (case.status == cases.CANNOT):
        problems.append("a line on standard error, or none")
    if case.status in (cases.REFUSED, cases.MISSING) and not ended.out:
        problems.append("it said nothing")
    return problems


def misuse(builder, scratch, top):
    """What is nobody's answer's fault must end with status 2 and a line on standard error."""
    calls = {"no such lab": ("description", "none"), "no description": ("none", "one"),
             "an empty description": ("/dev/null", "one")}
    values = description.read(f"{top}/description").values
    for key, value in ("objects", "nowhere"), ("compile", "/there-is-no-compiler"):
        calls[f"a bad '{key}'"] = (f"{scratch}/bad-{key}", "one")
        tree.write_description(f"{scratch}/bad-{key}", {**values, key: value})
    for name, (file, lab) in calls.items():
        ended = builder.run(file, lab, "solutions", f"{scratch}/misused", top)
        good = ended.status == cases.CANNOT and not ended.out and ended.err.count("\n") == 1
        yield name, [] if good else [str(ended)]


def links(builder, scratch, top):
    """A link leads to what may be anybody's."""
    for name, link, to in (("a link", "one/one.c", f"{top}/solutions/one/one.c"),
                           ("a link that leads nowhere", "one/one.c", "nowhere"),
                           ("a folder that is a link", "one", f"{top}/solutions/one")):
        src, out = f"{scratch}/{name}", f"{scratch}/{name}.out"
        os.makedirs(os.path.dirname(f"{src}/{link}"))
        os.symlink(to, f"{src}/{link}")
        case = cases.Case(name, "one", {}, cases.REFUSED, "SRC/one/one.c is a link, or in a folder")
        yield name, problems_of(case, builder.run("description", "one", src, out, top), src, out)


# What a cache does for a file that it has seen: of all that a compiler writes it brings the object.
CACHE = """#!/bin/sh
[ -z "${CCACHE_DISABLE:-}" ] || exec "$@"
exit 1
"""


def cached(builder, scratch, top):
    """An answer is compiled, whatever a cache that the compiler is called by knows of it: it has no
    list of what the assembler read.
    """
    path, values = f"{scratch}/cache", description.read(f"{top}/description").values
    tree.write(path, CACHE)
    os.chmod(path, 0o755)
    callers = {"a cache": path}
    if shutil.which("ccache"):
        callers["ccache"] = f"env CCACHE_DIR={scratch}/ccache ccache"
    for name, words in callers.items():
        own = {key: f"{words} {values[key]}" for key in ("compile", "link")}
        tree.write_description(f"{scratch}/{name}.description", {**values, **own})
        case = cases.Case(name, "one", {}, cases.BUILT, "")
        for time in "first", "again":
            out = f"{scratch}/{name}.out"
            ended = builder.run(f"{scratch}/{name}.description", "one", "solutions", out, top)
            yield f"{name}, {time}", problems_of(case, ended, "solutions", out)


def results(builder, scratch, every):
    """[(what was tried, what is wrong)]"""
    top, found = f"{scratch}/tree", []
    tree.make(builder.processes, builder.build, top)
    items = [(case, None) for case in cases.attacks(every)]
    items += [(case, top) for case in cases.answers()]
    items = [(case, f"{scratch}/{number}", where) for number, (case, where) in enumerate(items)]
    for looked in misuse, links, cached:
        found += looked(builder, scratch, top)
    session.at_once(os.cpu_count() or 1, lambda item: builder.look(*item), items,
                    lambda item, problems: found.append((item[0].name, problems)))
    return found


def lines_of(found):
    return [line for name, problems in found if problems
            for line in [f"    {name}:", *(f"        {line}" for problem in problems
                                           for line in problem.splitlines())]]


def check(processes, build, _labs, scratch):
    """For `make check`: what is not as it should be, a list of lines."""
    folder = f"{scratch}/builder"
    os.mkdir(folder)
    return lines_of(results(Builder(processes, build), folder, False))


def parse_options(words):
    parser = options.parser(__doc__)
    parser.add_argument("--all", action="store_true", help="build all attacks, on all their labs")
    parser.add_argument("--builder", help="instead of the build's own one: a sanitised one")
    return parser.parse_args(words)


def verify(call, processes, scratch):
    builder = Builder(processes, description.read(call.build), call.builder)
    found = results(builder, scratch, call.all)
    lines = lines_of(found)
    print("".join(f"{line}\n" for line in lines), end="")
    print(f"builder: {len(found)} answers, {sum(bool(problems) for _, problems in found)} not "
          "treated as they should be")
    return 1 if lines else 0


def main():
    call = parse_options(sys.argv[1:])
    return session.run(lambda processes, scratch: verify(call, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
