"""How much of one C file stands in another, whoever renamed, indented or moved what: winnowing, as
MOSS does it (Schleimer, Wilkerson, Aiken: Winnowing: local algorithms for document fingerprinting,
2003). Names of an answer's own are made equal, comments are left out, and what the skeleton gives
everybody is subtracted.
"""

import re
import zlib
from dataclasses import dataclass

GRAM, WINDOW = 12, 6    # tokens in a fingerprint; of so many neighbouring ones one is kept
TOKEN = re.compile(r"""
    (?P<skip>\s+|//[^\n]*|/\*.*?(?:\*/|\Z)|\\\n)
  | (?P<text>L?"(?:[^"\\\n]|\\.)*"?|L?'(?:[^'\\\n]|\\.)*'?)
  | (?P<number>\.?\d(?:[\w.]|[eEpP][+-])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.X | re.S)
KEYWORDS = frozenset("""auto break case char const continue default do double else enum extern float
    for goto if inline int long register restrict return short signed sizeof static struct switch
    typedef union unsigned void volatile while _Atomic _Bool bool size_t NULL errno""".split())


@dataclass(frozen=True)
class Prints:
    marks: dict        # {fingerprint: lines at which it begins, a tuple}
    ends: dict         # {(fingerprint, line): the line at which it ends there}

    def __len__(self):
        return len(self.marks)


def tokens(text):
    """[(token, line)]. Whether a name is called is kept, which name it is not: a call of fork() is
    like one of any function's.
    """
    found, line = [], 1
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "word":
            word = match[0] if match[0] in KEYWORDS else "n"
            found.append((word, line))
        elif kind == "number":
            found.append((match[0], line))
        elif kind == "text":
            found.append(("s", line))
        elif kind == "sign":
            found.append((match[0], line))
        line += match[0].count("\n")
    return found


def prints(text):
    words = tokens(text)
    sums = [zlib.crc32(" ".join(word for word, _ in words[at:at + GRAM]).encode())
            for at in range(len(words) - GRAM + 1)]
    chosen, last = [], -1
    for begin in range(max(1, len(sums) - WINDOW + 1) if sums else 0):
        window = range(begin, min(begin + WINDOW, len(sums)))
        at = min(window, key=lambda at: (sums[at], -at))
        if at != last:
            chosen.append(at)
            last = at
    marks, ends = {}, {}
    for at in chosen:
        line = words[at][1]
        marks[sums[at]] = (*marks.get(sums[at], ()), line)
        ends[sums[at], line] = words[at + GRAM - 1][1]
    return Prints(marks, ends)


def all_sums(text):
    """Every fingerprint, not only those that winnowing keeps: what is to be subtracted."""
    words = [word for word, _ in tokens(text)]
    return {zlib.crc32(" ".join(words[at:at + GRAM]).encode())
            for at in range(len(words) - GRAM + 1)}


def without(made, given):
    return Prints({mark: lines for mark, lines in made.marks.items() if mark not in given},
                  made.ends)


def alike(one, other):
    """The share of the smaller one's fingerprints that the other has, too: 0 .. 1."""
    least = min(len(one), len(other))
    return len(one.marks.keys() & other.marks.keys()) / least if least else 0


def lines_shared(one, other):
    """The lines of `one` in which something stands that `other` has."""
    shared = set()
    for mark in one.marks.keys() & other.marks.keys():
        for begin in one.marks[mark]:
            shared.update(range(begin, one.ends[mark, begin] + 1))
    return shared
