"""The compiled modules give what the Python ones do, bit by bit: without that nobody could tell a machine by its answers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from scraper import dom, flood_signs
from scraper.extraction import features, model, scoring, walk
from scraper.extraction.agreement import Hints
from scraper.extraction.layout import Layout

FIXTURES = Path(__file__).parents[2] / "fixtures"
MADE = (
    "",
    "<p>a<br> <br>b<br>c</p>tail",
    "<pre>  x\n\ty<br>z\x0b</pre><p>\x0b a</p>",
    "<p>one<b>Two</b>3<a href=x>link</a>Text <i>it</i><time>4</time>five<x-y>six<p>7</x-y>",
    "<ol start=4><li>a<li>b</ol><ol reversed><li>c</ol><ol start=x><li>d</ol><ul><li>e</ul>",
    "<table><tr><td></td><!-- c --><td>2<th>3</table>",
    "<div hidden class='A-b_c ad' id=' x' itemprop><p>h<div aria-hidden=true>i</div><div style='DISPLAY : none'>j",
    "<h1>T</h1><div class='comments'><p>" + "word " * 30 + "</p></div><p>\u3053\u3093\u306b\u3061\u306f 12 \u0663</p>",
    "<a href=x><p>in</a><p>\u00a0<p>\u2028 x<p>\ud7ff<p>&#0;&#xd800;y",
    "<my-box class=card><b>1<i>2</b>3</i></my-box>" * 40,
    "<p>" + "x" * 400 + "...<p>http ends:<p>" + "\u4e00" * 90,
    "<font>" * 300 + "deep",
)


def pages() -> Iterator[str]:
    """Made pages, all fixture pages, and fixture pages with pieces cut out, doubled and put elsewhere."""
    yield from MADE
    chance = random.Random(7)
    for file in sorted(FIXTURES.rglob("*.html")):
        page = file.read_bytes().decode("utf-8", "replace")
        yield page
        first, second, third = sorted(chance.randrange(len(page) + 1) for _ in range(3))
        yield page[:first] + page[second:third] + page[first:second] * 2 + page[third:]


def layouts() -> Iterator[Layout]:
    """The layouts of these pages as Python reads them."""
    for page in pages():
        tree, layout = dom.parse(page), Layout()
        walk.read([] if tree.body is None else [tree.body], layout)
        yield layout


def test_blocks_and_boxes():
    """The same blocks in the same boxes."""
    fast_walk = pytest.importorskip("scraper.extraction.fast_walk", reason="not compiled here")
    for page, expected in zip(pages(), layouts(), strict=True):
        tree, found = dom.parse(page), Layout()
        fast_walk.read([] if tree.body is None else [tree.body], found)
        assert found == expected, page[:200]


def test_more_than_one_element():
    """What a site's rule marks: several elements, one layout."""
    fast_walk = pytest.importorskip("scraper.extraction.fast_walk", reason="not compiled here")
    tree = dom.parse("<div><p>a</div>b<div class=x><h2>c</h2>d</div>")
    expected, found = Layout(), Layout()
    walk.read(tree.css("div"), expected)
    fast_walk.read(tree.css("div"), found)
    assert found == expected
    assert [block.text for block in found.blocks] == ["a", "c", "d"]


def test_features():
    """Every number of every row is the same."""
    pytest.importorskip("scraper.extraction.fast_features", reason="not compiled here")
    hints = Hints(title="Ferry left the harbour", description="Words about it")
    for layout in layouts():
        expected, found = features.table(layout, hints), scoring.look(layout, hints)
        assert found.names == expected.names
        differing = [name for name in found.names if not np.array_equal(found[name], expected[name])]
        assert differing == []


def test_odds():
    """Every forest comes to the same sums."""
    compiled = pytest.importorskip("scraper.extraction.fast_forest", reason="not compiled here")
    forest = model.shipped().first
    for layout in layouts():
        table = features.table(layout, Hints())
        if not table.width:
            continue
        rows = np.array([table.names[name] for name in forest.names])
        found = compiled.log_odds(table.values, rows, forest.feature, forest.border, forest.leaf, forest.bias)
        assert np.array_equal(found, forest.log_odds_in_python(table))


def test_signs_of_floods():
    """The scan for what the parser cannot digest sees the same signs."""
    compiled = pytest.importorskip("scraper.fast_scan", reason="not compiled here")
    floods = (
        "<div>" * 500,
        "<font>" * 300,
        "<option>x" * 1100,
        "<p " + "a=1 " * 9000 + ">",
        '<p a=">" b>' * 3000,
        "<b></b>" * 400,
    )
    for page in (*floods, *pages()):
        html = page.encode("utf-8", "replace")
        assert compiled.signs(html) == flood_signs.signs(html), page[:60]
