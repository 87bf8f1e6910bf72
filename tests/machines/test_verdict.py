import json
import os
import tempfile
import unittest

import verdict


def tests(lab, *scores):
    return [{"name": f"{lab} / test{number}: it works", "score": score, "max_score": 2}
            for number, score in enumerate(scores)]


class Verdicts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = folder.name
        self.step("build", 0)
        self.step("doctor", 0)

    def step(self, name, status, text="", results=None):
        for ending, content in (("status", str(status)), ("txt", text),
                                ("json", results and json.dumps({"tests": results}))):
            if content is not None:
                path = os.path.join(self.out, f"{name}.{ending}")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(content)

    def read(self, *names):
        return verdict.read(self.out, names)

    def test_full(self):
        self.step("grade", 0, results=tests("71-made", 2, 2))
        self.step("right-0", 0, results=tests("71-made", 2, 2))
        seen = self.read({"71-made": "loops"})
        self.assertEqual((seen.points, seen.most, seen.right, seen.answers), (4, 4, 1, 1))
        self.assertTrue(seen.full)
        self.assertFalse(seen.refused)

    def test_lost_points_are_named(self):
        self.step("grade", 2, results=tests("71-made", 2, 0))
        self.step("right-0", 2, results=tests("71-made", 0, 0) + tests("72-two", 2, 2))
        seen = self.read({"71-made": "loops", "72-two": "pipes"}, {"71-made": "naps"})
        self.assertEqual(seen.lost, ["71-made reference: test1", "71-made loops: everything",
                                     "71-made naps: not judged"])
        self.assertEqual((seen.right, seen.answers), (1, 3))
        self.assertFalse(seen.full)

    def test_refused_with_a_line_that_the_doctor_gives_too(self):
        self.step("grade", 2, "Building\njudge: there is no /proc: mount it\nmake: *** [grade] 2\n")
        self.assertFalse(self.read().refused)
        self.step("doctor", 2)
        seen = self.read()
        self.assertTrue(seen.refused)
        self.assertEqual(seen.line, "judge: there is no /proc: mount it")

    def test_what_cannot_be_built_is_refused(self):
        self.step("build", 2, "In file x.h:\nx.c:3:1: error: 64 bits are needed\n   3 | int\n"
                  "make[1]: *** [x.o] Error 1\n")
        seen = self.read()
        self.assertTrue(seen.refused)
        self.assertEqual(seen.line, "x.c:3:1: error: 64 bits are needed")

    def test_silence_is_no_refusal(self):
        self.step("grade", 2, "make: *** [grade] Error 2\n")
        self.step("doctor", 2)
        self.assertFalse(self.read().refused)

    def test_make_check(self):
        self.step("grade", 0, results=tests("71-made", 2))
        self.assertIsNone(self.read().check)
        self.step("check", 2, "FAILED: this\n1 passed, 1 failed\nmake: *** [check] Error 1\n")
        seen = self.read()
        self.assertIs(seen.check, False)
        self.assertFalse(seen.full)
        self.step("check", 0)
        self.assertTrue(self.read().full)

    def test_a_door_that_fails_is_named_whichever_it_is(self):
        self.step("grade", 0, results=tests("71-made", 2))
        self.step("check", 0)
        self.step("run-72-two", 0)
        self.assertTrue(self.read().full)
        self.step("cluster", 1, "mount: there is no /etc/hosts: error\n")
        seen = self.read()
        self.assertFalse(seen.full)
        self.assertEqual(seen.line, "mount: there is no /etc/hosts: error")


if __name__ == "__main__":
    unittest.main()
