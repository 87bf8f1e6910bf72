"""Does `make race` see the races that there are, and no others? Looks at every reference and right
submission of a lab that may have data races (nothing may be found), and at every wrong or racy one
that says "Race: yes" in its head (something must be). Exit status 1 if one was judged otherwise, 2
if race.sh could not look.
"""

import os
import shutil
import sys
import time

import description
import options
import session
import source
import submissions
import table
from progress import Progress

NONE_SEEN, SEEN = 0, 1
COULD_NOT_LOOK = 2


def parse_options(words):
    parser = options.parser(__doc__)
    parser.add_argument("--seconds", type=int, default=15, metavar="N",
                        help="a test that has not ended by then is looked at so far (15)")
    return parser.parse_args(words)


def expected(labs):
    """[(submission, what race.sh is to say of it)]"""
    pairs = []
    for lab in labs:
        if "threads" not in lab.flags:
            continue
        pairs += [(one, NONE_SEEN) for kind in ("reference", "right")
                  for one in submissions.of_kind(lab, kind)]
        pairs += [(one, SEEN) for kind in ("wrong", "racy")
                  for one in submissions.of_kind(lab, kind) if one.says("Race", False)]
    return pairs


def look(call, processes, submission, folder):
    """What race.sh says of a submission: its exit status and its words."""
    os.mkdir(folder)
    problems = submission.problems() or source.make(processes, submission, folder)
    if problems:
        return COULD_NOT_LOOK, "\n".join(problems)
    done = processes.run(["sh", "tests/tools/race.sh", "--seconds", str(call.seconds),
                          call.build, submission.lab.name, folder])
    shutil.rmtree(folder)
    return done.status, done.out + done.err


def races(call, processes, scratch):
    description.read(call.build)
    pairs = expected(table.chosen(table.read(), call.labs))
    progress = Progress("looked at", [wanted for _, wanted in pairs], every=5)
    failed = 0
    for submission, wanted in pairs:
        began = time.monotonic()
        status, said = look(call, processes, submission, f"{scratch}/look")
        if status not in (NONE_SEEN, SEEN):
            progress.clear()
            print(f"{submission.id}:\n{said}")
            return COULD_NOT_LOOK
        if status != wanted:
            failed += 1
            progress.clear()
            print(f"{submission.id}: {'a race' if wanted == SEEN else 'no race'} was expected")
            print("".join(f"    {line}\n" for line in said.splitlines()), end="")
        progress.step(wanted, time.monotonic() - began, f"({submission.id})")
    progress.clear()
    racy = sum(wanted == SEEN for _, wanted in pairs)
    print(f"{len(pairs) - racy} right ones and {racy} with a race: {failed} judged otherwise")
    return 1 if failed else 0


def main():
    call = parse_options(sys.argv[1:])
    return session.run(lambda processes, scratch: races(call, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
