"""What scripts say and do where a program is not installed."""

import os
import subprocess
import tempfile
import unittest


NAMED = "apt-get", "patch", "python3", "sudo", "nsenter", "unshare", "mpiexec", "mpirun", "orterun"


def is_named(name):
    """Is this what a test here hides, or puts something else in the place of?"""
    return name == "ldd" or name.startswith(NAMED)


def link_programs(folder, wanted):
    """Links in the folder to what PATH has of these programs."""
    for place in os.environ["PATH"].split(":"):
        for name in filter(wanted, os.listdir(place) if os.path.isdir(place) else []):
            if not os.path.lexists(f"{folder}/{name}"):
                os.symlink(os.path.join(place, name), f"{folder}/{name}")


def run_without(hidden, *words, fakes=()):
    """Runs a script where these programs are not to be found; `fakes` are (name, script)."""
    with tempfile.TemporaryDirectory() as folder:
        for name, script in fakes:
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write(script)
            os.chmod(f"{folder}/{name}", 0o755)
        link_programs(folder, lambda name: is_named(name) and name not in hidden)
        return subprocess.run(words, text=True, check=False,
                              env={"PATH": f"{folder}:{Missing.others.name}"},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)


class Missing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Thousands of links: once for all tests.
        cls.others = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.others.cleanup)
        link_programs(cls.others.name, lambda name: not is_named(name))

    def test_what_make_check_needs_is_named_by_setup(self):
        for tool in "patch", "python3":
            # With the other two it would install.
            done = run_without((tool, "apt-get", "sudo"), "sh", "common/scripts/setup.sh", "gcc")
            self.assertRegex(done.stdout, rf"(?m)^  {tool}, .* {tool}$")
            self.assertIn("there is no apt-get here", done.stdout)
            self.assertEqual(done.returncode, 1)

    def test_without_a_tool_for_machines_all_ranks_run_here(self):
        for tool in "nsenter", "unshare":
            done = run_without((tool,), "sh", "common/scripts/cluster.sh", "2", "0", "program",
                               fakes=[("mpiexec.mpich", '#!/bin/sh\necho "$@"\n')])
            self.assertEqual(done.stdout.splitlines()[1:], ["-launcher fork -n 2 program"])
            self.assertIn("gives no namespaces", done.stdout)
            self.assertEqual(done.returncode, 0)

    def test_what_is_linked_with_open_mpi_is_started_by_it(self):
        fakes = [("ldd", "#!/bin/sh\necho '\tlibmpi.so.40 => /lib/libmpi.so.40'\n"),
                 ("mpiexec.mpich", "#!/bin/sh\n"),
                 ("mpiexec.openmpi", '#!/bin/sh\necho "with $@, $OMPI_ALLOW_RUN_AS_ROOT"\n')]
        for fake, said, status in ((fakes, "with -n 2 program, 1", 0),
                                   (fakes[:2], "there is no mpiexec here", 2)):
            done = run_without(("unshare", "mpiexec.openmpi", "orterun"), "sh",
                               "common/scripts/cluster.sh", "2", "0", "program", fakes=fake)
            self.assertIn(said, done.stdout)
            self.assertEqual(done.returncode, status)


if __name__ == "__main__":
    unittest.main()
