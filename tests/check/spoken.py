"""What programs, the judge, tests and scripts say, in other languages: handouts/po/LANGUAGE.po.

xgettext finds the texts. In the suites, the labs' programs and what make break shows, each is one
that has words in it; elsewhere they stand in tr(...), TR_LATER(...) and the like. What is said by
the Makefile and by the labs' tours is found here. Hints stand without the "FUNCTION: " before them,
and "time" of plural(n, "time") as "%ld time".

usage: spoken.py [--update]
Prints a line for each text that has no translation, an old one, or one of another form; exit status
1 then. With --update it brings the files up to date with the texts.
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

import po

TOOLS = ("xgettext", "msgmerge", "msgfmt")
MARKED = ("--keyword", "--keyword=tr", "--keyword=TR_LATER",
          "--keyword=test_decide:3", "--keyword=print_command:1", "--keyword=build_refuse:1",
          "--keyword=print_together:3", "--keyword=progress_show:1", "--keyword=progress_show:2")
# All texts with words in these are for people.
WHOLLY = ("labs/*/*.c", "tests/judge/verdict.c", "tests/judge/sleepers.c",
          "common/program/options.h", "common/program/traced.h")
LESSONS = "labs/*/break/*.c"
SUITES = ("tests/suites/*.c", "tests/harness/*.c")
TR = ("common/scripts/*.awk", "handouts/site/*.awk", "tests/tools/*.awk", "tests/tools/*.py")
# Of these, those that name words.sh.
SHELL = ("labs/*.sh", "common/scripts/*.sh", "tests/tools/*.sh", "handouts/site/*.sh")
IN_SHELL = re.compile(r"""\b(?:words|say|tell|fail|complain|"""
                      r"""(?:need|ok|missing|extra|note) (?:'[^']+'|\S+))"""
                      r""" (?:'([^']+)'|"([^"$]+)")""")
IN_PYTHON = re.compile(r'\btr\("([^"]+)"()\)')
SAYING = ("tests/class/feedback.py", "tests/class/outcome.py")
SAID = re.compile(r'\b(?:say\(|SORRY = )"([^"]+)"()')
# Of suites' single words, which are names of tests most often: these stand in a gap of a sentence.
WORDS = {"crashes", "never"}
TEST = r'^    \{"([a-z0-9-]+)", \d+,\s*"([^"]*)"'
CONVERSION = re.compile(r"%[-+ #0-9.$*hlzjt]*[a-zA-Z]")
HEAD = """msgid ""
msgstr ""
"Project-Id-Version: lockstep\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def files():
    return sorted(glob.glob(f"{po.FOLDER}/*.po"))


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout


def texts_in(path, *options):
    pot = run("xgettext", "--language=C", "--from-code=UTF-8", "--no-location", "--output=-",
              *options, path)
    return [entry.text for entry in po.entries(pot)]


def is_said(text):
    return bool(re.search(r"[A-Za-z]{2}", CONVERSION.sub("", text)))


def has_words(text, letters=3):
    plain = CONVERSION.sub("", text).strip()
    return " " in text.strip() and bool(re.search(f"[A-Za-z]{{{letters}}}", plain))


def tests_of_suites():
    """Their names and their titles."""
    found = [test for path in glob.glob("tests/suites/*.c")
             for test in re.findall(TEST, po.read(path), re.M)]
    return {name for name, _ in found}, {title for _, title in found}


def said_by_suites(path, names, titles):
    for text in texts_in(path, "--extract-all"):
        if "\n" in text or "\t" in text or set(text.split()) <= names:
            continue
        if text not in titles:
            text = re.sub(r"^[a-z0-9_]+: (?=\S)", "", text)
        text = re.sub("^ (?=[A-Z])", "", text)   # a sentence behind others
        if has_words(text, 2) or text in WORDS:
            yield text
    for word in texts_in(path, "--keyword", "--keyword=plural:2"):
        yield f"%ld {word}"


def said_by_makefile():
    return re.findall(r"^[a-z_.-]+:.*## (.*)", po.read("Makefile"), re.M) + re.findall(
        r"^# ---- the doors: (\w+)|^# ---- (teach|maintain) |"
        r"(?:\$\((?:tell\) |call fail,)|^not_here = )'([^']+)'",
        po.read("Makefile"), re.M)


def said_by_scripts():
    for form, patterns in (IN_PYTHON, TR), (SAID, SAYING), (IN_SHELL, SHELL):
        for path in sorted(path for pattern in patterns for path in glob.glob(pattern)):
            text = po.read(path)
            if form is not IN_SHELL or "words.sh" in text:
                for found in map("".join, form.findall(text)):
                    # Names and commands stay as they are.
                    if form is not IN_SHELL or not re.fullmatch(r"make [\w= ]+|\S+", found):
                        yield found.replace("\\n", "\n")


def said_by_lesson(path):
    """Its first comment, and the lines that it prints, without their ends."""
    lines = re.match(r"/\* (.*?)^ \*/$", po.read(path), re.M | re.S)[1].split("\n")[:-1]
    yield "".join(f"{re.sub('^ [*] ?', '', line)}\n" for line in lines)
    for text in texts_in(path, "--extract-all"):
        if has_words(text):
            yield text.rstrip("\n")


def said_by_tour(path):
    for stop in re.split(r"\n\n+", po.read(path).strip()):
        yield stop.split("\n", 1)[1]


def texts():
    """{text: the file that says it first}"""
    found, tests = {}, tests_of_suites()

    def add(path, more):
        for text in filter(is_said, more):
            found.setdefault(text, path)

    wholly = sorted(path for pattern in WHOLLY for path in glob.glob(pattern))
    for path in sorted(set(glob.glob("common/**/*.[ch]", recursive=True)
                           + glob.glob("tests/judge/**/*.c", recursive=True)) - set(wholly)):
        add(path, texts_in(path, *MARKED))
    for path in wholly:
        add(path, texts_in(path, *MARKED))
        add(path, filter(has_words, texts_in(path, "--extract-all")))
    add("Makefile", (text for line in said_by_makefile()
                     for text in ([line] if isinstance(line, str) else line) if text))
    add("common/scripts", said_by_scripts())
    for path in sorted(glob.glob("labs/*/tour")):
        add(path, said_by_tour(path))
    for path in sorted(glob.glob(LESSONS)):
        add(path, said_by_lesson(path))
    for path in sorted(path for pattern in SUITES for path in glob.glob(pattern)):
        add(path, said_by_suites(path, *tests))
    return found


def quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    lines = escaped.split("\n")
    parts = [line + "\\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    return "\n".join(f'"{part}"' for part in ([""] if len(parts) != 1 else []) + parts)


def template(found):
    entries = (f"\n#: {path}\n{'#, c-format' + chr(10) if CONVERSION.search(text) else ''}"
               f'msgid {quoted(text)}\nmsgstr ""\n' for text, path in found.items())
    return HEAD + "".join(entries)


def update(path, found):
    with tempfile.TemporaryDirectory() as folder:
        pot = os.path.join(folder, "new.pot")
        with open(pot, "w", encoding="utf-8") as file:
            file.write(template(found))
        run("msgmerge", "--quiet", "--update", "--backup=none", "--no-wrap", path, pot)
        run("msgattrib", "--no-obsolete", "--no-wrap", "--output-file", path, path)
    print(f"{path}: brought up to date; to translate or to look at again: "
          f"{sum(not entry.translation or entry.fuzzy for entry in po.entries(po.read(path)))}")


def problems(path, found):
    known = po.entries(po.read(path))
    have = {entry.text for entry in known}
    lines = [f"no entry, so stale: {po.shown(text)}" for text in found if text not in have]
    lines += [f"nobody says it any more: {po.shown(text)}" for text in have if text not in found]
    lines += [f"{'fuzzy' if entry.fuzzy else 'not translated'}: {po.shown(entry.text)}"
              for entry in known if entry.fuzzy or not entry.translation]
    done = subprocess.run(["msgfmt", "--check-format", "--output-file", os.devnull, path],
                          capture_output=True, text=True, check=False)
    return lines + (done.stderr.splitlines()[:-1] if done.returncode else [])


def check():
    """A line for each file that is not as it should be; none without the tools of gettext."""
    if not all(map(shutil.which, TOOLS)):
        print("What programs say in other languages was not looked at: make setup DEV=1 brings "
              "gettext", file=sys.stderr)
        return []
    found = texts()
    lines = []
    for path in files():
        wrong = problems(path, found)
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        lines += [f"{path}: {line}{more}" for line in wrong[:1]]
    return lines


def main():
    parser = argparse.ArgumentParser(description="What is said in other languages.")
    parser.add_argument("--update", action="store_true", help="bring handouts/po/*.po up to date")
    call = parser.parse_args()
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        print(f"spoken: there is no {missing[0]}: make setup DEV=1 brings gettext",
              file=sys.stderr)
        sys.exit(2)
    found = texts()
    if call.update:
        for path in files():
            update(path, found)
        return
    lines = [f"{path}: {line}" for path in files() for line in problems(path, found)]
    print("".join(f"{line}\n" for line in lines), end="")
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()
