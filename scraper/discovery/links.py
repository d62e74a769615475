"""Makes `Link`s out of what a document says about an address. The one place of `discovery` that does.

Links that are no http(s) addresses are passed over in silence: a document may hold any number of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from scraper import dates, urls
from scraper.errors import NewsError
from scraper.text import squash
from scraper.values import Link, Page, Precision, Source

MAX_TITLE_CHARS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a document says about one address, as written there."""

    url: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None


def collect(said: Iterable[Said], source: Source, page: Page) -> tuple[Link, ...]:
    """The links of `said` in order, each address once, relative ones resolved against where `page` was found."""
    links: dict[str, Link] = {}
    for one in said:
        link = make(one, source, page.final_url)
        if link is None or link.url in (source.url, page.final_url):
            continue
        links[link.url] = _merged(links[link.url], link) if link.url in links else link
    return tuple(links.values())


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
    )


def moment(text: str | None) -> datetime | None:
    """`text` as an aware datetime, or None. A bare day is its first minute in UTC."""
    if not text:
        return None
    found = _iso(text) or dates.parse(text)
    if found is None or isinstance(found, datetime):
        return found
    return found.at.replace(hour=0, minute=0, second=0) if found.precision is Precision.DAY else found.at


def language(text: str | None) -> str | None:
    """A language tag as in BCP 47, or None for what does not look like one."""
    tag = (text or "").strip().replace("_", "-")
    primary = tag.partition("-")[0]
    return tag if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3 and len(tag) <= 35 else None


def _iso(text: str) -> datetime | None:
    # Half of all announced dates are this, and reading them here takes a hundredth of the time.
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _merged(first: Link, again: Link) -> Link:
    """`first` with what only `again` knows: section pages name an article by a picture first, then by its title."""
    return Link(
        url=first.url,
        source_url=first.source_url,
        title=first.title or again.title,
        published_at=first.published_at or again.published_at,
        modified_at=first.modified_at or again.modified_at,
        language=first.language or again.language,
    )
