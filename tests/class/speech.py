"""In which language a student is spoken to. The judge knows every sentence that it or a test may
say, and says it in the language chosen (LOCKSTEP_LANG, LANG): it is asked for each.
"""

import contextlib
import os
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "common", "scripts"))

import terminal

WIDTH = 79


class Speech:
    """say(FORMAT, VALUE...): the sentence in the language."""

    def __init__(self, language="en", judge=None):
        self.language, self.known, self.lock = language, {}, threading.Lock()
        self.judge = judge and subprocess.Popen(
            [judge, "--say"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "LOCKSTEP_LANG": language}, encoding="utf-8", errors="replace")

    def __call__(self, form, *values):
        english = form % values
        if not self.judge:
            return english
        with self.lock:
            if english not in self.known:
                said = ""
                with contextlib.suppress(OSError):    # English is better than nothing
                    print(" ".join(english.split()), file=self.judge.stdin, flush=True)
                    said = self.judge.stdout.readline().rstrip("\n")
                self.known[english] = said or english
            return self.known[english]

    def close(self):
        if self.judge:
            with contextlib.suppress(OSError):
                self.judge.stdin.close()
            self.judge.wait()
            self.judge.stdout.close()


def wrapped(text, first, others):
    return terminal.wrapped(text, WIDTH, first, others)


def asked_for(judge):
    """In the language of whoever calls; close it."""
    language = terminal.language()
    return Speech() if language == "en" else Speech(language, judge)


ENGLISH = Speech()
