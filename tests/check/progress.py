"""How far all of it is, for whoever waits."""

import collections
import sys

WIDTH = 79


class Progress:
    """One line that is written anew on a terminal; elsewhere, a line for every so many.

    What is left takes as long as what is done of its kind, or else as long as all that is done.
    """

    def __init__(self, verb, kinds, at_once=1, every=20, stream=sys.stderr):
        self.verb, self.at_once, self.every, self.stream = verb, at_once, every, stream
        self.left = collections.Counter(kinds)
        self.all = len(kinds)
        self.done = collections.Counter()
        self.seconds = collections.Counter()
        self.known_enough = False
        self.shown = 0    # characters that stand on the terminal's line

    def step(self, kind, seconds, what=""):
        """One of a kind is done; it took so many seconds."""
        self.left[kind] -= 1
        self.done[kind] += 1
        self.seconds[kind] += seconds
        done = sum(self.done.values())
        line = f"  {self.verb} {done} of {self.all}{time_left(self.estimate())}"
        if self.stream.isatty():
            self.write(f"{line} {what}")
        elif done % self.every == 0 or done == self.all:
            print(line, file=self.stream, flush=True)

    def estimate(self):
        """Seconds that are left; None as long as nothing is known about most of what is left."""
        left = sum(self.left.values())
        known = {kind: count for kind, count in self.left.items() if self.done[kind]}
        self.known_enough |= 2 * sum(known.values()) >= left
        if left == 0 or not self.known_enough:
            return None
        seconds = sum(count * self.seconds[kind] / self.done[kind] for kind, count in known.items())
        others = left - sum(known.values())
        seconds += others * sum(self.seconds.values()) / sum(self.done.values())
        return seconds / min(self.at_once, left)

    def wait_for(self, what):
        if self.stream.isatty():
            self.write(f"  looking whether {what}")

    def write(self, line):
        # Blanks, not an escape sequence, wipe out a longer line: they work on any terminal.
        line = line[:WIDTH]
        self.stream.write(f"\r{line}{' ' * (self.shown - len(line))}")
        self.stream.flush()
        self.shown = len(line)

    def clear(self):
        if self.shown:
            self.write("")
            self.stream.write("\r")


def time_left(seconds):
    if seconds is None:
        return ""
    if seconds < 90:
        return f", about {max(5, round(seconds / 5) * 5)} s left"
    return f", about {round(seconds / 60)} min left"
