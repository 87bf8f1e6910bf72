import os
import shutil
import tempfile
import unittest

import spoken

TEXTS = {"%d task%s": "a.c", "two\nlines\n": "a.c", 'a "word"': "b.c"}
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'


def po_text(*entries):
    return HEAD + "".join(f"\n{above}msgid {spoken.quoted(text)}\nmsgstr {spoken.quoted(other)}\n"
                          for text, other, above in entries)


WELL = (("%d task%s", "%d개%2$.0s".replace("%d", "%1$d"), "#, c-format\n"),
        ("two\nlines\n", "두\n줄\n", ""), ('a "word"', '"말"', ""))


@unittest.skipUnless(all(map(shutil.which, spoken.TOOLS)), "gettext is not here")
class WhatIsSaid(unittest.TestCase):
    def expect(self, entries, *lines):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "xx.po")
            with open(path, "w", encoding="utf-8") as file:
                file.write(po_text(*entries))
            found = spoken.problems(path, TEXTS)
        self.assertEqual(len(found), len(lines), found)
        for line, wanted in zip(found, lines):
            self.assertIn(wanted, line)

    def test_a_whole_translation_is_well(self):
        self.expect(WELL)

    def test_what_is_missing_or_too_much_is_named(self):
        self.expect(WELL[:2], 'no entry, so stale: "a "word""')
        self.expect((*WELL, ("gone", "없음", "")), 'nobody says it any more: "gone"')

    def test_what_is_not_translated_or_old_is_named(self):
        self.expect((*WELL[:2], ('a "word"', "", "")), "not translated")
        self.expect((*WELL[:2], ('a "word"', "말", "#, fuzzy\n")), "fuzzy")

    def test_other_conversions_are_named(self):
        self.expect((("%d task%s", "%s", "#, c-format\n"), *WELL[1:]),
                    "number of format specifications")

    def test_a_template_is_read_as_it_was_meant(self):
        entries = spoken.po.entries(spoken.template(TEXTS))
        self.assertEqual([entry.text for entry in entries], list(TEXTS))

    def test_texts_of_all_kinds_are_found(self):
        found = spoken.texts()
        for text in ("not started", "this list", "%ld task", "passed"):
            self.assertIn(text, found)


if __name__ == "__main__":
    unittest.main()
