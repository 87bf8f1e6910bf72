"""Which system calls a machine refuses, and how: the defaults of Docker and podman in spirit, and
kernels that lack what newer ones have. Loads them with libseccomp.

A profile is a list of (errno, names of calls); "clone:namespaces" is a clone() that wants a new
namespace. Names that libseccomp does not know are left out: no kernel of its time has them.
"""

import ctypes
import errno

NEW_NAMESPACES = 0x7E020000    # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
NEW_USER = 0x10000000          # CLONE_NEWUSER

# What a container may not do, whatever it is called.
NEVER = """acct add_key bpf clock_adjtime clock_settime create_module delete_module fanotify_init
    finit_module init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp
    kexec_file_load kexec_load keyctl lookup_dcookie mbind move_pages nfsservctl
    open_by_handle_at perf_event_open pidfd_getfd process_madvise quotactl quotactl_fd reboot
    request_key set_mempolicy settimeofday setdomainname sethostname swapoff swapon syslog
    uselib userfaultfd ustat vhangup""".split()
# What only a container with SYS_ADMIN may do.
ADMIN = """fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree pivot_root setns
    umount2 unshare clone:namespaces""".split()
NEWER = """clone3 close_range pidfd_open pidfd_getfd mount_setattr openat2 faccessat2 epoll_pwait2
    process_madvise futex_waitv cachestat""".split()

PROFILES = {
    "docker": [(errno.EPERM, NEVER + ADMIN), (errno.ENOSYS, ["clone3"])],
    # AppArmor refuses mount(2) beside it, but knows nothing of mount_setattr.
    "docker-admin": [(errno.EPERM, [*NEVER, "pivot_root"]), (errno.EACCES, ["mount"])],
    # podman lets a container try what the kernel refuses without SYS_ADMIN.
    "podman": [(errno.EPERM, [*NEVER, "setns"]), (errno.ENOSYS, ["mount_setattr", "quotactl_fd"])],
    "podman-admin": [(errno.EPERM, NEVER), (errno.ENOSYS, ["mount_setattr", "quotactl_fd"])],
    # Ubuntu 24.04 and hardened servers: no user namespaces for anybody.
    "nonamespaces": [(errno.EPERM, ["clone:user", "unshare:user"]), (errno.ENOSYS, ["clone3"])],
    "oldkernel": [(errno.ENOSYS, NEWER)],
    "noaffinity": [(errno.EPERM, ["sched_setaffinity"])],
}
# What root in a container is left with; None: everything.
USUAL = """chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service sys_chroot
    setfcap""".split()
CAPABILITIES = {
    "docker": [*USUAL, "net_raw", "mknod", "audit_write"],
    "docker-admin": [*USUAL, "net_raw", "mknod", "audit_write", "sys_admin"],
    "podman": USUAL,
    "podman-admin": [*USUAL, "sys_admin"],
}

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NO_NEW_PRIVILEGES = 3    # SCMP_FLTATR_CTL_NNP
MASKED_EQUAL = 7         # SCMP_CMP_MASKED_EQ
# clone and unshare have their flags in the first argument.
FLAGS = {"namespaces": NEW_NAMESPACES, "user": NEW_USER}


class Comparison(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64),
                ("b", ctypes.c_uint64)]


class Filter:
    """A filter that refuses nothing, until it is told to. Whoever loads it must be root."""

    def __init__(self):
        try:
            self.library = ctypes.CDLL("libseccomp.so.2")
        except OSError:
            raise OSError("there is no libseccomp here (make setup DEV=1)") from None
        self.library.seccomp_init.restype = ctypes.c_void_p
        self.context = ctypes.c_void_p(self.library.seccomp_init(ALLOW))
        self.check(self.library.seccomp_attr_set(self.context, NO_NEW_PRIVILEGES, 0))

    @staticmethod
    def check(result):
        if result < 0:
            raise OSError(-result, "libseccomp")
        return result

    def act(self, action, call):
        """`call` is a call's name; "clone:user": only with the flag for user namespaces."""
        name, _, flags = call.partition(":")
        number = self.library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            return
        # There is no "has one of these flags": one rule for each of them.
        masks = [1 << bit for bit in range(64) if FLAGS.get(flags, 0) >> bit & 1]
        for mask in masks:
            self.check(self.library.seccomp_rule_add_array(
                self.context, action, number, 1,
                ctypes.byref(Comparison(0, MASKED_EQUAL, mask, mask))))
        if not masks:
            self.check(self.library.seccomp_rule_add_array(self.context, action, number, 0, None))

    def load(self):
        self.check(self.library.seccomp_load(self.context))


def load(name):
    """From here on, this process and its children are refused what the profile says."""
    made = Filter()
    for number, calls in PROFILES[name]:
        for call in calls:
            made.act(ERRNO | number, call)
    made.load()
