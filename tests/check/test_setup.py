import os
import subprocess
import tempfile
import unittest

HIDDEN = ("apt-get", "sudo")   # with these it would install


def setup_without(tool):
    """What `make setup` prints where this program is not installed, nor anything that installs."""
    with tempfile.TemporaryDirectory() as folder:
        for place in os.environ["PATH"].split(":"):
            for name in os.listdir(place) if os.path.isdir(place) else []:
                if name not in (tool, *HIDDEN) and not os.path.lexists(f"{folder}/{name}"):
                    os.symlink(os.path.join(place, name), f"{folder}/{name}")
        done = subprocess.run(["sh", "common/scripts/setup.sh", "gcc"], text=True, check=False,
                              env={"PATH": folder}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done


class Setup(unittest.TestCase):
    def test_what_make_check_needs_is_among_what_is_missing(self):
        for tool in "patch", "python3":
            done = setup_without(tool)
            self.assertRegex(done.stdout, rf"(?m)^  {tool}, .* {tool}$")
            self.assertIn("there is no apt-get here", done.stdout)
            self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
