"""Does the judge judge as it should? Lets it judge, for each lab: the reference (full score), the
untouched skeleton (nothing started), and what lies in tests/submissions: other right ways, wrong
ones, and attacks. tests/README.md says what each of these files declares.

Of the wrong ones, as many are judged as it takes to fail every test, and four at least, by the
tests that they declare; of other right ways two; of the attacks, each on one lab, by all tests or
by those that it declares, but not those that take long. With --all every one is judged, but attacks
that take long on one lab only; with --by-all too, on each, and all by every test. Sanitised, all
right ones are judged, and no others.
Exit status 0 if all is as it should be, 1 if not.
"""

import concurrent.futures
import os
import shutil
import sys
import time
from collections import namedtuple

import beside
import breaks
import builder
import compare
import description
import judge
import languages
import looks
import odd_files
import odd_machines
import options
import plan
import promises
import report
import session
import source
import steady
import submissions
import table
import tables
from progress import Progress

# Judges at once, for each CPU. Threads that spin while they wait use more CPU time the longer they
# wait for a CPU, so where they do there are fewer.
AT_ONCE, AT_ONCE_SPINNING = 4, 1

# problems: lines, none if it was judged as it declares. looks: the functions that the report leads
# to, and those that it may lead to.
Result = namedtuple("Result", "submission problems seconds looks may_look", defaults=[(), ()])


def parse_options(words):
    parser = options.parser(__doc__)
    parser.add_argument("--all", action="store_true",
                        help="judge every one, on every lab that it is meant for")
    parser.add_argument("--by-all", action="store_true",
                        help="judge wrong ones and attacks by all tests, not by those they name")
    parser.add_argument("--only", default="", metavar="WORD",
                        help="judge only those with WORD in LAB.KIND.NAME, but all of these")
    parser.add_argument("--verbose", action="store_true", help="say which took longest")
    parser.add_argument("--strict", action="store_true",
                        help="it is an error if somebody works on a skeleton in labs/")
    return parser.parse_args(words)


class Check:
    """One call: what it was asked for, and what it works with."""

    def __init__(self, call, processes, scratch):
        self.call, self.processes, self.scratch = call, processes, scratch
        self.build = description.read(call.build)
        known = table.here(table.read(), self.build)
        self.labs = table.chosen(known, call.labs)
        # What is checked beside the submissions is about the whole tree.
        self.whole = self.labs == known and not call.only and not self.build.sanitized
        self.tests = {lab: judge.tests_of(processes, self.build, lab) for lab in self.labs}

    def make_plan(self):
        isolated = judge.isolates(self.processes, self.build, self.labs[0], self.scratch)
        limits = plan.Limits(everything=self.call.all, thorough=self.call.by_all,
                             word=self.call.only,
                             sanitized=self.build.sanitized, isolated=isolated,
                             cpus=plan.online_cpus())
        return plan.make(self.labs, self.tests, limits)

    def judge(self, submission):
        began = time.monotonic()
        folder = f"{self.scratch}/{submission.id}"
        problems = submission.problems() or source.make(self.processes, submission, folder)
        seen, may_look = [], looks.of_submission(submission)
        if not problems:
            by_all = self.call.by_all or self.call.only
            asked = None if by_all else declared(submission, self.tests)
            verdict = judge.judge(self.processes, self.build, [submission.lab], folder,
                                  f"{folder}/out", *judge_options(submission, asked, self.call.all))
            problems = compare.problems(submission, verdict, self.build.spins, asked)
            seen = verdict.looks
        shutil.rmtree(folder, ignore_errors=True)
        return Result(submission, problems, time.monotonic() - began, seen, may_look)

    def judge_all(self, jobs, others):
        """The results of all jobs, and the lines of all others, {title: future lines}."""
        results = []
        at_once = (AT_ONCE_SPINNING if self.build.spins else AT_ONCE) * (os.cpu_count() or 1)
        progress = Progress("judged", [estimated_as(job) for job in jobs], at_once)

        def ended(submission, result):
            results.append(result)
            progress.step(estimated_as(submission), result.seconds, f"({submission.id})")

        session.at_once(at_once, self.judge, jobs, ended)
        lines = {}
        for title, future in others.items():
            progress.wait_for(title)
            lines[title] = future.result()
        progress.clear()
        return results, lines

    def meanwhile(self, pool):
        """What sleeps more than it computes, side by side with the judges: {title: future}."""
        whole = {
            "README and handouts say what is true": beside.pages,
            "translations say what pages and programs say": beside.translations,
            "a lab is its own folders and one row of labs/table": beside.new_lab,
            "what measures starts, ends and writes tables": beside.measures,
            "the demo asks a server, which ends with it": beside.demo,
            "a verdict is the same in every language": languages.check,
            "of odd files the judge says what they are": odd_files.check,
            "what a machine lacks costs nobody points": odd_machines.check,
            "what make break shows happens, and leaves nothing": breaks.check,
            "a made class is graded as its answers are worth": beside.made_class,
            "copies are told from independent answers": beside.similar_answers,
            "the builder refuses what it must, and says why": builder.check,
            "the unit tests of these programs pass": beside.unit_tests,
        }
        return {title: pool.submit(check, self.processes, self.build, self.labs, self.scratch)
                for title, check in (whole.items() if self.whole else ())}

    def report(self, todo, results):
        tally = report.Tally()
        report.show_failed(results, tally)
        for lab in self.labs:
            if self.call.only and all(result.submission.lab != lab for result in results):
                continue
            uncaught = report.show_lab(lab, results, self.tests[lab], todo.unseen.get(lab, set()),
                                       self.build.sanitized)
            # A test that no wrong submission fails proves nothing.
            if uncaught and not self.call.only and not self.build.sanitized:
                print(f"  no wrong submission fails: {' '.join(uncaught)}")
                tally.failed += 1
        if todo.not_held:
            print("Not run, as namespaces do not hold them here:", *sorted(todo.not_held))
        return tally

    def check_promises(self, tally):
        """Every promise of a contract is broken by a wrong submission, which quotes it."""
        wrong = [one for lab in self.labs for one in submissions.of_kind(lab, "wrong")]
        broken, there, lines = promises.check(self.labs, wrong, self.whole)
        print(f"promises broken {broken}/{there}")
        tally.expect_nothing("every promise is broken by a wrong submission", lines)

    def check_looks(self, results, tally):
        first, somewhere, asked = looks.count(results)
        if self.call.all:
            print(f"first look right {first}/{asked}, right somewhere {somewhere}/{asked}")
            if self.whole:
                print(steady.quoted([one for lab in self.labs
                                     for one in submissions.of_kind(lab, "wrong")]))
        for line in looks.misses(results) if self.call.verbose else []:
            print(f"  {line}")
        wrong = looks.too_few(first, somewhere, asked) if self.call.all else []
        tally.expect_nothing("reports lead to the function that is wrong", wrong)

    def check_tables(self, tally):
        """With the whole tree, pages.py looks at this."""
        known = table.read()
        tests = {lab.name: tables.tests_of(self.build["objects"], lab)
                 for lab in table.here(known, self.build)}
        tally.expect_nothing("labs/table, pages and folders agree",
                             list(tables.wrong_tables(known, tests)))

    def check_skeletons(self, tally):
        wrong, worked_on = beside.skeletons(self.processes, self.labs, self.call.strict)
        print("".join(f"{line}\n" for line in worked_on), end="")
        tally.expect_nothing("the skeletons are those that the solutions give", wrong)


def declared(submission, tests):
    """The tests that a wrong submission says it fails or may fail, or those of its lab by which an
    attack is to be judged; None where that is not the question.
    """
    if submission.kind == "hostile":
        named = submission.head.get("Tests", "").split()
        return [test for test in tests[submission.lab] if test in named] or None
    return submission.catches + submission.may if submission.kind == "wrong" else None


def judge_options(submission, asked, thorough):
    words = ["--jobs", "2"]
    if asked:
        words += ["--tests", ",".join(asked)]
    if submission.kind == "hostile" and submission.says("Isolated", True):
        words.append("--isolated")
    if submission.kind == "reference" and thorough:
        words.append("--thorough")
    return words


def estimated_as(submission):
    return "slow" if submission.slow else submission.kind


def verify(call, processes, scratch):
    check = Check(call, processes, scratch)
    todo = check.make_plan()
    before = beside.tree(check.build)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        results, others = check.judge_all(todo.jobs, check.meanwhile(pool))
    tally = check.report(todo, results)
    if not call.only and not check.build.sanitized:
        check.check_promises(tally)
        check.check_looks(results, tally)
        if not check.whole:
            check.check_tables(tally)
    check.check_skeletons(tally)
    tally.expect_nothing("no file in the tree has changed meanwhile",
                         beside.changed(before, beside.tree(check.build)))
    tally.expect_nothing("no process of a submission is left", beside.processes_left(scratch))
    for title, lines in others.items():
        tally.expect_nothing(title, lines)
    if call.verbose:
        report.show_slowest(results)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


def main():
    call = parse_options(sys.argv[1:])
    if not shutil.which("patch"):
        raise SystemExit("make check needs patch(1): make setup installs it.")
    return session.run(lambda processes, scratch: verify(call, processes, scratch))


if __name__ == "__main__":
    sys.exit(main())
