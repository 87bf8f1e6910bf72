"""What a machine finds around it: its file systems. All of this happens in a mount namespace of the
machine's own, and ends with it.
"""

import os
import shutil

import kernel

# Where the machine's user finds his own files: one place, whatever the machine stands on.
HOME = "/mnt"
USER = 61001
LIBRARY = "preloaded.so"
NODES = "null zero full random urandom tty".split()
# What containers cover in /proc, and what they let nobody write.
COVERED_FILES = "kcore keys timer_list sysrq-trigger".split()
COVERED_FOLDERS = "acpi scsi".split()
READ_ONLY = "bus fs irq sys".split()


def prepare(plan):
    """Makes the root file system that the plan describes, and moves into it."""
    root = plan["root"]
    if root:
        kernel.bind(root, root)
    make_home(root + HOME, plan)
    make_devices(root, plan)
    if root:
        if not plan["nosys"]:
            kernel.bind("/sys", f"{root}/sys", kernel.MS_REC)
        os.makedirs(f"{root}/proc", exist_ok=True)
    if plan["user"] or plan["preload"]:
        change_etc(root, plan)
    kernel.mount("tmpfs", f"{root}/tmp", "tmpfs",
                 kernel.MS_NOEXEC if plan["noexec-tmp"] else 0, "mode=1777,size=2G")
    # In a user namespace only while another /proc is in sight that covers nothing.
    make_proc(f"{root}/proc", plan)
    if root:
        kernel.pivot_root(root)


def make_home(home, plan):
    os.makedirs(home, exist_ok=True)
    if plan["diskfull"]:
        kernel.mount("tmpfs", home, "tmpfs", 0, "mode=755,size=1G")
        shutil.copytree(plan["home"], home, symlinks=True, dirs_exist_ok=True)
    else:
        kernel.bind(plan["home"], home)
    owner = plan["owner"]
    for folder, folders, files in os.walk(home):
        for name in [".", *folders, *files]:
            os.chown(os.path.join(folder, name), owner, owner, follow_symlinks=False)


def make_devices(root, plan):
    """A small /dev, as containers have it."""
    held = f"{plan['scratch']}/dev"
    os.makedirs(held)
    kernel.mount("tmpfs", held, "tmpfs", kernel.MS_NOSUID, "mode=755,size=1M")
    for name in NODES:
        open(f"{held}/{name}", "wb").close()
        kernel.bind(f"/dev/{name}", f"{held}/{name}")
    os.mkdir(f"{held}/pts")
    kernel.mount("devpts", f"{held}/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=620")
    os.symlink("pts/ptmx", f"{held}/ptmx")
    for name, target in ("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2"):
        os.symlink(f"/proc/self/fd{target}", f"{held}/{name}")
    if not plan["noshm"]:
        os.mkdir(f"{held}/shm")
        size = "4k" if plan["shmfull"] else "512M"
        kernel.mount("tmpfs", f"{held}/shm", "tmpfs", 0, f"mode=1777,size={size}")
        if plan["shmfull"]:
            fill(f"{held}/shm/full")
    os.makedirs(f"{root}/dev", exist_ok=True)
    kernel.bind(held, f"{root}/dev", kernel.MS_REC)


def fill(path):
    """Leaves no room in the file system that the path is in."""
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(bytes(1 << 16)):
                pass
        except OSError:    # there is no room any more: as it should be
            pass


def change_etc(root, plan):
    """Programs ask who is there, and which libraries they need. Nothing is written into /etc."""
    upper, work = f"{plan['scratch']}/etc", f"{plan['scratch']}/etc-work"
    os.makedirs(upper)
    os.makedirs(work)
    with open(f"{root}/etc/passwd", encoding="utf-8") as file:
        known = file.read()
    with open(f"{upper}/passwd", "w", encoding="utf-8") as file:
        file.write(f"{known}student:x:{USER}:{USER}::{HOME}:/bin/sh\n")
    if plan["preload"]:
        shutil.copyfile(plan["preload"], f"{upper}/{LIBRARY}")
        with open(f"{upper}/ld.so.preload", "w", encoding="ascii") as file:
            file.write(f"/etc/{LIBRARY}\n")
    kernel.mount("overlay", f"{root}/etc", "overlay", 0,
                 f"lowerdir={root}/etc,upperdir={upper},workdir={work}")


def make_proc(proc, plan):
    if plan["noproc"]:
        kernel.mount("tmpfs", proc, "tmpfs", kernel.MS_RDONLY, "size=4k")
        return
    kernel.mount("proc", proc, "proc", 0, "hidepid=2" if plan["hidepid"] else None)
    if not plan["maskedproc"]:
        return
    for name in COVERED_FILES:
        if os.path.exists(f"{proc}/{name}"):
            kernel.bind("/dev/null", f"{proc}/{name}")
    for name in COVERED_FOLDERS:
        if os.path.isdir(f"{proc}/{name}"):
            kernel.mount("tmpfs", f"{proc}/{name}", "tmpfs", kernel.MS_RDONLY, "size=4k")
    for name in READ_ONLY:
        if os.path.isdir(f"{proc}/{name}"):
            kernel.bind(f"{proc}/{name}", f"{proc}/{name}")
            kernel.make_read_only(f"{proc}/{name}")


def turn_odd(plan):
    """What becomes odd only once all is built."""
    if plan["diskfull"]:
        fill(f"{HOME}/full")
    if plan["readonly"]:
        kernel.make_read_only(HOME)
