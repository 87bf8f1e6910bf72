"""Source files as pages: numbered lines, colours, and links to the headers that they include."""

import html
import os
import re

import tree

KEYWORDS = ("auto break case char const continue default do double else enum extern float for goto "
            "if inline int long register restrict return short signed sizeof static struct switch "
            "typedef union unsigned void volatile while bool size_t ssize_t pid_t int64_t uint32_t "
            "_Atomic _Thread_local NULL true false errno").split()
TOKENS = re.compile(r"""
    (?P<co>/\*.*?\*/|//[^\n]*)
  | (?P<st>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<pp>^[ \t]*\#[ \t]*[a-z]+)
  | (?P<dv>\b\d[\w.]*\b)
  | (?P<kw>\b(?:%s)\b)
""" % "|".join(KEYWORDS), re.X | re.S | re.M)
INCLUDE = re.compile(r'^([ \t]*#[ \t]*include[ \t]*)"([^"]+)"', re.M)


def included(path):
    """The file that #include "path" means (the compiler looks in the top and in labs/), or None."""
    for found in (path, f"labs/{path}"):
        if os.path.isfile(os.path.join(tree.TOP, found)):
            return found
    return None


def headers_of(text):
    return [path for path in map(included, (name for _, name in INCLUDE.findall(text))) if path]


def marked(kind, text):
    """A token in its colour. A comment of several lines is one token on each of them."""
    if kind == "co":
        text = re.sub(r"TODO\(\d+\)", r"<mark>\g<0></mark>", text)
    return "\n".join(f'<span class="{kind}">{line}</span>' if line else ""
                     for line in text.split("\n"))


def coloured(path, text):
    if not path.endswith((".c", ".h")):
        return html.escape(text, quote=False)
    parts, done = [], 0
    for token in TOKENS.finditer(text):
        parts.append(html.escape(text[done:token.start()], quote=False))
        parts.append(marked(token.lastgroup, html.escape(token[0], quote=False)))
        done = token.end()
    parts.append(html.escape(text[done:], quote=False))
    return "".join(parts)


def linked(path, text, code):
    """Headers of this project become links to their pages."""
    for name in {name for _, name in INCLUDE.findall(text)}:
        found = included(name)
        if found:
            code = code.replace(f'<span class="st">"{name}"</span>',
                                f'<a class="st" href="{tree.between(path, found)}">"{name}"</a>')
    return code


def body(path, text, words):
    """The page's content, below its heading."""
    code = linked(path, text, coloured(path, text)).rstrip("\n").split("\n")
    lines = "\n".join(
        f'<span class="line" id="L{n}"><a class="number" href="#L{n}" aria-hidden="true" '
        f'tabindex="-1" data-n="{n}"></a>{line}</span>' for n, line in enumerate(code, 1))
    label = html.escape(f"{path}: {words['code']}")
    return (f'<h1 class="path">{html.escape(path)}</h1>\n'
            f'<pre class="numbered" tabindex="0" role="region" aria-label="{label}">'
            f"<code>{lines}\n</code></pre>\n")
