"""The first process in a machine: makes its surroundings, and then takes the steps of a plan, one
after another, as whoever works in the machine. machines.py starts it in namespaces of its own.

usage: enter.py PLAN      a file that machine.py writes
Of each step, what it prints goes to OUT/NAME.txt, and its exit status to OUT/NAME.status. The next
steps are left out where one does not end as it must. Exit status 0 if all surroundings were made.
"""

import contextlib
import json
import os
import resource
import signal
import sys
import traceback

import foreign
import kernel
import profiles
import surroundings

LIMITS = {"c": resource.RLIMIT_CORE, "d": resource.RLIMIT_DATA, "f": resource.RLIMIT_FSIZE,
          "l": resource.RLIMIT_MEMLOCK, "n": resource.RLIMIT_NOFILE, "s": resource.RLIMIT_STACK,
          "t": resource.RLIMIT_CPU, "u": resource.RLIMIT_NPROC, "v": resource.RLIMIT_AS}
IN_KIB = "cdflsv"
ALL_USERS = (0, 65536)


class Machine:
    """What stays within reach from outside: opened before anything was moved away."""

    def __init__(self, plan):
        self.plan = plan
        self.out = os.open(plan["out"], os.O_DIRECTORY)
        self.groups = {name: os.open(f"{path}/cgroup.procs", os.O_WRONLY)
                       for name, path in plan["cgroups"].items()}

    def open(self, name):
        return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=self.out)

    def write(self, name, data):
        file = self.open(name)
        with open(file, "wb") as opened:
            opened.write(data)

    def join(self, step):
        """Whoever writes 0 there joins himself."""
        for name, file in self.groups.items():
            if name != "cpu" or step["late"]:
                os.write(file, b"0")

    def take(self, step):
        """Returns the step's exit status, negative for a signal."""
        if step["keep"]:
            with contextlib.suppress(OSError):    # whoever cannot write there has nothing there
                os.unlink(f"{step['folder']}/{step['keep']}")
        pid = fork(lambda: self.begin(step))
        status = wait_for(pid)
        self.write(f"{step['name']}.status", str(status).encode())
        self.keep(step)
        return status

    def keep(self, step):
        """Puts aside a file that the next step overwrites."""
        if not step["keep"]:
            return
        try:
            with open(f"{step['folder']}/{step['keep']}", "rb") as file:
                self.write(f"{step['name']}.json", file.read())
        except FileNotFoundError:
            pass

    def begin(self, step):
        """Becomes the step's program."""
        plan, out = self.plan, self.open(f"{step['name']}.txt")
        os.dup2(out, 1)
        os.dup2(out, 2)
        self.join(step)
        limit(plan)
        os.umask(plan["umask"])
        os.chdir(step["folder"])
        if plan["shadowed"]:
            kernel.bind(step["folder"], step["folder"])
        if plan["userns"]:
            be_root_of_a_user_namespace(plan["userns"])
        become(plan)
        if plan["stdin_closed"]:
            os.close(0)
        os.execvpe(step["command"][0], step["command"], plan["env"])


def fork(work):
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    os._exit(120)


def wait_for(pid):
    """The first process of a PID namespace also inherits what others have left behind."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            return os.waitstatus_to_exitcode(status)


def limit(plan):
    if plan["cpus"]:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:plan["cpus"]])
    for kind, value in plan["ulimits"]:
        value *= 1024 if kind in IN_KIB else 1
        resource.setrlimit(LIMITS[kind], (value, value))


def become(plan):
    """The user of the machine, with what he may do. System calls are refused before, as a container
    has it: without SYS_ADMIN nobody may load the filter.
    """
    if plan["seccomp"]:
        profiles.load(plan["seccomp"])
    if plan["capabilities"] is not None:
        kernel.keep_capabilities(plan["capabilities"])
    if plan["user"] and not plan["userns"]:
        os.setgroups([])
        os.setresgid(plan["user"], plan["user"], plan["user"])
        os.setresuid(plan["user"], plan["user"], plan["user"])


def be_root_of_a_user_namespace(ids):
    """`ids`: the first user outside who is one inside, and how many there are. Returns in a process
    that is the first in a PID namespace, too.
    """
    asked, answered = os.pipe(), os.pipe()
    parent = os.getpid()
    mapper = os.fork()
    if mapper == 0:
        os.close(asked[1])
        os.read(asked[0], 1)
        for kind in "gid_map", "uid_map":
            with open(f"/proc/{parent}/{kind}", "w", encoding="ascii") as file:
                file.write(f"0 {ids[0]} {ids[1]}\n")
        os.write(answered[1], b"x")
        os._exit(0)
    os.close(answered[1])    # if the mapper fails, there is an end to waiting for it
    if ids[1] == 1:
        os.setgroups([])
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID)
    os.write(asked[1], b"x")
    if not os.read(answered[0], 1):
        raise OSError("users cannot be mapped into a user namespace here")
    os.waitpid(mapper, 0)
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    inner = os.fork()
    if inner:
        _, status = os.waitpid(inner, 0)
        os._exit(status >> 8 or status & 0x7F)
    kernel.mount("proc", "/proc", "proc")


def main():
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    machine = Machine(plan)
    if plan["foreign"]:
        kernel.mount("proc", "/proc", "proc")    # which knows the processes of this namespace
        be_root_of_a_user_namespace(ALL_USERS)
        foreign.understand(plan["foreign"], plan["scratch"])
    surroundings.prepare(plan)
    odd = False
    for step in plan["steps"]:
        if step["late"] and not odd:
            surroundings.turn_odd(plan)
            odd = True
        status = machine.take(step)
        if status != 0 and step["must"]:
            break
        if step["keep"] and not os.path.exists(f"{step['folder']}/{step['keep']}"):
            break
    return 0


if __name__ == "__main__":
    sys.exit(main())
