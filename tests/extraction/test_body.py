"""The text of the article, as a reader would take it."""

from __future__ import annotations

import json

import pytest

from scraper import dom
from scraper.extraction import body
from scraper.extraction.body import Hints, Reading
from scraper.extraction.memory import Repeats
from scraper.text import fingerprint
from scraper.values import ParagraphKind

TITLE = "Harbour bridge opens after nine years"
LEAD = "The bridge was meant to open in four years; it took nine, and the ferry crews are still not convinced."
FIRST = (
    "At six in the morning the first lorry rolled across the new harbour bridge, followed by eleven cars, a tractor "
    "and a man on a cargo bike who had waited since midnight."
)
SECOND = (
    "“We were told it could not be done,” said the chief engineer, Henk Aalders, who had moved to the town for the job "
    "in the second year of the works and stayed."
)
THIRD = (
    "The ferry will run until autumn. Then it goes to a museum that does not exist yet either, if the council finds "
    "the money for a roof, which nobody at the ceremony wanted to promise."
)


def page(*inside: str) -> str:
    """An ordinary news page around the given pieces of its text column."""
    menu = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(8))
    teasers = "".join(
        f'<div class="teaser"><a href="/t{n}"><h3>Another story number {n}</h3></a></div>' for n in range(5)
    )
    return (
        f'<html><body><header><ul class="menu">{menu}</ul></header><main><article><h1>{TITLE}</h1>'
        f'<p class="standfirst">{LEAD}</p><div class="article-body">{"".join(inside)}</div></article></main>'
        f'<section class="more">{teasers}</section><footer>© The Quay. All rights reserved.</footer></body></html>'
    )


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def read(html: str, **hints: object) -> Reading:
    return body.read(dom.parse(html), Hints(title=TITLE, description=LEAD, language="en", **hints))  # type: ignore[arg-type]


def texts(reading: Reading) -> list[str]:
    return [p.text for p in reading.paragraphs]


def test_the_article_and_nothing_but_the_article():
    """Menu, teasers and footer go; the standfirst comes first; the title is not repeated."""
    reading = read(page(paragraphs(FIRST, SECOND, THIRD)))
    assert texts(reading) == [LEAD, FIRST, SECOND, THIRD]
    assert reading.paragraphs[0].kind is ParagraphKind.LEAD
    assert {p.kind for p in reading.paragraphs[1:]} == {ParagraphKind.TEXT}
    assert reading.confidence > 0.8


def test_every_block_has_a_fate_and_a_reason():
    """Nothing disappears without a word."""
    reading = read(page(paragraphs(FIRST, SECOND, THIRD)))
    fates = {fate.text: fate for fate in reading.blocks}
    assert fates[FIRST].is_kept
    assert not fates["Section 1"].is_kept
    assert all(fate.reason for fate in reading.blocks)
    assert fates[FIRST].path.endswith("article/div/p")


def test_a_text_that_stands_twice_is_read_once():
    """Copies for phones or printers do not double the article."""
    assert texts(read(page(paragraphs(FIRST, SECOND, THIRD), paragraphs(FIRST, SECOND)))).count(FIRST) == 1


def test_a_body_in_sibling_containers_is_whole():
    """An advertisement that splits the column does not end the article."""
    split = [
        f'<div class="part">{paragraphs(text)}</div><div class="ad-slot"></div>' for text in (FIRST, SECOND, THIRD)
    ]
    assert texts(read(page(*split)))[-3:] == [FIRST, SECOND, THIRD]


def test_structure_is_kept_as_kinds():
    """Headings, lists, quotes and tables inside the article keep what they are; the cells of a row are one paragraph."""
    inside = (
        f"{paragraphs(FIRST, SECOND)}<h2>What it cost</h2>{paragraphs(THIRD, SECOND[::-1])}"
        "<ul><li>The first plans were drawn nine years ago.</li><li>The first pile was driven seven years ago.</li>"
        "<li>The last bolt was set in the spring of this year.</li></ul>"
        f"<blockquote><p>{FIRST.replace('morning', 'evening')}</p></blockquote>"
        "<table><tr><th>Year</th><th>Vehicles</th></tr><tr><td>First</td><td>nine thousand a day</td></tr></table>"
        f"{paragraphs(LEAD.replace('four', 'five'))}"
    )
    kinds = {p.kind: p.text for p in read(page(inside)).paragraphs}
    assert kinds[ParagraphKind.HEADING] == "What it cost"
    assert kinds[ParagraphKind.LIST_ITEM].startswith("The last bolt")
    assert kinds[ParagraphKind.QUOTE].startswith("At six in the evening")
    assert kinds[ParagraphKind.TABLE_ROW] == "First | nine thousand a day"


def test_captions_stand_apart_from_the_text():
    """A picture's caption is kept under its own kind and is no part of the text."""
    figure = '<figure><img src="b.jpg"><figcaption>The bridge at dawn, seen from the ferry</figcaption></figure>'
    reading = read(page(paragraphs(FIRST), figure, paragraphs(SECOND, THIRD)))
    captions = [p.text for p in reading.paragraphs if p.kind is ParagraphKind.CAPTION]
    assert captions == ["The bridge at dawn, seen from the ferry"]
    assert "seen from the ferry" not in body.text_of(reading.paragraphs)


def test_line_breaks_stay():
    """Interviews and poems keep their lines."""
    talk = f"<p><b>Was it worth it?</b><br>{SECOND}</p>"
    assert f"Was it worth it?\n{SECOND}" in texts(read(page(paragraphs(FIRST), talk, paragraphs(THIRD))))


PROMOTION = (
    "Sign up for our free newsletter and never miss a story",
    "Register now for our free webinar, seats are limited",
)


@pytest.mark.parametrize("where", [1, 3])
@pytest.mark.parametrize(
    "style",
    [
        "<p>{}</p>",
        '<p><a href="/offer">{}</a></p>',
        '<div class="box"><p>{}</p></div>',
        "<aside><p>{}</p></aside>",
        "<div>{}</div>",
    ],
)
def test_promotions_go_however_they_are_set(style: str, where: int):
    """What looks like a paragraph and sells something is no paragraph; the text around it stays."""
    column = [f"<p>{text}</p>" for text in (FIRST, SECOND, THIRD)]
    column[where:where] = [style.format(line) for line in PROMOTION]
    found = texts(read(page(*column)))
    assert [text for text in found if text in PROMOTION] == []
    assert found[-3:] == [FIRST, SECOND, THIRD]


WEBINAR = (
    "Gold summit: what your savings are worth",
    "Free of charge, no credit card required",
    "Your experts in the webinar:",
    "Helen Marsh",
    "Founder, Marsh Capital",
    "Tom Oduya",
    "The contrarian",
    "Live questions",
    "One ounce of gold to win",
    "Register now, seats are limited",
)


@pytest.mark.parametrize("where", [2, 4])
@pytest.mark.parametrize("tag", ["p", "div", "li"])
def test_the_names_in_a_promotion_go_with_it(tag: str, where: int):
    """Speakers, roles and prizes are no article either, wherever the promotion stands."""
    column = [f"<p>{text}</p>" for text in (FIRST, SECOND, THIRD, FIRST[::-1])]
    column.insert(where, "".join(f"<{tag}>{line}</{tag}>" for line in WEBINAR))
    found = texts(read(page(*column)))
    assert [text for text in found if text in WEBINAR] == []
    assert {FIRST, SECOND, THIRD} <= set(found)


def test_what_the_site_repeats_goes():
    """Blocks known from other pages of the site are dropped by fingerprint."""
    line = "Correspondents of this newspaper are members of the harbour society and pay for their own ferry tickets."
    html = page(paragraphs(FIRST, SECOND, line, THIRD))
    assert line in texts(read(html))
    found = read(html, repeated=Repeats(frozenset((fingerprint(line),))))
    assert line not in texts(found)
    assert {f.reason for f in found.blocks if f.text == line} == {"repeated on the site"}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "zh",
            "今天早晨六点，第一辆卡车驶过新的海港大桥，后面跟着十一辆汽车、一台拖拉机和一个从午夜就开始等待的骑车人。",
        ),
        (
            "ar",
            "في السادسة صباحا عبرت أول شاحنة الجسر الجديد فوق الميناء وتبعتها إحدى عشرة سيارة وجرار ورجل على دراجة ظل ينتظر.",
        ),
        (
            "ru",
            "В шесть часов утра первый грузовик проехал по новому мосту через гавань, за ним одиннадцать машин, трактор и велосипедист.",
        ),
        (
            "th",
            "เวลาหกโมงเช้ารถบรรทุกคันแรกแล่นข้ามสะพานท่าเรือแห่งใหม่ ตามด้วยรถยนต์สิบเอ็ดคัน รถแทรกเตอร์",
        ),
    ],
)
def test_every_script_is_read(language: str, sentence: str):
    """Nothing assumes Latin letters or spaces between words."""
    column = [f"{sentence}{n}" for n in range(4)]
    reading = body.read(dom.parse(page(paragraphs(*column))), Hints(language=language))
    assert [text for text in texts(reading) if sentence in text] == column


def test_an_announced_body_rescues_an_empty_page():
    """Where the page shows nothing, its structured data is the article."""
    reading = read("<html><body><div id=app></div></body></html>", article_body="\n\n".join((FIRST, SECOND, THIRD)))
    assert texts(reading) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "state",
    [
        {"page": {"content": paragraphs(FIRST, SECOND, THIRD)}},
        {"page": {"body": [{"type": "p", "text": text} for text in (FIRST, SECOND, THIRD)]}},
        {
            "raw": json.dumps({"related": paragraphs(*[THIRD] * 9)}),
            "page": {"content": paragraphs(FIRST, SECOND, THIRD)},
        },
    ],
)
def test_a_body_inside_a_script_rescues_an_empty_page(state: dict):
    """Where the text exists only as the state of a framework, it is read from there."""
    script = json.dumps(state)
    html = f'<html><body><div id=app></div><script id="state" type="application/json">{script}</script></body></html>'
    assert texts(read(html)) == [FIRST, SECOND, THIRD]


def test_a_page_with_text_is_never_rescued():
    """Visible text wins over announced text."""
    reading = read(page(paragraphs(FIRST, SECOND, THIRD)), article_body="Quite another text. " * 100)
    assert texts(reading) == [LEAD, FIRST, SECOND, THIRD]


@pytest.mark.parametrize("html", ["", "<p>", "<html></html>", "plain text", "<!--", "<script>x", "\x00\x00"])
def test_no_page_breaks_the_reading(html: str):
    """Whatever comes, a reading comes back."""
    reading = read(html)
    assert 0 <= reading.confidence <= 1


def test_the_same_page_gives_the_same_reading():
    """Pure and deterministic."""
    html = page(paragraphs(FIRST, SECOND, THIRD))
    assert read(html) == read(html)


def test_marks_of_headings_lists_and_tables():
    """Rank, depth and number come along, and the number stands in the text."""
    steps = "".join(f"<li>{text}</li>" for text in (SECOND, THIRD))
    reading = read(page(paragraphs(FIRST), f"<h3>How it was done</h3><ol start=3>{steps}</ol>", paragraphs(FIRST[:90])))
    found = {p.text: p for p in reading.paragraphs}
    assert found["How it was done"].level == 3
    assert [(found[text].level, found[text].number) for text in (SECOND, THIRD)] == [(1, 3), (1, 4)]
    assert f"\n\n4. {THIRD}\n\n" in body.text_of(reading.paragraphs)


def test_data_is_no_text():
    """JSON that a script left on the page is no paragraph, except as code."""
    data = (
        '{"layout": 2, "button": "Buy now", "colours": {"hue": 213, "saturation": 0.4}, "title": "The harbour bridge"}'
    )
    reading = read(page(paragraphs(FIRST, data, SECOND), f"<pre>{data}</pre>", paragraphs(THIRD)))
    assert texts(reading).count(data) == 1


def test_comments_are_other_peoples():
    """What readers wrote under the article is no article, however well it is written."""
    comments = f'<ol class="commentlist"><li class="comment"><div class="comment-content">{paragraphs(FIRST[9:], THIRD[9:])}</div></li></ol>'
    reading = read(page(paragraphs(FIRST, SECOND, THIRD), comments))
    assert texts(reading) == [LEAD, FIRST, SECOND, THIRD]
