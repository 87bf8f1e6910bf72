"""The Debians that machines stand on, kept as tarballs: each is made once.

debootstrap makes a bare one; the package `make` and `make setup` make of it what a student has.
"""

import glob
import os
import shutil

import plans
import tree
from groups import NotMade

RELEASES = {"debian11": "bullseye", "debian12": "bookworm", "debian13": "trixie"}
# What nobody who sets up a course would do without, and what `make check` needs.
INCLUDED = "make,sudo,git,python3,ca-certificates"
# With --foreign, debootstrap leaves to the machine itself what its programs must do. It makes links
# in /dev that are there already.
SECOND_STAGE = "rm /dev/fd /dev/std*; /debootstrap/debootstrap --second-stage"
SECONDS = 3600


def processor(base):
    """Which one a Debian is for; "" for that of this machine."""
    return base.partition("-")[2]


def cache():
    top = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = f"{top}/lockstep/machines"
    os.makedirs(folder, exist_ok=True)
    return folder


def run(processes, command, why, env=None):
    done = processes.run(command, SECONDS, env)
    if done.status != 0:
        said = (done.err + done.out).splitlines()
        raise NotMade(f"{why}: {said[-1] if said else 'it came to no end'}")
    return done.out


def mirror(processes):
    """Where this machine's own apt finds Debian."""
    listed = run(processes, ["apt-get", "indextargets", "--format",
                             "$(ORIGIN) $(REPO_URI) $(CODENAME)", "Created-By: Packages"],
                 "apt-get")
    for line in listed.splitlines():
        origin, uri, codename = (line.split() + ["", "", ""])[:3]
        if origin == "Debian" and "-" not in codename:
            return uri
    raise NotMade("apt knows no Debian here (apt-get update fetches its lists)")


def proxy(processes):
    """The proxy that this machine's own apt uses, as other programs take it."""
    line = run(processes, ["apt-config", "shell", "found", "Acquire::http::Proxy"], "apt-config")
    value = line.strip().removeprefix("found=").strip("'")
    return {"http_proxy": value} if value else {}


def alone(*command):
    """In namespaces of its own: whatever it mounts ends with it."""
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", *command]


def pack(processes, root, path):
    """Whoever is interrupted leaves no half of a tarball."""
    left_out = [f"--exclude=./{name}/*" for name in ("proc", "sys", "dev", "tmp", "mnt")]
    run(processes, ["tar", "-C", root, "--one-file-system", *left_out, "--use-compress-program",
                    "gzip -1", "-cf", f"{path}.new", "."], "tar")
    os.rename(f"{path}.new", path)


def unpack_into(processes, path, root):
    os.makedirs(root)
    run(processes, ["tar", "-C", root, "-xzf", path], "tar")


def bare(processes, base, scratch, enter):
    """The tarball of a Debian with nothing but what is included."""
    path = f"{cache()}/{base}.tar.gz"
    if os.path.exists(path):
        return path
    if not shutil.which("debootstrap"):
        raise NotMade("there is no debootstrap here (make setup DEV=1)")
    root = f"{scratch}/bare"
    env = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", **proxy(processes)}
    other = processor(base)
    elsewhere = ["--foreign", f"--arch={other}"] if other else []
    run(processes, alone("debootstrap", *elsewhere, "--variant=minbase", f"--include={INCLUDED}",
                         RELEASES[base.partition("-")[0]], root, mirror(processes)),
        "debootstrap", env)
    if other:
        if os.path.islink(f"{root}/proc"):    # to the outer one, as nothing was to be run there yet
            os.unlink(f"{root}/proc")
        inside(processes, base, root, f"{scratch}/second", SECOND_STAGE, enter)
    shutil.rmtree(f"{root}/var/cache/apt/archives", ignore_errors=True)
    pack(processes, root, path)
    shutil.rmtree(root)
    return path


def name_of(row):
    """Of a tarball: what was installed is in it."""
    parts = [row.base, row.compiler, "mpi" if row.has("mpi") else "",
             *row.get("packages", "").split(",")]
    return "-".join(part for part in parts if part)


def let_reach_packages(processes, root):
    """As this machine does."""
    shutil.copyfile("/etc/resolv.conf", f"{root}/etc/resolv.conf")
    for key, value in proxy(processes).items():
        with open(f"{root}/etc/apt/apt.conf.d/80proxy", "w", encoding="utf-8") as file:
            file.write(f'Acquire::http::Proxy "{value}"; // {key}\n')


def set_up(processes, row, scratch, enter):
    """The tarball of a Debian in which `make setup` was called as the row needs it."""
    path = f"{cache()}/{name_of(row)}.tar.gz"
    if os.path.exists(path):
        return path
    root = f"{scratch}/root"
    unpack_into(processes, bare(processes, row.base, scratch, enter), root)
    let_reach_packages(processes, root)
    script = f"make setup CC={row.compiler} {'MPI=1' if row.has('mpi') else ''}"
    if row.has("packages"):
        script += f" && apt-get install -y -q {' '.join(row.get('packages').split(','))}"
    inside(processes, row.base, root, f"{scratch}/setup", f"{script} && apt-get clean", enter)
    pack(processes, root, path)
    shutil.rmtree(root)
    return path


def inside(processes, base, root, work, script, enter):
    """Lets root do something in a machine that has nothing odd about it, beside a tree."""
    home = f"{work}/home"
    for folder in home, f"{work}/out":
        os.makedirs(folder)
    tree.copy(processes, f"{home}/tree")
    enter(processes, plan(base, root, work, script), work)
    with open(f"{work}/out/setup.txt", encoding="utf-8", errors="replace") as file:
        said = [line for line in file.read().splitlines() if not line.startswith("make: ")]
    with open(f"{work}/out/setup.status", encoding="utf-8") as file:
        if file.read() != "0":
            raise NotMade(f"its setup: {said[-1] if said else '?'}")
    shutil.rmtree(work)


def plan(base, root, work, script):
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/mnt", "LANG": "C.UTF-8",
           "container": "systemd-nspawn"}    # which makes no devices
    return {**plans.PLAIN, "root": root, "foreign": processor(base), "scratch": work,
            "home": f"{work}/home", "out": f"{work}/out", "env": env,
            "steps": [plans.step("setup", "/mnt/tree", ["sh", "-c", script], late=False)]}


def unpack(processes, row, scratch, enter):
    """The root of a machine, a folder; "" if it stands on this machine's own system."""
    if row.base == "host":
        return ""
    path = set_up(processes, row, scratch, enter)
    root = f"{scratch}/root"
    unpack_into(processes, path, root)
    return root
