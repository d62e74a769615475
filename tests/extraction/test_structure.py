"""What a reader sees as one piece stays one piece, and what stands apart stays apart."""

import pytest

from scraper import dom
from scraper.extraction import blocks, body
from scraper.extraction.body import Hints
from scraper.values import ParagraphKind
from tests.extraction.test_body import FIRST, SECOND, THIRD, page, paragraphs, read, texts


def pieces(html: str) -> list[str]:
    return [block.text for block in blocks.read(dom.parse(f"<body>{html}</body>")).blocks]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p><span class=cap>T</span>he ferry</p>", ["The ferry"]),
        ("<p>The <b>night</b> <i>ferry</i>.</p>", ["The night ferry."]),
        ("<p>H<sub>2</sub>O and 10<sup>3</sup></p>", ["H2O and 103"]),
        ("<p>har<wbr>bour mas\u00adter</p>", ["harbour mas\u00adter"]),
        ("<div>before<p>inside</p>after</div>", ["before", "inside", "after"]),
        ("<b><p>one</p><p>two</p></b>", ["one", "two"]),
        ("<p>one<br>two<br><br>three</p>", ["one\ntwo", "three"]),
        ("<h2>one<br>two</h2>", ["one\ntwo"]),
        ("<dl><dt>term</dt><dd>meaning</dd></dl>", ["term", "meaning"]),
        ("<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>", ["one", "two", "three"]),
        ("<pre>a\n  b\n\n  c</pre>", ["a\n  b\n\n  c"]),
        ("<pre>a<br>  b</pre>", ["a\n  b"]),
        ("<details><summary>more</summary>text</details>", ["more", "text"]),
        ('<p><a href="/1">One</a><a href="/2">Two</a></p>', ["One Two"]),
        ("<figure><img src=a><figcaption>caption</figcaption></figure><p>text</p>", ["caption", "text"]),
    ],
)
def test_where_text_parts(html: str, expected: list[str]):
    """Inline elements join, blocks and double line breaks part, whatever white space the page has between them."""
    assert pieces(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<ul><li><a href="#1">Barrier goes up</a><time>16:30</time></li></ul>', ["Barrier goes up 16:30"]),
        ("<p><em>Clams as a Main Meal</em><span class=label>Warp</span></p>", ["Clams as a Main Meal Warp"]),
        ("<p>Skerry Point<cite class=credit>Ada Brink</cite></p>", ["Skerry Point Ada Brink"]),
        (
            "<p><span class=first>T</span>he ferry and H<sub>2</sub>O, <b>i</b>nitials, 3<sup>rd</sup></p>",
            ["The ferry and H2O, initials, 3rd"],
        ),
    ],
)
def test_what_only_its_style_sets_apart(html: str, expected: list[str]):
    """Elements that touch and are two words to a reader, since style keeps them apart."""
    assert pieces(html) == expected


def table(*rows: str) -> list[str]:
    inside = "".join(f"<tr>{row}</tr>" for row in rows)
    found = read(page(paragraphs(FIRST, SECOND), f"<table>{inside}</table>", paragraphs(THIRD)))
    return [p.text for p in found.paragraphs if p.kind is ParagraphKind.TABLE_ROW]


HEAD = "<th>Club</th><th>Won</th><th>Points</th>"


def test_a_row_is_one_paragraph():
    """The cells of a row, in order."""
    assert table(HEAD, "<td>Gulls</td><td>8</td><td>26</td>", "<td>Terns</td><td>5</td><td>19</td>") == [
        "Club | Won | Points",
        "Gulls | 8 | 26",
        "Terns | 5 | 19",
    ]


def test_an_empty_cell_keeps_its_place():
    """Columns stay columns."""
    assert (
        table(HEAD, "<td>Gulls</td><td></td><td>26</td>", "<td>Terns</td><td>5</td><td>19</td>")[1] == "Gulls |  | 26"
    )


def test_two_paragraphs_in_a_cell_are_one_cell():
    """A line break inside a cell is no border."""
    assert table(HEAD, "<td><p>Gulls</p><p>of Stavnes</p></td><td>8</td><td>26</td>")[1] == "Gulls\nof Stavnes | 8 | 26"


def test_nothing_stands_in_the_text_twice():
    """A longer text counts once, whatever its kind; short lines may repeat."""
    twice = f"<blockquote>{SECOND}</blockquote><ul><li>Yes.</li><li>{FIRST}</li><li>Yes.</li></ul>"
    found = texts(read(page(paragraphs(FIRST, SECOND), twice, paragraphs(THIRD))))
    assert (found.count(FIRST), found.count(SECOND)) == (1, 1)


def test_the_body_is_the_paragraphs_but_captions():
    """Captions stand apart, wherever they are."""
    figure = "<figure><img src=a.jpg><figcaption>The bridge from the ferry at dawn</figcaption></figure>"
    tree = dom.parse(page(paragraphs(FIRST), figure, paragraphs(SECOND, THIRD)))
    found = body.read(tree, Hints(title="Harbour bridge opens after nine years", language="en")).paragraphs
    assert [p.text for p in found if p.kind is ParagraphKind.CAPTION] == ["The bridge from the ferry at dawn"]
