"""The kicker: the few words that stand over a headline, inside its element or just before it.

Found by how publishers name its class in several languages; a kicker that ends in a colon is read as a part of the
headline, as its publisher does. Does not decide on the title (`titles`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scraper.dom import Node
from scraper.text import squash

MAX_KICKER_CHARS = 90
MAX_SIBLINGS = 8
_CLASS = re.compile(
    r"kicker|eyebrow|over-?line|over-?title|overtitel|dachzeile|topline|roofline|spitzmarke|super-?(?:title|head)"
    r"|pre-?(?:title|head)|surtitre|antetitulo|volanta|occhiello",
    re.IGNORECASE,
)
_NO_KICKER = re.compile(r"\d{4}|\d:\d|^updated$", re.IGNORECASE)  # a date stands there as well


def inside(headline: Node) -> Node | None:
    """The element within the headline that holds its kicker, if there is one and it is not all of it."""
    found = next((node for node in headline.css("[class]") if node.mem_id != headline.mem_id and _is_named(node)), None)
    if found is None or squash(found.text()) == squash(headline.text()):
        return None
    after = squash(headline.text()).removeprefix(squash(found.text())).lstrip()
    return None if after.startswith(":") or squash(found.text()).endswith(":") else found


def read(headline: Node | None) -> str | None:
    """The kicker of the page whose headline that is."""
    if headline is None:
        return None
    own = inside(headline)
    for node in (own,) if own is not None else _before(headline):
        text = squash(node.text(separator=" ")[: 4 * MAX_KICKER_CHARS]).strip(" :|/–—-")
        if 1 < len(text) <= MAX_KICKER_CHARS and not _NO_KICKER.search(text):
            return text
    return None


def _before(headline: Node) -> Iterator[Node]:
    """The elements named so just before the headline, or before what holds it."""
    parent = headline.parent
    for start in (headline, parent):
        at = start.prev if start is not None else None
        for _ in range(MAX_SIBLINGS):
            if at is None:
                break
            if at.tag != "-text" and _is_named(at):
                yield at
            at = at.prev


def _is_named(node: Node) -> bool:
    return bool(_CLASS.search((node.attributes.get("class") or "")[:300]))
