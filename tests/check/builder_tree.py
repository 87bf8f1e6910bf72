"""A small tree for the builder alone, with a few labs that there are not: it shows what belongs to
whom, and no real lab is in the way.
"""

import os

FLAGS = "-I. -Ilabs"
# name, place, files, needs, flags
LABS = (
    ("one", 2, "one.c", "own", "-"),
    ("two", 3, "a.c,b.c", "-", "-"),
    ("racy", 4, "racy.c", "-", "threads,races"),
    ("late", 9, "late.c", "-", "-"),
    ("early", 1, "early.c", "-", "-"),
    ("poor", 5, "poor.c", "nowhere", "-"),
)

ONE = '#include "one/one.h"\nint one(void) { return 1; }\nint other(void) { return 2; }\n'
TWO_A = '#include "two/two.h"\nint helper(void);\nint a(void) { return helper(); }\n'
TWO_B = '#include "two/two.h"\nint b(void) { return 2; }\nint helper(void) { return 1; }\n'
RACY = "int shared_by_all;\nint racy(void) { shared_by_all = 3; return 3; }\n"
ANSWERS = {"one": {"one.c": ONE}, "two": {"a.c": TWO_A, "b.c": TWO_B}, "racy": {"racy.c": RACY}}

# A sanitiser's functions, of which compilers call only some.
TSAN = "int writes;\nvoid __tsan_write4(void *p) { (void)p; writes++; }\n" + "".join(
    f"void __tsan_{name}(void *p) {{ (void)p; }}\n"
    for name in ("init", "func_entry", "func_exit", "read4"))

SOURCES = {
    "solutions/one/one": ONE,
    "solutions/two/a": "int a(void) { return 1; }\n",
    "solutions/two/b": "int b(void) { return 2; }\n",
    "solutions/racy/racy": RACY.replace("int shared", "static int shared"),
    "solutions/late/late": "int late(void) { return 9; }\n",
    "solutions/early/early": "int early(void) { return 4; }\n",
    "solutions/poor/poor": "int poor(void) { return 5; }\n",
    "labs/late/given": "int given(void) { return 6; }\n",
    # A suite ends with 0 if all is well, and only by way of its main.
    "tests/suites/one": "int one(void);\nint other(void);\nint hidden(void);\nint of_suite = 5;\n"
                        "int main(void)\n{\n"
                        "    return one() != 1 || other() != 2 || hidden() != of_suite;\n}\n",
    "tests/suites/one-more": "int of_more;\n",
    "tests/suites/two": "int a(void);\nint b(void);\nint hidden(void);\n"
                        "int main(void) { return a() != 1 || b() != 2 || hidden() != 5; }\n",
    "tests/suites/racy": "int racy(void);\nextern int writes;\n"
                         "int main(void) { return racy() != 3 || writes == 0; }\n",
    "tests/suites/poor": "int main(void) { return 0; }\n",
    "tests/harness/hidden": "int hidden(void) { return 5; }\n"
                            "long hidden_getppid(void) { return 1; }\n" + TSAN,
    "tests/watch/watched": "int watched(void) { return 7; }\n",
    "common/shared": "int shared(void) { return 1; }\n",
    "own/own": "int own(void) { return 1; }\n",
}
ARCHIVES = {
    "harness": ("tests/harness/hidden",),
    "watch": ("tests/watch/watched",),
    "reference": ("solutions/one/one", "solutions/late/late", "solutions/early/early",
                  "labs/late/given"),
    "common": ("common/shared",),
    "own": ("own/own",),
}
HEADERS = {
    "labs/one/one.h": "int one(void);\nint other(void);\n",
    "labs/two/two.h": "int a(void);\nint b(void);\n",
    "labs/late/late.c": "",
    "labs/late/late.h": "int late(void);\nint given(void);\n",
    "common/shared.h": "int shared(void);\n",
    "tests/harness/hidden.h": "int hidden(void);\n",
    "build/made.h": "",
    "objects/made.h": "",
    "elsewhere/mine.h": "",
}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)


def write_description(path, values):
    write(path, "".join(f"{key} {value or '-'}\n" for key, value in values.items()))


def table():
    lines = ["lab place files needs flags engine kind hours counts section"]
    lines += [f"{name} {place} {files} {needs} {flags} - - 1 course a test"
              for name, place, files, needs, flags in LABS]
    return "".join(f"{line}\n" for line in lines)


def make(processes, build, folder):
    """Makes the tree, and all objects that `make` would have made. `build` says with what."""
    values = {**build.values, "objects": "objects", "own": "objects/libown.a"}
    write(f"{folder}/labs/table", table())
    write(f"{folder}/tests/harness/redirected", "getppid hidden_getppid\n")
    write_description(f"{folder}/description", values)
    for path, text in HEADERS.items():
        write(f"{folder}/{path}", text)
    for name, text in SOURCES.items():
        write(f"{folder}/{name}.c", text)
        os.makedirs(os.path.dirname(f"{folder}/objects/{name}"), exist_ok=True)
        must(processes, folder, *values["compile"].split(), "-w", "-c", f"{name}.c",
             "-o", f"objects/{name}.o")
    for name, members in ARCHIVES.items():
        must(processes, folder, "ar", "rcs", f"objects/lib{name}.a",
             *(f"objects/{member}.o" for member in members))


def must(processes, folder, *command):
    done = processes.run(["env", "-C", folder, *command])
    if done.status != 0:
        raise SystemExit(f"{' '.join(command)}: {done.out}{done.err}")
