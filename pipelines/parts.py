"""Which parts of a sitemap index are to be read now, newest first? Pure decisions.

A part is left alone while its `lastmod` stays what it was when the part was read. A part without `lastmod` is
asked for again in turn, with its validators. A part whose name tells a year, month or day before the horizon
holds nothing that is wanted, whatever its `lastmod` says: many sites set that anew every night.

Does not fetch. A `lastmod` that is a bare day says nothing of what came later that day, so the part is asked
for until the day is over everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from scraper.values import Link, Request, SitemapPart

MAX_PARTS = 20
"""Parts that are read in one run and for one source; the next run goes on."""
MAX_WAITING = 5_000
"""Parts of nested indexes that are remembered for later runs."""

_DAY = timedelta(days=1)
_A_DAY_EVERYWHERE = timedelta(hours=36)
_PERIOD = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?:[-_/.]?(?P<m>0[1-9]|1[0-2])(?:[-_/.]?(?P<d>0[1-9]|[12]\d|3[01]))?)?(?!\d)"
)
_NAMED_PERIOD = re.compile(
    r"\by{1,4}(?:ear)?=(?P<y>\d{4})(?:&m{1,2}(?:onth)?=(?P<m>\d\d?)(?:&d{1,2}(?:ay)?=(?P<d>\d\d?))?)?"
)


def due(announced: Iterable[Link], known: Mapping[str, SitemapPart], since: datetime) -> list[SitemapPart]:
    """The parts to be read, in the order of reading, as requests with what an answer could be compared to."""
    found = []
    for link in announced:
        before = known.get(link.url)
        if is_wanted(link, since) and (before is None or has_moved(link, before)):
            request = Request(url=link.url)
            if before is not None and before.modified_at == link.modified_at:
                request = before.request
            read_at = before.read_at if before else None
            found.append(SitemapPart(request=request, modified_at=link.modified_at, read_at=read_at))
    return in_order(found)


def waiting(known: Iterable[SitemapPart], since: datetime) -> list[SitemapPart]:
    """The parts of nested indexes that no run came to yet."""
    unread = (part for part in known if part.read_at is None)
    return [part for part in unread if part.modified_at is None or part.modified_at >= since]


def in_order(parts: Iterable[SitemapPart]) -> list[SitemapPart]:
    """`parts`, each address once: those never read or with news first, newest first, then those read longest ago."""
    by_url = {part.request.url: part for part in parts}
    return sorted(by_url.values(), key=_rank)


def is_wanted(part: Link, since: datetime) -> bool:
    """Whether the part may hold anything from `since` on."""
    end = period_end(part.url)
    return (end is None or end > since) and (part.modified_at is None or part.modified_at >= since)


def has_moved(link: Link, before: SitemapPart) -> bool:
    """Whether the part may hold something that it did not when it was read."""
    if before.read_at is None or link.modified_at is None or before.modified_at != link.modified_at:
        return True
    is_bare_day = link.modified_at.time() == datetime.min.time()
    return is_bare_day and before.read_at < link.modified_at + _A_DAY_EVERYWHERE


def period_end(url: str) -> datetime | None:
    """When the year, month or day is over everywhere that the part's address names last; None: it names none."""
    name = url.split("/", 3)[-1]
    found = _NAMED_PERIOD.search(name) or max(_PERIOD.finditer(name), key=lambda one: len(one[0]), default=None)
    if found is None:
        return None
    year, month, day = int(found["y"]), int(found["m"] or 0), int(found["d"] or 0)
    try:
        begin = datetime(year, month or 1, day or 1, tzinfo=UTC)
    except ValueError:
        return None
    longest = _DAY if day else 31 * _DAY if month else 366 * _DAY
    return begin + longest + _DAY


def _rank(part: SitemapPart) -> tuple[bool, float, float]:
    is_repeated = part.read_at is not None and part.modified_at is None
    at = part.modified_at or period_end(part.request.url)
    age = -at.timestamp() if at and not is_repeated else 0.0
    return is_repeated, age, part.read_at.timestamp() if part.read_at else 0.0
