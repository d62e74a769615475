"""Text, Markdown and HTML say the same as the paragraphs, and nothing of a page becomes markup."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scraper import dom
from scraper.extraction import blocks
from scraper.rendering import to_html, to_markdown, to_text
from scraper.values import Paragraph, ParagraphKind
from tests.builders import make_article

HEADING, ITEM, QUOTE, ROW = (
    ParagraphKind.HEADING,
    ParagraphKind.LIST_ITEM,
    ParagraphKind.QUOTE,
    ParagraphKind.TABLE_ROW,
)
TEXT, CODE, CAPTION = ParagraphKind.TEXT, ParagraphKind.CODE, ParagraphKind.CAPTION

# Words with what Markdown and HTML give a meaning to.
WORDS = st.sampled_from(
    [
        "ferry",
        "*sails*",
        "_again_",
        "1.",
        "12)",
        "-",
        "+",
        ">",
        "#",
        "##",
        "---",
        "===",
        "```",
        "`",
        "~~~",
        "~",
        "<b>x</b>",
        "[a](b)",
        "![i]",
        "&amp;",
        "&lt;",
        "\\",
        "\\*",
        "|",
        "||",
        "http://a.example/?b=1&c=2",
        "C#",
        "5",
        "*",
        "+++",
        "14:05",
        "Δ",
        "船",
        "مرفأ",
    ]
)
LINES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
CELLS = st.lists(LINES.filter(lambda line: "|" not in line), min_size=1, max_size=4).map(" | ".join)
PARAGRAPHS = st.one_of(
    st.builds(Paragraph, kind=st.sampled_from([ParagraphKind.LEAD, TEXT, QUOTE]), text=TEXTS),
    st.builds(Paragraph, kind=st.just(ITEM), text=TEXTS, level=st.integers(0, 4), number=st.integers(0, 12)),
    st.builds(Paragraph, kind=st.just(HEADING), text=LINES, level=st.integers(0, 6)),
    st.builds(Paragraph, kind=st.just(CAPTION), text=LINES),
    st.builds(Paragraph, kind=st.just(CODE), text=TEXTS),
    st.builds(Paragraph, kind=st.just(ROW), text=CELLS, level=st.integers(0, 1)),
)


def article(*paragraphs: Paragraph, **fields: object):
    return make_article(paragraphs=paragraphs, **fields)


def paragraph(kind: ParagraphKind, text: str, **marks: int) -> Paragraph:
    return Paragraph(kind=kind, text=text, **marks)


def body_of_markdown(*paragraphs: Paragraph) -> str:
    """What stands below title and byline."""
    return to_markdown(article(*paragraphs)).split("\n\n", 2)[2].rstrip("\n")


def body_of_html(*paragraphs: Paragraph) -> str:
    return to_html(article(*paragraphs)).partition("</header>\n")[2].removesuffix("\n</article>\n")


def pieces(html: str) -> list[str]:
    """The text of a piece of HTML as an independent reading of its blocks gives it, cells one by one."""
    return [block.text for block in blocks.read(dom.parse(html)).blocks]


def expected(paragraphs: list[Paragraph]) -> list[str]:
    return [piece for p in paragraphs for piece in (p.cells if p.kind is ROW else [p.text])]


@given(st.lists(PARAGRAPHS, min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_html_gives_the_paragraphs_back(paragraphs: list[Paragraph]):
    """Whatever the page wrote, reading our HTML again gives the same texts in the same order."""
    assert pieces(body_of_html(*paragraphs)) == expected(paragraphs)


@given(st.lists(PARAGRAPHS, min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_markdown_gives_the_paragraphs_back(paragraphs: list[Paragraph]):
    """A CommonMark reader shows the same texts in the same order: nothing of a page becomes markup."""
    shown = MarkdownIt("commonmark").enable("table").render(body_of_markdown(*paragraphs))
    found = [re.sub(r"\s*\n\s*", "\n", piece).strip() for piece in pieces(shown.replace("&lt;br&gt;", "<br>"))]
    assert [piece for piece in found if piece] == expected(paragraphs)


@pytest.mark.parametrize(
    ("paragraphs", "wanted"),
    [
        ([paragraph(HEADING, "Costs"), paragraph(HEADING, "Rust", level=3)], "## Costs\n\n### Rust"),
        ([paragraph(HEADING, "A headline of the page", level=1)], "## A headline of the page"),
        ([paragraph(ITEM, "salt"), paragraph(ITEM, "water")], "- salt\n- water"),
        ([paragraph(ITEM, "boil", number=1), paragraph(ITEM, "stir", number=2)], "1. boil\n2. stir"),
        ([paragraph(ITEM, "fish", level=1), paragraph(ITEM, "cod", level=2)], "- fish\n    - cod"),
        ([paragraph(ITEM, "an item whose list was left out", level=3)], "- an item whose list was left out"),
        ([paragraph(QUOTE, "One.\nTwo."), paragraph(QUOTE, "Three.")], "> One.  \n> Two.\n>\n> Three."),
        (
            [paragraph(ROW, "Team | Points", level=1), paragraph(ROW, "Gulls | 3"), paragraph(ROW, "Terns")],
            "| Team | Points |\n| --- | --- |\n| Gulls | 3 |\n| Terns |  |",
        ),
        ([paragraph(ROW, "a | b")], "|  |  |\n| --- | --- |\n| a | b |"),
        ([paragraph(CODE, "if x:\n    print('```')")], "````\nif x:\n    print('```')\n````"),
        ([paragraph(CAPTION, "The tower at dusk")], "*The tower at dusk*"),
        ([paragraph(TEXT, "O tide,\ncome in")], "O tide,  \ncome in"),
    ],
)
def test_markdown_of_each_kind(paragraphs: list[Paragraph], wanted: str):
    """Each kind has the form that Markdown readers know."""
    assert body_of_markdown(*paragraphs) == wanted


@pytest.mark.parametrize(
    ("paragraphs", "wanted"),
    [
        ([paragraph(HEADING, "Rust", level=3)], "<h3>Rust</h3>"),
        (
            [paragraph(ITEM, "fish", level=1), paragraph(ITEM, "cod", level=2), paragraph(ITEM, "salt", level=1)],
            "<ul><li>fish<ul><li>cod</li></ul></li><li>salt</li></ul>",
        ),
        (
            [paragraph(ITEM, "boil", number=1), paragraph(ITEM, "stir", number=2), paragraph(ITEM, "salt")],
            "<ol><li>boil</li><li>stir</li></ol><ul><li>salt</li></ul>",
        ),
        (
            [paragraph(ROW, "Team | Points", level=1), paragraph(ROW, "Gulls | 3")],
            "<table><tr><th>Team</th><th>Points</th></tr><tr><td>Gulls</td><td>3</td></tr></table>",
        ),
        ([paragraph(QUOTE, "One."), paragraph(QUOTE, "Two.")], "<blockquote><p>One.</p><p>Two.</p></blockquote>"),
        ([paragraph(CODE, "a < b\n  c")], "<pre><code>a &lt; b\n  c</code></pre>"),
        ([paragraph(CAPTION, "At dusk")], "<figure><figcaption>At dusk</figcaption></figure>"),
        ([paragraph(TEXT, "O tide,\ncome in")], "<p>O tide,<br>come in</p>"),
    ],
)
def test_html_of_each_kind(paragraphs: list[Paragraph], wanted: str):
    """Each kind has its own element; lists nest."""
    assert (
        re.sub(r">\n<", "><", body_of_html(*paragraphs)).replace("\n</li>", "</li>").replace("\n<ul>", "<ul>") == wanted
    )


def test_two_tables_in_a_row_stay_two():
    """A new head row begins a new table."""
    rows = [paragraph(ROW, "A | B", level=1), paragraph(ROW, "1 | 2"), paragraph(ROW, "C", level=1)]
    assert body_of_html(*rows).count("<table>") == 2
    assert body_of_markdown(*rows).count("---") == 3


def test_captions_stand_apart():
    """Plain text leaves captions out; Markdown and HTML show them as such."""
    one = article(paragraph(TEXT, "The tower."), paragraph(CAPTION, "At dusk"))
    assert "At dusk" not in to_text(one)
    assert "*At dusk*" in to_markdown(one)


def test_absent_title_and_byline_leave_no_trace():
    """No empty heading, no pair of stars."""
    bare = article(paragraph(TEXT, "The tower."), title=None, authors=(), published_at=None, site="", site_name=None)
    assert to_markdown(bare) == "The tower.\n"
    assert "<header>" not in to_html(bare)


def test_html_names_its_language_and_lets_the_script_choose_its_direction():
    """Arabic and Hebrew read from the right."""
    assert to_html(article(paragraph(TEXT, "شالوم"), language="ar")).startswith('<article lang="ar" dir="auto">')
