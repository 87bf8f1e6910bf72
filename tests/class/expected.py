"""Did each student of a made class get what his or her own answers are worth, and nobody's else?"""

import outcome


def problems(students, results):
    """Lines about what is wrong. `results`: {id: outcome.Outcome}."""
    for one in students:
        result = results.get(one.id)
        if result is None:
            yield f"{one.id}: no result"
        elif result.status != outcome.GRADED:
            yield f"{one.id}: {result.status}: {result.why}"
        else:
            labs = {lab.name: lab for lab in result.labs}
            for lab, submission in one.parts.items():
                yield from (f"{one.id}, {submission.id}: {line}"
                            for line in lab_problems(submission, labs[lab.name]))
    for ident in sorted(set(results) - {one.id for one in students}):
        yield f"{ident}: a result of nobody's"


def lab_problems(submission, lab):
    lost = {test.name for test in lab.tests if test.outcome != "passed"}
    every = {test.name for test in lab.tests}
    if submission.kind in ("reference", "right") and lost:
        yield f"it is right, and lost {' '.join(sorted(lost))}"
    if submission.kind in ("skeleton", "hostile") and lab.points:
        yield f"it earned {lab.points} points"
    if submission.kind == "wrong":
        catches = every if "*" in submission.catches else set(submission.catches)
        if catches - lost:
            yield f"passed {' '.join(sorted(catches - lost))}"
        if lost - catches - set(submission.may):
            yield f"lost {' '.join(sorted(lost - catches - set(submission.may)))}"
