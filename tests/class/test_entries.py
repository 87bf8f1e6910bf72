"""Archives that mean harm, or are damaged."""

import io
import os
import stat
import subprocess
import tarfile
import tempfile
import unittest
import zipfile
from unittest import mock

import entries
from entries import Entry, Left, Odd, of_archive, of_folder, opened
from intake import HandIn
from names import Owner


def tar_of(*members):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, data, kind in members:
            info = tarfile.TarInfo(name)
            info.type, info.size = kind, len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def zip_of(members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


class Entries(unittest.TestCase):
    def read(self, data, name):
        odd = Odd()
        found = of_archive(data, name, odd, Left())
        return {entry.path: entry.load() for entry in found}, odd.lines

    def test_names_that_lead_out_are_refused(self):
        for name in "../a.c", "/a.c", "x/../../a.c", "C:\\a.c", "..\\a.c":
            with self.subTest(name):
                found, said = self.read(zip_of({name: b"x", "b.c": b"y"}), "z.zip")
                self.assertEqual(found, {"b.c": b"y"})
                self.assertIn("leads out", said[0])

    def test_links_and_devices_are_refused(self):
        found, said = self.read(tar_of(("l.c", b"", tarfile.SYMTYPE), ("d.c", b"", tarfile.BLKTYPE),
                                       ("a.c", b"x", tarfile.REGTYPE)), "a.tgz")
        self.assertEqual(found, {"a.c": b"x"})
        self.assertEqual(len(said), 2)
        info = zipfile.ZipInfo("l.c")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        self.assertEqual(self.read(zip_of({info: b"/etc/passwd"}), "z.zip")[0], {})

    def test_what_is_huge_is_refused(self):
        huge = b"\0" * (entries.MOST_BYTES + 1)
        found, said = self.read(zip_of({"h.c": huge, "a.c": b"x"}), "z.zip")
        self.assertEqual(found, {"a.c": b"x"})
        self.assertIn("larger than", said[0])
        with mock.patch.object(entries, "MOST_UNPACKED", 1000):
            for name, data in (("z.zip", zip_of({"a.c": b"x", "b.c": b"y" * 2000})),
                               ("z.tgz", tar_of(("b.c", b"y" * 2000, tarfile.REGTYPE)))):
                self.assertIn("unpacks to too much", self.read(data, name)[1][0])

    def handed_in(self, data, name):
        """All that is kept of a hand-in that is one archive; bytes, files, and what is said."""
        handin = HandIn(Owner("kim"), entries=[Entry(name, data=data)])
        found = handin.open()
        return sum(len(entry.data) for entry in found), len(found), handin.odd.lines

    def test_archives_in_a_hand_in_share_what_may_be_unpacked(self):
        inner = {f"{number}.zip": zip_of({f"{one}.c": b"y" * 20000 for one in range(5)})
                 for number in range(50)}
        both = {"MOST_UNPACKED": 200000, "MOST_FILES": 20000}, \
            {"MOST_UNPACKED": 10 << 20, "MOST_FILES": 60}
        for most in both:
            with self.subTest(most), mock.patch.multiple(entries, **most):
                size, files, said = self.handed_in(zip_of(inner), "z.zip")
                self.assertTrue(0 < size <= entries.MOST_UNPACKED, size)
                self.assertTrue(0 < files <= entries.MOST_FILES, files)
                self.assertIn("unpacks to too much", said[0])
                self.assertLess(len(said), 10)

    def test_what_is_left_out_counts(self):
        inner = {f"{number}.zip": zip_of({f"{one}/": b"" for one in range(20)})
                 for number in range(20)}
        for data, name in ((zip_of(inner), "z.zip"),
                           (tar_of(*((f"{one}", b"", tarfile.SYMTYPE) for one in range(200))),
                            "z.tgz")):
            with self.subTest(name), mock.patch.object(entries, "MOST_FILES", 100):
                self.assertIn("unpacks to too much", " ".join(self.handed_in(data, name)[2]))

    def test_holes_of_a_tar_are_unpacked_too(self):
        with tempfile.TemporaryDirectory() as top:
            names = [f"{number}.c" for number in range(20)]
            for name in names:
                with open(f"{top}/{name}", "wb") as file:
                    file.truncate(100000)
            subprocess.run(["tar", "-C", top, "-Scf", f"{top}/s.tar", *names], check=True)
            with open(f"{top}/s.tar", "rb") as file:
                data = file.read()
        self.assertLess(len(data), 100000)
        with mock.patch.object(entries, "MOST_UNPACKED", 400000):
            size, files, said = self.handed_in(data, "s.tar")
        self.assertEqual((size, files), (400000, 4))
        self.assertIn("unpacks to too much", said[0])

    def test_what_is_damaged_is_said(self):
        whole = zip_of({"a.c": b"x" * 1000})
        for name, data in (("z.zip", whole[:50]), ("z.tar.gz", b"junk"), ("z.zip", b""),
                           ("z.tar.xz", tar_of(("a.c", b"", tarfile.REGTYPE)))):
            with self.subTest(name):
                found, said = self.read(data, name)
                self.assertEqual(found, {})
                self.assertIn("is damaged", said[0])

    def test_archives_in_archives_have_an_end(self):
        data = zip_of({"a.c": b"x"})
        for _ in range(4):
            data = zip_of({"in.zip": data})
        odd = Odd()
        self.assertEqual(opened([Entry("top.zip", data=data)], odd, Left()), [])
        self.assertIn("archive in an archive", odd.lines[0])

    def test_of_many_odd_files_few_are_named(self):
        odd = Odd()
        for number in range(100):
            odd.refuse(f"{number}.c", "is a link")
        self.assertEqual(len(odd.lines), 4)

    def test_folders_are_read_without_following_links(self):
        with tempfile.TemporaryDirectory() as top:
            os.symlink("/etc", f"{top}/etc")
            os.symlink("/etc/passwd", f"{top}/a.c")
            os.mkfifo(f"{top}/f.c")
            odd = Odd()
            self.assertEqual(of_folder(top, odd), [])
            self.assertEqual(len(odd.lines), 3)

    def test_names_are_shown_harmless(self):
        self.assertEqual(entries.shown("a\x1b[31m\n\udcff.c"), "a?[31m??.c")


if __name__ == "__main__":
    unittest.main()
