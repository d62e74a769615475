"""The table of numbers about the blocks of a page."""

from __future__ import annotations

import numpy as np
import pytest

from scraper import dom
from scraper.extraction import blocks, features
from scraper.extraction.agreement import Hints

PROSE = "The ferry left the harbour at noon and did not come back before the evening, when the wind had died down. "


def table(html: str, **hints: str) -> dict[str, list[float]]:
    found = features.table(blocks.read(dom.parse(html)), Hints(**hints))
    return {name: found[name].tolist() for name in found.names}


def test_a_page_without_text_has_no_table():
    """There is nothing to say about nothing."""
    assert table("<div></div>") == {}


def test_every_column_has_a_finite_value_for_every_block():
    """No division by zero, whatever the page."""
    for html in ("<p>x", "<a href=1>l</a>", "<ul><li>1<li>2</ul>", f"<article><p>{PROSE * 3}</p></article><p>.</p>"):
        layout = blocks.read(dom.parse(html))
        found = features.table(layout, Hints())
        assert found.values.shape == (len(found.names), len(layout.blocks))
        assert np.isfinite(found.values).all()


@pytest.mark.parametrize(
    ("html", "name", "expected"),
    [
        ("<p>ab <a href=x>cd</a></p>", "link_density", [0.4]),
        ("<h2>a</h2><p>b</p>", "heading", [2, 0]),
        ("<p>Done.</p><p>not done</p>", "ends_sentence", [1, 0]),
        ("<p>終わり。</p>", "ends_sentence", [1]),
        ('<div class="Photo_Caption"><p>a</p></div><p>b</p>', "near_caption", [1, 0]),
        ("<p>same</p><p>same</p>", "is_twin", [0, 1]),
        ("<h1>t</h1><p>a</p><p>b</p>", "since_h1", [0, 1, 2]),
    ],
)
def test_a_column_says_what_its_name_says(html: str, name: str, expected: list[float]):
    """One example a feature that a reader of the model would ask about."""
    assert table(html)[name] == pytest.approx(expected)


def test_chinese_text_is_as_long_as_what_it_says():
    """Lengths do not assume spaces or letters."""
    assert table("<p>" + "船在中午离开港口" * 3 + "</p>")["size"] == [60]


def test_boxes_apart_from_the_main_text_are_told():
    """A class counts where it parts a block from the main text, not where it wraps the whole page."""
    html = (
        f'<body class="comments-on"><article class="comment-page"><h1>Title</h1><p>{PROSE}</p><p>{PROSE}</p></article>'
        f'<div class="comments"><p>{PROSE}</p></div>'
    )
    assert table(html)["apart_comment"] == [0, 0, 0, 1]


def test_what_the_page_says_of_itself_is_compared():
    """Title, description and announced body are hints, each a column."""
    columns = table(
        "<p>The ferry is late</p><p>Nothing else here</p>",
        title="The ferry is late",
        description="ferry late today",
        article_body="... the ferry is late ...",
    )
    assert columns["title_precision"] == [1, 0]
    assert columns["description_recall"] == pytest.approx([2 / 3, 0])
    assert columns["announced"] == [1, 0]
