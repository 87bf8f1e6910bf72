"""A verdict is the same in every language, and its report is in the one that was asked for: wrong
answers to two labs are graded in English, and in each language of handouts/po.
"""

import glob
import json
import os
import re
import shutil
import unicodedata

import po
import source
import submissions
from judge import LESS, SECONDS, command, read

COLUMNS = 80
# What stays as it is: names, commands, paths, code, an errno's meaning.
NO_WORDS = re.compile(r"`[^`]*`|\([A-Z][A-Za-z ]+\)|make \S+|\S*[/_=\[]\S*")
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")


def languages():
    """Those that have a catalogue here: without msgfmt there is none."""
    names = [os.path.splitext(os.path.basename(path))[0] for path in glob.glob(f"{po.FOLDER}/*.po")]
    return [name for name in names
            if os.path.exists(f"build/locale/{name}/LC_MESSAGES/lockstep.mo")]


def wide(line):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def judged(processes, words, out, language):
    """The status, the report and the results; what tells two gradings apart is left out."""
    done = processes.run(words, SECONDS, {"LOCKSTEP_LANG": language})
    results = json.loads(read(f"{out}/results.json") or "{}")
    tests = [(test["name"], test["score"], test["status"], test["extra_data"]["look_at"])
             for test in results.get("tests", [])]
    return done.status, done.out, tests


def report_problems(language, report):
    lines = report.splitlines()
    found = [f"{language}: a line of the report is {wide(line)} columns wide: {line}"
             for line in lines if wide(line) > COLUMNS and "make " not in line and "/" not in line]
    return found + [f"{language}: the report speaks English: {line.strip()}" for line in lines
                    if ENGLISH.search(NO_WORDS.sub("", line))]


def check(processes, build, labs, scratch):
    """What is not as it should be, a list of lines."""
    folder, out, found = f"{scratch}/languages", f"{scratch}/languages.out", []
    labs = [lab for lab in labs if submissions.of_kind(lab, "wrong")][:2]
    for lab in labs:
        found += source.make(processes, submissions.of_kind(lab, "wrong")[0], folder)
    words = command(build, labs, folder, out, "--verbose")
    status, english, tests = judged(processes, words, out, "en")
    if found or status != LESS:
        return found or [f"The judge's status should be {LESS}, but it is {status}."]
    for language in languages():
        shutil.rmtree(out)
        other, report, other_tests = judged(processes, words, out, language)
        if (other, other_tests) != (status, tests):
            found.append(f"{language}: the verdict is not that of English.")
        if report == english:
            found.append(f"{language}: the report is the English one.")
        found += report_problems(language, report)
    return found
