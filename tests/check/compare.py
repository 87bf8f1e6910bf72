"""Compares a verdict with what a submission declares."""

from judge import FULL, LESS, SECONDS

ANY_BUT_PASSED = {"failed", "not-run", "not-started"}
LOST = {"failed", "not-run"}

# After so many tests that had to be ended the judge runs no more of a lab's (MOST_ENDED).
MOST_ENDED = 2


def problems(submission, verdict, spins=False, asked=None):
    """What is not as declared: a list of lines, empty if all is. Where threads spin while they wait
    (libomp's do, for tasks), a hang is seen by the limit on CPU time alone. So a test is ended
    there that fails elsewhere, and others are not run. Tests that are not among those `asked` for
    are not run, either.
    """
    if not verdict.tests:
        return ["The judge gave no verdicts.", *status(submission, verdict)]
    builds = submission.says("Builds", True)
    if builds and not verdict.built:
        return ["It does not build:", verdict.trouble, verdict.errors]
    found = []
    if verdict.built and not builds:
        found.append("It builds, and declares that it does not.")
    found += status(submission, verdict)
    failed = sum(test.outcome == "failed" for test in verdict.tests)
    unrun = {"not-run"} if spins and verdict.built and failed >= MOST_ENDED else set()
    for test in verdict.tests:
        wanted = allowed(submission, test.name) | unrun
        if asked is not None and test.name not in asked:
            wanted = {"not-run"}
        if test.outcome not in wanted:
            found.append(f"{test.name}: {test.outcome}, and should be"
                         f" {' or '.join(sorted(wanted))}. {test.text}".rstrip())
    found += unsaid(submission, verdict)
    known = {test.name for test in verdict.tests}
    return found + [f"There is no test {word}."
                    for word in submission.catches + submission.may if word not in known]


def unsaid(submission, verdict):
    """Words that a wrong submission expects of the report, and that no failure shown has; nor one
    of a test that it fails for certain, behind which one that may fail can be shown instead.
    """
    certain = submission.catches if submission.may else []
    said = " ".join(" ".join(test.text for test in verdict.tests
                             if test.shown or test.name in certain).split())
    return [f'The report should say "{words}". It says: {said}'
            for line in submission.head.get("Says", "").splitlines()
            for words in [line.strip().strip('"')] if words not in said]


def status(submission, verdict):
    wanted = FULL if submission.kind in ("reference", "right") else LESS
    if verdict.status == wanted:
        return []
    if verdict.status is None:
        return [f"The judge did not end within {SECONDS} s.", verdict.errors]
    return [f"The judge's exit status should be {wanted}, but it is {verdict.status}.",
            verdict.errors]


def allowed(submission, test):
    """The outcomes of a test that fit what is declared."""
    if submission.kind == "hostile":
        return ANY_BUT_PASSED
    if submission.kind == "skeleton":
        return {"not-started"}
    if test in submission.catches:
        return LOST
    return LOST | {"passed"} if test in submission.may else {"passed"}
