import unittest

import po
import translate
import translations

PAGE = """# A page

Some words about `make`, and [a link](other.md#there).

## Run it

1. One thing,
   in two lines.
2. Another.

```sh
make run    # how long?
```

<!-- shows: make run -->
```text
done in 2 s
```

| a | b |
|---|---|
| c | `d` |

## Run it
"""
HEAD = 'msgid ""\nmsgstr ""\n"Language: ko\\n"\n'


def written(*entries):
    """A .po file of (text, translation) or (text, translation, lines above)."""
    def string(text):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return '""\n' + "".join(f'"{line}\\n"\n' for line in escaped.split("\n")[:-1]) \
            if text.endswith("\n") else f'"{escaped}"\n'
    return HEAD + "".join(f"\n{''.join(above)}msgid {string(text)}msgstr {string(translation)}"
                          for text, translation, *above in entries)


GOOD = [
    ("A page", "쪽"),
    ("Some words about `make`, and [a link](other.md#there).\n",
     "[링크](other.md#there)와 `make` 이야기.\n"),
    ("Run it", "실행하기"),
    ("One thing,\nin two lines.\n", "하나,\n두 줄.\n"),
    ("Another.\n", "또 하나.\n"),
    ("make run    # how long?\n", "make run    # 얼마나?\n",
     "#. type: Fenced code block (sh)\n", "#, no-wrap\n"),
    ("<!-- shows: make run -->\n", "<!-- shows: make run -->\n"),
    ("done in 2 s\n", "done in 2 s\n", "#. type: Fenced code block (text)\n"),
    ("| a | b |\n|---|---|\n| c | `d` |\n", "| 가 | 나 |\n|---|---|\n| 다 | `d` |\n"),
]


def with_entry(number, *entry):
    return written(*GOOD[:number], entry, *GOOD[number + 1:])


class Translations(unittest.TestCase):
    def expect(self, po_text, *words):
        found = translations.problems(PAGE, po_text)
        self.assertEqual(len(found), len(words), found)
        for line, word in zip(found, words):
            self.assertIn(word, line)

    def test_a_whole_translation_is_well(self):
        self.expect(written(*GOOD))

    def test_stale_paragraphs(self):
        self.expect(written(*GOOD[:4], *GOOD[5:]), 'no entry, so stale: "2. Another."')
        self.expect(written(*GOOD, ("Gone.\n", "갔다.\n")), 'stands no more on the page: "Gone."')

    def test_incomplete_and_fuzzy(self):
        self.expect(with_entry(0, "A page", ""), 'not translated: "A page"')
        self.expect(with_entry(0, "A page", "쪽", "#, fuzzy, no-wrap\n"), 'fuzzy: "A page"')

    def test_code_and_links(self):
        text = GOOD[1][0]
        self.expect(with_entry(1, text, "`made` [링크](other.md#there)\n"),
                    "other code in backticks (missing: make)")
        self.expect(with_entry(1, text, "`make` [링크](else.md)\n"),
                    "other links (missing: other.md#there)")

    def test_form(self):
        self.expect(with_entry(0, "A page", "쪽\n"), "other end of line")
        self.expect(with_entry(3, GOOD[3][0], "하나,\n  두 줄.\n"), "other leading blanks")
        self.expect(with_entry(3, GOOD[3][0], "- 하나,\n두 줄.\n"), "other list items")
        self.expect(with_entry(3, GOOD[3][0], "하나<br>\n"), "other tags (too many: <br>)")
        self.expect(with_entry(8, GOOD[8][0], "| 가 |\n|---|---|\n| 다 | `d` |\n"),
                    "other cells of a table")

    def test_emphasis_must_show(self):
        self.expect(with_entry(3, GOOD[3][0], "**풀**은 *팀*이다.\n"))
        self.expect(with_entry(3, GOOD[3][0], "**풀(pool)**은\n"), "no emphasis is shown here")
        self.expect(with_entry(3, GOOD[3][0], "**풀은\n"), "an asterisk without its other")

    def test_blocks_keep_their_code(self):
        kind = "#. type: Fenced code block (sh)\n"
        self.expect(with_entry(5, GOOD[5][0], "make walk    # 얼마나?\n", kind),
                    "a block of code is changed outside its comments")
        kind = "#. type: Fenced code block (text)\n"
        self.expect(with_entry(7, "done in 2 s\n", "2초 걸림\n", kind),
                    "what a program prints is changed")
        self.expect(with_entry(7, "done in 2 s\n", "done\nin 2 s\n", kind),
                    "another number of lines", "what a program prints is changed")

    def test_what_is_no_po_file(self):
        self.expect(HEAD + "\nmsgid A page\n", "line 5 is no line of a .po file")


class Pages(unittest.TestCase):
    def test_the_page_in_the_other_language(self):
        shown = po.translated(PAGE, po.entries(written(*GOOD)))
        self.assertIn("# 쪽 {#a-page}\n", shown)
        self.assertIn("\n1. 하나,\n   두 줄.\n2. 또 하나.\n\n```sh\n", shown)
        # As GitHub names the second of two equal headings.
        self.assertTrue(shown.endswith("## 실행하기 {#run-it-1}\n"))

    def test_what_is_not_translated_stays(self):
        shown = po.translated(PAGE, po.entries(with_entry(4, "Another.\n", "")))
        self.assertIn("\n2. Another.\n", shown)
        shown = po.translated(PAGE, po.entries(with_entry(4, "Any other.\n", "또.\n")))
        self.assertIn("\n2. Another.\n", shown)

    def test_links_lead_to_translated_pages_or_into_the_tree(self):
        text = "[a](b.md#c) [d](../labs/d.c)\n```c\nf[0](../labs/d.c)\n```\n[e](#f) <../g>\n"
        shown = translate.with_links(text, "handouts/a.md", "build/pages/ko/handouts/a.md",
                                     {"handouts/b.md"})
        self.assertEqual(shown, text.replace("[d](..", "[d](../../../.."))


if __name__ == "__main__":
    unittest.main()
