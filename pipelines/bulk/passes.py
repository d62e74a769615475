"""bulk: the functions of its passes over archived pages. Pure: whoever calls them, wherever, gets the same answers.

    observe   what one page shows, for the memory of its site
    recall    what a site repeats, out of what its pages show
    extract   the article on one page, with that memory

The first is what `learn` does with a page, the last what `digest` does. Does not read or write anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipelines import dedup, quality
from scraper import dom, encoding, extraction, urls
from scraper.extraction import memory, observation, second_opinion
from scraper.extraction.memory import Sighting
from scraper.values import Article, Context, Link, Page, SiteMemory, SiteRule, Verdict

MAX_KEYS = 10_000
"""Of one page; a page with more teaches nothing. The most on 321 development pages is 1,347, the mean 184."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows, and the site it belongs to."""

    site: str
    sighting: Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a site repeated in a stretch of its history: on pages fetched up to `until`, None for all later ones."""

    until: datetime | None
    memory: SiteMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The article on a page, whether it is one, and the fingerprint of its title and text."""

    article: Article
    verdict: Verdict
    fingerprint: str


_OWN = Page(
    url="http://a.example/",
    final_url="http://a.example/",
    status=200,
    body=b"<p>A</p>",
    fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def make_ready() -> None:
    """Nothing; afterwards the extraction's tables are loaded (0.4 s), and processes forked from this one have them."""
    observe(_OWN)
    extract(_OWN, None)


def observe(page: Page) -> Shown | None:
    """What the page shows, None where that is beyond measure. Raises `NewsError` for a page that can't be read."""
    address = urls.canonical(page.final_url)
    sighting = observation.observe(dom.parse(encoding.to_utf8(page)), page, address)
    return Shown(site=urls.site(address), sighting=sighting) if len(sighting.keys) <= MAX_KEYS else None


def recall(site: str, sightings: Sequence[Sighting]) -> SiteMemory:
    """What the site repeats, by these sightings of it."""
    return memory.recall(SiteMemory(site=site), sightings)


def stretches(n: int) -> list[int]:
    """The lengths into which the history of a site with `n` sightings is cut: no more than a memory is judged by.

    So a layout of years ago is known for the pages of its time, whatever came after; most sites need one.
    """
    n_parts = max(1, -(-n // memory.HISTORY))
    return [n * (at + 1) // n_parts - n * at // n_parts for at in range(n_parts)]


def remembered(windows: Sequence[Window], fetched_at: datetime) -> SiteMemory | None:
    """The memory for a page fetched then; None where nothing is known of the site."""
    return next((one.memory for one in windows if one.until is None or fetched_at <= one.until), None)


def extract(
    page: Page, known: SiteMemory | None, rule: SiteRule | None = None, *, has_second_opinion: bool = False
) -> Found:
    """What the page says, with its site's memory and rule. Raises `NewsError` for a page that can't be read."""
    link = Link(url=urls.canonical(page.final_url), source_url="")
    article = extraction.extract(page, Context(link=link, memory=known, rule=rule))
    if has_second_opinion:
        article = second_opinion.reported(article, page)
    return Found(article=article, verdict=quality.judge(article), fingerprint=dedup.text_fingerprint(article))
