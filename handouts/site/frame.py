"""What stands around the text of every page: the way to all others, and to other languages."""

import html
import os
import posixpath
import re
import string

import tree
from words import LANGUAGES

HERE = os.path.dirname(os.path.abspath(__file__))
HEADING = re.compile(r'<h([1-3]) id="([^"]*)">(.*?)</h\1>', re.S)


def plain(markup):
    return re.sub(r"<[^>]*>", "", markup).strip()


def title_of(body):
    """A page's title, as markup without links."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.S)
    return re.sub(r"</?a\b[^>]*>", "", found[1]).strip() if found else ""


def numbered(title):
    """"Lab 09: the lock" is ("09", "the lock")."""
    found = re.match(r"\D*(\d+): *(.*)", title, re.S)
    return (found[1], found[2]) if found else ("", title)


def anchored(body, words):
    """Every heading but the page's own leads to itself."""
    def link(found):
        level, name, inner = found.groups()
        if level == "1":
            return found[0]
        label = html.escape(f"{words['section']}: {html.unescape(plain(inner))}")
        return (f'<h{level} id="{name}">{inner} <a class="anchor" href="#{name}" '
                f'aria-label="{label}">#</a></h{level}>')
    return HEADING.sub(link, body)


def contents_of(body):
    """The list of a page's sections, or nothing if there are few."""
    sections = [(name, re.sub(r"</?a\b[^>]*>", "", inner))
                for level, name, inner in HEADING.findall(body) if level == "2"]
    if len(sections) < 3:
        return ""
    rows = "\n".join(f'<li><a href="#{name}">{inner}</a></li>' for name, inner in sections)
    return f"<ol>\n{rows}\n</ol>"


class Frame:
    """The frame of one language's pages. `titles`: of every page of text, {path: markup}."""

    def __init__(self, language, titles, labs):
        self.language, self.titles, self.labs = language, titles, labs
        self.words = LANGUAGES[language]
        self.order = [tree.COURSE, *map(tree.handout, labs)]
        with open(os.path.join(HERE, "frame.html"), encoding="utf-8") as file:
            self.template = string.Template(file.read())

    def entry(self, here, there, text, number="", extra=""):
        current = ' aria-current="page"' if here == there else ""
        number = f'<span class="number">{number}</span> ' if number else ""
        extra = f' <span class="extra">{extra}</span>' if extra else ""
        return (f'<li><a href="{tree.between(here, there)}"{current}>{number}{text}</a>'
                f'{extra}</li>')

    def pages(self, here):
        """The list of all pages of text."""
        labs = []
        for lab in self.labs:
            number, title = numbered(self.titles[tree.handout(lab)])
            labs.append(self.entry(here, tree.handout(lab), title, number,
                                   self.words["bonus"] if lab.counts == "bonus" else ""))
        first = [self.entry(here, tree.FRONT, self.words["front"]),
                 self.entry(here, tree.COURSE, self.words["course"])]
        more = [self.entry(here, path, self.titles[path]) for path in tree.MORE]
        return (f"<ul>{''.join(first)}</ul>\n<p>{self.words['labs']}</p>\n"
                f"<ul class=\"labs\">{''.join(labs)}</ul>\n"
                f"<p>{self.words['more']}</p>\n<ul>{''.join(more)}</ul>")

    def around(self, here):
        """The ways to the labs before and after this one."""
        if here not in self.order:
            return ""
        at, links = self.order.index(here), []
        for there, word, rel in ((at - 1, "previous", "prev"), (at + 1, "next", "next")):
            if 0 <= there < len(self.order):
                path = self.order[there]
                links.append(f'<a rel="{rel}" class="{rel}" href="{tree.between(here, path)}">'
                             f'<span>{self.words[word]}</span> {self.titles[path]}</a>')
        return f'<nav class="around" aria-label="{self.words["around"]}">{"".join(links)}</nav>'

    def to_top(self, here):
        return posixpath.relpath(".", posixpath.dirname(tree.url(here)) or ".")

    def switch(self, here, links):
        """The same page in each language."""
        parts = []
        for language, words in LANGUAGES.items():
            target = f"{self.to_top(here)}/../{language}/{tree.url(here)}"
            if links:
                parts.append(f'<link rel="alternate" hreflang="{language}" href="{target}">')
            elif language == self.language:
                parts.append(f'<span lang="{language}" aria-current="true">{words["name"]}</span>')
            else:
                parts.append(f'<a lang="{language}" hreflang="{language}" href="{target}">'
                             f'{words["name"]}</a>')
        return "\n".join(parts)

    def page(self, here, body, kind, text_language):
        """The whole page."""
        words = self.words
        title = html.unescape(plain(title_of(body)))
        whole = title if title == words["site"] else f"{title} · {words['site']}"
        contents = contents_of(body)
        heading = f"<p>{words['contents']}</p>"
        label = html.escape(words["contents"])
        untranslated = text_language != self.language
        note = f'<p class="note" lang="{self.language}">{words["untranslated"]}</p>'
        return self.template.substitute(
            lang=self.language, text_lang=text_language, title=html.escape(whole),
            description=html.escape(f"{words['book']}: {title}"), kind=kind,
            root=f"{self.to_top(here)}/..", alternates=self.switch(here, True),
            switch=self.switch(here, False), front=tree.between(here, tree.FRONT),
            site=words["site"], skip=words["skip"], menu=words["menu"],
            languages=words["languages"], pages=self.pages(here),
            note=note if untranslated else "", body=anchored(body, words),
            around=self.around(here),
            contents=f'<nav class="contents" aria-label="{label}">{heading}{contents}</nav>'
            if contents else "",
            contents_narrow=f'<details class="contents"><summary>{words["contents"]}</summary>'
            f'{contents}</details>' if contents else "")
