"""Microdata and RDFa in the body -> candidates (HTML 5.2 Microdata, RDFa Lite 1.1).

Reads schema.org properties of the article itself: properties inside a comment, a publisher, an image or a list of
other articles are left out. Does not decide and does not clean.
"""

from __future__ import annotations

from collections.abc import Sequence

from scraper.dom import Node
from scraper.text import squash
from scraper.values import Candidate

MAX_VALUE_CHARS = 500
MAX_CLIMB = 25

_FIELDS = {
    "headline": "title",
    "alternativeheadline": "subtitle",
    "datepublished": "published_at",
    "datecreated": "created_at",
    "datemodified": "modified_at",
    "author": "authors",
    "creator": "authors",
    "articlesection": "section",
    "keywords": "tags",
    "inlanguage": "language",
    "isaccessibleforfree": "is_accessible_for_free",
    "date": "published_at",  # dc:date, RDFa
    "created": "created_at",
    "issued": "published_at",
    "modified": "modified_at",
    "title": "title",
}
_ELSEWHERE = ("comment", "review", "itemlistelement", "publisher", "image", "relatedlink", "video", "hasPart".lower())


def read(items: Sequence[Node]) -> list[Candidate]:
    """What elements with `itemprop` or `property` say, in page order."""
    found: list[Candidate] = []
    for node in items:
        attributes = node.attributes
        is_rdfa = "itemprop" not in attributes
        names = attributes.get("property" if is_rdfa else "itemprop") or ""
        for name in names.lower().split()[:5]:
            name = name.rsplit(":", 1)[-1].rsplit("/", 1)[-1]
            field = _FIELDS.get(name)
            if field is None or (name == "title" and not is_rdfa) or not _is_own(node, name):
                continue
            if value := _value(node, attributes, field):
                label = "rdfa" if is_rdfa else "microdata"
                found.append(Candidate(field=field, value=value, origin=f"{label}:{name}"))
    return found


def _is_own(node: Node, name: str) -> bool:
    """Whether the property belongs to the article and not to something inside or beside it."""
    at = node.parent
    for _ in range(MAX_CLIMB):
        if at is None or at.tag in ("body", "html"):
            return True
        attributes = at.attributes
        inside = (attributes.get("itemprop") or attributes.get("property") or "").lower()
        kind = (attributes.get("itemtype") or attributes.get("typeof") or "").lower()
        if any(word in inside for word in _ELSEWHERE) or "comment" in kind or kind.endswith(("person", "organization")):
            return False
        if name in ("author", "creator") and inside in ("author", "creator"):
            return False
        at = at.parent
    return True


def _value(node: Node, attributes: dict[str, str | None], field: str) -> object:
    text = attributes.get("content") or attributes.get("datetime")
    if not text and field == "authors":
        names = [squash(n.text(separator=" ")[:MAX_VALUE_CHARS]) for n in node.css("[itemprop~='name']")[:20]]
        names = [n for n in names if n] or [
            (m.attributes.get("content") or "") for m in node.css("meta[itemprop='name']")[:9]
        ]
        if any(names):
            kind = (attributes.get("itemtype") or "").rsplit("/", 1)[-1].lower()
            return tuple({"name": name, "type": kind} for name in dict.fromkeys(names) if name)
    text = squash((text or node.text(separator=" "))[:MAX_VALUE_CHARS])
    if field == "is_accessible_for_free":
        return {"true": True, "false": False}.get(text.lower(), "")
    return tuple(t.strip() for t in text.split(",") if t.strip()) if field == "tags" else text
