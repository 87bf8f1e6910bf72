import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(HERE)), "handouts", "site"))

import curves
import demo
import earlier
import frame
import pictures
import shapes
import sources
import traces
import tree
from words import LANGUAGES


def row(engine, **more):
    return {"workload": "computing", "engine": engine, "seconds": 0.5, "speedup": 2.0,
            "cpu_seconds": 0.9, "lock_switches": None, **more}


class Earlier(unittest.TestCase):
    ROWS = [row("threads", lock_switches=7), {"workload": "computing", "engine": "pool",
                                              "error": "Cannot allocate memory"}]
    CONTRAST = {"machine": {"processor": "made", "usable_cpus": 3}, "rows": ROWS,
                "workloads": [{"name": "computing", "title": "a sum", "says": "It was quick."}]}

    def test_figures_and_what_they_say(self):
        text = "\n".join(earlier.report(self.CONTRAST, demo.LANGUAGES["en"], {}))
        self.assertRegex(text, r"threads +500 ms +#{18} +2.00 +900 ms +7\n")
        self.assertRegex(text, r"pool +Cannot allocate memory")
        self.assertIn("COMPUTING  a sum", text)
        self.assertIn("  It was quick.", text)

    def test_in_the_language_in_which_it_spoke(self):
        spoken = {"a sum": "합", "It was quick.": "빨랐습니다."}
        text = "\n".join(earlier.report(self.CONTRAST, demo.LANGUAGES["ko"], spoken))
        self.assertIn("  합\n", text)
        self.assertIn("  빨랐습니다.", text)
        self.assertNotIn("quick", text)


class Tree(unittest.TestCase):
    def test_where_pages_are(self):
        self.assertEqual(tree.url("README.md"), "index.html")
        self.assertEqual(tree.url("handouts/README.md"), "handouts/index.html")
        self.assertEqual(tree.url("handouts/fidelity.md"), "handouts/fidelity.html")
        self.assertEqual(tree.url("common/map.h"), "common/map.h.html")
        self.assertEqual(tree.between("handouts/fidelity.md", "common/map.h"),
                         "../common/map.h.html")
        self.assertEqual(tree.between("README.md", "handouts/README.md"), "handouts/index.html")

    def test_links_that_lead_nowhere(self):
        self.assertEqual(tree.find("handouts/README.md", "../common/map.h"), "common/map.h")
        for link in ("no-such-page.md", "../../etc/passwd", "../solutions/README.md"):
            with self.assertRaises(tree.NotThere):
                tree.find("handouts/README.md", link)


class Sources(unittest.TestCase):
    def test_code_is_shown_as_it_is(self):
        code = sources.coloured("x.c", 'if (a < b && c) puts("<b>");')
        self.assertIn("a &lt; b &amp;&amp; c", code)
        self.assertIn('<span class="st">"&lt;b&gt;"</span>', code)
        self.assertEqual(sources.coloured("LICENSE", "a < b"), "a &lt; b")

    def test_comments_of_several_lines(self):
        code = sources.coloured("x.c", "/* TODO(1): one\n * two */ int")
        self.assertEqual(code.split("\n"), [
            '<span class="co">/* <mark>TODO(1)</mark>: one</span>',
            '<span class="co"> * two */</span> <span class="kw">int</span>'])

    def test_every_line_has_a_number(self):
        body = sources.body("common/x.h", '#include "common/map.h"\nint x;\n', {"code": "code"})
        self.assertEqual(body.count('class="line"'), 2)
        self.assertIn('id="L2"', body)
        self.assertIn('href="map.h.html"', body)


class Frame(unittest.TestCase):
    body = '<h1 id="a">Lab 09: <code>x</code></h1>' + "".join(
        f'<h2 id="s{i}">Part {i}</h2>' for i in range(3))

    def test_title(self):
        self.assertEqual(frame.title_of(self.body), "Lab 09: <code>x</code>")
        self.assertEqual(frame.numbered("Lab 09: the lock"), ("09", "the lock"))
        self.assertEqual(frame.numbered("Handouts"), ("", "Handouts"))

    def test_contents(self):
        self.assertEqual(frame.contents_of(self.body).count("<li>"), 3)
        self.assertEqual(frame.contents_of("<h2 id='one'>One</h2>"), "")

    def test_headings_lead_to_themselves(self):
        anchored = frame.anchored(self.body, {"section": "Section"})
        self.assertEqual(anchored.count('class="anchor"'), 3)
        self.assertIn('href="#s0" aria-label="Section: Part 0"', anchored)


def worker(name, *pieces):
    return traces.Worker(name, [traces.Slice(*piece) for piece in pieces])


TIMELINE = """\
two  1  ##..##
     2  --|--
        +-----+--
    ms  0    10 12
"""
ROUNDS = """\
           round 1   round 2
worker 1 | 1 .. 5  | 9       |
worker 2 | 6 -> 8  |         |
         +---------+---------+
         0 s      1 s       2 s
"""


class Pictures(unittest.TestCase):
    words = {"as_text": "as text", "states": LANGUAGES["en"]["states"]}

    def test_a_timeline_is_what_the_characters_say(self):
        svg = pictures.timeline(TIMELINE, self.words["states"])
        self.assertIn("two 1: computing 66 %, waiting for the lock 33 %", svg)
        self.assertIn("two 2: blocked 100 %", svg)
        rows, columns, ticks = pictures.timelines_of(TIMELINE)[0]
        self.assertEqual((len(rows), columns, ticks), (2, 9, [(0, "0"), (5, "10"), (8, "12")]))
        self.assertEqual(pictures.pieces("##..#"), [("#", 0, 2), (".", 2, 4), ("#", 4, 5)])

    def test_rounds(self):
        svg = pictures.rounds(ROUNDS)
        self.assertIn("worker 1: 1 .. 5, 9; worker 2: 6 -&gt; 8, nothing", svg)
        self.assertEqual(svg.count('class="chunk"'), 3)

    def test_curves_are_what_the_table_says(self):
        def table(*rows):
            return "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) +
                                       "</tr>" for row in rows) + "</table>"

        svg = curves.draw(table(("n", "<code>a</code>", "b"), ("1", "2,800", "4.3 million"),
                                ("16", "-", "430만")))
        self.assertIn('aria-label="a: 2,800 (1); b: 4,300,000 (1), 4,300,000 (16)."', svg)
        self.assertEqual(svg.count('transform="translate('), 4 + 3)    # with the legend's
        # Half of what grows from 1 to 16 by the same factor each time is 4; else it is 8.5.
        for places, half in ((1, 4, 16), 1), ((1, 8.5, 16), 1):
            axis = curves.Axis(places, 0, 2, places[1] == 4, False)
            self.assertAlmostEqual(axis.place(places[1]), half)
        self.assertEqual(curves.Axis([1, 1.9], 0, 2, False, True).steps(), [0, .5, 1, 1.5, 2])
        for wrong in table(("n", "a"), ("1", "2")), table(("n", "a"), ("x", "2"), ("y", "3")):
            with self.assertRaises(curves.Unclear):
                curves.draw(wrong)

    def test_what_cannot_be_drawn_is_an_error(self):
        for draw in (pictures.rounds, pictures.sequence):
            with self.assertRaises(pictures.Unclear):
                draw("nothing of the kind\n")
        with self.assertRaises(pictures.Unclear):
            pictures.timeline("nothing of the kind\n", self.words["states"])
        with self.assertRaises(pictures.Unclear):
            pictures.rounds(ROUNDS.replace(" 2 s", ""))
        with self.assertRaises(pictures.Unclear):
            pictures.draw("no-such-picture", "", "en", self.words)

    def test_a_sequence(self):
        svg = pictures.sequence("title T\nlanes One | Two\nA holds gives it ->\nB waits for it\n")
        self.assertIn('aria-label="T. One: gives it. Two: for it."', svg)
        self.assertEqual((svg.count('class="arrow"'), svg.count('class="lock"')), (1, 1))

    def test_shapes(self):
        svg = shapes.draw("title T\nsize 9 4\nbox 1 1 2 2 own | a < b\narrow 3 2 5 2\n")
        self.assertIn('viewBox="0 0 90 40"', svg)
        self.assertIn("a &lt; b", svg)
        self.assertIn('d="M30 20L50 20M', svg)
        for wrong in ("box 1 1 2 2", "box 1 1 2 2 unknown", "arrow 1 1", "circle 1 1", "words 1"):
            with self.assertRaises(shapes.Unclear):
                shapes.draw(f"title T\nsize 9 4\n{wrong}\n")

    def test_the_text_stays_beside_its_picture(self):
        block = f'<pre class="text" data-picture="timeline"><code>{TIMELINE}</code></pre>'
        placed = pictures.placed("x.md", block, "en", self.words)
        self.assertIn("<summary>as text</summary>" + block, placed)
        more = block.replace("<code>", "<code>Output.\n")
        self.assertTrue(pictures.placed("x.md", more, "en", self.words).endswith(more))


class Traces(unittest.TestCase):
    def test_workers_share_rows_as_on_the_terminal(self):
        run = traces.Run("r", {1: worker("a", (0, 5, "computing")),
                               2: worker("b", (1, 6, "computing")),
                               3: worker("c", (5, 9, "computing"))})
        self.assertEqual([[one.name for one in row] for row in traces.rows(run, 2)],
                         [["a", "c"], ["b"]])
        self.assertEqual(len(traces.rows(run, 3)), 3)


class Demo(unittest.TestCase):
    row = {"workload": "computing", "engine": "threads+lock", "workers": 2, "seconds": 0.5,
           "speedup": 0.94, "agrees": True, "slowest_seconds": 0.6, "cpu_seconds": 0.5,
           "lock_switches": 7}
    failed = {**row, "engine": "threads", "seconds": None, "speedup": None, "agrees": False,
              "cpu_seconds": None, "lock_switches": None, "error": "not <written> yet"}

    def figures(self, *rows):
        return {"machine": {"processor": "A <script>", "usable_cpus": 2, "compiler": "C",
                            "kernel": "K"},
                "rows": list(rows), "rounds": 1,
                "workloads": [{"name": "computing", "title": "t", "window_ms": 100,
                               "says": "No <verdict>."}]}

    def page(self, *rows, runs=None):
        return demo.page(demo.Speech("en", {}), self.figures(*rows), runs or {}, "")

    def test_figures_are_those_measured(self):
        page = self.page(self.row)
        for words in ("500 ms", "0.94", "<td>7</td>", "A &lt;script&gt;", "No &lt;verdict&gt;."):
            self.assertIn(words, page)

    def test_an_engine_that_failed_says_why(self):
        page = self.page(self.row, self.failed)
        self.assertIn("not &lt;written&gt; yet", page)
        self.assertNotIn("<dl", page)

    def test_hovering_says_who_waited_for_whom(self):
        run = traces.Run("computing: threads+lock", {
            1: worker("thread 1", (0, 5, "computing"), (5, 9, "lock")),
            2: worker("thread 2", (0, 5.1, "lock"), (5.1, 9, "computing"))}, [(5.05, 1, 2)])
        traces.finish(run)
        page = self.page(self.row, runs={run.name: run})
        self.assertIn("thread 2: waiting for the lock, 0.00 to 5.10 ms (5.10 ms); "
                      "then thread 1 let it go", page)
        self.assertIn("the lock changed hands (times: 1).", page)

    def test_every_language_has_every_word(self):
        self.assertEqual(demo.LANGUAGES["ko"].keys(), demo.LANGUAGES["en"].keys())

    def test_there_is_an_english_page_and_one_in_the_language_spoken(self):
        figures = self.figures(self.row)
        figures["spoken"] = {"language": "ko", "sentences": {"No <verdict>.": "판정 <없음>."}}
        with tempfile.TemporaryDirectory() as folder:
            demo.write_pages(folder, figures, {})
            pages = {}
            for name in os.listdir(folder):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    pages[name] = file.read()
        korean, english = pages.pop("contrast.html"), pages.pop("contrast.en.html")
        self.assertFalse(pages)
        self.assertIn('<html lang="ko">', korean)
        self.assertIn("판정 &lt;없음&gt;.", korean)
        self.assertIn('href="contrast.en.html"', korean)
        self.assertNotIn("verdict", korean)
        self.assertIn("No &lt;verdict&gt;.", english)
        self.assertIn('href="contrast.html"', english)
        self.assertEqual(list(demo.speeches(self.figures(self.row))), ["contrast.html"])


if __name__ == "__main__":
    unittest.main()
