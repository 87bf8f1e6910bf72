"""Answers that the builder must refuse, or must not; and what it is to say."""

import platform
from collections import namedtuple

import source
import submissions
import table
from builder_tree import ANSWERS, ONE, RACY, TWO_A, TWO_B

BUILT, REFUSED, CANNOT, MISSING = 0, 1, 2, 3
# lab, the answers' files with their text, and what is to come of them: the exit status, and words
# of the message, in which SRC stands for the folder of the answers.
Case = namedtuple("Case", "name lab files status words")


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def attacks(every):
    """Those that declare "Builds: no" and do not take long; or all of them, on all their labs."""
    for lab in table.read():
        for attack in submissions.of_kind(lab, "hostile"):
            built = attack.says("Builds", True)
            if every or not built and not attack.slow:
                files = {name: source.NOTHING for name in lab.files}
                files[lab.files[0]] = read(attack.path) + read(f"{lab.submissions}/hostile.c")
                yield Case(attack.id, lab.name, files, BUILT if built else REFUSED, "")


def one(name, status, words, more="", text=ONE):
    """An answer to the lab of one file: a good one, and something more in it."""
    return Case(name, "one", {} if text is None else {"one.c": text + more}, status, words)


def section(name, flags, body=".quad 0"):
    return f'\n__asm__(".pushsection {name},\\"{flags}\\"\\n {body}\\n .popsection");\n'


def files():
    yield one("a good answer", BUILT, "")
    yield one("no file", MISSING, "There is no SRC/one/one.c.", text=None)
    yield one("an empty file", REFUSED, "SRC/one/one.c does not define: one other (see the "
              "contract, labs/one/one.h).", text="")
    yield one("a large file", REFUSED, "SRC/one/one.c is larger than 1 MB.", "\n" * 1000001)
    yield one("one function is missing", REFUSED, "does not define: other (see the contract,",
              text="int one(void) { return 1; }")
    yield one("one function is static", REFUSED, "does not define: other (see the contract,",
              text="int one(void) { return 1; }\nstatic int other(void) { return 2; }")
    yield one("one function is only declared", REFUSED, "does not define: other (see the contract,",
              text="int other(void);\nint one(void) { return other() - 1; }")


def messages():
    many = "".join(f"int f{i}(void) {{ int i; return i; }}\n" for i in range(9))
    yield one("a syntax error", REFUSED, "SRC/one/one.c does not compile. The compiler's first "
              "errors:\n  SRC/one/one.c:4:", "int f( {")
    yield one("a warning", BUILT, " warning: ", "int f(void) { int i; return i; }")
    yield one("many warnings", BUILT, "\n... and 6 more, in ", many)
    yield one("things that are not used", BUILT, "", "static int n; static void f(int i) {}")
    yield one("an undefined function", REFUSED, "SRC/one/one.c cannot be linked:\nundefined "
              "reference to `f'", "int f(void); int g(void) { return f(); }")


def call(name, declared="int %s(void)"):
    """Code that cannot do without the function."""
    return f"extern {declared % name};\nvoid *volatile calls_{name} = (void *){name};\n"


def calls():
    for name in "shared", "given", "early", "own", "malloc", "pthread_create", "omp_get_wtime":
        yield one(f"it may use {name}", BUILT, "", call(name))
    for name in "hidden", "watched", "of_suite", "of_more":
        yield one(f"it uses {name}", REFUSED, f"SRC/one/one.c uses {name}, which belongs to the "
                  "grader.", call(name))
    yield one("it uses what comes later", REFUSED,
              "SRC/one/one.c uses late, which belongs to a later lab, late.", call("late"))
    yield one("a weak use", REFUSED, "uses hidden, which belongs to the grader.",
              call("hidden", "__attribute__((weak)) int %s(void)"))
    yield one("functions of the harness's names", BUILT, "",
              "int hidden(void) { return 8; }\nint main(void) { return 8; }\nint of_suite = 8;\n")
    yield one("the harness stands before the system", BUILT, "", text="#include <unistd.h>\n"
              "int one(void) { return getppid(); }\nint other(void) { return 2; }\n")
    yield Case("the harness forces races", "racy", {"racy.c": RACY}, BUILT, "")


def sections():
    leave = "#include <unistd.h>\n__attribute__((used)) static void leave(void) { _exit(8); }\n"
    yield one("code before main and after it", BUILT, "", "#include <unistd.h>\n"
              "__attribute__((constructor)) static void first(void) { _exit(8); }\n"
              "__attribute__((destructor)) static void last(void) { _exit(8); }\n")
    for name in (".init_array", ".preinit_array", ".init_array.7", ".fini_array.7", ".ctors",
                 ".dtors"):
        yield one(name, BUILT, "", leave + section(name, "aw", ".quad leave"))
    for name in ".init", ".fini":
        yield one(name, BUILT, "", section(name, "ax", ".long 0"))
    for name in ".dynamic", ".interp", ".plt", ".got", ".mine", "set_something":
        yield one(name, REFUSED, f"SRC/one/one.c has a section {name}, which it may not.",
                  section(name, "a"))
    for name in ".text.mine", ".data.mine", ".rodata.mine", ".note.mine":
        yield one(name, BUILT, "", section(name, "a"))
    yield one("a table put together by hand", REFUSED, "SRC/one/one.c became an object that cannot "
              "be checked: it is damaged.", section(".rela.ifunc", "a", ".quad 0, 37, 0"))
    yield one("a type that the loader obeys", REFUSED, "has a section .data.mine, which it may",
              section(".data.mine", 'aw\\",@init_array #'))
    yield one("an indirect function", REFUSED, "has an indirect function (ifunc), which it may",
              "typedef void fn(void);\nstatic fn *choose(void) { return 0; }\n"
              '__attribute__((ifunc("choose"))) fn f;')
    if platform.machine() == "x86_64":
        yield one("a relocation that calls", REFUSED, "has an indirect function (ifunc)",
                  "void f(void) {}\n" + section(
                      ".data", "aw", ".balign 8\\n .reloc ., R_X86_64_IRELATIVE, f\\n .quad 0"))


def includes():
    def include(name, status, words):
        return one(f"it includes {name}", status, words, f'#include "{name}"\n')

    for name in "common/shared.h", "late/late.h", "mine of odd # $name: .h", "stdio.h", "omp.h":
        yield include(name, BUILT, "")
    for name in ("tests/harness/hidden.h", "solutions/late/late.c", "build/made.h",
                 "objects/made.h", "elsewhere/mine.h", "labs/late/late.c"):
        yield include(name, REFUSED, f"SRC/one/one.c includes {name}, which it may not.")
    yield include("labs/../common/../tests/harness/hidden.h", REFUSED,
                  "SRC/one/one.c includes tests/harness/hidden.h, which it may not.")
    yield include("/dev/null", REFUSED, "includes /dev/null, which is no ordinary file.")
    yield include("/etc/passwd", REFUSED, "does not compile")


def assembler():
    """What the assembler is told to read."""
    def reads(name, status, words, directive="incbin"):
        return one(f"its assembler reads {name}", status, words, section(
            ".rodata.mine", "a", f'.{directive} \\"{name}\\"'))

    yield reads("common/shared.h", BUILT, "")
    for name in "objects/solutions/one/one.o", "/etc/passwd", "elsewhere/mine.h":
        yield reads(name, REFUSED, f"SRC/one/one.c includes {name}, which it may not.")
    yield reads("objects/made.h", REFUSED, "includes objects/made.h, which it may not.", "include")
    yield one("a name put together by the assembler", REFUSED, "which it may not.", section(
        ".rodata.mine", "a", '.macro read a b\\n .inc\\\\a \\"\\\\b\\"\\n .endm\\n'
        " read bin, objects/solutions/one/one.o"))


def texts():
    """What is no file of C."""
    wide = "".join(f"{letter}\0" for letter in ONE)
    for name, start, words in (
            ("UTF-16", "\udcff\udcfe" + wide, "SRC/one/one.c is UTF-16"),
            ("UTF-16 without a mark", wide, "SRC/one/one.c is UTF-16"),
            ("a program", "\x7fELF\2\1\1", "is a compiled program, not its source."),
            ("an archive", "PK\3\4", "is a zip archive; hand in what is in it."),
            ("junk", "".join(map(chr, range(1, 32))) * 9, "is no text, and so not C.")):
        yield one(name, REFUSED, words, text=start)
    yield one("C++", REFUSED, "This looks like C++.", "# include <iostream>\n")
    yield one("C that does not compile", REFUSED, "does not compile", "using x;\n")
    yield one("a stray zero", BUILT, "", "/* \0 */")


def two_files():
    def two(name, status, words, **changed):
        texts = {**ANSWERS["two"], **{stem + ".c": text for stem, text in changed.items()}}
        return Case(f"two files: {name}", "two", texts, status, words)

    yield two("good ones", BUILT, "")
    yield two("all in one", BUILT, "", a=TWO_A + TWO_B, b="")
    yield two("none in one", REFUSED, "SRC/two/b.c does not define: b (see the contract, "
              "labs/two/a.h)", b="int helper(void) { return 1; }")
    yield two("one function twice", REFUSED, "multiple definition of `helper'",
              a=TWO_A + "int helper(void) { return 3; }")
    yield two("one function nowhere", REFUSED, "undefined reference to `helper'",
              b="int b(void) { return 2; }")
    yield two("the harness", REFUSED, "SRC/two/b.c uses hidden, which belongs to the grader.",
              b=TWO_B + call("hidden"))
    yield two("an odd section", REFUSED, "SRC/two/b.c has a section .mine, which it may not.",
              b=TWO_B + section(".mine", "a"))
    yield two("functions of the harness's names", BUILT, "",
              a=TWO_A + "int hidden(void) { return 8; }")
    yield two("code before main", BUILT, "", b=TWO_B + "#include <unistd.h>\n"
              "__attribute__((constructor)) static void first(void) { _exit(8); }\n")
    yield two("an error in the second", REFUSED, "SRC/two/b.c does not compile.", b="x")
    yield two("a forbidden file in the second", REFUSED, "SRC/two/b.c includes build/made.h, which",
              b=TWO_B + '#include "build/made.h"\n')


def answers():
    for cases in (files, messages, calls, sections, includes, assembler, texts, two_files):
        yield from cases()
    yield Case("a library that the build does not know", "poor",
               {"poor.c": "int poor(void) { return 5; }\n"}, CANNOT, "")
