"""How students' repositories are fetched."""

import os
import shutil
import subprocess
import tempfile
import unittest

COLLECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "packages/github/collect.sh")
WHO = {"GIT_AUTHOR_NAME": "kim", "GIT_AUTHOR_EMAIL": "kim@example.org",
       "GIT_COMMITTER_NAME": "kim", "GIT_COMMITTER_EMAIL": "kim@example.org",
       "GIT_COMMITTER_DATE": "2026-11-20T10:00:00Z"}


@unittest.skipUnless(shutil.which("git"), "there is no git")
class Collect(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.top)
        self.env = {**os.environ, **WHO, "HOME": self.top}
        os.mkdir(f"{self.top}/kim")
        self.git("init", "--quiet")

    def git(self, *words):
        subprocess.run(["git", *words], cwd=f"{self.top}/kim", env=self.env, check=True)

    def push(self, name, text):
        with open(f"{self.top}/kim/{name}", "w", encoding="utf-8") as file:
            file.write(text)
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "work")

    def line(self, ident):
        return f"{ident} file://{self.top}/kim"

    def collect(self, *lines):
        with open(f"{self.top}/list", "w", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
        return subprocess.run(["sh", COLLECT, f"{self.top}/list", f"{self.top}/out"], text=True,
                              env=self.env, check=False, capture_output=True)

    def found(self):
        return sorted(os.path.relpath(os.path.join(folder, name), f"{self.top}/out")
                      for folder, _, names in os.walk(f"{self.top}/out") for name in names)

    def test_the_newest_files_with_their_commits_time(self):
        self.push("pond.c", "old")
        self.push("pond.c", "new")
        done = self.collect("# who where", "", self.line("s01"), self.line("s02"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.found(), ["s01/pond.c", "s02/pond.c"])
        with open(f"{self.top}/out/s01/pond.c", encoding="utf-8") as file:
            self.assertEqual(file.read(), "new")
        self.assertEqual(os.stat(f"{self.top}/out/s01/pond.c").st_mtime, 1795168800)

    def test_what_did_not_come_is_no_empty_hand_in(self):
        self.push("pond.c", "x")
        self.assertEqual(self.collect(self.line("s01")).returncode, 0)
        self.push("pond.c", "y")
        for line in (f"s02 {self.top}/nobody", "s02", f"{self.line('s02')} more",
                     self.line("../s02"), self.line("s01"), "s02 --upload-pack=x/y"):
            done = self.collect(self.line("s01"), line)
            with self.subTest(line):
                self.assertEqual(done.returncode, 1)
                self.assertIn("1 of 2 were not fetched", done.stderr)
                self.assertEqual(self.found(), ["s01/pond.c"])
                with open(f"{self.top}/out/s01/pond.c", encoding="utf-8") as file:
                    self.assertEqual(file.read(), "x")

    def test_nothing_of_a_repository_is_run(self):
        self.push(".gitattributes", "* filter=own\n")
        self.push(".gitmodules", f'[submodule "a"]\npath = a\nurl = {self.top}/kim\n')
        os.symlink("/etc/passwd", f"{self.top}/kim/pond.c")
        self.push("lake.c", "x")
        self.assertEqual(self.collect(self.line("s01")).returncode, 0)
        self.assertEqual(self.found(), ["s01/.gitattributes", "s01/.gitmodules", "s01/lake.c",
                                        "s01/pond.c"])
        self.assertTrue(os.path.islink(f"{self.top}/out/s01/pond.c"))


if __name__ == "__main__":
    unittest.main()
