"""The description of a build, which make writes: lines "key value...", "-" for none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Build:
    path: str
    values: dict

    def __getitem__(self, key):
        if key not in self.values:
            raise SystemExit(f"{self.path} does not say: {key}")
        return self.values[key]

    @property
    def objects(self):
        return self["objects"]

    @property
    def sanitized(self):
        return bool(self["sanitize"])

    @property
    def spins(self):
        """Threads spin while they wait: libomp's do."""
        return self["family"] == "clang"

    @property
    def judge(self):
        return f"{self.objects}/tests/judge/judge"

    def suite(self, lab):
        """The program with the tests of a lab, around its solution."""
        return f"{self.objects}/solutions/{lab.name}/suite"


def parse(path, text):
    values = {}
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if key:
            values[key] = "" if value.strip() == "-" else value.strip()
    return Build(path, values)


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return parse(path, file.read())
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}; make writes it") from None
