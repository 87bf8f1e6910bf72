import os
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

import beside
import session
from processes import Processes, Stopped, environment

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


class Programs(unittest.TestCase):
    def test_run_to_their_end(self):
        done = Processes().run(["sh", "-c", "echo out; echo err >&2; exit 3"])
        self.assertEqual(done, (3, "out\n", "err\n"))

    def test_are_ended_when_their_time_is_over(self):
        done = Processes().run(["sh", "-c", "echo out; exec sleep 60"], seconds=0.5)
        self.assertEqual(done, (None, "out\n", ""))

    def test_are_ended_with_all_that_they_started(self):
        processes = Processes()
        reader, writer = os.pipe()
        process = processes.start(["sh", "-c", "sleep 60 & wait"], pass_fds=[writer])
        os.close(writer)
        processes.end(process)
        self.assertEqual(os.read(reader, 1), b"")   # nobody holds the other end any more
        os.close(reader)

    def test_end_when_all_is_to_stop(self):
        processes = Processes()
        ended = threading.Event()

        def run():
            with self.assertRaises(Stopped):
                processes.run(SLEEP)
            ended.set()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while not processes.running:
            time.sleep(0.01)
        processes.stop()
        self.assertTrue(ended.wait(30))
        thread.join()
        with self.assertRaises(Stopped):
            processes.run(["true"])

    def test_do_not_see_the_callers_settings(self):
        os.environ["OMP_NUM_THREADS"] = "1"
        self.addCleanup(os.environ.pop, "OMP_NUM_THREADS")
        self.assertNotIn("OMP_NUM_THREADS", environment())
        self.assertEqual(environment({"OMP_NUM_THREADS": "2"})["OMP_NUM_THREADS"], "2")
        self.assertIn("PATH", environment())

    def test_that_are_left_are_found(self):
        with tempfile.TemporaryDirectory() as scratch:
            self.assertEqual(beside.processes_left(scratch), [])
            processes = Processes()
            os.mkdir(f"{scratch}/inside")
            process = processes.start(["sleep", "60"], cwd=f"{scratch}/inside")
            self.assertIn(f"/proc/{process.pid}/cwd", "".join(beside.processes_left(scratch)))
            processes.end(process)


class AtOnce(unittest.TestCase):
    def test_all_are_done(self):
        seen = {}
        session.at_once(3, lambda item: item * item, range(10), seen.__setitem__)
        self.assertEqual(seen, {item: item * item for item in range(10)})

    def test_the_first_error_ends_it(self):
        done = []

        def fail(item):
            done.append(item)
            if item == 0:
                raise Stopped
            time.sleep(0.05)

        with self.assertRaises(Stopped):
            session.at_once(1, fail, range(1000), lambda item, result: None)
        self.assertLess(len(done), 1000)

    def leftovers(self, *ours):
        """What of these files is left, if the files of these users are ours."""
        with tempfile.TemporaryDirectory() as folder:
            for process in os.getpid(), 99999999:
                with open(f"{folder}/__KMP_REGISTERED_LIB_{process}_0", "w", encoding="utf-8"):
                    pass
            with open(f"{folder}/x", "w", encoding="utf-8"):
                pass
            with mock.patch("session.OURS", ours):
                session.remove_leftovers(folder)
            return sorted(name.rpartition("LIB_")[2] for name in os.listdir(folder))

    def test_leftovers_of_the_dead_only(self):
        self.assertEqual(self.leftovers(os.getuid()), [f"{os.getpid()}_0", "x"])

    def test_leftovers_of_others_stay(self):
        self.assertEqual(self.leftovers(os.getuid() + 1), sorted([f"{os.getpid()}_0",
                                                                  "99999999_0", "x"]))


if __name__ == "__main__":
    unittest.main()
