"""What peers.py compares: one Row for each line of its table."""
import statistics


# Not asked for the column of a Python without the lock: it is about the lock, or has its own row.
OWN_ROW = "switches", "sum", "references"


def middle(samples):
    return statistics.median(samples)


class Row:
    """`theirs` and `ours` are pairs (side, what), or two pairs whose quotient is meant. Without
    `theirs` there is nothing to compare with. `draws` samples are drawn in each round. `free` is
    what a Python without the GIL is asked, for its own column."""

    def __init__(self, kind, what, unit, theirs, ours, bound=None, scale=1, draws=1):
        self.kind, self.what, self.unit = kind, what, unit
        self.sources = [s if isinstance(s, list) else [s] if s else [] for s in (theirs, ours)]
        self.free = []
        self.needs = [need for source in self.sources for need in source]
        self.bound, self.scale, self.draws = bound, scale, draws

    def ask_free(self):
        """Asks it the same as the CPython with a lock; but not what is a lottery, a count of the
        lock, or has its own row."""
        if self.draws < 10:
            self.free = [
                ("free", what) for side, what in self.sources[0]
                if side == "free" or side == "cpython" and what[0] not in OWN_ROW]
            self.needs += [need for need in self.free if need not in self.needs]

    def value(self, source, measurements):
        samples = [measurements.of(*need) for need in source]
        if None in samples or not samples:
            return None
        # Both parts of a quotient are measured one right after the other: the machine, whose speed
        # comes and goes, was then the same for both.
        return (middle([one / other for one, other in zip(*samples)]) if len(samples) > 1
                else middle(samples[0]) * self.scale)

    def values(self, measurements):
        return [self.value(source, measurements) for source in self.sources]

    def figures(self, measurements):
        """What stands in the columns: theirs, the free one's, ours."""
        theirs, ours = self.values(measurements)
        free = self.value(self.free, measurements)
        return None if self.free and self.free == self.sources[0] else theirs, free, ours

    def spread(self, measurements):
        """How far samples of one thing are apart, where that is much."""
        words = []
        if self.draws >= 10 and None not in map(lambda need: measurements.of(*need), self.needs):
            for name, need in zip(("left", "right"), self.needs):
                low, _, high = statistics.quantiles(measurements.of(*need), n=4)
                low, high = low * self.scale, high * self.scale
                words.append("from %.3g to %.3g on the %s" % (low, high, name))
            draws = len(measurements.of(*self.needs[0]))
            return "half of %d draws lie %s" % (draws, ", ".join(words))
        for name, source in zip(("the left", "the right"), self.sources):
            factors = [max(s) / min(s) for s in map(lambda need: measurements.of(*need), source)
                       if s and min(s) > 0]
            if factors and max(factors) > 1.3:
                words.append("%.1f times on %s" % (max(factors), name))
        return "samples differ by up to " + ", ".join(words) if words else ""

    def verdict(self, theirs, ours):
        if ours is None or theirs is None and self.sources[0]:
            return "CPython's count could not be read (gdb, symbols, ptrace)"
        word, good = self.bound(theirs, ours) if self.bound else ("%.2f" % (ours / theirs), None)
        return word + ("" if good is None else "" if good else "  <- OFF")

    def as_json(self, measurements):
        theirs, ours = self.values(measurements)
        left, free, _ = self.figures(measurements)
        measured = ours is not None and (theirs is not None or not self.sources[0])
        good = self.bound(theirs, ours)[1] if self.bound and measured else None
        side = "bare" if self.kind == "bare" else "cpython"
        row = {"what": self.what, "unit": self.unit, side: left, "lockstep": ours,
               "kind": self.kind, "within": good}
        return dict(row, free=free) if self.free else row


def differs_by(most):
    """The difference itself is bounded; in the unit of the row."""
    return lambda theirs, ours: ("%+.2f (0 +- %.2f)" % (ours - theirs, most),
                                 abs(ours - theirs) <= most)


def deviates(most, or_ms=0):
    """The deviation is bounded, in percent, or else the difference, in milliseconds."""
    bound = "0 +- %d" % most + (", or %g us" % (or_ms * 1000) if or_ms else "")
    return lambda theirs, ours: (
        "%+.0f %% (%s)" % (100 * (ours / theirs - 1), bound),
        abs(ours / theirs - 1) * 100 <= most or abs(ours - theirs) <= or_ms)


def for_looking_at(theirs, ours):
    return "%+.0f %%" % (100 * (ours / theirs - 1)), None


def faster(least):
    """More per second."""
    return lambda theirs, ours: ("%.0f times as many (%d or more)" % (ours / theirs, least),
                                 ours >= least * theirs)


def shorter(least):
    """Less time."""
    return lambda theirs, ours: ("%.0f times as fast (%d or more)" % (theirs / ours, least),
                                 theirs >= least * ours)


def at_most(most):
    return lambda theirs, ours: ("%.2f times (%.2f or less)" % (ours / theirs, most),
                                 ours <= most * theirs)


def delay_row(threads, interval, what, bound, draws=1, where=""):
    name = "1 ms sleep beside %d, %2d ms%s: late" % (threads, interval / 1000, where)
    return Row("fidelity", name, "ms", ("cpython", what), ("lockstep", what), bound, 1000, draws)


def reference_rows(n, free):
    """What a count costs that two threads change: nothing under the lock, which lets one run."""
    what = "references to one object over one each"
    rows = [Row("fidelity", what, "ratio", ("cpython", ("references", 2, n)),
                ("lockstep", ("references", 2, n)), for_looking_at)]
    if free:
        rows.append(Row("fidelity", what + ", no lock", "ratio",
                        ("free", ("references-free", 2, n)),
                        ("lockstep", ("references-free", 2, n)), for_looking_at))
    return rows


def fidelity_rows(tiny, free):
    python_n, n = (20000, 200000) if tiny else (1500000, 30000000)
    rows = []
    for threads in (2, 4):
        rows.append(Row("fidelity", "sum: %d threads over 1" % threads, "ratio",
                        ("cpython", ("sum", threads, python_n)), ("lockstep", ("sum", threads, n)),
                        differs_by(0.10), draws=1 if tiny else 3))
        if free:
            # Longer ones: the kernel needs some milliseconds to spread new threads over the CPUs.
            rows.append(Row("fidelity", "sum without the lock: %d threads over 1" % threads,
                            "ratio", ("free", ("sum", threads, 4 * python_n)),
                            ("lockstep", ("free", threads, 4 * n))))
    rows += reference_rows(200000 if tiny else 4000000, free)
    rows.append(Row("fidelity", "12 waits of 50 ms: 1 thread over 6", "ratio",
                    [("cpython", ("waits", 1)), ("cpython", ("waits", 6))],
                    [("lockstep", ("waits", 1)), ("lockstep", ("waits", 6))], deviates(10)))
    for interval in (1000,) if tiny else (1000, 5000, 20000):
        for threads, most, or_ms in ((0, 15, 0.05), (1, 15, 0)):
            what = ("delay", threads, interval, 3 if tiny else 40)
            rows.append(delay_row(threads, interval, what, deviates(most, or_ms)))
        # Beside two threads it is a lottery, and one process has much the same luck each time. So
        # there are many processes, with one draw each. On one CPU only the lock draws. On more, the
        # kernel draws, too: it decides where three threads run. Those rows are only looked at.
        one = ("delay", 2, interval, 1)
        rows.append(delay_row(2, interval, ("one-cpu",) + one, deviates(30), 1 if tiny else 20,
                              ", one CPU"))
        rows.append(delay_row(2, interval, one, for_looking_at,
                              1 if tiny else 40 if interval < 20000 else 10))
    for threads in (2,) if tiny else (2, 4):
        what = ("switches", threads, 5000, 200 if tiny else 1000)
        rows.append(Row("fidelity", "lock switches, %d computing threads" % threads, "1/s",
                        ("cpython", what), ("lockstep", what), deviates(10)))
    return rows


def speed_rows(tiny):
    few = 10 if tiny else 100
    tasks, many = (200, 2000) if tiny else (20000, 1000000)
    both = lambda *what: (("cpython", what), ("lockstep", what))
    rows = [
        Row("speed", "pool of 2, chunks of 1: tasks", "1/s", ("cpython", ("pool", 2, tasks, 1)),
            ("lockstep", ("pool", 2, many, 1)), faster(100)),
        Row("speed", "pool of 2, chunks by CPython's rule: tasks", "1/s", *both("pool", 2, many, 0),
            bound=faster(20)),
        Row("speed", "ProcessPoolExecutor.map, chunks of 1: tasks", "1/s",
            ("cpython", ("executor", 2, tasks // 10)), ("lockstep", ("pool", 2, many, 1))),
        Row("speed", "making a pool of 2", "ms", *both("open", 2), bound=shorter(10), scale=1000),
        Row("speed", "a process: start, run, join", "ms", *both("process", few), bound=shorter(10),
            scale=1000),
        Row("speed", "12 waits on 6 threads, ThreadPoolExecutor", "s",
            ("cpython", ("waits-executor", 6)), ("lockstep", ("waits", 6))),
    ]
    for us in (0, 2000):
        for how, theirs in (("threads", "ThreadPoolExecutor"), ("loop", "asyncio"),
                            ("processes", "multiprocessing.Pool")):
            rows.append(Row("speed", "requests, 16 at once, %d ms each: %s" % (us / 1000, theirs),
                            "1/s", *both("fetch-" + how, 16, 32 if tiny else 128, us)))
    ms = 5 if tiny else 20
    for name, title, words in (
            ("process", "11 values, a process each", ("02-process/process_map",)),
            ("loop", "11 values in a loop", ("08-serial/serial", "--what", "values")),
            ("pool", "99 values on a pool of 6", ("03-pool/pool",)),
            ("powers-single", "12 fifth powers, one process",
             ("04-fifth-powers/powers", "--how", "single")),
            ("powers-multi", "12 fifth powers on a pool of 6", ("04-fifth-powers/powers",)),
            ("squares-one-by-one", "5 squares, one by one",
             ("06-squares/squares", "--how", "one-by-one")),
            ("squares-together", "5 squares, together", ("06-squares/squares",))):
        rows.append(Row("speed", "%s, %d ms each" % (title, ms), "s",
                        ("cpython", ("program", name, ms)),
                        ("lockstep", ("program",) + words + ("--task-ms", ms))))
    return rows


def bare_rows(tiny):
    few, n = (10, 200000) if tiny else (200, 100000000)
    of_linear = lambda _, ours: ("%.2f of linear" % (1 / (2 * ours)), None)
    return [
        Row("bare", "a process per task: fork, _exit, waitpid", "ms", ("lockstep", ("bare", few)),
            ("lockstep", ("process", few)), at_most(1.3), scale=1000, draws=1 if tiny else 8),
        Row("bare", "a map of 2 no-ops: two semaphores there and back", "us",
            ("lockstep", ("pingpong", 0)), ("lockstep", ("noop", 2)), at_most(3), scale=1e6),
        Row("bare", "interp_tick: over the same loop without", "ratio", None,
            ("lockstep", ("tick", 1 if tiny else 30)),
            lambda _, ours: ("(1.03 or less)", ours <= 1.03), draws=1 if tiny else 5),
        Row("bare", "sum by 2 threads over 1", "ratio", None, ("lockstep", ("free", 2, n)),
            of_linear),
        Row("bare", "sum by a pool of 2 over a pool of 1", "ratio", None,
            ("lockstep", ("engine", 2, n)), of_linear),
    ]


def rows_of(tiny, free):
    rows = fidelity_rows(tiny, free) + speed_rows(tiny) + bare_rows(tiny)
    for row in rows if free else []:
        row.ask_free()
    return rows
