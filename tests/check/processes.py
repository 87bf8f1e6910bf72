"""Every program that is started here, so that all of them can be ended."""

import contextlib
import os
import signal
import subprocess
import threading
from collections import namedtuple

# Settings of the caller's that would change what is judged or printed, and those of its make.
FOREIGN = ("OMP_", "GOMP_", "KMP_", "MAKE", "MFLAGS")
# Whoever is asked to end has so many seconds to tidy up.
GRACE = 10

# Ended by a signal: its number, negative. Ended because its time was over: status None.
Finished = namedtuple("Finished", "status out err")


class Stopped(Exception):
    """Somebody wants all of this to end."""


def environment(changes=None):
    """Whatever language the caller speaks, what is read here is English."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    return {**own, "LOCKSTEP_LANG": "en", **(changes or {})}


class Processes:
    def __init__(self):
        self.lock = threading.Lock()
        self.running = set()     # guarded by lock
        self.stopped = False     # guarded by lock

    def start(self, command, **options):
        """Starts a program in a session of its own: whatever it starts can be ended with it."""
        with self.lock:
            if self.stopped:
                raise Stopped
            process = subprocess.Popen(command, start_new_session=True, **options)
            self.running.add(process)
        return process

    def run(self, command, seconds=None, env=None, stdin=subprocess.DEVNULL):
        """Runs a program to its end. No verdict hangs on `seconds`: they only end what hangs."""
        process = self.start(command, env=environment(env), stdin=stdin, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
        try:
            out, err = process.communicate(timeout=seconds)
            status = process.returncode
        except subprocess.TimeoutExpired:
            out, err = self.end(process)
            status = None
        self.forget(process)
        return Finished(status, out, err)

    def end(self, process):
        """Asks a program to end, and makes it."""
        send(process, signal.SIGTERM)
        try:
            said = process.communicate(timeout=GRACE)
        except subprocess.TimeoutExpired:
            send(process, signal.SIGKILL)
            said = process.communicate()
        self.forget(process)
        return said

    def forget(self, process):
        with self.lock:
            self.running.discard(process)
            if self.stopped:
                raise Stopped

    def stop(self):
        """Asks all programs to end; from now on run() and start() raise Stopped."""
        with self.lock:
            self.stopped = True
            self.send_all(signal.SIGTERM)
        killer = threading.Timer(GRACE, self.kill)
        killer.daemon = True
        killer.start()

    def kill(self):
        with self.lock:
            self.send_all(signal.SIGKILL)

    def send_all(self, number):
        for process in self.running:
            send(process, number)


def send(process, number):
    """To a program and what it has started."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
