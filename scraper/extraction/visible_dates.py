"""The dates a reader sees -> candidates: `time` elements, elements whose class speaks of a date, and, where a page has
no other date, short texts about the headline that are one.

Does not read dates beyond asking whether a text is one (`scraper.dates`) and does not decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scraper import dates
from scraper.dom import Node, Tree, tag_ids
from scraper.extraction.neighbourhood import Neighbourhood, is_shown
from scraper.extraction.surroundings import Surroundings
from scraper.text import squash
from scraper.values import Candidate

MAX_DATE_CHARS = 120
MAX_MARKED = 30
"""Marked dates read; a page's own stand among the first, lists of other articles have hundreds."""

MAX_FROM_HEADLINE = 250
"""Nodes between headline and date; measured on WCXB: nine of ten dates stand within 40 texts."""

PLAIN_DATE_CHARS, COST_OF_CHARACTER = 45, 2

ELSEWHERE_COSTS = 150
"""Nodes that a place outside the article counts as: some pages set their own date into an `aside` or `footer`."""

_MODIFIED = re.compile(
    r"updated|modif|update[sd]?\b|aktualisiert|geändert|mis à jour|modifié|actualizad|aggiornat|atualizad|bijgewerkt"
    r"|oppdatert|opdateret|uppdaterad|päivitetty|aktualizac|обновлен|更新|수정|güncelle|reviewed|edited",
    re.IGNORECASE,
)
_CREATED = re.compile(r"publi|created|erstellt|veröffentlicht|posted|入力|公開|발행|입력", re.IGNORECASE)
_TIME = tag_ids("time")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_IN_STATE = re.compile(
    r'"(?:datePublished|date_published|publish(?:ed)?_?(?:At|Date|date|at|Time|_on)|first_publication_date|pubDate|postedAt)\\{0,4}"'
    r'\s?:\s?\\{0,4}"((?:19|20)\d\d-\d\d-\d\d[T0-9:.Z+-]{0,22})'
)


def marked(nodes: Sequence[tuple[Node, str]], where: Surroundings) -> Iterator[Candidate]:
    """Dates in nodes that say they are one, each with its place about the headline, in page order."""
    n_found = 0
    for node, place in nodes:
        attributes = node.attributes
        name = attributes.get("class") or ""
        if n_found >= MAX_MARKED:
            return
        if node.tag_id not in _TIME and not _says_date(name.lower()):
            continue
        found = list(_of_node(node, attributes, name, place))
        if found and not where.is_elsewhere(node):
            n_found += 1
            yield from found


def _says_date(name: str) -> bool:
    return "date" in name or "time" in name or "publi" in name


def _of_node(node: Node, attributes: dict[str, str | None], name: str, place: str) -> Iterator[Candidate]:
    raw = node.text(separator=" ")
    if len(raw) > MAX_DATE_CHARS * 4:
        return
    text = squash(raw)
    stated = attributes.get("datetime") or attributes.get("data-datetime") or attributes.get("content") or ""
    if len(text) > MAX_DATE_CHARS or not any(map(str.isdigit, stated + text)):
        return
    field = _field(f"{name} {text}", text)
    kind = "time" if node.tag_id in _TIME else "dated"
    if stated:
        yield Candidate(field=field, value=stated[:MAX_DATE_CHARS], origin=f"dom:{kind}[datetime] {place}")
    if text:
        yield Candidate(field=field, value=text, origin=f"dom:{kind} {place}")


def _field(words: str, text: str) -> str:
    return "modified_at" if _MODIFIED.search(words) and not _CREATED.search(text) else "published_at"


def unmarked(near: Neighbourhood, where: Surroundings, language: str | None) -> list[Candidate]:
    """Short texts that are a date, the nearest to the headline first; for pages that mark none."""
    middle = near.middle
    read = sorted(
        (_distance(i - middle, text) + ELSEWHERE_COSTS * where.is_elsewhere(node), text)
        for i, text, node in near.texts
        if _DIGIT.search(text) and _is_date(text, language) and is_shown(node)
    )
    texts = [text for distance, text in read if distance <= MAX_FROM_HEADLINE or not middle]
    return [Candidate(field=_field(text, text), value=text, origin="dom:text") for text in texts[:3]]


def _distance(offset: int, text: str) -> int:
    """Nodes between headline and date, longer where the date is less likely the article's."""
    if offset < 0:  # a date before the headline is as often that of the day
        offset *= -3
    elif _CREATED.search(text) or _MODIFIED.search(text):
        offset //= 4
    return offset + COST_OF_CHARACTER * max(0, len(text) - PLAIN_DATE_CHARS)  # a sentence tells of other days


def _is_date(text: str, language: str | None) -> bool:
    if len(text) > MAX_DATE_CHARS:
        return False
    is_span = len(set(_YEAR.findall(text))) > 1 or text.count("/") > 2
    return not is_span and dates.parse(text, language=language) is not None


def in_state(tree: Tree) -> list[Candidate]:
    """Publication dates in the data that scripts draw the page from; the last resort."""
    found = []
    for node in tree.css("script:not([src])")[:200]:
        match = _IN_STATE.search(node.text()[:1_000_000])
        if match:
            found.append(Candidate(field="published_at", value=match[1], origin="script:state"))
    return found[:3]
