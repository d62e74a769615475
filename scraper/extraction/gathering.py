"""Everything the vocabularies say about one page, gathered once for the decisions.

Does not decide anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from scraper.dom import Tree
from scraper.errors import NewsError
from scraper.extraction import address, byline, jsonld, landmarks, languages, memory, metatags, microdata, opengraph
from scraper.extraction.landmarks import Landmarks
from scraper.urls import site
from scraper.values import Candidate, Context, Link, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What is known before any field is decided.

    `own_names` are the site's and the publisher's names and the address's; `date_language` is the tag by which
    ambiguous dates are read.
    """

    url: str
    site: str
    path: str
    fetched_at: datetime
    marks: Landmarks
    candidates: tuple[Candidate, ...]
    own_names: tuple[str, ...]
    date_language: str | None
    repeated: memory.Repeats = memory.NOTHING

    def of(self, field: str) -> Iterator[Candidate]:
        """The candidates for a field, in the order of the vocabularies."""
        return (c for c in self.candidates if c.field == field)


def gather(tree: Tree, page: Page, context: Context) -> Gathered:
    """The candidates on `page` (parsed as `tree`) and in what its link announced."""
    marks = landmarks.survey(tree)
    url = page.final_url or page.url
    parts = _split(url)
    candidates = (
        *jsonld.read(marks.scripts, url),
        *opengraph.read(marks.metas),
        *metatags.read(marks),
        *microdata.read(marks.items),
        *byline.headings(marks),
        *address.read(url),
        *(_announced(context.link) if context.link else ()),
    )
    repeated = memory.repeats(context.memory, page.fetched_at)
    candidates = repeated.without(candidates)
    host, path = parts
    own_site = _site(url)
    names = [c.value for c in candidates if c.field in ("site_name", "publisher") and isinstance(c.value, str)]
    return Gathered(
        url=url,
        site=own_site or host,
        path=path,
        fetched_at=page.fetched_at,
        marks=marks,
        candidates=candidates,
        own_names=(*dict.fromkeys(names), *_host_names(host, own_site)),
        date_language=languages.for_dates([str(c.value) for c in candidates if c.field == "language"], host),
        repeated=repeated,
    )


def _announced(link: Link) -> Iterator[Candidate]:
    for field in ("title", "published_at", "modified_at", "language"):
        if value := getattr(link, field):
            yield Candidate(field=field, value=value, origin=f"feed:{field}")


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.path
    except ValueError:
        return "", ""


def _site(url: str) -> str:
    try:
        return site(url)
    except NewsError:
        return ""


def _host_names(host: str, own_site: str) -> tuple[str, ...]:
    """`www.taz.de` goes by "www.taz.de", "taz.de" and "taz"."""
    label = own_site.partition(".")[0] or max(host.removeprefix("www.").split(".")[:-1] or [host], key=len)
    return tuple(dict.fromkeys(name for name in (host, own_site, label) if name))
