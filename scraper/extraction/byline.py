"""The visible page -> candidates: headings, bylines and marked dates.

Leaves out what stands in comments, navigation, footers and lists of other articles. Does not decide and does not
clean names (`authors`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scraper.dom import Node, Tree, tag_ids
from scraper.extraction import kicker, landmarks, visible_dates
from scraper.extraction.landmarks import Landmarks
from scraper.extraction.surroundings import Surroundings
from scraper.text import squash
from scraper.values import Candidate

MAX_TEXT_CHARS = 300
MAX_AFTER, MAX_BEFORE = 100, 60
MAX_BYLINES = 20

_AUTHOR = re.compile(r"author|byline|autor|contributor|writer|verfasser|redakteur", re.IGNORECASE)
_NOT_AUTHOR = re.compile(
    r"avatar|image|img|photo|thumb|icon|social|bio|desc|about|more|count|follow|email|link-?list|title|role|job|box"
    r"|info-?box|box-?text|date|time",
    re.IGNORECASE,
)
_PROFILE_PATH = re.compile(r"/(?:authors?|people|profiles?|contributors?|autor(?:en|es|in)?)/[^/]", re.IGNORECASE)
_PROFILE = (
    "a[href*='author' i], a[href*='/people/'], a[href*='/profile' i], a[href*='/staff' i], a[href*='contributor' i],"
    " a[href*='autor' i], a[rel~='author' i], a[href*='/by/'], a[href*='/team/'], [itemprop='name']"
)
_HEADINGS = tag_ids("h1")
_INLINE = frozenset(
    {"a", "b", "i", "em", "strong", "mark", "sup", "sub", "font", "u", "abbr", "wbr", "q", "cite", "small"}
)


def headings(marks: Landmarks) -> list[Candidate]:
    """Every h1 as a title, in page order."""
    return [
        Candidate(field="title", value=text, origin="dom:h1")
        for node in marks.headings
        if (text := heading_text(node)) and len(text) <= MAX_TEXT_CHARS * 2
    ]


def read(tree: Tree, marks: Landmarks, where: Surroundings, *, all_dates: bool = True) -> list[Candidate]:
    """The marked dates and bylines that the page shows, in page order; only `time` elements if not `all_dates`."""
    nodes = placed(landmarks.marked(tree, dates=all_dates), marks.headline)
    found = list(visible_dates.marked(nodes, where))
    n_bylines = 0
    for node, place in nodes:
        if n_bylines >= MAX_BYLINES:
            break
        candidates = list(_of_marked(node, place))
        if candidates and not where.is_elsewhere(node):
            n_bylines += 1
            found += candidates
    return found


def placed(nodes: Sequence[Node], headline: Node | None) -> list[tuple[Node, str]]:
    """Before or after the headline, for as many nodes as may still belong to the article's head or foot."""
    middle = headline.mem_id if headline is not None else 0
    before: list[Node] = []
    after: list[Node] = []
    here = before
    for node in nodes:
        if node.mem_id == middle:
            here = after
        elif node.tag_id not in _HEADINGS:
            here.append(node)
    return [(n, "before h1") for n in before[-MAX_BEFORE:]] + [(n, "after h1") for n in after[: MAX_AFTER - 1]]


def heading_text(node: Node) -> str:
    """The text of a heading without its kicker; parts set in boxes of their own are kept apart by a blank."""
    parts: list[str] = []
    over = kicker.inside(node)
    left_out = {inner.mem_id for inner in over.traverse(include_text=True)} if over is not None else set()
    for child in node.traverse(include_text=True):
        if child.mem_id in left_out:
            continue
        if child.tag == "-text":
            parts.append(child.text_content or "")
        elif child.tag in ("style", "script", "svg"):
            return squash(node.text(separator=" "))
        elif child.tag not in _INLINE:
            parts.append("\u200b")
    return squash(_joined(parts))


def _joined(parts: Sequence[str]) -> str:
    text = "".join(parts)

    def gap(match: re.Match[str]) -> str:
        # A break between two letters is a blank only where the second begins a word.
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return " " if after.isupper() or after.isdigit() or not before.isalpha() else ""

    return re.sub("\u200b+", gap, text)


def _of_marked(node: Node, place: str) -> Iterator[Candidate]:
    attributes = node.attributes
    if "author" in (attributes.get("rel") or "").lower():
        yield from _authors(node, "rel=author", place)
        return
    name = (attributes.get("class") or "")[:MAX_TEXT_CHARS]
    if node.tag == "a" and _PROFILE_PATH.search(attributes.get("href") or ""):
        yield from _authors(node, "profile link", place)
        return
    if _AUTHOR.search(name) and not _NOT_AUTHOR.search(name):
        yield from _authors(node, "byline", place)


def _authors(node: Node, kind: str, place: str) -> Iterator[Candidate]:
    raw = node.text(separator=" ")
    if len(raw) > MAX_TEXT_CHARS * 4:
        return
    links = [] if node.tag == "a" else node.css(_PROFILE)
    names = [squash(link.text(separator=" ")) for link in links[:20]]
    if names := [n for n in dict.fromkeys(names) if 2 < len(n) <= 60]:
        yield Candidate(
            field="authors", value=tuple({"name": n, "type": ""} for n in names), origin=f"dom:{kind} link {place}"
        )
    elif 2 < len(text := squash(raw)) <= MAX_TEXT_CHARS:
        yield Candidate(field="authors", value=text, origin=f"dom:{kind} {place}")
