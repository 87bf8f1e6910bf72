import io
import unittest

from progress import Progress, time_left


class HowFar(unittest.TestCase):
    def progress(self, kinds, at_once=1, terminal=False):
        stream = io.StringIO()
        stream.isatty = lambda: terminal
        return Progress("judged", kinds, at_once, every=2, stream=stream)

    def test_each_kind_takes_its_time(self):
        progress = self.progress(["slow", "slow", "quick", "quick", "quick"], at_once=2)
        progress.step("slow", 20)
        self.assertIsNone(progress.estimate())      # of the quick ones nothing is known yet
        progress.step("quick", 1)
        self.assertEqual(progress.estimate(), (20 + 1 + 1) / 2)

    def test_what_is_not_known_takes_as_long_as_the_rest(self):
        progress = self.progress(["a", "a", "b", "b", "c"])
        progress.step("a", 3)
        self.assertIsNone(progress.estimate())
        progress.step("b", 5)
        self.assertEqual(progress.estimate(), 3 + 5 + 4)

    def test_what_was_said_once_is_not_taken_back(self):
        progress = self.progress(["a", "a", "b", "b"])
        progress.step("a", 3)
        progress.left["a"] += 2
        self.assertEqual(progress.estimate(), 3 * 3 + 2 * 3)
        progress.left["a"] = 0
        self.assertEqual(progress.estimate(), 2 * 3)

    def test_in_words(self):
        self.assertEqual([time_left(seconds) for seconds in (None, 1, 43, 150)],
                         ["", ", about 5 s left", ", about 45 s left", ", about 2 min left"])

    def test_elsewhere_than_on_a_terminal_now_and_then_a_line(self):
        progress = self.progress(["a"] * 3)
        for _ in range(3):
            progress.step("a", 1, "(what)")
        self.assertEqual(progress.stream.getvalue(),
                         "  judged 2 of 3, about 5 s left\n  judged 3 of 3\n")

    def test_on_a_terminal_always_the_same_line(self):
        progress = self.progress(["a"] * 2, terminal=True)
        progress.step("a", 1, "(longer)")
        progress.step("a", 1)
        progress.clear()
        lines = progress.stream.getvalue().split("\r")
        self.assertEqual(lines[1], "  judged 1 of 2, about 5 s left (longer)")
        self.assertEqual(lines[2].rstrip(), "  judged 2 of 2")
        self.assertEqual(len(lines[2]), len(lines[1]))
        self.assertEqual(lines[-2].strip() + lines[-1], "")


if __name__ == "__main__":
    unittest.main()
