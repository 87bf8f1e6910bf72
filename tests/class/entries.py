"""Files that were handed in, wherever they lie: in a folder or in an archive. Nothing is unpacked
to the disk, no link is followed, and nothing is read without end.
"""

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import time
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field

# More than any hand-in needs. The judge itself refuses an answer above 1 MB, and says so.
MOST_FILES = 20000
MOST_BYTES = 4 << 20
MOST_UNPACKED = 512 << 20
MOST_DEEP = 2    # an archive in an archive
KEPT = (".c", ".h", ".inc", ".def", ".json", ".yml")    # of others only the names are of interest

TARS = {".tar": None, ".tar.gz": gzip.open, ".tgz": gzip.open, ".tar.bz2": bz2.open,
        ".tbz2": bz2.open, ".tar.xz": lzma.open, ".txz": lzma.open}
UNREAD = (".7z", ".rar", ".tar.zst", ".gz", ".xz", ".bz2")
DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError,
           NotImplementedError, RuntimeError, ValueError)
# What lies beside the work in a whole tree, which has these, and is nobody's answer there. In a
# hand-in that is no tree a student may have called a folder so.
ASIDE = {"build", "solutions", "tests", "common"}
TREE = ("Makefile", "labs")


@dataclass
class Entry:
    path: str               # from the hand-in's top, with / between
    size: int = 0
    time: float = 0         # when it was written last, as the archive or the disk says; 0: unknown
    data: bytes = None      # of a file in an archive
    file: str = ""          # of a file on the disk
    whole: str = ""         # the folder or archive that is the whole hand-in; "": a loose file

    @property
    def name(self):
        return self.path.rpartition("/")[2]

    @property
    def folder(self):
        return self.path.rpartition("/")[0]

    def load(self):
        """Its bytes, or None if it cannot be read (any more)."""
        if self.data is not None:
            return self.data
        try:
            how = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
            with open(os.open(self.file, how), "rb") as file:
                if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return file.read(MOST_BYTES)
                return None
        except OSError:
            return None

    def inside(self, top):
        """The same file as a hand-in sees it that has all that is in folder `top`."""
        return Entry(self.path[len(top) + 1:], self.size, self.time, self.data, self.file)


@dataclass
class Odd:
    """What was odd, each once; what is odd of many files is said of the first three."""
    lines: list = field(default_factory=list)
    seen: Counter = field(default_factory=Counter)

    def say(self, line, kind=None):
        self.seen[kind or line] += 1
        if self.seen[kind or line] == 4:
            self.lines.append(f"(and more files of which this is so: {kind})" if kind else line)
        elif self.seen[kind or line] < 4 and line not in self.lines:
            self.lines.append(line)

    def refuse(self, path, why):
        self.say(f"'{shown(path)}' is left out: it {why}.", f"it {why}")


def shown(path):
    """A name that an archive brings, harmless on any terminal and in any page."""
    text = "".join(c if c.isprintable() else "?" for c in path.encode("utf-8", "replace").decode())
    return text if len(text) <= 120 else f"{text[:60]}...{text[-40:]}"


def archive_ending(name):
    """".zip", ".tar.gz" and so on; "" if it is no archive that can be read here."""
    lower = name.lower()
    return next((end for end in (".zip", *TARS) if lower.endswith(end)), "")


def of_folder(top, odd):
    """All files below a folder, as entries; nothing is read yet."""
    found, counts = [], Counter()
    for folder, folders, names in os.walk(top):
        tree = TREE[0] in names and TREE[1] in folders
        folders[:] = sorted(name for name in folders if not is_hidden(name) and
                            not (tree and name in ASIDE))
        inside = os.path.relpath(folder, top)
        for name in [*folders, *names]:
            path = name if inside == "." else f"{inside}/{name}"
            status = os.lstat(os.path.join(folder, name))
            if stat.S_ISDIR(status.st_mode) or not room(counts, path, odd):
                continue
            if not stat.S_ISREG(status.st_mode):
                odd.refuse(path, "is a link" if stat.S_ISLNK(status.st_mode)
                           else "is no ordinary file")
            elif status.st_size > MOST_BYTES and not archive_ending(name):
                odd.refuse(path, f"is larger than {MOST_BYTES >> 20} MB")
            else:
                found.append(Entry(path, status.st_size, status.st_mtime,
                                   file=os.path.join(folder, name)))
    return found


def room(counts, path, odd):
    """Is this one of the first so many files of what stands at the top?"""
    top = path.partition("/")[0]
    counts[top] += 1
    if counts[top] > MOST_FILES:
        odd.say(f"'{shown(top)}' has more than {MOST_FILES} files: the rest is left out.")
    return counts[top] <= MOST_FILES


def is_hidden(name):
    return name.lower() == "__macosx" or name.startswith(".")


def without_aside(entries):
    """Of a hand-in that is a whole tree, only what a student writes."""
    makefile, labs = TREE
    paths = [f"/{entry.path}" for entry in entries]
    tops = {path[:-len(makefile)] for path in paths if path.endswith(f"/{makefile}")}
    trees = [top for top in tops if any(path.startswith(f"{top}{labs}/") for path in paths)]
    aside = tuple(f"{top}{name}/" for top in trees for name in ASIDE)
    return [entry for entry, path in zip(entries, paths) if not path.startswith(aside)]


class TooMuch(Exception):
    """An archive that would fill the memory or take for ever."""


@dataclass
class Left:
    """What may still be unpacked of one hand-in: all archives in it share it."""
    files: float = field(default_factory=lambda: MOST_FILES)       # and folders, links and so on
    kept: int = field(default_factory=lambda: MOST_UNPACKED)       # bytes that stay in memory
    streamed: int = field(default_factory=lambda: MOST_UNPACKED)   # bytes read to come to these

    def take(self, what, count):
        setattr(self, what, getattr(self, what) - count)
        if self.spent:
            raise TooMuch

    @property
    def spent(self):
        return min(self.files, self.kept, self.streamed) < 0


def of_archive(source, name, odd, left):
    """The files in an archive: a path, or bytes. What is damaged is said, and what came before the
    damage is kept.
    """
    found, counts, ending = [], Counter(), archive_ending(name)
    read = from_zip if ending == ".zip" else from_tar
    try:
        file = io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb")
        with file:
            for entry in read(file, ending, odd, left):
                left.take("kept", len(entry.data))
                if room(counts, entry.path, odd):
                    found.append(entry)
    except TooMuch:
        odd.say(f"'{shown(name)}' unpacks to too much, more than {MOST_UNPACKED >> 20} MB or "
                f"{MOST_FILES} files: the rest is left out.")
    except DAMAGED as error:
        why = shown(str(error)) or "it ends early"
        odd.say(f"'{shown(name)}' is damaged, or no archive: {why}")
    return found


def clean(path, odd):
    """The path in an archive with / between; "" if it would lead out, or is of no use."""
    path = path.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts or (parts and parts[0].endswith(":")):
        odd.refuse(path, "leads out of the folder")
        return ""
    return "" if any(map(is_hidden, parts)) else "/".join(parts)


def from_zip(file, _ending, odd, left):
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            left.take("files", 1)
            path = clean(info.filename, odd)
            if info.is_dir() or not path:
                continue
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                odd.refuse(path, "is a link" if kind == stat.S_IFLNK else "is no ordinary file")
                continue
            if info.flag_bits & 1:
                odd.refuse(path, "is encrypted")
                continue
            data = b""
            if is_kept(path):
                with archive.open(info) as member:
                    data = member.read(limit(path) + 1)
                left.take("streamed", len(data))
            if len(data) > limit(path):
                odd.refuse(path, f"is larger than {limit(path) >> 20} MB")
            else:
                yield Entry(path, info.file_size, written(info), data)


def written(info):
    """When a file in a zip was written: it says so in the time of the place where it was made."""
    try:
        return time.mktime((*info.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0


def is_kept(path):
    return bool(archive_ending(path)) or path.lower().endswith(KEPT)


def limit(path):
    return MOST_UNPACKED // 4 if archive_ending(path) else MOST_BYTES


class Counted:
    """A stream that ends with TooMuch before it fills everything."""

    def __init__(self, stream, left):
        self.stream, self.left = stream, left

    def read(self, count=-1):
        data = self.stream.read(min(count, 1 << 20) if count >= 0 else 1 << 20)
        self.left.take("streamed", len(data))
        return data


def from_tar(file, ending, odd, left):
    opener = TARS[ending]
    stream = Counted(opener(file, "rb") if opener else file, left)
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            left.take("files", 1)
            path = clean(member.name, odd)
            if member.isdir() or not path:
                continue
            if not member.isfile():
                odd.refuse(path, "is a link" if member.issym() or member.islnk()
                           else "is no ordinary file")
            elif member.size > limit(path):
                odd.refuse(path, f"is larger than {limit(path) >> 20} MB")
            else:
                data = archive.extractfile(member).read() if is_kept(path) else b""
                yield Entry(path, member.size, member.mtime, data)


def opened(entries, odd, left, deep=0):
    """The same entries, with those in their archives instead of the archives."""
    found = []
    for entry in entries:
        ending = archive_ending(entry.name)
        if not ending:
            if entry.name.lower().endswith(UNREAD):
                odd.say(f"'{shown(entry.path)}' is an archive of a kind that is not read here.")
            found.append(entry)
        elif deep == MOST_DEEP:
            odd.refuse(entry.path, "is an archive in an archive in an archive")
        elif left.spent:
            odd.refuse(entry.path, "comes after too much that was unpacked")
        else:
            top = entry.path[:-len(ending)]
            source = entry.data if entry.data is not None else entry.file
            inner = opened(of_archive(source, entry.name, odd, left), odd, left, deep + 1)
            found += [Entry(f"{top}/{one.path}", one.size, one.time or entry.time, one.data,
                            one.file) for one in inner]
    return found
