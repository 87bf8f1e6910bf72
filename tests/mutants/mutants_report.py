"""The report on mutants, in Markdown: a section for each seed."""

import collections
import os
import re

HEAD = """# Mutants

Written by `make mutants`, which keeps the sections of other seeds. tests/mutants/README.md says
what the words mean.
"""


def percent(killed, survived):
    return f"{100 * killed / (killed + survived):.1f} %" if killed + survived else "-"


def row(name, verdicts, same_code):
    outcomes = collections.Counter(verdict.outcome for verdict in verdicts)
    killed, survived = outcomes["killed"], outcomes["survived"]
    return (f"| {name} | {len(verdicts)} | {killed} | {survived} | {outcomes['equivalent']} | "
            f"{same_code} | {percent(killed, survived)} |")


def shown(verdict):
    mutant = verdict.mutant
    return (f"- `{verdict.path}:{mutant.line}`, {mutant.function}, {mutant.operator}"
            f"{': ' + verdict.reason if verdict.outcome == 'equivalent' else ''}\n\n"
            f"  ```diff\n  - {verdict.before}\n  + {verdict.after}".rstrip() + "\n  ```\n")


def section(seed, count, same_code, verdicts):
    """same_code: {lab: how many mutants were left out, as they make the same machine code}."""
    lines = [f"## Seed {seed}, {count} mutants", "",
             "| lab | judged | killed | survived | equivalent | same machine code | score |",
             "|---|---|---|---|---|---|---|"]
    for lab, same in same_code.items():
        lines.append(row(lab, [verdict for verdict in verdicts if verdict.mutant.lab == lab], same))
    lines.append(row("**all**", verdicts, sum(same_code.values())))
    for outcome, title in (("survived", "Survivors"), ("equivalent", "Equivalent")):
        chosen = [shown(verdict) for verdict in verdicts if verdict.outcome == outcome]
        lines += ["", f"### {title}", ""] + (chosen or ["None."])
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def write(path, seed, new):
    """Writes the report: the new section, and those of other seeds that are there already."""
    sections = {seed: new}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            parts = re.split(r"^(?=## )", file.read(), flags=re.M)[1:]
        for part in parts:
            number = int(re.match(r"## Seed (\d+)", part).group(1))
            sections.setdefault(number, part.rstrip() + "\n")
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([HEAD] + [sections[key] for key in sorted(sections)]))
