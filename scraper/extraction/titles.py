"""The headline a reader sees: one decision from heading, tags and `<title>`.

Does not remove a headline from the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scraper.text import fold
from scraper.values import Candidate

MAX_TITLE_CHARS = 400
_SEPARATOR = re.compile(r"\s+[|–—·•»«:›/~-]+\s+|\s*[|_｜»]\s*|::|\s+[-–—]\s*(?=[A-Z])")


def decide(candidates: Sequence[Candidate], own_names: Iterable[str], host: str) -> Candidate | None:
    """The winning candidate with its value cut to the headline, or None."""
    names = {fold(n).replace(" ", "") for n in own_names} | {host}
    titles = [Candidate(field="title", value=without_site(c.value[:MAX_TITLE_CHARS], names), origin=c.origin) for c in candidates if c.field == "title"]
    titles = [c for c in titles if c.value and fold(c.value).replace(" ", "") not in names]
    if not titles:
        return None
    headings = [c for c in titles if c.origin == "dom:h1"]
    others = [c for c in titles if c.origin != "dom:h1"]
    if headings:
        best = max(headings, key=lambda h: max((likeness(h.value, o.value) for o in others), default=0))
        if not others or max(likeness(best.value, o.value) for o in others) > 0.3 or len(headings) == 1:
            return best
    for start in ("opengraph:og:title", "jsonld", "meta:twitter", "meta:parsely", "meta:sailthru", "microdata", "meta"):
        if found := next((c for c in others if c.origin.startswith(start)), None):
            return found
    return titles[0]


def likeness(a: str, b: str) -> float:
    """Shared words of all words, 0 to 1."""
    x, y = set(fold(a).split()), set(fold(b).split())
    return len(x & y) / len(x | y) if x and y else 0.0


def without_site(title: str, names: set[str]) -> str:
    """`title` without leading and trailing pieces that name the site."""
    pieces = list(_SEPARATOR.finditer(title))
    while pieces:
        last = pieces[-1]
        if not _names_site(title[last.end() :], names):
            break
        title = title[: last.start()]
        pieces.pop()
    if pieces and _names_site(title[: pieces[0].start()], names):
        title = title[pieces[0].end() :]
    return title.strip()


def _names_site(piece: str, names: set[str]) -> bool:
    flat = fold(piece).replace(" ", "")
    return not flat or any(flat == n or (len(flat) > 3 and len(n) > 3 and (flat in n or n in flat) and len(flat) < 3 * len(n)) for n in names if n)
