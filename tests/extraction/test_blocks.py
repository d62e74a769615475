"""A page cut into blocks."""

from __future__ import annotations

import pytest

from scraper import dom
from scraper.extraction import blocks


def texts(html: str) -> list[str]:
    return [b.text for b in blocks.read(dom.parse(html)).blocks]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one</p><p>two</p>", ["one", "two"]),
        ("<div>before<p>inside</p>after</div>", ["before", "inside", "after"]),
        ("<p>a <b>bold</b> and <a href=x>linked</a> word</p>", ["a bold and linked word"]),
        ("<p>pre<a href=x>fix</a></p>", ["prefix"]),
        ("<p>  white \n\t space </p>", ["white space"]),
        ("<p>first line<br>second line</p>", ["first line\nsecond line"]),
        ("<p>stanza<br> <br>stanza</p>", ["stanza", "stanza"]),
        ("<div>one<br><br><br>two</div>", ["one", "two"]),
        ("<p>text</p><script>code()</script><style>p{}</style><p>more</p>", ["text", "more"]),
        ("<nav><a href=/>Home</a></nav><p>text</p>", ["text"]),
        ("<select><option>one</option></select><p>text</p>", ["text"]),
        ("<pre>if x:\n    y()</pre>", ["if x:\n    y()"]),
        ("<a href=1>Politics</a><a href=2>Sport</a>", ["Politics Sport"]),
        ("<my-card><p>custom elements are boxes</p></my-card>", ["custom elements are boxes"]),
        ("<p>said <!-- -->Henk<!-- --> Aalders</p>", ["said Henk Aalders"]),
        ("<p>the price of <stock-quote>Quay</stock-quote> fell</p>", ["the price of Quay fell"]),
        ("<p><place-line>Bremen</place-line> The ferry</p>", ["Bremen", "The ferry"]),
        ("<p>中文没有空格</p><p>สวัสดี</p>", ["中文没有空格", "สวัสดี"]),
        ("<p>bell\x07 and zero</p>", ["bell and zero"]),
        ("", []),
        ("<p> </p><p>\n</p>", []),
    ],
)
def test_text_is_cut_where_a_browser_starts_a_paragraph(html: str, expected: list[str]):
    """Boxes part text, inline elements do not, line breaks stay, nothing is glued."""
    assert texts(html) == expected


def test_links_and_bold_are_counted():
    """A block knows how much of it is link and where the links stand."""
    block = blocks.read(dom.parse("<p>See <a href=x>this</a> now</p>")).blocks[0]
    assert (block.n_link_chars, block.n_links, block.n_before_link, block.n_after_link) == (4, 1, 4, 4)
    assert blocks.read(dom.parse("<p><b>bold</b></p>")).blocks[0].n_bold_chars == 4


def test_italics_are_counted():
    """Editors set their notes in italics."""
    assert blocks.read(dom.parse("<p><em>Note:</em> a</p>")).blocks[0].n_italic_chars == 5


@pytest.mark.parametrize(
    ("html", "numbers"),
    [
        ("<ol><li>a<li>b</ol>", [1, 2]),
        ("<ol start=5><li>a<li><p>b</p></ol>", [5, 6]),
        ("<ol><li>a<ol><li>x</ol><li>b</ol>", [1, 1, 2]),
        ("<ol reversed><li>a<li>b</ol>", [0, 0]),
        ("<ol start=many><li>a</ol>", [0]),
        ("<ul><li>a<li>b</ul>", [0, 0]),
    ],
)
def test_items_of_numbered_lists_have_their_number(html: str, numbers: list[int]):
    """The number that a browser shows; 0 where it shows none or counts down."""
    layout = blocks.read(dom.parse(html))
    items = [next(box for box in layout.around(block) if box.tag == "li") for block in layout.blocks]
    assert [item.number for item in items] == numbers


def test_a_link_around_boxes_counts_in_each():
    """A card that is one link is link in all its blocks."""
    found = blocks.read(dom.parse("<a href=x><h3>Title</h3><p>Teaser</p></a>")).blocks
    assert [(b.n_link_chars, b.n_links) for b in found] == [(5, 1), (6, 1)]


def test_a_picture_is_remembered_by_the_block_after_it():
    """Captions follow pictures; how many boxes apart is counted from the box that holds both."""
    found = blocks.read(dom.parse("<p>a</p><img src=x><p>b</p><p>c</p>")).blocks
    assert [b.media_up for b in found] == [-1, 1, -1]


def test_boxes_are_slices_of_the_blocks():
    """Each box knows its first block and the one after its last; parents come before children."""
    layout = blocks.read(dom.parse("<div><p>a</p><p>b</p></div><p>c</p>"))
    by_tag = {(box.tag, box.first): (box.first, box.end) for box in layout.boxes}
    assert by_tag["body", 0] == (0, 3)
    assert by_tag["div", 0] == (0, 2)
    assert by_tag["p", 2] == (2, 3)
    assert all(box.parent < at for at, box in enumerate(layout.boxes))


def test_hidden_boxes_are_marked_with_all_inside():
    """What a page hides is hidden to its last block."""
    layout = blocks.read(dom.parse('<div style="display: none"><p>a</p></div><p hidden>b</p><p>c</p>'))
    assert [layout.boxes[b.box].is_hidden for b in layout.blocks] == [True, True, False]


def test_a_page_of_many_blocks_is_cut_off():
    """The number of blocks is bounded, and all boxes are closed all the same."""
    layout = blocks.read(dom.parse("<p>x</p>" * (blocks.MAX_BLOCKS + 100)))
    assert len(layout.blocks) == blocks.MAX_BLOCKS
    assert layout.boxes[0].end == blocks.MAX_BLOCKS


def test_boxes_without_text_are_not_made():
    """Half the elements of a page hold no text; what is left bounds its blocks and its boxes."""
    layout = blocks.read(dom.parse("<div></div><section><div><p>a</p></div><div> </div><p>b</p></section><p>c</p>"))
    assert [(box.tag, box.first, box.end, box.last) for box in layout.boxes] == [
        ("body", 0, 3, 6),
        ("section", 0, 2, 5),
        ("div", 0, 1, 4),
        ("p", 0, 1, 4),
        ("p", 1, 2, 5),
        ("p", 2, 3, 6),
    ]
