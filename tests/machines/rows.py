"""Which odd machines there are: reads tests/machines/table, whose head says what its words mean."""

import re
import shlex
from dataclasses import dataclass, field

TABLE = "tests/machines/table"
COLUMNS = ["name", "base", "who", "expect", "how"]
BASES = ("host", "debian11", "debian12", "debian13", "debian12-arm64")
ULIMITS = "cdflnstuv"

NUMBER = r"[0-9]+"
# The switches that a row may name, and what their values look like; None: they have none.
SWITCHES = {
    "hidepid": None, "noproc": None, "nosys": None, "nochildren": None, "noshm": None,
    "shmfull": None,
    "noexec-tmp": None, "diskfull": None, "readonly": None, "nocaps": None, "maskedproc": None,
    "shadowed": None,
    "userns": r"one|many", "seccomp": r"[a-z-]+", "cpu": NUMBER, "memory": NUMBER + r"M",
    "cpus": NUMBER, "ulimit": rf"[{ULIMITS}]:{NUMBER}", "env": r"[A-Z_]+=.*", "cflags": r".*",
    "ldflags": r".*", "cc": r"\S+", "packages": r"[a-z0-9.,+-]+", "checkout": r"crlf",
    "path": r"long|blanks", "src": r"blanks", "umask": r"[0-7]{3}", "lang": r"\S+", "tz": r"\S+",
    "stdin": r"closed", "mpi": None, "cluster": None, "check": None, "gate": None,
}
# These may stand in a row more than once.
LISTS = ("env", "ulimit")


@dataclass(frozen=True)
class Row:
    name: str
    base: str
    user: bool      # an ordinary user, not root
    full: bool      # the verdict of a full machine is expected; if not, a refusal
    how: dict = field(default_factory=dict)    # switch -> value; True if it has none; lists

    def has(self, switch):
        return switch in self.how

    def get(self, switch, otherwise=None):
        return self.how.get(switch, otherwise)

    @property
    def compiler(self):
        return self.get("cc", "gcc")

    @property
    def environment(self):
        return dict(setting.split("=", 1) for setting in self.get("env", []))

    @property
    def ulimits(self):
        pairs = (limit.split(":") for limit in self.get("ulimit", []))
        return [(kind, int(value)) for kind, value in pairs]


class Mistake(Exception):
    """Something in the table that nobody understands."""


def parse_switch(word):
    name, equals, value = word.partition("=")
    if name not in SWITCHES:
        raise Mistake(f"there is no switch '{name}'")
    pattern = SWITCHES[name]
    if pattern is None and equals:
        raise Mistake(f"'{name}' takes no value")
    if pattern is not None and not re.fullmatch(pattern, value):
        raise Mistake(f"'{word}': the value does not look like {pattern}")
    return name, value if pattern else True


def parse_how(text):
    how = {}
    for word in shlex.split("" if text == "-" else text):
        name, value = parse_switch(word)
        if name in LISTS:
            how.setdefault(name, []).append(value)
        elif name in how:
            raise Mistake(f"'{name}' stands there twice")
        else:
            how[name] = value
    return how


def one_of(word, *allowed):
    if word not in allowed:
        raise Mistake(f"'{word}' is none of: {' '.join(allowed)}")
    return word


def parse_row(line):
    fields = line.split(None, len(COLUMNS) - 1)
    if len(fields) != len(COLUMNS):
        raise Mistake("too few fields")
    name, base, who, expect, how = fields
    return Row(name, one_of(base, *BASES), one_of(who, "root", "user") == "user",
               one_of(expect, "full", "refused") == "full", parse_how(how))


def parse(text):
    """The rows of a table, in its order. The first line that is no comment names the columns."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1)
             if line.strip() and not line.startswith("#")]
    if not lines or lines[0][1].split() != COLUMNS:
        raise SystemExit(f"{TABLE}: its first line must name the columns: {' '.join(COLUMNS)}")
    rows = []
    for number, line in lines[1:]:
        try:
            row = parse_row(line)
            if any(row.name == other.name for other in rows):
                raise Mistake(f"two machines are called {row.name}")
        except (Mistake, ValueError) as mistake:    # ValueError: a quotation that does not end
            raise SystemExit(f"{TABLE}:{number}: {mistake}") from None
        rows.append(row)
    return rows


def chosen(rows, word):
    """The rows that have the word in their names or bases, or as a switch; all, if it is empty."""
    found = [row for row in rows if word in row.name or word == row.base or row.has(word)]
    if not found:
        raise SystemExit(f"No machine in {TABLE} has '{word}' in its name.")
    return found
