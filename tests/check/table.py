"""What a lab is: reads labs/table, whose head says what its columns mean."""

from dataclasses import dataclass

TABLE = "labs/table"


@dataclass(frozen=True)
class Lab:
    name: str         # NN-topic: its folder in labs/, solutions/ and tests/submissions/
    files: tuple      # what a student writes
    flags: frozenset
    place: int = 1           # in the course
    engine: str = ""         # "" if it has none
    kind: str = ""
    hours: int = 1
    counts: str = "course"   # or bonus
    section: str = ""

    @property
    def contract(self):
        return self.files[0].replace(".c", ".h")

    @property
    def number(self):
        return self.name.partition("-")[0]

    @property
    def title(self):
        return self.name.partition("-")[2]

    @property
    def solution(self):
        return f"solutions/{self.name}"

    @property
    def submissions(self):
        return f"tests/submissions/{self.name}"


def words_of(field):
    return () if field == "-" else tuple(field.split(","))


def parse(text):
    """The labs of a table, in its order. The first line that is no comment names the columns."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    columns = lines[0].split()
    labs = []
    for line in lines[1:]:
        fields = line.split(None, len(columns) - 1)  # the last column may hold blanks
        if len(fields) != len(columns):
            raise SystemExit(f"{TABLE}: this line has too few fields: {line}")
        row = dict(zip(columns, fields))
        labs.append(Lab(row["lab"], words_of(row["files"]), frozenset(words_of(row["flags"])),
                        int(row["place"]), "".join(words_of(row["engine"])),
                        "".join(words_of(row["kind"])), int(row["hours"]), row["counts"],
                        row["section"]))
    return labs


def text_of(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        raise SystemExit(f"There is no {path} here: call it from the top folder.") from None


def read():
    return parse(text_of(TABLE))


def here(labs, build):
    """Those that can be built here: labs that want MPI only where it is installed."""
    return [lab for lab in labs if "mpi" not in lab.flags or build["mpi-flags"]]


def chosen(labs, names):
    """The labs with these names, in the table's order; all of them if there are no names."""
    for name in names:
        if all(lab.name != name for lab in labs):
            raise SystemExit(f"There is no lab {name} in {TABLE}.")
    return [lab for lab in labs if not names or lab.name in names]
