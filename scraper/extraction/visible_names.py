"""Bylines that no mark-up gives away -> candidates: "By Jane Roe" near the headline, a name beside the date.

Does not clean names (`authors`) and does not decide (`authorship`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scraper import dates
from scraper.extraction import authors
from scraper.extraction.landmarks import Landmarks
from scraper.extraction.neighbourhood import Neighbourhood
from scraper.extraction.surroundings import Surroundings
from scraper.text import fold
from scraper.values import Candidate

MAX_FROM_HEADLINE = 150
MAX_BEFORE_HEADLINE = 40
MAX_UNDER_HEADLINE = 16
MAX_BYLINE_CHARS = 160
BESIDE_DATE = 3
"""Texts between a date and a name; measured on WCXB, where wider windows bring in more labels than names."""

_LEAD = re.compile(
    r"^(?:(?:written|posted|authored|published|words|story|article|text|submitted|a post) )?by\b"
    r"|^(?:von|verfasst von|geschrieben von|par|écrit par|rédigé par|por|escrito por|di|scritto da|a cura di|door|av|af"
    r"|autor(?:in)?:|author:"
    r"|about the author|author|text:|(?:this |article |post |written )+by\b|contributors?:"
    r"|przez|автор:?|作者|文/|記者|撰文|来源作者|責任編輯)",
    re.IGNORECASE,
)


_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HAN = r"[\u4e00-\u9fff]"
_CHINESE = re.compile(
    rf"(?:作\s?者|(?:本报|特约|实习|通讯)?记\s?者|記者|撰文|通讯员|编辑)\s?[:：/／|]?\s?({_HAN}{{2,4}}(?:[\s、，]{{1,3}}{_HAN}{{2,4}}(?!{_HAN})){{0,4}})(?!{_HAN})"
)


def unmarked(near: Neighbourhood, marks: Landmarks, language: str | None, *, needs_lead: bool) -> list[Candidate]:
    """Names about the headline, those after a lead such as "By" first; for pages that mark none."""
    where = Surroundings(marks.headline)
    known = set(fold(marks.title).split())
    first, last = near.middle - MAX_BEFORE_HEADLINE, near.middle + MAX_FROM_HEADLINE
    around = [(i - near.middle, text, node) for i, text, node in near.texts if first <= i <= last and i != near.middle]
    shown = [(place, text) for place, text, node in around if not where.is_elsewhere(node)]
    close = [text for _, text in shown]
    readings = (
        ("after lead", _led(close)),
        ("after lead", _led([text for place, text, _ in around if 0 < place <= MAX_BEFORE_HEADLINE])),
        ("beside date", _beside_date(close, language)),
        ("under headline", (text for place, text in shown if 0 < place <= MAX_UNDER_HEADLINE and _is_name(text))),
        ("at end", _at_end(near, last, where)),
    )
    for label, names in readings[:2] if needs_lead else readings:
        # A "name" whose words stand in the title is a topic.
        if name := next((n for n in names if known.isdisjoint(fold(n).split()) or label == "after lead"), None):
            return [Candidate(field="authors", value=name, origin=f"dom:text {label}")]
    return []


def _at_end(near: Neighbourhood, last: int, where: Surroundings) -> Iterator[str]:
    yield from _led([t for i, t, node in near.texts if i > last and _LEAD.match(t) and not where.is_elsewhere(node)])


def _led(texts: list[str]) -> Iterator[str]:
    for i, text in enumerate(texts):
        if chinese := _CHINESE.search(text[:MAX_BYLINE_CHARS]):
            yield chinese[1]
        lead = _LEAD.match(text)
        if not lead or len(text) > MAX_BYLINE_CHARS:
            continue
        rest = text[lead.end() :].strip(" :：/|")
        if not rest and i + 1 < len(texts):
            rest = texts[i + 1]
        if any(authors.looks_like_name(n.text) for n in authors.parse(rest)):
            yield rest


def _beside_date(texts: list[str], language: str | None) -> Iterator[str]:
    for i, text in enumerate(texts):
        if not any(map(str.isdigit, text)) or not dates.parse(text, language=language):
            continue
        parts = re.split(r"\s+[|•·–—/-]\s+", text)
        yield from (part for part in parts if len(parts) > 1 and _is_name(part))
        around = texts[max(0, i - BESIDE_DATE) : i][::-1] + texts[i + 1 : i + 1 + BESIDE_DATE]
        yield from (other for other in around if _is_name(other))
        return


def _is_name(text: str) -> bool:
    names = authors.parse(text)
    is_latin = not _EAST_ASIAN.search(text)
    return is_latin and len(names) == 1 and names[0].kind == "person" and authors.looks_like_name(names[0].text)
