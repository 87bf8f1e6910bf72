"""In which language programs in Python speak, and lines in a terminal's columns."""

import os
import re
import unicodedata


def language():
    """As common/program/language.h has it: "ko", for example; "en" if none is asked for."""
    asked = os.environ.get("LOCKSTEP_LANG")
    if not asked:
        asked = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
        if not re.search(r"\.utf-?8", asked, re.I):
            return "en"
    return re.match(r"[a-z]*", asked)[0] or "en"


def columns(text):
    """A character of Hangul takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def wrapped(text, width, first="", others=""):
    """Lines of so many columns at most; `first` and `others` are what they begin with."""
    lines, words = [], []
    for word in text.split():
        begin = others if lines else first
        if words and columns(begin + " ".join([*words, word])) > width:
            lines.append(begin + " ".join(words))
            words = []
        words.append(word)
    return lines + [(others if lines else first) + " ".join(words)] if words else lines
