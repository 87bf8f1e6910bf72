import unittest

import mistakes


def made(text):
    """{(rule, the whole text after the change)}"""
    return {(name, text[:start] + new + text[end:])
            for name, start, end, new in mistakes.changes(text, [(0, len(text))])}


class Mistakes(unittest.TestCase):
    def expect(self, rule, before, after):
        self.assertIn((rule, after), made(before), made(before))

    def test_calls_and_conditions(self):
        self.expect("if-for-while", "    while (locked)\n", "    if (locked)\n")
        self.expect("exit", "    _exit(0);\n", "    exit(0);\n")
        self.expect("wait-for-any", "    waitpid(pid, &status, 0);\n",
                    "    waitpid(-1, &status, 0);\n")
        self.expect("broadcast", "    pthread_cond_signal(&c);\n",
                    "    pthread_cond_broadcast(&c);\n")
        self.expect("no-retry", "(x == -1 && errno == EINTR)", "(x == -1 && 0)")
        self.expect("unchecked", "    if (!pool)\n", "    if (0 && !pool)\n")
        self.expect("no-hang", "waitpid(p, &s, WNOHANG)", "waitpid(p, &s, 0)")

    def test_types_and_sizes(self):
        self.expect("in-elements", "malloc(n * sizeof *got)", "malloc(n)")
        self.expect("int-for-long", "{\n    long total = 0;\n", "{\n    int total = 0;\n")
        self.expect("double-for-long", "{\n    long total = 0;\n", "{\n    double total = 0;\n")
        self.expect("other-clock", "clock(CLOCK_MONOTONIC)", "clock(CLOCK_REALTIME)")

    def test_openmp(self):
        self.expect("made-private", "parallel shared(sum, n)",
                    "parallel private(sum) shared(sum, n)")
        self.expect("made-shared", "parallel private(i)", "parallel shared(i)")
        self.expect("other-name", "critical(sum)", "critical(other_sum)")
        self.expect("no-wait", "#pragma omp for schedule(static)\n",
                    "#pragma omp for nowait schedule(static)\n")

    def test_an_atomic_change_is_split(self):
        [after] = [text for name, text in made("    i = atomic_fetch_add(&b->next, b->chunk);\n")
                   if name == "split-atomic"]
        self.assertIn("atomic_load(&b->next)", after)
        self.assertIn("atomic_store(&b->next, before_ + (b->chunk))", after)

    def test_statements_change_places(self):
        self.expect("swap-lines", "    unlock(m);\n    signal(c);\n",
                    "    signal(c);\n    unlock(m);\n")
        self.assertFalse([name for name, _ in made("    int a = f(1);\n    g(a);\n")
                          if name == "swap-lines"])

    def test_a_lock_is_narrowed(self):
        self.expect("narrow-lock", "    for (;;) {\n        f();\n    }\n    unlock(&m);\n",
                    "    for (;;) {\n        f();\n        unlock(&m);\n    }\n")

    def test_only_answers_are_changed(self):
        self.assertFalse(list(mistakes.changes("    _exit(0);\n", [(0, 3)])))


if __name__ == "__main__":
    unittest.main()
