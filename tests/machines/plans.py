"""What enter.py is told of a machine. machine.py and bases.py write it, as JSON."""

# Of a machine that has nothing odd about it, in which root works.
PLAIN = {
    # What is odd about its file systems, as the table calls it.
    **{flag: False for flag in ("hidepid", "noproc", "nosys", "noshm", "shmfull", "noexec-tmp",
                                "diskfull", "readonly", "maskedproc", "shadowed")},
    "root": "",              # a folder with a system; "": this machine's own
    "foreign": "",           # the processor of its programs, if it is another one
    "scratch": "",           # a folder for the machine alone, outside
    "home": "", "out": "",   # folders outside: whose files these are, and what the steps print
    "owner": 0,              # whom the files in home belong to
    "user": 0,               # who takes the steps
    "userns": None,          # in a user namespace: the first user outside, how many
    "preload": None,         # a library for every program
    "seccomp": None,         # a profile's name
    "capabilities": None,    # those that root keeps; None: all
    "cgroups": {},           # controller: the folder of a group to join
    "cpus": 0,               # may run on so many CPUs; 0: on all
    "ulimits": [],           # (kind, value), in the shell's units
    "umask": 0o022,
    "stdin_closed": False,
    "env": {},
    "steps": [],
}


def step(name, folder, command, must=False, late=True, keep=""):
    """must: the following ones are left out if it fails; late: taken when all that is odd is there;
    keep: a file in folder that is put aside, and without which the following ones are left out.
    """
    return {"name": name, "folder": folder, "command": command, "must": must, "late": late,
            "keep": keep}
