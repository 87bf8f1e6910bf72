"""When something was handed in: dates as platforms write them, and their lists of who came when.

    id,time                                        a list of one's own
    Identifier,...,Last modified (submission),...  Moodle's grading worksheet
    ...,SID,Email,...,Submission Time,...          Gradescope's grades

There are commas, semicolons or tabs between. The columns are found by their names: of those in WHO
the first that names a student of the class counts. Who has no time ("-", or nothing) handed in
nothing.
"""

import csv
import datetime
import re

WHO = ("id", "sid", "student id", "id number", "identifier", "email", "email address", "name",
       "full name", "username", "login", "sis login id", "sis user id")
WHEN = ("time", "submission time", "last modified (submission)", "submitted at", "submitted_at",
        "created_at")
NEVER = ("", "-", "never")
# As Moodle writes dates in English.
WORDS = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%A, %d %B %Y, %I:%M:%S %p",
         "%A, %d %B %Y, %H:%M:%S", "%d %B %Y, %I:%M %p", "%d %B %Y, %H:%M")


def time_of(text):
    """Seconds since 1970; 0 if it is none. Without a time zone it is this machine's."""
    text = re.sub(r"\s*(Z|UTC)$", "+00:00", " ".join(text.split()))
    short = re.sub(r" ([-+]\d\d):?(\d\d)$", r"\1:\2", re.sub(r"\.\d+", "", text))
    for read in datetime.datetime.fromisoformat, *map(reader, WORDS):
        try:
            return read(short).timestamp()
        except (ValueError, OverflowError):
            continue
    return 0


def reader(form):
    return lambda text: datetime.datetime.strptime(text, form)


def read_list(path):
    """Of each row that has a time: the words that say who it is, and the time. Ends the program
    with one line if the list is none.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SystemExit(f"{path} is not in UTF-8") from None
    head = lines[0] if lines else ""
    rows = csv.reader(lines, delimiter=max(",;\t", key=head.count))
    columns = [cell.strip().casefold() for cell in next(rows, [])]
    when = next((columns.index(name) for name in WHEN if name in columns), None)
    who = [columns.index(name) for name in WHO if name in columns]
    if when is None or not who:
        raise SystemExit(f"{path}: its first line must name a column with who it is ({WHO[0]}) and "
                         f"one with the time ({WHEN[0]}), and has: {', '.join(columns)}")
    found = []
    for row in rows:
        text = row[when].strip() if when < len(row) else ""
        if text.casefold() in NEVER:
            continue
        if not time_of(text):
            raise SystemExit(f"{path}, line {rows.line_num}: '{text}' is no time such as "
                             "2026-11-20 23:59 or 2026-11-20T23:59:00+01:00")
        words = (row[number].strip() for number in who if number < len(row))
        found.append(([re.sub(r"^Participant (?=\d)", "", word) for word in words if word],
                      time_of(text)))
    return found
