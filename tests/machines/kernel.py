"""The system calls that Python has no functions for."""

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC = 32, 4096, 16384
MNT_DETACH = 2
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x10000000, 0x20000000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP = 1, 24
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


def check(result, what):
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def text(value):
    return value.encode() if value is not None else None


def mount(source, target, kind=None, flags=0, data=None):
    check(LIBC.mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(data)),
          f"mount {target}")


def bind(source, target, flags=0):
    mount(source, target, None, MS_BIND | flags)


def make_read_only(target):
    """A mount that is there already, and nothing below it."""
    mount(None, target, None, MS_REMOUNT | MS_BIND | MS_RDONLY)


def unmount(target):
    check(LIBC.umount2(text(target), MNT_DETACH), f"umount {target}")


def pivot_root(folder):
    """From here on, the folder, which must be a mount, is /; of the old / nothing is left."""
    os.chdir(folder)
    number = SYS_PIVOT_ROOT[os.uname().machine]
    check(LIBC.syscall(ctypes.c_long(number), b".", b"."), f"pivot_root {folder}")
    unmount(".")
    os.chdir("/")


def unshare(flags):
    check(LIBC.unshare(flags), "unshare")


def end_with_parent(number):
    """The signal comes when the parent has ended."""
    check(LIBC.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(number), 0, 0, 0), "prctl")


# In the kernel's order: a capability's number is its place.
CAPABILITIES = """chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap
    linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module
    sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time
    sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog
    wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore""".split()


def keep_capabilities(kept):
    """Whatever is started from here on has these capabilities at most."""
    for number, name in enumerate(CAPABILITIES):
        if name not in kept:
            # No harm if it fails: an old kernel has fewer of them.
            LIBC.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(number), 0, 0, 0)
