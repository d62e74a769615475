"""The visible page -> candidates: headings, bylines, `time` elements and other marked dates.

Leaves out what stands in comments, navigation, footers and lists of other articles. Does not decide, does not clean
names (`authors`) and does not read dates (`scraper.dates`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scraper.dom import Node
from scraper.extraction.landmarks import Landmarks
from scraper.text import squash
from scraper.values import Candidate

MAX_TEXT_CHARS = 300
MAX_DATE_CHARS = 120
MAX_MARKED = 120
MAX_CLIMB = 40

_ELSEWHERE_TAGS = frozenset({"footer", "nav", "aside", "select", "form", "noscript", "template", "button"})
_ELSEWHERE = re.compile(
    r"comment|disqus|related|recommend|teaser|sidebar|widget|footer|navi|menu|popular|trending|latest|newsletter"
    r"|more-?(?:stories|news|from|articles)|read-?(?:more|next)|also-?like|carousel|slider|breaking|ticker|archive-"
    r"|card|promo|recirc|suggest|upnext|next-?(?:post|article)|prev|advert|banner|modal|dropdown|hidden",
    re.IGNORECASE,
)
_AUTHOR = re.compile(r"author|byline|autor|contributor|writer|verfasser|redakteur", re.IGNORECASE)
_NOT_AUTHOR = re.compile(
    r"avatar|image|img|photo|thumb|icon|social|bio|desc|about|more|count|follow|email|link-?list|title|role|job|box"
    r"|info-?box|box-?text|date|time",
    re.IGNORECASE,
)
_DATE = re.compile(r"date|time|publi", re.IGNORECASE)
_MODIFIED = re.compile(
    r"updated|modif|update[sd]?\b|aktualisiert|geändert|mis à jour|modifié|actualizad|aggiornat|atualizad|bijgewerkt"
    r"|oppdatert|opdateret|uppdaterad|päivitetty|aktualizac|обновлен|更新|수정|güncelle",
    re.IGNORECASE,
)
_CREATED = re.compile(r"publi|created|erstellt|veröffentlicht|posted|入力|公開|발행|입력", re.IGNORECASE)
_PROFILE = "a[href*='author' i], a[href*='/people/'], a[href*='/profile' i], a[href*='/staff' i], a[href*='contributor' i], a[href*='autor' i], a[rel~='author' i], a[href*='/by/'], a[href*='/team/'], [itemprop='name']"
_INLINE = frozenset({"a", "b", "i", "em", "strong", "mark", "sup", "sub", "font", "u", "abbr", "wbr", "q", "cite", "small"})


def read(marks: Landmarks) -> list[Candidate]:
    """What the page shows, in page order."""
    found = [
        Candidate(field="title", value=text, origin="dom:h1")
        for node in marks.headings
        if (text := heading_text(node)) and len(text) <= MAX_TEXT_CHARS * 2
    ]
    where = _Where()
    n_after = 0
    for node in marks.marked:
        if node.tag == "h1":
            n_after = 1
            continue
        n_after += bool(n_after)
        if n_after > MAX_MARKED:
            break
        if not where.is_elsewhere(node):
            found += _of_marked(node, "after h1" if n_after else "before h1")
    return found


class _Where:
    """Remembers which containers do not belong to the article, so that no path is climbed twice."""

    def __init__(self) -> None:
        self._known: dict[int, bool] = {}

    def is_elsewhere(self, node: Node) -> bool:
        path: list[int] = []
        at: Node | None = node
        verdict = False
        while at is not None and at.tag not in ("body", "html", "main") and len(path) < MAX_CLIMB:
            if (known := self._known.get(at.mem_id)) is not None:
                verdict = known
                break
            path.append(at.mem_id)
            if at.tag in _ELSEWHERE_TAGS or self._is_named_so(at):
                verdict = True
                break
            at = at.parent
        for mem_id in path:
            self._known[mem_id] = verdict
        return verdict

    @staticmethod
    def _is_named_so(node: Node) -> bool:
        attributes = node.attributes
        name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:MAX_TEXT_CHARS]
        return bool(_ELSEWHERE.search(name))


def heading_text(node: Node) -> str:
    """The text of a heading; parts set in boxes of their own are kept apart by a blank."""
    parts: list[str] = []
    for child in node.traverse(include_text=True):
        if child.tag == "-text":
            parts.append(child.text_content or "")
        elif child.tag in ("style", "script", "svg"):
            return squash(node.text(separator=" "))
        elif child.tag not in _INLINE:
            parts.append("\u200b")
    return squash(_joined(parts))


def _joined(parts: Sequence[str]) -> str:
    text = "".join(parts)
    # A break between two letters is a blank only where the second begins a word.
    return re.sub("\u200b+", lambda m: " " if text[m.end() : m.end() + 1].isupper() or text[m.end() : m.end() + 1].isdigit() or not text[m.start() - 1 : m.start()].isalpha() else "", text)


def _of_marked(node: Node, place: str) -> Iterator[Candidate]:
    attributes = node.attributes
    name = (attributes.get("class") or "")[:MAX_TEXT_CHARS]
    is_link = "author" in (attributes.get("rel") or "").lower()
    if node.tag == "time" or (_DATE.search(name) and not is_link):
        yield from _dates(node, attributes, name, place)
    if is_link or (_AUTHOR.search(name) and not _NOT_AUTHOR.search(name)):
        yield from _authors(node, "rel=author" if is_link else "byline", place)


def _dates(node: Node, attributes: dict[str, str | None], name: str, place: str) -> Iterator[Candidate]:
    raw = node.text(separator=" ")
    if len(raw) > MAX_DATE_CHARS * 4:
        return
    text = squash(raw)
    stated = attributes.get("datetime") or attributes.get("data-datetime") or attributes.get("content") or ""
    if len(text) > MAX_DATE_CHARS or not any(map(str.isdigit, stated or text)):
        return
    is_modified = bool(_MODIFIED.search(name + " " + text)) and not _CREATED.search(text)
    field = "modified_at" if is_modified else "published_at"
    kind = "time" if node.tag == "time" else "dated"
    if stated:
        yield Candidate(field=field, value=stated[:MAX_DATE_CHARS], origin=f"dom:{kind}[datetime] {place}")
    if text:
        yield Candidate(field=field, value=text, origin=f"dom:{kind} {place}")


def _authors(node: Node, kind: str, place: str) -> Iterator[Candidate]:
    raw = node.text(separator=" ")
    if len(raw) > MAX_TEXT_CHARS * 4:
        return
    links = [] if node.tag == "a" else node.css(_PROFILE)
    names = [squash(link.text(separator=" ")) for link in links[:20]]
    if names := [n for n in dict.fromkeys(names) if 2 < len(n) <= 60]:
        yield Candidate(field="authors", value=tuple({"name": n, "type": ""} for n in names), origin=f"dom:{kind} link {place}")
    elif 2 < len(text := squash(raw)) <= MAX_TEXT_CHARS:
        yield Candidate(field="authors", value=text, origin=f"dom:{kind} {place}")
