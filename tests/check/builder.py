"""Does the builder refuse what it must, and say why? Runs it on attacks and on small odd answers.

An attack that declares "Builds: no" must be refused; with --all, every attack is built, on every
lab that it is meant for. Exit status 1 if the builder did otherwise.
"""

import os
import sys

import builder_cases as cases
import description
import options
import session

TOP = os.getcwd()
# No verdict hangs on this time: it only ends a builder that hangs itself.
SECONDS = 600
# As the judge bounds a build: see start_build in tests/judge/grade.c.
LIMITS = ["prlimit", "--cpu=6", f"--fsize={64 << 20}"]
ADDRESSES = [f"--as={4 << 30}"]  # a sanitised program needs more
HEADER = "mine of odd # $name.h"


class Builder:
    def __init__(self, call, processes):
        self.build = description.read(call.build)
        program = call.builder or f"{self.build.objects}/tests/judge/build/builder"
        self.words = LIMITS + ([] if call.builder else ADDRESSES) + [f"{TOP}/{program}"]
        self.processes = processes

    def run(self, file, lab, src, out, top=TOP):
        return self.processes.run(["env", "-C", top, *self.words, "--build", file, "--lab", lab,
                                   "--src", src, "--out", out], SECONDS)


def parse_options(words):
    parser = options.parser(__doc__)
    parser.add_argument("--all", action="store_true", help="build all attacks, on all their labs")
    parser.add_argument("--builder", help="instead of the build's own one: a sanitised one")
    return parser.parse_args(words)


def problems_of(case, ended, src, out):
    """What the builder did otherwise than the case says; [] if nothing."""
    problems = []
    if ended.status != case.status:
        problems.append(f"exit status {ended.status}, not {case.status}")
    if case.words.replace("SRC", src) not in ended.out:
        problems.append(f"did not say: {case.words}")
    if os.path.exists(f"{out}/suite") != (case.status == cases.BUILT):
        problems.append("a suite was made, or was not")
    if os.path.exists(f"{out}/scratch"):
        problems.append("temporary files are left")
    if case.status == cases.REFUSED and not ended.out:
        problems.append("said nothing")
    return problems + [ended.out, ended.err] if problems else []


def look(builder, case, folder, file, top=TOP):
    """Builds the answers of a case in a folder of their own."""
    src, out = f"{folder}/src", f"{folder}/out"
    cases.write(f"{src}/{case.lab}/{HEADER}", "")
    for name, text in case.files.items():
        cases.write(f"{src}/{case.lab}/{name}", text)
    ended = builder.run(file, case.lab, src, out, top)
    problems = problems_of(case, ended, src, out)
    if not problems and top != TOP and case.status == cases.BUILT:
        if builder.processes.run([f"{out}/suite"], SECONDS).status != 0:
            problems = ["The suite does not run."]
    return problems


def misuse(builder, scratch):
    """What is nobody's answer's fault must end with status 2 and a line on standard error."""
    own = f"{TOP}/{builder.build.path}"
    calls = {"no such lab": (own, "99-x"), "no description": (f"{scratch}/none", "08-serial"),
             "an empty one": ("/dev/null", "08-serial")}
    for key, value in ("objects", f"{scratch}/none"), ("compile", "/there-is-no-compiler"):
        calls[f"a bad '{key}'"] = (f"{scratch}/bad-{key}", "08-serial")
        cases.write_description(f"{scratch}/bad-{key}", {**builder.build.values, key: value})
    for name, (file, lab) in calls.items():
        ended = builder.run(file, lab, "solutions", f"{scratch}/misused")
        good = ended.status == cases.CANNOT and not ended.out and ended.err.count("\n") == 1
        yield name, [] if good else [str(ended)]


def check(call, processes, scratch):
    builder = Builder(call, processes)
    own, tree = f"{TOP}/{call.build}", f"{scratch}/tree"
    cases.write("build/check/theirs.h", "")
    cases.make_tree(tree, builder.build)
    items = [(case, own, TOP) for case in [*cases.attacks(call.all), *cases.odd_answers()]]
    items += [(case, "build", tree) for case in cases.two_files()]
    items = [(case, f"{scratch}/{i}", file, top) for i, (case, file, top) in enumerate(items)]
    results = list(misuse(builder, scratch))
    session.at_once(os.cpu_count() or 1, lambda item: look(builder, *item), items,
                    lambda item, problems: results.append((item[0].name, problems)))
    failed = [(name, problems) for name, problems in results if problems]
    for name, problems in failed:
        print(f"builder: {name}:", *"\n".join(problems).splitlines(), sep="\n    ")
    print(f"builder: {len(results)} answers, {len(failed)} not treated as they should be")
    return 1 if failed else 0


def main():
    call = parse_options(sys.argv[1:])
    return session.run(lambda processes, scratch: check(call, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
