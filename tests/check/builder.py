"""Does the builder refuse what it must, and say why? Runs it on attacks and on small odd answers.

usage: builder.py --build build/gcc/build [--all]      from the top folder
An attack that declares "Builds: no" in its head must be refused on each lab that it is meant for;
with --all, any other attack must be built. Exit status 1 if the builder did otherwise.
"""

import argparse
import collections
import glob
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile

BUILT, REFUSED, CANNOT = 0, 1, 2
TOP = os.getcwd()
# lab, the answers' files with their text, and what is to come of them: the exit status, and words
# of the message.
Case = collections.namedtuple("Case", "name lab files status words")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def described(path):
    return dict(line.split(None, 1) for line in read(path).splitlines() if line.strip())


def files_of():
    """The names of each lab's files, by labs/table."""
    rows = [line.split() for line in read("labs/table").splitlines() if line and line[0] != "#"]
    return {row[0]: row[2].split(",") for row in rows[1:]}


def limits():
    """As the judge bounds a build: see start_build in tests/judge/grade.c."""
    resource.setrlimit(resource.RLIMIT_CPU, (6, 7))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def build(builder, description, lab, src, out, folder=".", flags=""):
    command = [builder, "--build", description, "--lab", lab, "--src", src, "--out", out]
    if flags:
        command += ["--flags", flags]
    # No verdict hangs on this time: it only ends a builder that hangs itself.
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=600, check=False, preexec_fn=limits)


# ---- attacks -------------------------------------------------------------------------------------

def declared(text, key):
    found = re.search(rf"^[ */]*{key}: *(.*?) *(\*/)?$", text, re.MULTILINE)
    return found.group(1) if found else ""


def attacks(every):
    files = files_of()
    for path in sorted(glob.glob("tests/submissions/attacks/*.c")):
        text = read(path)
        refused = declared(text, "Builds") == "no"
        for number in declared(text, "Labs").split() if refused or every else []:
            lab = next(lab for lab in files if lab.startswith(number + "-"))
            hostile = read(f"tests/submissions/{lab}/hostile.c")
            name = f"{os.path.basename(path)} on {lab}"
            status = REFUSED if refused else BUILT
            yield Case(name, lab, {files[lab][0]: text + hostile}, status, "")


# ---- odd answers ---------------------------------------------------------------------------------

def section(name, flags, body=".quad 0"):
    return f'\n__asm__(".pushsection {name},\\"{flags}\\"\\n {body}\\n .popsection");\n'


def odd_answers():
    lab, file = "08-serial", "serial.c"
    good = read(f"solutions/{lab}/{file}")

    def case(name, text, status, words):
        return Case(name, lab, {file: text} if text is not None else {}, status, words)

    yield case("the solution", good, BUILT, "")
    yield case("no file", None, REFUSED, f"There is no SRC/{lab}/{file}.")
    yield case("an empty file", "", REFUSED, "does not define: efficiency karp_flatt serial_map "
               "serial_sum speedup stopwatch (see the contract, labs/08-serial/serial.h).")
    yield case("a large file", good + "\n" * 1000000, REFUSED, "is larger than 1 MB.")
    yield case("one function is missing", good.replace("double speedup(", "double fast("),
               REFUSED, "does not define: speedup (see")
    yield case("one function is static", good.replace("double speedup(", "static double speedup(")
               .replace('#include "08-serial/serial.h"', ""), REFUSED, "does not compile")
    yield case("a syntax error", good + "int f( {", REFUSED,
               "does not compile. The compiler's first errors:\n  ")
    yield case("a warning", good + "int f(void) { int i; return i; }", BUILT, " warning: ")
    yield case("many warnings", good + "".join(
        f"int f{i}(void) {{ int i; return i; }}\n" for i in range(9)), BUILT, "... and 6 more, in ")
    yield case("things that are not used", good + "static int n; static void f(int i) {}", BUILT,
               "")
    yield case("an undefined function", good + "int f(void); int g(void) { return f(); }", REFUSED,
               "cannot be linked:\nundefined reference to `f'")
    yield case("the libraries' functions", good + "#include <pthread.h>\n#include <stdio.h>\n"
               "void *f(void) { puts(\"\"); return malloc((size_t)pthread_self()); }", BUILT, "")
    yield case("given code of a later lab", good +
               '#include "03-pool/board.h"\nvoid *f(void) { return pool_allocate; }', BUILT, "")
    yield case("a later lab", good + "extern int thread_map(void); int f(void) { return "
               "thread_map(); }", REFUSED,
               "uses thread_map, which belongs to a later lab, 07-threads.")
    yield case("the suite", good + "extern int graded_suite; int *f(void) { return "
               "&graded_suite; }", REFUSED, "uses graded_suite, which belongs to the grader.")
    yield case("the harness", good + "extern int grader_fail(void); int f(void) { return "
               "grader_fail(); }", REFUSED, "uses grader_fail, which belongs to the grader.")
    yield case("constructors", good + "__attribute__((constructor)) static void f(void) {}\n"
               "__attribute__((destructor)) static void g(void) {}", BUILT, "")
    for name in (".init_array", ".preinit_array", ".fini_array.7", ".ctors", ".dtors", ".init",
                 ".fini"):
        yield case(name, good + section(name, "aw"), BUILT, "")
    yield case("a table put together by hand", good + section(".rela.ifunc", "a", ".quad 0, 37, 0"),
               REFUSED, "became an object that cannot be checked: it is damaged.")
    for name in ".dynamic", ".interp", ".plt", ".got", ".mine", "set_something":
        yield case(name, good + section(name, "a", ".quad 0, 0, 0"), REFUSED,
                   f"has a section {name}, which it may not.")
    for name in ".text.mine", ".data.mine", ".rodata.mine", ".note.mine":
        yield case(name, good + section(name, "a"), BUILT, "")
    yield case("a data section of a type that is run",
               good + section(".data.mine", 'aw\\",@init_array #', ".quad 0"), REFUSED,
               "has a section .data.mine")
    yield case("an indirect function", good + "typedef void fn(void);\nstatic fn *choose(void) "
               '{ return 0; }\n__attribute__((ifunc("choose"))) fn f;', REFUSED,
               "has an indirect function (ifunc), which it may not.")
    if platform.machine() == "x86_64":
        yield case("a relocation that calls", good + "void f(void) {}\n" + section(
            ".data", "aw", ".balign 8\\n .reloc ., R_X86_64_IRELATIVE, f\\n .quad 0"), REFUSED,
            "has an indirect function (ifunc), which it may not.")
    yield case("a file from tests/", good + '#include "tests/harness/grader.h"', REFUSED,
               "includes tests/harness/grader.h, which it may not.")
    yield case("a file from build/", good + '#include "build/check/theirs.h"', REFUSED,
               "includes build/check/theirs.h, which it may not.")
    yield case("an empty device", good + '#include "/dev/null"', REFUSED,
               "includes /dev/null, which is no ordinary file.")
    yield case("files that it may include", good + '#include "common/interp.h"\n'
               '#include "07-threads/thread_map.h"\n#include "mine of odd # $name.h"', BUILT, "")


# ---- a lab of two files --------------------------------------------------------------------------

TWO = {
    "a.c": '#include "20-two/two.h"\nint helper(void);\nint a(void) { return helper(); }\n',
    "b.c": "int b(void) { return 2; }\nint helper(void) { return 1; }\n",
}


def two_files():
    def case(name, status, words, **changed):
        files = {**TWO, **{name + ".c": text for name, text in changed.items()}}
        return Case("two files: " + name, "20-two", files, status, words)

    yield case("good ones", BUILT, "")
    yield case("all in one", BUILT, "", a="int a(void) {return 1;} int b(void) {return 2;}", b="")
    yield case("none in one", REFUSED, "SRC/20-two/b.c does not define: b (see the contract, "
               "labs/20-two/a.h)", b="int helper(void) { return 1; }")
    yield case("one too many", REFUSED, "multiple definition of `helper'",
               a=TWO["a.c"] + "int helper(void) { return 3; }")
    yield case("a function nowhere", REFUSED, "undefined reference to `helper'",
               b="int b(void) { return 2; }")
    yield case("the harness", REFUSED, "SRC/20-two/b.c uses hidden, which belongs to the grader.",
               b=TWO["b.c"] + "int hidden(void); int f(void) { return hidden(); }")
    yield case("an odd section", REFUSED, "SRC/20-two/b.c has a section .mine, which it may not.",
               b=TWO["b.c"] + section(".mine", "a"))
    yield case("the harness's names", BUILT, "", a=TWO["a.c"] + "int hidden(void) { return 7; }")
    yield case("an error in the second", REFUSED, "SRC/20-two/b.c does not compile.", b="x")


def make_tree(folder, description):
    """A tree of its own with nothing but that lab. The suite's exit status is 0 if a() is 1, b() is
    2 and the harness's own function is called."""
    title = next(line for line in read("labs/table").splitlines() if line.startswith("lab "))
    write(f"{folder}/labs/table",
          f"{title}\n20-two 1 a.c,b.c - - - - 1 course two files\n")
    write(f"{folder}/labs/20-two/two.h", "int a(void);\nint b(void);\n")
    write(f"{folder}/tests/harness/redirected", "read hidden_read\n")
    sources = {"solutions/20-two/a": TWO["a.c"].replace("helper()", "1"),
               "solutions/20-two/b": "int b(void) { return 2; }\n",
               "tests/suites/20-two": '#include "20-two/two.h"\nint hidden(void);\n'
                                      "int main(void)\n"
                                      "{ return hidden() != 5 || a() != 1 || b() != 2; }\n",
               "tests/harness/hidden": "int hidden(void) { return 5; }\n",
               "other": "int other;\n"}
    values = described(description)
    values["objects"] = "objects"
    for name, text in sources.items():
        write(f"{folder}/{name}.c", text)
        os.makedirs(os.path.dirname(f"{folder}/objects/{name}"), exist_ok=True)
        subprocess.run(values["compile"].split() + ["-c", f"{name}.c", "-o", f"objects/{name}.o"],
                       cwd=folder, check=True)
    for name in "harness", "watch", "reference", "common":
        member = "tests/harness/hidden" if name == "harness" else "other"
        subprocess.run(["ar", "rcs", f"objects/lib{name}.a", f"objects/{member}.o"], cwd=folder,
                       check=True)
    write(f"{folder}/build", "".join(f"{key} {value}\n" for key, value in values.items()))


# ---- the program ---------------------------------------------------------------------------------

def problems_of(case, builder, description, scratch, folder="."):
    """What the builder does otherwise than the case says; [] if nothing."""
    src, out = f"{scratch}/src", f"{scratch}/out"
    shutil.rmtree(src, ignore_errors=True)
    os.makedirs(src)
    write(f"{src}/{case.lab}/mine of odd # $name.h", "")
    for name, text in case.files.items():
        write(f"{src}/{case.lab}/{name}", text)
    ended = build(builder, description, case.lab, src, out, folder)
    said = ended.stdout.decode(errors="replace")
    problems = []
    if ended.returncode != case.status:
        problems.append(f"exit status {ended.returncode}, not {case.status}")
    if case.words.replace("SRC", src) not in said:
        problems.append(f"did not say: {case.words}")
    if os.path.exists(f"{out}/suite") != (case.status == BUILT):
        problems.append("a suite was made, or was not")
    if os.path.exists(f"{out}/scratch"):
        problems.append("temporary files are left")
    if case.status == REFUSED and not said:
        problems.append("said nothing")
    return problems + [said, ended.stderr.decode(errors="replace")] if problems else []


def misuse(builder, description, scratch):
    """What is nobody's answer's fault must end with status 2 and a line on standard error."""
    src = "solutions"
    for name, words in [("no such lab", [description, "99-x", src]),
                        ("no description", [f"{scratch}/none", "08-serial", src]),
                        ("an unreadable one", ["/dev/null", "08-serial", src])]:
        ended = build(builder, *words, f"{scratch}/out")
        if ended.returncode != CANNOT or ended.stdout or ended.stderr.count(b"\n") != 1:
            yield name, [str(ended)]
    missing = f"{scratch}/missing"
    for key, value in [("objects", f"{scratch}/nowhere"), ("compile", "/there-is-no-compiler")]:
        write(missing, "".join(f"{k} {value if k == key else v}\n"
                               for k, v in described(description).items()))
        ended = build(builder, missing, "08-serial", src, f"{scratch}/out")
        if ended.returncode != CANNOT or ended.stdout or ended.stderr.count(b"\n") != 1:
            yield f"a bad {key}", [str(ended)]


def main():
    parser = argparse.ArgumentParser(description="Does the builder refuse what it must?")
    parser.add_argument("--build", required=True, help="the build description")
    parser.add_argument("--all", action="store_true", help="build all attacks, on all their labs")
    options = parser.parse_args()
    description = os.path.join(TOP, options.build)
    builder = os.path.join(TOP, described(description)["objects"], "tests/judge/build/builder")
    write("build/check/theirs.h", "")
    results = []

    with tempfile.TemporaryDirectory(dir="build/check", prefix="builder.") as scratch:
        for case in [*attacks(options.all), *odd_answers()]:
            results.append((case.name, problems_of(case, builder, description, scratch)))
        make_tree(f"{scratch}/tree", description)
        for case in two_files():
            results.append((case.name, problems_of(case, builder, "build", TOP + "/" + scratch,
                                                  f"{scratch}/tree")))
            suite = f"{scratch}/out/suite"
            if case.status == BUILT and subprocess.run(suite, check=False).returncode != 0:
                results.append((case.name, ["The suite does not run."]))
        results += misuse(builder, description, scratch)
    failed = [(name, problems) for name, problems in results if problems]
    for name, problems in failed:
        print(f"builder: {name}:", *("\n".join(problems).splitlines()), sep="\n    ")
    print(f"builder: {len(results)} answers, {len(failed)} not treated as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
