"""The mistakes that students make, as changes of a text: beside those of operators.py, which are
mostly slips of typing. Each rule is a name, a pattern, and what takes the place of the match.
"""

import re

WAITING = re.compile(r"\bwhile \(")
SIMPLE_LINE = re.compile(r"^( +)(?!return|break|continue|case|else|if|for|while|do|goto)"
                         r"[^\n;{}#/]*\([^\n;{}]*\);\n|^( +)[^\n;{}#/(]*=[^\n;{}=]*;\n", re.M)
DECLARATION = re.compile(r"^ +(?:const |static |unsigned |struct \w+ |[a-z_]+_t |int |long |size_t "
                         r"|double |bool |char )+\**\w+")

# An argument that holds no comma and at most one pair of brackets.
ARGUMENT = r"([^,()]*(?:\([^()]*\)[^,()]*)?)"


def fetch_in_two(match):
    """An atomic change split into a load and a store: what others change meanwhile is lost."""
    kind, place, value = match[1], match[2].strip(), match[3].strip()
    sign = {"add": "+", "sub": "-", "or": "|", "and": "&"}[kind]
    return (f"__extension__({{ __typeof__(*({place})) before_ = atomic_load({place}); "
            f"atomic_store({place}, before_ {sign} ({value})); before_; }})")


RULES = (
    ("split-atomic", rf"\batomic_fetch_(add|sub|or|and)\({ARGUMENT},{ARGUMENT}\)", fetch_in_two),
    ("if-for-while", r"\bwhile (?=\()", "if "),
    ("exit", r"\b_exit\(", "exit("),
    ("wait-for-any", rf"\bwaitpid\({ARGUMENT},{ARGUMENT},{ARGUMENT}\)", r"waitpid(-1,\2,\3)"),
    ("broadcast", r"\bpthread_cond_signal\(", "pthread_cond_broadcast("),
    ("signal", r"\bpthread_cond_broadcast\(", "pthread_cond_signal("),
    ("in-elements", r"\s*\* sizeof\(?[^;,)]*\)?(?=[,)])", ""),
    ("int-for-long", r"(?<![\w ])( +)(?:long|int64_t|size_t) (?=\w+(?: =|;|,))", r"\1int "),
    ("double-for-long", r"(?<![\w ])( +)(?:long|int64_t) (?=\w+(?: =|;|,))", r"\1double "),
    ("int-cast", r"\((?:long|int64_t|double|size_t)\)(?=\w)", "(int)"),
    ("no-retry", r" ?&& errno == EINTR", " && 0"),
    ("no-retry", r"\berrno (?:==|!=) EINTR\b", "0"),
    ("other-clock", r"\bCLOCK_MONOTONIC\b", "CLOCK_REALTIME"),
    ("other-clock", r"\bplan->wall\(", "plan->cpu("),
    ("other-clock", r"\bplan->cpu\(", "plan->wall("),
    ("made-private", r"\bshared\((\w+)(.*?)\)", r"private(\1) shared(\1\2)"),
    ("made-private", r"\breduction\([^:]*: ?(\w+)\)", r"firstprivate(\1)"),
    ("made-shared", r"\b(?:private|firstprivate)\(", "shared("),
    ("other-name", r"\bcritical\((\w+)\)", r"critical(other_\1)"),
    ("no-wait", r"(#pragma omp (?:for|single)\b)(?![^\n]*nowait)", r"\1 nowait"),
    ("no-hang", r"\bWNOHANG\b", "0"),
    ("one-for-all", r"\[(?:i|me|which|worker)\]", "[0]"),
    ("unchecked", r"\bif \(!(\w+)\)", r"if (0 && !\1)"),
    ("unchecked", r"== -1\b", "== -2"),
)


def inside(answers, start, end):
    return any(first <= start and end <= last for first, last in answers)


def by_rules(text):
    for name, pattern, new in RULES:
        for match in re.finditer(pattern, text):
            replaced = new(match) if callable(new) else match.expand(new)
            if replaced != match[0]:
                yield name, match.start(), match.end(), replaced


def swapped_lines(text):
    """Two statements that follow each other, in the other order: errno set too early, a signal
    before the change or behind the unlock, a check after the use."""
    lines = list(SIMPLE_LINE.finditer(text))
    for first, second in zip(lines, lines[1:]):
        adjacent = first.end() == second.start()
        same_depth = re.match(" +", first[0])[0] == re.match(" +", second[0])[0]
        if adjacent and same_depth and not DECLARATION.match(first[0]) \
                and not DECLARATION.match(second[0]) and first[0] != second[0]:
            yield "swap-lines", first.start(), second.end(), second[0] + first[0]


def moved_unlock(text):
    """A lock narrowed or widened by one statement: swapped_lines does that where both are simple
    statements; here over the end of a block."""
    pattern = re.compile(
        r"(^( +)\}\n)(\2[a-z_]*(?:unlock|release|give|set_lock)[a-z_]*\([^\n]*;\n)", re.M)
    for match in pattern.finditer(text):
        line = match[3].replace(match[2], match[2] + "    ", 1)
        yield "narrow-lock", match.start(), match.end(), line + match[1]


def changes(text, answers):
    """(name, start, end, new text) of every mistake within the answers."""
    for found in (by_rules(text), swapped_lines(text), moved_unlock(text)):
        for name, start, end, new in found:
            if inside(answers, start, end):
                yield name, start, end, new
