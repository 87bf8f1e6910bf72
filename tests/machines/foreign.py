"""Machines with another processor: the kernel hands their programs to qemu.

That is said in a user namespace of the machine's own (Linux 6.7 and newer), not to the whole
machine outside.
"""

import os

import kernel

# How a program for the processor begins, and which of these bits matter.
MAGIC = {"arm64": (b"\x7fELF\2\1\1\0" + bytes(8) + b"\2\0\xb7\0",
                   b"\xff" * 7 + b"\0" + b"\xff" * 8 + b"\xfe\xff\xff\xff")}
EMULATOR = {"arm64": "qemu-aarch64-static"}


def escaped(data):
    return "".join(f"\\x{byte:02x}" for byte in data)


def understand(processor, scratch):
    """`F` has the kernel open the emulator now: it need not be there in the machine."""
    folder = f"{scratch}/binfmt"
    os.makedirs(folder)
    kernel.mount("binfmt_misc", folder, "binfmt_misc")
    magic, mask = MAGIC[processor]
    with open(f"{folder}/register", "w", encoding="ascii") as file:
        file.write(f":{EMULATOR[processor]}:M::{escaped(magic)}:{escaped(mask)}:"
                   f"/usr/bin/{EMULATOR[processor]}:F")
    # Once its file system is gone, so is what was said in it: it stays open to the end.
    os.open(folder, os.O_DIRECTORY)
