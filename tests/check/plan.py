"""Which submissions are judged, and in which order."""

import os
from dataclasses import dataclass, field

import submissions

# The order within a lab, too: the kinds that take longest first, so that none is left for the end.
KINDS = ("hostile", "wrong", "right", "reference", "skeleton")
SANITIZED_KINDS = ("right", "reference", "skeleton")
# So many wrong ones of a lab are judged, even if fewer fail every test between them.
LEAST_WRONG = 4
# So many other right ones of a lab are judged; sanitised, all of them are.
MOST_RIGHT = 2


@dataclass
class Plan:
    jobs: list = field(default_factory=list)       # submissions, in the order to judge them in
    unseen: dict = field(default_factory=dict)     # lab -> tests whose wrong ones need more CPUs
    not_held: set = field(default_factory=set)     # names of attacks that need namespaces


@dataclass(frozen=True)
class Limits:
    """What the caller asks for, and what the machine can do."""
    everything: bool = False    # every submission, on every lab that it is meant for,
    thorough: bool = False      # also attacks that take long, which are judged on one lab otherwise
    word: str = ""              # only those with this in their id
    sanitized: bool = False     # only what is right
    isolated: bool = True       # there are namespaces to hold attacks in
    cpus: int = 2               # online

    @property
    def all(self):
        return self.everything or bool(self.word)


def online_cpus():
    return os.sysconf("SC_NPROCESSORS_ONLN")


def cover(wrong, tests):
    """Few of the wrong ones, which fail every test between them: again and again the one that fails
    the most tests that none before it did, and a slow one only if no quick one fails any such test.
    One that fails all tests says nothing about any of them.
    """
    def worth(one):
        new = len(caught_by(one, tests) - caught)
        return (new > 0, not one.slow, new)

    chosen, left, caught = [], list(wrong), set()
    while left:
        best = max(left, key=worth)
        if not caught_by(best, tests) - caught and len(chosen) >= LEAST_WRONG:
            break
        left.remove(best)
        chosen.append(best)
        caught |= caught_by(best, tests)
    return chosen


def caught_by(wrong, tests):
    """The tests that a wrong submission shows to notice something."""
    caught = set(wrong.catches)
    return set() if caught >= set(tests) else caught


def choose_wrong(plan, lab, found, tests, limits):
    possible = [one for one in found if limits.cpus > 1 or not one.two_cpus]
    plan.unseen[lab] = {test for one in found if one not in possible for test in one.catches}
    return possible if limits.all else cover(possible, tests)


def choose_attacks(plan, found, let_loose, limits):
    """Unless all are wanted: each on the first lab that it is meant for, and no slow ones."""
    chosen = []
    for attack in found:
        everywhere = limits.all and (not attack.slow or limits.thorough or bool(limits.word))
        if attack.path in let_loose and not everywhere or attack.slow and not limits.all:
            continue
        if not limits.isolated and attack.says("Isolated", True):
            plan.not_held.add(attack.name)
            continue
        let_loose.add(attack.path)
        chosen.append(attack)
    return chosen


def make(labs, tests, limits, find=submissions.of_kind):
    """The plan for these labs; `tests` has the names of each lab's tests."""
    plan, let_loose, named = Plan(), set(), False
    for lab in labs:
        for kind in SANITIZED_KINDS if limits.sanitized else KINDS:
            found = find(lab, kind)
            named = named or any(limits.word in one.id for one in found)
            if kind == "wrong":
                found = choose_wrong(plan, lab, found, tests[lab], limits)
            elif kind == "hostile":
                found = choose_attacks(plan, found, let_loose, limits)
            elif kind == "right" and not (limits.all or limits.sanitized):
                found = sorted(found, key=lambda one: one.slow)[:MOST_RIGHT]
            plan.jobs += [one for one in found if limits.word in one.id]
    if not named:
        raise SystemExit(f"No submission that is judged here has '{limits.word}' in its name.")
    plan.jobs.sort(key=lambda one: (not one.slow, KINDS.index(one.kind)))
    return plan
