import unittest

import trace_rules


def piece(begin, end, tid=1):
    return {"ph": "X", "pid": 1, "tid": tid, "ts": begin, "dur": end - begin, "name": "computing"}


def arrow(kind, ts, tid, number=1):
    end = {"bp": "e"} if kind == "f" else {}
    return {"ph": kind, "pid": 1, "tid": tid, "ts": ts, "id": number, "cat": "lock",
            "name": "hand-over", **end}


class Rules(unittest.TestCase):
    def assert_broken(self, events, *words):
        said = trace_rules.broken({"traceEvents": events})
        for word in words:
            self.assertTrue(any(word in line for line in said), said)
        if not words:
            self.assertEqual(said, [])

    def test_what_is_right(self):
        self.assert_broken([piece(0, 5), piece(5, 5), piece(5, 9), piece(1, 9, tid=2),
                            arrow("s", 4, 1), arrow("f", 8, 2)])

    def test_no_slices(self):
        self.assert_broken([], "no slices")

    def test_slices_that_overlap(self):
        self.assert_broken([piece(0, 5), piece(4, 9)], "before the last one ends")
        self.assert_broken([piece(0, 5), piece(4, 9, tid=2)])

    def test_fields_that_are_missing(self):
        for name in ("name", "ts", "dur", "tid", "pid"):
            event = piece(0, 5)
            del event[name]
            self.assert_broken([event], f"has no {name}")

    def test_numbers_that_become_others(self):
        self.assert_broken([piece(0, 5, tid=0)], "tid is 0")
        self.assert_broken([piece(0, 5, tid=2**32)], "tid is")
        self.assert_broken([piece(5, 0)], "ends before")

    def test_arrows(self):
        rows = [piece(0, 5), piece(0, 9, tid=2)]
        self.assert_broken([*rows, arrow("s", 5, 1), arrow("f", 8, 2)], "no slice is open")
        self.assert_broken([*rows, arrow("s", 4, 1)], "does not end")
        self.assert_broken([*rows, arrow("f", 4, 1)], "ends before it begins")
        self.assert_broken([*rows, arrow("s", 4, 1), arrow("f", 3, 2)], "back in time")
        self.assert_broken([*rows, arrow("s", 4, 1), arrow("s", 4, 1), arrow("f", 5, 2)],
                           "begins twice")
        self.assert_broken([*rows, arrow("s", 4, 1), {**arrow("f", 5, 2), "bp": "x"}],
                           "at the next slice")

    def test_other_kinds(self):
        self.assert_broken([piece(0, 5), {"ph": "Z"}], "of the kind Z")
        self.assert_broken([piece(0, 5), {"ph": "C", "pid": 1, "name": "n", "ts": 1, "args": {}}],
                           "counts nothing")
        self.assert_broken([piece(0, 5), {"ph": "M", "pid": 1, "name": "thread_name", "args": {}}],
                           "names nothing")


if __name__ == "__main__":
    unittest.main()
