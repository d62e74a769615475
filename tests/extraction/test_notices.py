"""Datelines and correction notes in the text."""

import pytest

from scraper.extraction import notices
from scraper.extraction.notices import Dateline
from scraper.values import Candidate, Paragraph, ParagraphKind


def texts(*lines: str) -> list[Paragraph]:
    return [Paragraph(kind=ParagraphKind.TEXT, text=line) for line in lines]


DATELINES = [
    ("SKELLMOUTH (AP) — The bridge is open.", Dateline(place="SKELLMOUTH", agency="AP")),
    (
        "SKELLMOUTH/OXLEY, April 25 (Reuters) - The bridge is open.",
        Dateline(place="SKELLMOUTH/OXLEY", agency="Reuters"),
    ),
    ("Hamburg (dpa/lno) - Die Brücke ist frei.", Dateline(place="Hamburg", agency="dpa/lno")),
    ("Frankfurt am Main (dpa) - Die Brücke ist frei.", Dateline(place="Frankfurt am Main", agency="dpa")),
    ("SKELLMOUTH, Nov 22 — The bridge is open.", Dateline(place="SKELLMOUTH")),
    ("OXLEY, Mass. – The bridge is open.", Dateline(place="OXLEY, Mass.")),
    ("(ANSA) - ROMA, 05 GEN - Il ponte è aperto.", Dateline(place="ROMA", agency="ANSA")),
    ("新华社北京1月5日电 大桥已开放。", Dateline(place="北京", agency="新华社")),
    ("The bridge (built in 1961) - and the ferry - are open.", None),
    ("Hamburg (mit Bild) - Die Brücke ist frei.", None),
    ("BREAKING NEWS: the bridge is open.", None),
    ("I - the skipper - was there.", None),
    ("It was full (Reuters) - said the skipper, and long before that everybody had known it already.", None),
]


@pytest.mark.parametrize(("line", "expected"), DATELINES)
def test_a_dateline_tells_place_and_agency(line: str, expected: Dateline | None) -> None:
    """Place and agency as written; brackets that hold no agency make no dateline."""
    assert notices.dateline(texts(line)) == expected


def test_a_dateline_stands_among_the_first_paragraphs() -> None:
    """After a standfirst or two, not further down, and in no heading."""
    line = "SKELLMOUTH (AP) — The bridge is open."
    assert notices.dateline(texts("One.", "Two.", line)) is not None
    assert notices.dateline(texts("One.", "Two.", "Three.", line)) is None
    assert notices.dateline([Paragraph(kind=ParagraphKind.HEADING, text=line)]) is None


def test_corrections_are_told_in_page_order_and_once() -> None:
    """What the text announces, then what the data say besides."""
    note = "Correction: An earlier version gave the wrong year."
    said = [Candidate(field="correction", value=text, origin="jsonld") for text in (note, "The name was misspelt.")]
    found = notices.details({"licence": "CC0"}, said, texts("The bridge is open.", note))
    assert found == {"licence": "CC0", "corrections": [note, "The name was misspelt."]}


def test_the_agency_of_a_dateline_is_the_wire_credit_where_none_is_known() -> None:
    """A byline's agency stays; else the dateline's stands in."""
    lines = texts("SKELLMOUTH (AP) — The bridge is open.")
    assert notices.details({}, [], lines)["wire_credit"] == "AP"
    assert notices.details({"wire_credit": "Reuters"}, [], lines)["wire_credit"] == "Reuters"


def test_the_data_give_a_dateline_where_the_text_has_none() -> None:
    """The `dateline` of a NewsArticle is a place."""
    said = [Candidate(field="dateline", value="Skellmouth", origin="jsonld")]
    assert notices.details({}, said, texts("The bridge is open.")) == {"dateline": {"place": "Skellmouth"}}


def test_a_long_first_line_costs_little() -> None:
    """Only the beginning of a paragraph is looked at, whatever it holds."""
    assert notices.dateline(texts("A" * 1_000_000, "(" * 1_000_000, "AB " * 300_000)) is None
