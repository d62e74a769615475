"""Makes `Link`s out of what a document says about an address. The one place of `discovery` that does.

Links that are no http(s) addresses are passed over in silence: a document may hold any number of them. What is
older than the source's `since` is counted and not made, so that an archive of a million costs no memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from scraper import dates, urls
from scraper.errors import NewsError
from scraper.text import squash
from scraper.values import Announcement, Link, Moment, Page, Precision, Source, SourceKind

MAX_TITLE_CHARS = 1000
MAX_LINKS = 50_000
"""Links taken from one document (sitemaps.org allows no more); those beyond are counted only."""

_MAX_DATE_CHARS = 200
_DAY = timedelta(days=1)
_PATH_DATE = re.compile(r"/(20\d\d)([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a document says about one address, as written there."""

    url: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    image: str | None = None


def collect(said: Iterable[Said], source: Source, page: Page) -> Announcement:
    """The links of `said` in order, each address once, relative ones resolved against where `page` was found."""
    links: dict[str, Link] = {}
    n_old = n_beyond = 0
    for one in said:
        if source.since is not None and not is_recent(one, source.kind, source.since):
            n_old += 1
            continue
        if len(links) >= MAX_LINKS:
            n_beyond += 1
            continue
        link = make(one, source, page.final_url)
        if link is None or link.url in (source.url, page.final_url):
            continue
        if link.url in links:
            links[link.url] = _merged(links[link.url], link)
        else:
            links[link.url] = link
    n_announced = len(links) + n_old + n_beyond
    return Announcement(links=tuple(links.values()), n_announced=n_announced, n_too_old=n_old)


def is_recent(said: Said, kind: SourceKind, since: datetime) -> bool:
    """Whether what a source of that kind says of an address lets it be of `since` or later.

    Without a stated date, a day in the address's path counts. A sitemap's link without either may be of any
    year, so it is left to the feeds.
    """
    at = moment(said.published) or moment(said.modified)
    if at is not None:
        return at >= since
    day = path_day(said.url)
    if day is None:
        return kind is not SourceKind.SITEMAP
    return day + 2 * _DAY > since  # a day of the publisher's zone ends up to 12 hours after that of UTC


def path_day(url: str) -> datetime | None:
    """The day that the path of `url` names, such as `/2026/05/04/`, as its first minute in UTC."""
    found = _PATH_DATE.search(url)
    if found is None:
        return None
    try:
        return datetime(int(found[1]), int(found[3]), int(found[4]), tzinfo=UTC)
    except ValueError:
        return None


def make(said: Said, source: Source, base: str) -> Link | None:
    """The link for `said`, or None if its address is none."""
    try:
        url = urls.canonical(said.url.strip(), base)
    except NewsError:
        return None
    title = squash(said.title)[:MAX_TITLE_CHARS] if said.title else ""
    return Link(
        url=url,
        source_url=source.url,
        title=title or None,
        published_at=moment(said.published),
        modified_at=moment(said.modified),
        language=language(said.language) or source.language,
        image=_image(said.image, base) if said.image else None,
    )


def _image(address: str, base: str) -> str | None:
    try:
        return urls.parse(address.strip(), base)
    except NewsError:
        return None


def moment(text: str | None) -> datetime | None:
    """`text` as an aware datetime, or None. A bare day is its first minute in UTC."""
    if not text:
        return None
    found = _iso(text) or _parsed(text[:_MAX_DATE_CHARS])
    if found is None or isinstance(found, datetime):
        return found
    return found.at.replace(hour=0, minute=0, second=0) if found.precision is Precision.DAY else found.at


def language(text: str | None) -> str | None:
    """A language tag as in BCP 47, or None for what does not look like one."""
    tag = (text or "").strip().replace("_", "-")
    primary = tag.partition("-")[0]
    return tag if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3 and len(tag) <= 35 else None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Moment | None:
    return dates.parse(text)


def _iso(text: str) -> datetime | None:
    # Half of all announced dates are this, and reading them here takes a hundredth of the time.
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _merged(first: Link, again: Link) -> Link:
    """`first` with what only `again` knows: section pages name an article by a picture first, then by its title."""
    return replace(
        first,
        title=first.title or again.title,
        published_at=first.published_at or again.published_at,
        modified_at=first.modified_at or again.modified_at,
        language=first.language or again.language,
        image=first.image or again.image,
    )
