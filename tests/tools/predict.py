"""Asks the predictions of a lab's handout, keeps them, and shows them beside what came out.

usage: predict.py LAB     the questions under "## Predict" in handouts/LAB.md. The first time it
                          asks what you think; the second time, what came out; then it shows both
       predict.py         all that is kept, in the course's order
Where there is a page in the language that is spoken (LOCKSTEP_LANG, LANG), it asks from that one.
Answers are lines of standard input; an empty line leaves a question open. They are kept in
.predictions/LAB.json, a list of rounds with their dates: nothing in it is ever replaced.
Exit status 0; 1 if nothing was answered; 2 if it cannot work.
"""

import datetime
import gettext
import json
import os
import re
import shutil
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "common", "scripts"))

import terminal

KEPT = ".predictions"
# The part of a page, whatever it is called: a translated heading has the id of the English one.
PART = re.compile(r'^## (?:Predict|<a id="predict"></a>[^\n]*|[^\n]*\{#predict\})\n'
                  r"(.*?)(?=^## |\Z)", re.M | re.S)


class Cannot(Exception):
    """It cannot work; the words say why."""


tr = gettext.translation("lockstep", "build/locale", [terminal.language()], fallback=True).gettext


def course():
    """The labs, in the course's order."""
    with open("labs/table", encoding="utf-8") as table:
        rows = [line.split() for line in table if line.strip() and not line.startswith("#")]
    place = rows[0].index("place")
    return [row[0] for row in sorted(rows[1:], key=lambda row: int(row[place]))]


def number_of(lab):
    return lab.partition("-")[0]


def questions_of(page):
    """What stands before the questions, and the questions, without their numbers. A page that has
    none with a number (a table to fill in, for example) asks one: all that is there."""
    found = PART.search(page)
    if not found:
        raise ValueError(tr("there is no part to predict"))
    before, *parts = re.split(r"^\d+\. ", found[1], flags=re.M)
    questions = []
    for part in parts:
        # What is not indented under its number belongs to no question.
        own = re.match(r".*\n?(?:(?: +.*)?\n)*", part)[0]
        questions.append(textwrap.dedent("   " + own).strip())
    return (before.strip(), questions) if questions else ("", [before.strip()])


def page_of(lab):
    """Its handout; if there is one, in the language that is spoken."""
    language = terminal.language()
    pages = (f"handouts/{lab}.{language}.md", f"build/translated/{language}/handouts/{lab}.md")
    return next(filter(os.path.exists, pages), f"handouts/{lab}.md")


def read_questions(lab):
    path = page_of(lab)
    try:
        with open(path, encoding="utf-8") as file:
            return questions_of(file.read())
    except (OSError, ValueError) as error:
        raise Cannot(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def path_of(lab):
    return f"{KEPT}/{lab}.json"


def read_rounds(lab):
    """[{"date", "predicted": [...], "came out": [...] and "seen", its date, if known}]"""
    try:
        with open(path_of(lab), encoding="utf-8") as file:
            rounds = json.load(file)
        if not all(isinstance(one["date"], str) and isinstance(one["predicted"], list)
                   and isinstance(one.get("came out", []), list) for one in rounds):
            raise ValueError("not predictions")
        return rounds
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Cannot(f"{path_of(lab)}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise Cannot(tr("%s is damaged (%s): mend it, or give it another name")
                     % (path_of(lab), error)) from error


def keep(lab, rounds):
    """The file is whole at every moment."""
    try:
        os.makedirs(KEPT, exist_ok=True)
        with open(path_of(lab) + ".new", "w", encoding="utf-8") as file:
            json.dump(rounds, file, indent=2, ensure_ascii=False)
            file.write("\n")
        os.replace(path_of(lab) + ".new", path_of(lab))
    except OSError as error:
        raise Cannot(tr("cannot keep %s: %s") % (path_of(lab), error.strerror)) from error


def now():
    return datetime.datetime.now().astimezone().isoformat(timespec="minutes")


def ask(prompt):
    """A line, or None at the end of the input and on Ctrl-C."""
    try:
        return input(prompt).strip()
    except (EOFError, KeyboardInterrupt):
        print()
        return None


def ask_all(questions, prompt, beside=()):
    """An answer for each question; what was typed before Ctrl-C is not lost. None: none."""
    answers = []
    for number, question in enumerate(questions):
        print(f"\n{number + 1}. {textwrap.indent(question, '   ').lstrip()}")
        if beside:
            print("   " + tr("You thought: %s") % answer_to(beside, number))
        answer = ask(f"   {prompt} ")
        if answer is None:
            break
        answers.append(answer)
    return answers if any(answers) else None


def answer_to(answers, number):
    return answers[number] if number < len(answers) and answers[number] else tr("(left open)")


def show(lab, questions, rounds):
    print(tr("lab %s") % lab)
    for one in rounds:
        seen = tr(", seen %s") % one["seen"][:10] if "seen" in one else ""
        print("  " + tr("predicted %s%s") % (one["date"][:10], seen))
        # The handout may have changed since: nothing that was said is left out.
        count = max(len(questions), len(one["predicted"]), len(one.get("came out", [])))
        for number in range(count):
            print_one(number, questions, one)


def print_one(number, questions, one):
    width = min(shutil.get_terminal_size().columns, 100)
    question = questions[number] if number < len(questions) else tr("(not asked any more)")
    first = question.split("\n\n")[0].replace("\n", " ")
    print(textwrap.fill(first, width, initial_indent=f"  {number + 1}. ", subsequent_indent=" " * 5,
                        break_on_hyphens=False))
    rows = [(tr("you thought: "), one["predicted"])]
    rows += [(tr("   came out: "), one["came out"])] if "came out" in one else []
    for title, answers in rows:
        print(textwrap.fill(answer_to(answers, number), width, initial_indent=f"     {title}",
                            subsequent_indent=" " * 18))


def predict(lab, questions, before, rounds):
    print(tr("Lab %s: before you run anything, what do you think?") % lab)
    print(tr("An empty line leaves a question open."))
    if before:
        print(f"\n{before}")
    answers = ask_all(questions, ">")
    if not answers:
        print(tr("Nothing was answered, so nothing is kept."))
        return 1
    keep(lab, [*rounds, {"date": now(), "predicted": answers}])
    print("\n" + tr("Kept in %s. Run what the handout runs, then, for what came out:")
          % path_of(lab))
    print(f"    make predict LAB={number_of(lab)}")
    return 0


def compare(lab, questions, rounds):
    last = rounds[-1]
    print(tr("Lab %s: what came out? The handout says it where you run things, and after that;")
          % lab)
    print(tr("your machine may say something else. Empty lines: ask me later."))
    answers = ask_all(questions, tr("It came out:"), last["predicted"])
    print()
    if answers:
        last.update({"seen": now(), "came out": answers})
        keep(lab, rounds)
    show(lab, questions, rounds)
    return 0


def one_lab(lab):
    before, questions = read_questions(lab)
    rounds = read_rounds(lab)
    if not rounds:
        return predict(lab, questions, before, rounds)
    if "came out" not in rounds[-1]:
        return compare(lab, questions, rounds)
    show(lab, questions, rounds)
    again = ask("\n" + tr("Predict once more? What you have said is kept. [y/N]") + " ") or ""
    if again.lower() in ("y", "yes"):
        return predict(lab, questions, before, rounds)
    return 0


def all_labs():
    open_labs = []
    for lab in course():
        rounds = read_rounds(lab)
        if rounds:
            show(lab, read_questions(lab)[1], rounds)
            print()
        if not rounds or "came out" not in rounds[-1]:
            open_labs.append(number_of(lab))
    if open_labs:
        print(tr("Not all is said of %s: make predict LAB=%s")
              % (", ".join(open_labs), open_labs[0]))
    return 0


def main(words):
    if len(words) > 1 or words[:1] in (["--help"], ["-h"]):
        print(__doc__.strip())
        return 2 if len(words) > 1 else 0
    try:
        if words and words[0] not in course():
            raise Cannot(tr("there is no lab '%s'") % words[0])
        return one_lab(words[0]) if words else all_labs()
    except Cannot as error:
        print(f"predict: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
