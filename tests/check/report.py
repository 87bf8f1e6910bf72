"""What the verifier says in the end."""

import plan


class Tally:
    """Counts what was as it should be, and tells of what was not."""

    def __init__(self):
        self.passed = self.failed = 0

    def expect_nothing(self, what, lines):
        """A check is passed if there is nothing to say of it."""
        if not lines:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED: {what}")
        print("\n".join(lines))


def show_failed(results, tally):
    for one, problems, *_ in sorted(results, key=lambda result: result.submission.id):
        tally.expect_nothing(f"{one.lab.name}, {one.kind}: {one.name}", indented(problems))


def indented(lines):
    return [f"    {line}" for text in lines for line in text.splitlines()]


def show_lab(lab, results, tests, unseen, sanitized):
    """A lab's line. Returns the tests that no wrong submission fails."""
    own = [result for result in results if result.submission.lab == lab]
    line = f"{lab.number} {lab.title}  right {share(own, 'right')}"
    caught = set(tests) & unseen
    for result in own:
        if result.submission.kind == "wrong" and not result.problems:
            caught |= plan.caught_by(result.submission, tests)
    if not sanitized:
        line += (f"  wrong {share(own, 'wrong')}  hostile {share(own, 'hostile')}"
                 f"  tests caught out {len(caught)}/{len(tests)}")
    print(line)
    return [test for test in tests if test not in caught]


def share(results, kind):
    own = [result for result in results if result.submission.kind == kind]
    return f"{sum(not result.problems for result in own)}/{len(own)}"


def show_slowest(results):
    print("The slowest:")
    for result in sorted(results, key=lambda result: -result.seconds)[:10]:
        print(f"{result.seconds:6.1f} s  {result.submission.id}")
