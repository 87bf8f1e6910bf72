"""Limits that only a control group can set. Each machine has groups of its own, below that which
this program runs in; nobody else's are touched.
"""

import contextlib
import os
import signal
import time

TOP = "/sys/fs/cgroup"
PERIOD = 100000    # microseconds, the kernel's own
# Whoever is killed is gone within so many seconds.
PATIENCE = 10


class NotMade(Exception):
    """Why a machine cannot be made here."""


def find(controller):
    """(the folder of the group that this process is in, whether it is of the second version)"""
    with open("/proc/self/cgroup", encoding="utf-8") as file:
        lines = [line.rstrip("\n").split(":", 2) for line in file]
    for _, controllers, path in lines:
        if controller in controllers.split(","):
            return existing(f"{TOP}/{controller}", path), False
    for _, controllers, path in lines:
        if not controllers:
            return existing(TOP, path), True
    raise NotMade(f"there is no control group for {controller} here")


def existing(top, path):
    """In a container the path may be one of the machine outside."""
    folder = top + path.rstrip("/")
    return folder if os.path.isdir(folder) else top


def settings(controller, value, second):
    """{file: text}, for so many per cent of a CPU, or so many bytes."""
    if controller == "cpu":
        quota = PERIOD * value // 100
        return {"cpu.max": f"{quota} {PERIOD}"} if second else {
            "cpu.cfs_period_us": str(PERIOD), "cpu.cfs_quota_us": str(quota)}
    return {"memory.max" if second else "memory.limit_in_bytes": str(value)}


@contextlib.contextmanager
def made(controller, value):
    """The folder of a new group with this limit, or None if there is nothing to limit."""
    if value is None:
        yield None
        return
    parent, second = find(controller)
    folder = f"{parent}/lockstep.{os.getpid()}.{controller}"
    try:
        os.mkdir(folder)
    except OSError as error:
        raise NotMade(f"no control group for {controller} can be made: {error.strerror}") from None
    try:
        for name, text in settings(controller, value, second).items():
            write(f"{folder}/{name}", text)
        yield folder
    finally:
        remove(folder)


def write(path, text):
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
    except OSError as error:
        raise NotMade(f"{os.path.basename(path)} cannot be set: {error.strerror}") from None


def remove(folder):
    """Ends whoever is left in the group, which cannot be removed before."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with open(f"{folder}/cgroup.procs", encoding="ascii") as file:
            left = [int(pid) for pid in file.read().split()]
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.rmdir(folder)
            return
        time.sleep(0.1)
