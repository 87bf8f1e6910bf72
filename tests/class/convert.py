"""One outcome in the form of each system. If the grader failed, each says so and gives no score."""

import datetime
import html
import json

import feedback
import outcome
import sheets


def words_of(lab, test):
    """What a student is to read of a test that did not pass."""
    if test.outcome == "passed":
        return ""
    if lab.state != outcome.TESTED:
        return lab.why
    # The judge itself says "not run, as ...", and of what is not begun only what is to be written.
    begin = "not started: " if test.outcome == "not-started" else ""
    return f"{begin}{test.text} {feedback.look(test) if test.outcome == 'failed' else ''}".strip()


def tests_of(result):
    """(lab, test, its name in full, words about it)."""
    for lab in result.labs:
        for test in lab.tests:
            yield lab, test, f"{lab.name} / {test.name}: {test.title}", words_of(lab, test)


def remarks(result):
    return "\n".join(result.odd)


def sums(result):
    return (sum(test.points for test in result.tests), sum(test.most for test in result.tests))


def as_json(value):
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def gradescope(result, _more):
    if result.failed:
        return as_json({"output": outcome.SORRY, "stdout_visibility": "hidden", "tests": [
            {"name": "The grader", "status": "failed", "output": outcome.SORRY}]})
    return as_json({
        "output": remarks(result), "output_format": "text", "stdout_visibility": "hidden",
        "extra_data": {"version": result.version},
        "tests": [{"name": name, "score": test.points, "max_score": test.most,
                   "status": "passed" if test.outcome == "passed" else "failed", "output": words,
                   "output_format": "text", "visibility": "visible"}
                  for _lab, test, name, words in tests_of(result)]})


def autolab(result, _more):
    """What stands before the last line is what a student reads; without that line there is no
    score.
    """
    if result.failed:
        return f"{outcome.SORRY}\n"
    scores = {lab.name: lab.points for lab in result.labs}
    return (feedback.as_text(row_of(result)) +
            json.dumps({"scores": scores, "scoreboard": [*scores.values(), sums(result)[0]]}) +
            "\n")


def row_of(result):
    return sheets.Row(result)


def classroom50(result, more):
    if result.failed:
        return f"{outcome.SORRY}\n"
    points, most = sums(result)
    return as_json({
        "schema": "classroom50/result/v1", "classroom": more.get("CLASSROOM", ""),
        "assignment": more.get("ASSIGNMENT", ""), "submission": more.get("SUBMISSION", ""),
        "commit": more.get("COMMIT", ""), "release": more.get("RELEASE", ""),
        "review": more.get("REVIEW", ""), "datetime": now(), "score": points, "max-score": most,
        "tests": [{"test-name": name, "passed": test.outcome == "passed", "score": test.points,
                   "max-score": test.most, "message": words}
                  for _lab, test, name, words in tests_of(result)]})


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def prairielearn(result, _more):
    if result.failed:
        return as_json({"gradable": False, "format_errors": [outcome.SORRY],
                        "message": outcome.SORRY})
    points, most = sums(result)
    return as_json({
        "gradable": True, "score": points / most if most else 0, "message": remarks(result),
        "output": feedback.as_text(row_of(result))[:200000],
        "tests": [{"name": name, "description": "", "points": test.points, "max_points": test.most,
                   "message": words, "output": ""}
                  for _lab, test, name, words in tests_of(result)]})


def vpl(result, more):
    """A line that begins with "Grade" is the score: nothing that is quoted may look so."""
    if result.failed:
        return f"<|--\n{quoted(outcome.SORRY)}\n--|>\n"
    points, most = sums(result)
    best = float(more.get("VPL_GRADEMAX") or 100)
    return (f"<|--\n{quoted(feedback.as_text(row_of(result)))}\n--|>\n"
            f"Grade :=>> {best * points / most if most else 0:g}\n")


def quoted(text):
    return "\n".join(f"> {line}" for line in text.splitlines())


def coderunner(result, _more):
    if result.failed:
        return f"{outcome.SORRY}\n"
    points, most = sums(result)
    rows = [["iscorrect", "Test", "Points", "What was seen"]]
    rows += [[test.outcome == "passed", name, f"{test.points} of {test.most}", words]
             for _lab, test, name, words in tests_of(result)]
    return json.dumps({"fraction": points / most if most else 0, "testresults": rows,
                       "prologuehtml": "".join(f"<p>{html.escape(line)}</p>"
                                               for line in result.odd)}) + "\n"


FORMATS = {one.__name__: one for one in
           (gradescope, autolab, classroom50, prairielearn, vpl, coderunner)}
