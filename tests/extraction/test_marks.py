"""Ranks, depths, numbers and head rows, from where a block stands."""

import pytest

from scraper import dom
from scraper.extraction import blocks
from scraper.extraction.marks import Marks
from scraper.values import Paragraph, ParagraphKind

KINDS = {"h2": ParagraphKind.HEADING, "h4": ParagraphKind.HEADING, "li": ParagraphKind.LIST_ITEM}


def marked(html: str) -> list[tuple[str, str, int, int]]:
    """Kind, text, level and number of every block, of the kind its nearest telling element has."""
    layout = blocks.read(dom.parse(f"<body>{html}</body>"))
    marks = Marks(layout)
    found = []
    for block in layout.blocks:
        kind = next((KINDS[box.tag] for box in layout.around(block) if box.tag in KINDS), ParagraphKind.TEXT)
        made = marks.paragraph(kind, block)
        found.append((made.kind.value, made.text, made.level, made.number))
    return found


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h2>Costs</h2><h4><span>Rust</span></h4>", [("heading", "Costs", 2, 0), ("heading", "Rust", 4, 0)]),
        ("<ul><li>salt<li>dill</ul>", [("list_item", "salt", 1, 0), ("list_item", "dill", 1, 0)]),
        ("<ol><li>boil<li>stir</ol>", [("list_item", "boil", 1, 1), ("list_item", "stir", 1, 2)]),
        (
            "<ol><li>fish<ul><li>cod</ul><li>salt</ol><ol><li>again</ol>",
            [
                ("list_item", "fish", 1, 1),
                ("list_item", "cod", 2, 0),
                ("list_item", "salt", 1, 2),
                ("list_item", "again", 1, 1),
            ],
        ),
        ("<ol><li><p>boil</p><p>Slowly.</p><li>stir</ol>", [
            ("list_item", "boil", 1, 1), ("text", "Slowly.", 0, 0), ("list_item", "stir", 1, 2),
        ]),
        ("<ul><li><p>one</p><p>two</p><p>three</p><p>four</p></ul>", [
            ("text", "one", 0, 0), ("text", "two", 0, 0), ("text", "three", 0, 0), ("text", "four", 0, 0),
        ]),
        ("<li>no list around it", [("list_item", "no list around it", 0, 0)]),
    ],
)  # fmt: skip
def test_marks_of_headings_and_lists(html: str, expected: list[tuple[str, str, int, int]]):
    """Lists count their own items, nested ones are deeper, and a section set as a list item is text."""
    assert marked(html) == expected


@pytest.mark.parametrize(
    ("cells", "level"),
    [
        ("<th>Club</th><th>Points</th>", 1),
        ("<td>Gulls</td><td>26</td>", 0),
        ("<th>Gulls</th><td>26</td>", 0),
        ("<td>Gulls</td><th>26</th>", 0),
    ],
)
def test_a_head_row_has_only_head_cells(cells: str, level: int):
    """A row that begins with a head cell may be any row."""
    layout = blocks.read(dom.parse(f"<table><tr>{cells}</tr></table>"))
    marks = Marks(layout)
    rows: list[Paragraph] = []
    for block in layout.blocks:
        marks.add(rows, ParagraphKind.TABLE_ROW, block)
    text = " | ".join(block.text for block in layout.blocks)
    assert rows == [Paragraph(kind=ParagraphKind.TABLE_ROW, text=text, level=level)]
