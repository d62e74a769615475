"""All fields of an article but its text: the readers are asked once, then one decision per field.

    fields = read(tree, page, context)

Does not change the tree, does not look at paragraphs and does not fetch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from scraper.dom import Tree
from scraper.extraction import (
    address,
    byline,
    credits,
    jsonld,
    landmarks,
    languages,
    metatags,
    microdata,
    neighbourhood,
    opengraph,
    published,
    titles,
    visible_dates,
    visible_names,
)
from scraper.values import Access, ArticleKind, Candidate, Context, Moment, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a page says about its article. `origins` maps a field to the origin of the candidate that won it."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: Moment | None = None
    modified_at: Moment | None = None
    language: str | None = None
    description: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    kind: ArticleKind | None = None
    access: Access | None = None
    site_name: str | None = None
    canonical_url: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    article_body: str | None = None
    types: tuple[str, ...] = ()
    is_accessible_for_free: bool | None = None


def read(tree: Tree, page: Page, context: Context) -> Fields:
    """The fields of the article on `page`, parsed as `tree`."""
    marks = landmarks.survey(tree)
    url = page.final_url or page.url
    candidates = [
        *jsonld.read(marks.scripts, url),
        *opengraph.read(marks.metas),
        *metatags.read(marks),
        *microdata.read(marks.items),
        *byline.read(marks),
        *address.read(url),
    ]
    own = [c.value for c in candidates if c.field in ("site_name", "publisher") and isinstance(c.value, str)]
    host = urlsplit(url).hostname or ""
    label = max(host.removeprefix("www.").split(".")[:-1] or [host], key=len)
    language = next((c.value for c in candidates if c.field == "language"), None)
    reading = languages.for_dates(language, candidates, host)
    has_date = any(c.field == "published_at" and not c.origin.startswith(("dom", "url")) for c in candidates)
    who = credits.decide(candidates, [*own, label])
    if not has_date or not who.people:
        near = neighbourhood.survey(tree, marks)
        if not has_date:
            candidates += visible_dates.unmarked(near, marks, reading)
        if not who.people:
            candidates += visible_names.unmarked(near, marks, reading)
            who = credits.decide(candidates, [*own, label])
    title = titles.decide(candidates, own, label)
    when = published.decide(candidates, "published_at", page.fetched_at, reading)
    changed = published.decide(candidates, "modified_at", page.fetched_at, reading)
    if when is None:
        candidates += visible_dates.in_state(tree)
        when = published.decide(candidates, "published_at", page.fetched_at, reading) or changed
    return Fields(
        title=title.value if title else None,
        authors=who.people,
        published_at=when.moment if when else None,
        modified_at=changed.moment if changed else None,
        language=language,
        candidates=tuple(candidates),
    )
