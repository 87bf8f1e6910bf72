"""What can be changed in an answer, one small change at a time.

mutants_of(path) lists every mutant of one file, in the order of its text. Expressions come from
clang's syntax tree, that of the serial program; OpenMP's pragmas are changed as text.
"""

import collections
import json
import re
import subprocess

import mistakes

CLANG = "clang -Xclang -ast-dump=json -fsyntax-only -std=gnu11 -D_GNU_SOURCE -w -I. -Ilabs".split()

# Characters start to end of the file become `new`; `line` is the first line that changes.
Mutant = collections.namedtuple("Mutant", "lab function line operator start end new")

COMPARISONS = {
    "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"),
    "==": ("!=",), "!=": ("==",),
}
ARITHMETIC = {
    "+": ("-",), "-": ("+",), "*": ("+",), "/": ("*",), "%": ("/",),
    "+=": ("-=",), "-=": ("+=",), "*=": ("+=",),
}
LOGIC = {"&&": ("||",), "||": ("&&",)}
BINARY = [("comparison", COMPARISONS), ("arithmetic", ARITHMETIC), ("and-or", LOGIC)]
CLAUSE = re.compile(r"\b(?!critical\b)\w+\s*\([^()]*\)|\bnowait\b")
SIMPLE = ("CallExpr", "DeclRefExpr", "MemberExpr", "ArraySubscriptExpr", "UnaryOperator")


class File:
    """One source: its text, its answers, and where in it a node of the tree stands."""

    def __init__(self, path):
        self.path = path
        self.lab = path.split("/")[-2]
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        if not self.text.isascii():
            raise SystemExit(f"{path}: clang counts bytes, so keep to ASCII")
        self.answers = [
            match.span() for match in re.finditer(r"/\* answer:.*?end of answer", self.text, re.S)
        ]

    def place(self, location, is_end):
        """The offset of a token's begin or end; None if the token is another file's."""
        macro = from_macro(location)
        if "expansionLoc" in location:
            location = location["expansionLoc" if macro else "spellingLoc"]
        if "offset" not in location or "includedFrom" in location:
            return None
        offset = location["offset"]
        if not is_end:
            return offset
        offset += location["tokLen"]
        if macro and self.text.startswith("(", offset):
            depth = 0  # a macro with arguments: to its closing parenthesis
            for offset in range(offset, len(self.text)):
                depth += {"(": 1, ")": -1}.get(self.text[offset], 0)
                if depth == 0:
                    return offset + 1
        return offset

    def span(self, node):
        """Where the node begins and ends, if that is within an answer; otherwise None."""
        around = node.get("range", {"begin": {}, "end": {}})
        start, end = self.place(around["begin"], False), self.place(around["end"], True)
        if start is None or end is None or start >= end:
            return None
        inside = any(first <= start and end <= last for first, last in self.answers)
        return (start, end) if inside else None

    def source(self, node):
        span = self.span(node)
        return self.text[span[0]:span[1]] if span else None


def from_macro(location):
    """True if the token comes out of a macro, and not from one of its arguments."""
    outer = location.get("expansionLoc")
    return outer is not None and not outer.get("isMacroArgExpansion")


def inner(node):
    return node.get("inner", [])


def walk(node):
    yield node
    for child in inner(node):
        yield from walk(child)


def plain(node):
    """The node without the casts and parentheses around it."""
    while node.get("kind") in ("ImplicitCastExpr", "ParenExpr") and len(inner(node)) == 1:
        node = inner(node)[0]
    return node


def statements(node):
    """The children that stand where a statement may stand."""
    children = inner(node)
    return {
        "CompoundStmt": children,
        "IfStmt": children[1:],
        "WhileStmt": children[1:],
        "ForStmt": children[4:],
        "DoStmt": children[:1],
    }.get(node.get("kind"), [])


def conditions(node):
    """The children of which only true or false matters."""
    children, kind = inner(node), node.get("kind")
    if kind in ("IfStmt", "WhileStmt", "ConditionalOperator"):
        return children[:1]
    if kind == "ForStmt":
        return children[2:3]
    if kind == "DoStmt":
        return children[1:]
    return children if node.get("opcode") in LOGIC else []


def drop_statement(file, node):
    for child in statements(node):
        kind, span = child.get("kind"), file.span(child)
        assigns = kind == "CompoundAssignOperator" or child.get("opcode") in ("=", "++", "--")
        if not span or not (assigns or kind in ("CallExpr", "BreakStmt", "ContinueStmt")):
            continue
        yield "drop", span[0], span[1], ""


def negate_condition(file, node):
    for child in conditions(node):
        bare, span = plain(child), file.span(child)
        known = bare.get("opcode") in COMPARISONS  # is changed already
        nested = bare.get("opcode") in LOGIC and node.get("opcode") in LOGIC
        if not span or known or nested or from_macro(child["range"]["begin"]):
            continue
        text = file.text[span[0]:span[1]]
        if bare.get("opcode") == "!" and text.startswith("!"):
            yield "negate", span[0], span[1], text[1:]
        else:
            new = text if bare["kind"] in SIMPLE else f"({text})"
            yield "negate", span[0], span[1], "!" + new


def change_binary(file, node):
    if node.get("kind") not in ("BinaryOperator", "CompoundAssignOperator"):
        return
    left, right = (file.span(child) for child in inner(node))
    if not left or not right:
        return
    operator = node["opcode"]
    at = re.compile(r"[\s)]*").match(file.text, left[1]).end()
    if not file.text.startswith(operator, at) or at >= right[0]:
        return
    for name, table in BINARY:
        for new in table.get(operator, ()):
            yield name, at, at + len(operator), new


def change_step(file, node):
    span = file.span(node)
    if span and node.get("kind") == "UnaryOperator" and node["opcode"] in ("++", "--"):
        text = file.text[span[0]:span[1]]
        new = {"++": "--", "--": "++"}[node["opcode"]]
        yield "arithmetic", span[0], span[1], text.replace(node["opcode"], new)


def change_constant(file, node):
    span = file.span(node)
    if not span or node.get("kind") not in ("IntegerLiteral", "CXXBoolLiteralExpr"):
        return
    text = file.text[span[0]:span[1]]
    if text in ("true", "false"):
        yield "constant", span[0], span[1], "false" if text == "true" else "true"
    elif re.fullmatch(r"0[xX][0-9a-fA-F]+|\d+", text):
        value = int(text, 0) if text != "0" else 0
        for new in (value + 1, value - 1):
            if new >= 0:
                yield "constant", span[0], span[1], hex(new) if "x" in text else str(new)


def swap_arguments(file, node):
    if node.get("kind") != "CallExpr":
        return
    arguments = inner(node)[1:]
    for i, one in enumerate(arguments):
        for other in arguments[i + 1:]:
            first, second = file.span(one), file.span(other)
            if not first or not second or one["type"] != other["type"]:
                continue
            here, there = file.source(one), file.source(other)
            if here != there:
                between = file.text[first[1]:second[0]]
                yield "swap", first[0], second[1], there + between + here


def change_return(file, node):
    """What is returned as a constant: success for failure, and the other way round."""
    if node.get("kind") != "ReturnStmt" or not inner(node):
        return
    span, text = file.span(inner(node)[0]), file.source(inner(node)[0])
    if span and text == "0":
        yield "return", span[0], span[1], "-1"
    elif span and re.fullmatch(r"E[A-Z]+", text):
        yield "return", span[0], span[1], "0"


def change_pragmas(file):
    for match in re.finditer(r"#pragma omp (?:[^\n]*\\\n)*[^\n]*", file.text):
        if any(first <= match.start() and match.end() <= last for first, last in file.answers):
            yield "pragma", match.start(), match.end(), ""
            for clause in CLAUSE.finditer(match.group()):
                start = match.start() + clause.start()
                yield "clause", start, match.start() + clause.end(), ""


OPERATORS = (drop_statement, negate_condition, change_binary, change_step, change_constant,
             swap_arguments, change_return)


def functions_of(file):
    clang = subprocess.run(CLANG + [file.path], check=True, stdout=subprocess.PIPE)
    for node in inner(json.loads(clang.stdout)):
        if node["kind"] == "FunctionDecl" and "includedFrom" not in node["loc"]:
            if any(child["kind"] == "CompoundStmt" for child in inner(node)):
                yield node


def mutants_of(path):
    """Every mutant of the file, sorted."""
    file, found, begins = File(path), [], {}
    for function in functions_of(file):
        begins[file.place(function["range"]["begin"], False)] = function["name"]
        for node in walk(function):
            for operator in OPERATORS:
                found += operator(file, node)
    found += change_pragmas(file)
    found += mistakes.changes(file.text, file.answers)
    mutants = {}
    for operator, start, end, new in sorted(found, key=lambda change: change[1:] + change[:1]):
        name = begins[max(begin for begin in begins if begin <= max(start, min(begins)))]
        line = file.text.count("\n", 0, start) + 1
        mutant = Mutant(file.lab, name, line, operator, start, end, new)
        mutants.setdefault(mutant[-3:], mutant)
    return list(mutants.values())
