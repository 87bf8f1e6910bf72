"""Files that do not exist in a machine, though the kernel has them: calls of open are shown to a
watcher, which answers ENOENT for paths with a certain end, and lets all others go on.

The watcher reads the path before the kernel does. Who changes it in between may open the file: this
is a machine to try honest programs on, and no lock.
"""

import array
import errno
import fcntl
import os
import select
import socket
import struct

import profiles

RECEIVE, SEND = 0xC0502100, 0xC0182101    # SECCOMP_IOCTL_NOTIF_RECV, _SEND
# id, pid, flags; number, architecture, instruction pointer, six arguments
NOTE = struct.Struct("=QIIiIQ6Q")
ANSWER = struct.Struct("=QqiI")
CONTINUE = 1    # SECCOMP_USER_NOTIF_FLAG_CONTINUE
CALLS = ("open", "openat", "openat2")
PAGE = 4096


def show_opens(channel):
    """All that this process opens from here on, and its children, is shown to whoever reads the
    other end of the channel.
    """
    made = profiles.Filter()
    for call in CALLS:
        made.act(profiles.NOTIFY, call)
    made.load()
    socket.send_fds(channel, [b"x"], [made.listener()])
    channel.close()


def watch(channel, ending):
    """Answers until nobody is left who could open anything."""
    _, (listener,), _, _ = socket.recv_fds(channel, 1, 1)
    channel.close()
    ready = select.poll()
    ready.register(listener, select.POLLIN)
    while True:
        _, events = ready.poll()[0]
        if not events & select.POLLIN:
            return
        try:
            answer(listener, ending)
        except FileNotFoundError:
            pass    # who asked was killed meanwhile


def answer(listener, ending):
    note = bytearray(NOTE.size)
    fcntl.ioctl(listener, RECEIVE, note)
    ticket, pid, _, _, _, _, *arguments = NOTE.unpack(note)
    # Of open the first argument is a path; of the others it is a folder's descriptor or AT_FDCWD.
    hidden = any(path_at(pid, address).endswith(ending) for address in arguments[:2])
    reply = ANSWER.pack(ticket, 0, -errno.ENOENT if hidden else 0, 0 if hidden else CONTINUE)
    fcntl.ioctl(listener, SEND, array.array("B", reply))


def path_at(pid, address):
    """The text at an address of a process; empty if there is none."""
    try:
        memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    except OSError:
        return b""
    try:
        return read_text(memory, address)
    except (OSError, OverflowError):
        return b""
    finally:
        os.close(memory)


def read_text(memory, address):
    text = b""
    while b"\0" not in text and len(text) < PAGE:
        part = os.pread(memory, PAGE - address % PAGE, address)
        if not part:
            break
        text += part
        address += len(part)
    return text.partition(b"\0")[0]
