"""Which answers to a lab are too much alike? Students, the solution, the right submissions and last
year's folder take part; what the skeleton gives everybody is subtracted.

Writes pairs.csv, similar.html and a page with both files side by side for each pair. A high figure
is a reason to read both, never a verdict. Exit status: 0 compared, 2 could not.
"""

import glob
import itertools
import os
import shutil
import sys
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "check"))

import feedback
import intake
import options
import outcome
import people
import sheets
import table
import classfile
import winnow
from feedback import escape

# kind: student, last (year's) or given (with these labs).
Answer = namedtuple("Answer", "name kind files prints")
Pair = namedtuple("Pair", "share one other")

EXPORTS = {
    "jplag": "java -jar jplag.jar -l c -bc {base} -r {top}/report {answers}",
    "dolos": "dolos run -l c --ignore {base}/{file} {answers}/*/{file}",
    "moss": "./moss -l c -d -b {base}/{file} {answers}/*/{file}",
}
LEAST_PRINTS = 10    # of less than that nothing can be said


def parse_options(words):
    parser = options.parser(__doc__)
    parser.add_argument("--src", required=True, help="what was handed in: a folder or an archive")
    parser.add_argument("--out", required=True, help="where the pages go")
    parser.add_argument("--last", default="", help="the hand-ins of an earlier year")
    parser.add_argument("--least", type=int, default=50, metavar="PERCENT",
                        help="of pairs that are less alike no page is made (50)")
    parser.add_argument("--export", choices=EXPORTS, default=None,
                        help="lay the answers out for this program, and print its command")
    return parser.parse_args(words)


class Comparison:
    def __init__(self, lab):
        self.lab = lab
        self.given = set()
        for file in (*lab.files, lab.contract):
            with open(f"labs/{lab.name}/{file}", encoding="utf-8", errors="replace") as text:
                self.given |= winnow.all_sums(text.read())
        self.answers = []

    def add(self, name, kind, files):
        """`files`: the texts of the lab's files, in its order."""
        prints = winnow.without(winnow.prints("\n".join(files)), self.given)
        self.answers.append(Answer(name, kind, files, prints))

    def add_handed_in(self, source, kind):
        taken = intake.read(source, [self.lab])
        for person in people.gather(taken.handins, classfile.Class(), [self.lab], ""):
            found = [person.work.files.get(f"{self.lab.name}/{file}") for file in self.lab.files]
            if None not in found:
                name = f"{person.id} (last year)" if kind == "last" else person.id
                self.add(name, kind, [data.decode("utf-8", "replace") for data in found])

    def add_given(self):
        first, *others = self.lab.files
        rest = [read(f"{self.lab.solution}/{file}") for file in others]
        self.add("(the solution)", "given", [read(f"{self.lab.solution}/{first}"), *rest])
        for path in sorted(glob.glob(f"{self.lab.submissions}/right/*.c")):
            self.add(f"(right: {os.path.basename(path)})", "given", [read(path), *rest])

    def pairs(self):
        """The likest first. Those that are known to everybody are not compared with each other."""
        found = [Pair(winnow.alike(one.prints, other.prints), one, other)
                 for one, other in itertools.combinations(self.answers, 2)
                 if "student" in (one.kind, other.kind)
                 and min(len(one.prints), len(other.prints)) >= LEAST_PRINTS]
        return sorted(found, key=lambda pair: (-pair.share, pair.one.name, pair.other.name))


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def percent(pair):
    return round(100 * pair.share)


def side(answer, other):
    """An answer's lines, those that the other has, too, marked."""
    shared = winnow.lines_shared(answer.prints, other.prints)
    lines = []
    for number, line in enumerate("\n".join(answer.files).splitlines(), 1):
        text = f"{number:4}  {escape(line)}"
        lines.append(f"<mark>{text}</mark>" if number in shared else text)
    newline = "\n"
    return f"<td><b>{escape(answer.name)}</b><pre>{newline.join(lines)}</pre></td>"


def pair_page(lab, pair):
    style = ("<style>body { max-width: none } table { width: 100%; table-layout: fixed } "
             "td { width: 50% } pre { font-size: .8em; white-space: pre } "
             "mark { background: #f3d36b; color: #000 }</style>")
    return feedback.page(f"{lab.name}: {percent(pair)} % alike", style +
                         f"<table><tr>{side(pair.one, pair.other)}{side(pair.other, pair.one)}"
                         "</tr></table>\n")


def main_page(lab, pairs, count, least):
    rows = [f'<tr><td class="n"><a href="pair-{number}.html">{percent(pair)} %</a></td>'
            f"<td>{escape(pair.one.name)}</td><td>{escape(pair.other.name)}</td></tr>"
            for number, pair in enumerate(pairs, 1)]
    return feedback.page(
        f"{lab.name}: answers that are much alike",
        f"<p>{count} answers were compared. These pairs share {least} % or more of the smaller "
        "one's text, names, comments and the skeleton left out. Read both before you say a word: "
        "a short answer has few ways to be written.</p>\n<table>" + "\n".join(rows) + "</table>\n")


def write(call, comparison, pairs):
    lab = comparison.lab
    shown = [pair for pair in pairs if percent(pair) >= call.least]
    os.makedirs(call.out, exist_ok=True)
    for path in glob.glob(f"{glob.escape(call.out)}/pair-*.html"):
        os.unlink(path)
    outcome.write(f"{call.out}/pairs.csv", sheets.table(
        [("percent", "one", "other"),
         *((percent(pair), pair.one.name, pair.other.name) for pair in pairs)]))
    outcome.write(f"{call.out}/similar.html",
                  main_page(lab, shown, len(comparison.answers), call.least))
    for number, pair in enumerate(shown, 1):
        outcome.write(f"{call.out}/pair-{number}.html", pair_page(lab, pair))
    return shown


def export(call, comparison):
    """Folders as the program wants them; returns its command."""
    top = f"{call.out}/{call.export}"
    shutil.rmtree(top, ignore_errors=True)
    lab = comparison.lab
    for file in lab.files:
        os.makedirs(f"{top}/base", exist_ok=True)
        shutil.copyfile(f"labs/{lab.name}/{file}", f"{top}/base/{file}")
    for answer in comparison.answers:
        folder = f"{top}/answers/{outcome.safe_name(answer.name)}"
        os.makedirs(folder, exist_ok=True)
        for file, text in zip(lab.files, answer.files):
            outcome.write(f"{folder}/{file}", text)
    return EXPORTS[call.export].format(base=f"{top}/base", answers=f"{top}/answers", top=top,
                                       file=lab.files[0])


def compare(call):
    labs = table.chosen(table.read(), call.labs)
    if len(labs) != 1:
        raise SystemExit("which lab? For instance: make similar SRC=hand-ins LAB=03")
    comparison = Comparison(labs[0])
    comparison.add_handed_in(call.src, "student")
    if call.last:
        comparison.add_handed_in(call.last, "last")
    comparison.add_given()
    pairs = comparison.pairs()
    shown = write(call, comparison, pairs)
    print(f"{len(comparison.answers)} answers to {labs[0].name}, {len(shown)} pairs at least "
          f"{call.least} % alike:")
    for pair in shown[:20]:
        print(f"  {percent(pair):3} %  {pair.one.name}  and  {pair.other.name}")
    print(f"Side by side: {call.out}/similar.html")
    if call.export:
        print(f"For {call.export}: {export(call, comparison)}")


def main():
    try:
        compare(parse_options(sys.argv[1:]))
    except SystemExit as error:
        if isinstance(error.code, str):
            print(f"similar: {error}", file=sys.stderr)
            return 2
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
