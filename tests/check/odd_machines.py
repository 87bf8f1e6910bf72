"""On a machine that lacks what tests need the judge refuses before anything is judged, in one line
that says what is missing. On one that only gives it less the verdict is the same.
"""

import os

from judge import FULL, SECONDS, command

NO_VERDICT = 2
# What the caller's shell does first, and what the judge says then.
REFUSED = (
    ("ulimit -n 100", "'ulimit -Hn' is 100; tests need 512"),
    ("ulimit -f 1000", "'ulimit -Hf' is"),
    ("ulimit -v 300000", "'ulimit -Hv' is 300000; tests need 1048576"),
    ("ulimit -d 300000", "'ulimit -Hd' is 300000; tests need 1048576"),
    ("ulimit -s 100", "'ulimit -Hs' is 100; tests need 8192"),
    ("ulimit -t 5", "'ulimit -Ht' is 5; tests need 10"),
)
ACCEPTED = (
    "ulimit -S -n 20; ulimit -S -s 200; umask 077; exec <&-",
    "export OMP_PROC_BIND=true OMP_THREAD_LIMIT=1 KMP_BLOCKTIME=infinite TZ=x LANG=tr_TR.UTF-8",
)


def check(processes, build, labs, scratch):
    """What is not as it should be, a list of lines."""
    found = []
    for number, (first, text) in enumerate(REFUSED):
        out = f"{scratch}/machine{number}"
        done = run(processes, first, command(build, labs[:1], "solutions", out, "--brief"))
        said = done.err.splitlines()
        if done.status != NO_VERDICT or done.out or len(said) != 1 or text not in said[0]:
            found.append(f"After {first} the judge should say: {text}. It says: {done.err}")
        if os.path.exists(f"{out}/results.json"):
            found.append(f"After {first} there are results.")
    for number, first in enumerate(ACCEPTED):
        out = f"{scratch}/same{number}"
        done = run(processes, first, command(build, labs[:1], "solutions", out, "--brief"))
        if done.status != FULL:
            found.append(f"After {first} the reference loses points: {done.out}{done.err}")
    return found


def run(processes, first, words):
    return processes.run(["sh", "-c", f'{first}\nexec "$@"', "sh", *words], SECONDS)
