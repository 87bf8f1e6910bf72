"""A lab, submissions and verdicts that tests of these programs are about."""

from judge import Test, Verdict
from submissions import Submission
from table import Lab

LAB = Lab("71-made", ("made.c",), frozenset())
TESTS = ["a", "b", "c"]


def submission(kind, name="one", **head):
    return Submission(LAB, kind, f"{kind}/{name}.c", head)


def wrong(name, catches, **head):
    return submission("wrong", name, Bug="a bug", Catches=catches, **head)


def verdict(status, *outcomes):
    return Verdict(status, [Test(LAB.name, name, outcome, f"text of {name}")
                            for name, outcome in zip(TESTS, outcomes)])
