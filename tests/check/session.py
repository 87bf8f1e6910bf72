"""What all programs here have around them: a scratch folder, and an orderly end."""

import concurrent.futures
import contextlib
import errno
import os
import re
import shutil
import signal
import sys
import tempfile

from processes import Processes, Stopped

LEFTOVER = re.compile(r"__KMP_REGISTERED_LIB_([1-9]\d{0,8})_\d")
# Root lets nobody work for it, too.
OURS = {os.getuid()} | ({65534} if os.getuid() == 0 else set())
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(work, stopped="Stopped: there is no result."):
    """Returns what work(processes, scratch) returns, an exit status; says `stopped` if it is ended
    before. That runs in a thread of its own: signals come to the main thread, which does nothing
    but wait, and so never at a bad moment.
    """
    processes, came = Processes(), []

    def stop(number, _):
        came.append(number)
        processes.stop() if len(came) == 1 else processes.kill()

    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup has it
            signal.signal(number, stop)
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        try:
            return thread.submit(in_scratch, work, processes).result()
        except Stopped:
            newline = "\n" if sys.stderr.isatty() else ""    # after what progress has written
            print(f"{newline}{stopped}", file=sys.stderr)
            return 128 + came[0]


def in_scratch(work, processes):
    scratch = tempfile.mkdtemp(prefix="lockstep.")
    try:
        return work(processes, scratch)
    except BaseException:
        processes.stop()
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        remove_leftovers()


def remove_leftovers(folder="/dev/shm"):
    """libomp makes a file of shared memory in every child that is forked beside it, and `_exit`
    leaves it there: more than a thousand by the end, for a build with clang. Taken away are ours,
    of processes that are gone: the judge's rule (surroundings.c). /proc may hide processes.
    """
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        process = LEFTOVER.match(name)
        with contextlib.suppress(OSError):   # gone by now
            if process and is_gone(int(process[1])) and \
                    os.lstat(f"{folder}/{name}").st_uid in OURS:
                os.unlink(f"{folder}/{name}")


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno == errno.ESRCH
    return False


def at_once(count, function, items, ended):
    """Calls function(item) for all items, so many at once, and ended(item, result) as they end."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        waiting = {pool.submit(function, item): item for item in items}
        try:
            for future in concurrent.futures.as_completed(waiting):
                ended(waiting[future], future.result())
        finally:
            pool.shutdown(cancel_futures=True)
