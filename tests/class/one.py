"""Grades what one student handed in, and says it in the form of a system.

usage: one.py --build FILE --from FOLDER --format NAME --to FILE [--more KEY=VALUE]... [LAB...]
Whatever fails, the result says that the grader failed and not the student. Exit status: 0 there is
a score, 2 there is none.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "check"))

import convert
import description
import grading
import intake
import layout
import names
import options
import outcome
import session
import table
import entries as files_of


def parse_options(words):
    parser = options.parser(__doc__)
    parser.add_argument("--from", dest="source", required=True, help="what was handed in")
    parser.add_argument("--format", choices=sorted(convert.FORMATS), required=True)
    parser.add_argument("--to", required=True, metavar="FILE", help="where the result goes")
    parser.add_argument("--more", action="append", default=[], metavar="KEY=VALUE",
                        help="what the system says of this submission")
    return parser.parse_args(words)


def grade(call, processes, scratch):
    result = outcome.Outcome("your work")
    try:
        known = table.read()
        labs = table.chosen(known, call.labs)
        handin = intake.HandIn(names.Owner(""))
        handin.entries = files_of.of_folder(call.source, handin.odd)
        work = layout.gather(handin.open(), labs)
        build = description.read(call.build)
        result.version = grading.version_of(build, known)
        grader = grading.Grader(processes, build, labs, scratch, away=(call.source,))
        grader.grade(result, work)
        result.odd = [*handin.odd.lines, *work.odd]
    except (SystemExit, OSError) as error:
        result.status, result.why = outcome.FAILED, str(error)
    more = dict(word.partition("=")[::2] for word in call.more)
    outcome.write(call.to, convert.FORMATS[call.format](result, more))
    if result.failed:
        print(f"The grader failed: {result.why}", file=sys.stderr)
    return 2 if result.failed else 0


def main():
    call = parse_options(sys.argv[1:])
    return session.run(lambda processes, scratch: grade(call, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
