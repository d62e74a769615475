"""Bylines that no mark-up gives away -> candidates: "By Jane Roe" near the headline, a name beside the date.

Does not clean names (`authors`) and does not decide (`authorship`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from scraper import dates
from scraper.dom import Node
from scraper.extraction import authors
from scraper.extraction.byline_words import CHINESE_SURNAMES
from scraper.extraction.landmarks import Landmarks
from scraper.extraction.neighbourhood import Neighbourhood, is_shown
from scraper.extraction.surroundings import Surroundings
from scraper.text import fold, squash
from scraper.values import Candidate

MAX_FROM_HEADLINE = 150
MAX_BEFORE_HEADLINE = 40
MAX_UNDER_HEADLINE = 16
MAX_BYLINE_CHARS = 160
MIN_TEXT_CHARS = 140
BESIDE_DATE = 3
"""Texts between a date and a name; measured on WCXB, where wider windows bring in more labels than names."""

_LEAD = re.compile(
    r"^(?:(?:written|posted|authored|published|words|story|article|text|submitted|a post) )?by\b"
    r"|^(?:(?:von|verfasst von|geschrieben von|par|écrit par|rédigé par|por|escrito por|di|scritto da|a cura di|door|av"
    r"|af|przez)(?=[\s:]|$)"
    r"|autor(?:in|en)?:|autoren\b|autor(?:in/autor|/autorin|/in|:in|\*in|_in):?|author:"
    r"|about the author|author|text:|(?:this |article |post |written )+by\b|contributors?:"
    r"|автор:?|作者|文/|記者(?!会見|會見|団|クラブ)|撰文|来源作者|責任編輯)",
    re.IGNORECASE,
)


_NO_BYLINE = re.compile(r"[©:?!]")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CAPITAL = re.compile(r"\b[A-Z]")
_DIGIT = re.compile(r"\d")
_HAN = r"[\u4e00-\u9fff]"
_NAME = rf"{_HAN}{{2,4}}"
_SURNAMED = rf"[{CHINESE_SURNAMES}]{_HAN}{{1,2}}"
_MORE = rf"(?:[\s、，]{{1,3}}{_HAN}{{2,4}}(?!{_HAN})){{0,4}}"
# Without a colon "reporter" may as well begin a sentence, so that a family name has to follow.
_CHINESE = re.compile(
    rf"(?:作\s?者|(?:本报|特约|实习|通讯)?记\s?者|記者|撰文|通讯员|编辑)"
    rf"(?:\s?[:：/／|]\s?({_NAME}{_MORE})|\s?({_SURNAMED}{_MORE}))(?!{_HAN})"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Looks for the names about the headline of one page."""

    near: Neighbourhood
    marks: Landmarks
    language: str | None
    where: Surroundings

    def unmarked(self, *, needs_lead: bool) -> list[Candidate]:
        """Names about the headline, those after a lead such as "By" first; for pages that mark none."""
        known = set(fold(self.marks.title).split())
        around = self._around()
        shown = _Shown(around, self.where)
        readings = [
            ("after lead", _led(around, shown)),
            ("after lead", _led([text for text in around if 0 < text.place <= MAX_BEFORE_HEADLINE], None)),
        ]
        if not needs_lead:
            under = [i for i, text in enumerate(around) if 0 < text.place <= MAX_UNDER_HEADLINE]
            readings += [
                ("beside date", _beside_date(shown, self.language)),
                ("under headline", (around[i].text for i in under if _is_name(around[i].text) and shown.at(i))),
            ]
        readings += [("own line", self._own_line(shown))] if needs_lead else []
        readings += [("at end", self._at_end())]
        for label, names in readings:
            # A "name" whose words stand in the title is a topic; where an organisation is known, a person is wanted.
            fitting = (n for n in names if known.isdisjoint(fold(n).split()) or label == "after lead")
            if name := next((n for n in fitting if not needs_lead or _has_person(n)), None):
                return [Candidate(field="authors", value=name, origin=f"dom:text {label}")]
        return []

    def _around(self) -> list[_Text]:
        middle = self.near.middle
        first, last = middle - MAX_BEFORE_HEADLINE, middle + MAX_FROM_HEADLINE
        return [_Text(i - middle, t, node) for i, t, node in self.near.texts if first <= i <= last and i != middle]

    def _own_line(self, shown: _Shown) -> Iterator[str]:
        """Names that are a paragraph of their own in bold or capitals before the text, as in print."""
        for i, (place, text, node) in enumerate(shown.texts):
            if place < 0 or not shown.at(i):
                continue
            if len(text) >= MIN_TEXT_CHARS:
                return  # what is bold after the first paragraph is a heading
            if _is_own_line(node, text) and not _NO_BYLINE.search(text):
                names = authors.parse(text)
                if names and all(name.kind == "person" and authors.looks_like_name(name.text) for name in names):
                    yield text

    def _at_end(self) -> Iterator[str]:
        last = self.near.middle + MAX_FROM_HEADLINE
        for at, (i, text, node) in enumerate(self.near.texts):
            if i > last and _LEAD.match(text) and not self.where.is_elsewhere(node):
                yield from _led([_Text(*near) for near in self.near.texts[at : at + 2]], None)


def _has_person(text: str) -> bool:
    return any(name.kind == "person" for name in authors.parse(text))


def _is_own_line(node: Node, text: str) -> bool:
    """Whether the text node is all of its paragraph, and stands out in it."""
    is_marked = text.isupper()
    at = node.parent
    while at is not None and at.tag in ("strong", "b", "em", "i", "span"):
        is_marked = is_marked or at.tag in ("strong", "b")
        at = at.parent
    return is_marked and at is not None and at.tag == "p" and squash(at.text()) == text


class _Text(NamedTuple):
    """A text and how many nodes after the headline it stands."""

    place: int
    text: str
    node: Node


class _Shown:
    """Which of some texts stand in the article; found out only for those that are asked for."""

    def __init__(self, texts: list[_Text], where: Surroundings) -> None:
        self.texts = texts
        self._where = where

    def at(self, i: int) -> bool:
        node = self.texts[i].node
        return is_shown(node) and not self._where.is_elsewhere(node)

    def beside(self, i: int, step: int, n: int) -> list[str]:
        """The next `n` shown texts before (step -1) or after (1) the one at `i`."""
        places = range(i + step, len(self.texts) if step > 0 else -1, step)
        return [self.texts[k].text for k in islice(filter(self.at, places), n)]


def _led(texts: list[_Text], shown: _Shown | None) -> Iterator[str]:
    """What follows a lead; only in texts `shown` if that is given."""
    for i, (_, text, node) in enumerate(texts):
        chinese = _CHINESE.search(text[:MAX_BYLINE_CHARS]) if not text.isascii() else None
        lead = _LEAD.match(text)
        if (not lead and not chinese) or not (shown.at(i) if shown is not None else is_shown(node)):
            continue
        if chinese:
            yield "、".join((chinese[1] or chinese[2]).split())
        if not lead or len(text) > MAX_BYLINE_CHARS:
            continue
        rest = text[lead.end() :].strip(" :：/|")
        if not rest:
            rest = "".join(shown.beside(i, 1, 1) if shown is not None else [t.text for t in texts[i + 1 : i + 2]])
        if any(authors.looks_like_name(n.text) for n in authors.parse(rest)):
            yield rest


def _beside_date(shown: _Shown, language: str | None) -> Iterator[str]:
    for i, (_, text, _) in enumerate(shown.texts):
        if not _DIGIT.search(text) or not dates.parse(text, language=language) or not shown.at(i):
            continue
        parts = re.split(r"\s+[|•·–—/-]\s+", text)
        yield from (part for part in parts if len(parts) > 1 and _is_name(part))
        around = shown.beside(i, -1, BESIDE_DATE) + shown.beside(i, 1, BESIDE_DATE)
        yield from (other for other in around if _is_name(other))
        return


def _is_name(text: str) -> bool:
    if text.isascii() and len(_CAPITAL.findall(text)) < 2:
        return False
    is_latin = not _EAST_ASIAN.search(text)
    names = authors.parse(text) if is_latin else ()
    return len(names) == 1 and names[0].kind == "person" and authors.looks_like_name(names[0].text)
