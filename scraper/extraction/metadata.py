"""All fields of an article but its text: the vocabularies are asked once, then one decision per field.

    fields = read(tree, page, context)

Decisions go by agreement and plausibility rather than a fixed order; `Fields.origins` says which candidate won and
`Fields.candidates` shows them all. Does not change the tree, does not look at paragraphs and does not fetch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scraper.dom import Tree
from scraper.extraction import authors as names
from scraper.extraction import (
    byline,
    facts,
    gathering,
    kicker,
    languages,
    optouts,
    published,
    ruled,
    titles,
    visible,
    visible_dates,
    zones,
)
from scraper.extraction.authorship import Credits
from scraper.extraction.gathering import Gathered
from scraper.extraction.published import Dated
from scraper.values import Access, ArticleKind, Candidate, Context, Moment, Page, SiteRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a page says about its article. `origins` maps a field to the origin of the candidate that won it.

    `article_body`, `types` and `is_accessible_for_free` are what JSON-LD says, for those who read the body and judge
    the page.
    """

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
    known = gathering.gather(tree, page, context)
    known, who = visible.complete(tree, known)
    if context.rule is not None:
        stated = tuple(ruled.candidates(tree, context.rule))
        known = replace(known, candidates=(*stated, *known.candidates))
        who = _stated_credits(stated, known, who)
    dates = _dates(tree, known, context.rule)
    found = [c for c in _decided(known) if c is not None]
    values: dict[str, Any] = {c.field: c.value for c in found}
    values |= {name: dated.moment for name, dated in dates.items()}
    origins = {c.field: c.origin for c in found} | {name: dated.origin for name, dated in dates.items()}
    pictures = facts.images(known)
    if pictures:
        values["image"], origins["image"] = pictures[0]["url"], pictures[0]["origin"]
    if who.people:
        origins["authors"] = who.origin
    body = _first(known, "article_body")
    return Fields(
        **values,
        authors=who.people,
        details=_details(page, known, who, pictures),
        origins=origins,
        candidates=tuple(c for c in known.candidates if c.field not in ("article_body", "types")),
        article_body=body,
        types=_first(known, "types") or (),
        is_accessible_for_free=_first(known, "is_accessible_for_free"),
    )


def title_options(tree: Tree, page: Page) -> list[titles.Option]:
    """The headlines to choose from, for learning how to choose."""
    return _title_options(gathering.gather(tree, page, Context()))


def _title_options(known: Gathered) -> list[titles.Option]:
    headline = byline.heading_text(known.marks.headline) if known.marks.headline is not None else ""
    return titles.options(known.candidates, known.own_names, headline, known.path)


def _stated_credits(stated: tuple[Candidate, ...], known: Gathered, who: Credits) -> Credits:
    """The credits where a rule says they stand, each name it finds; those decided where it says nothing."""
    people = [name.text for c in stated if c.field == "authors" for name in names.parse(c.value)]
    if not people:
        return who
    return replace(who, people=tuple(dict.fromkeys(people)), origin=ruled.ORIGIN, has_person=True)


def _dates(tree: Tree, known: Gathered, rule: SiteRule | None) -> dict[str, Dated]:
    """Publication and last change; the only date of a page counts as its publication, even if it says "updated"."""
    latest, language = known.fetched_at, known.date_language
    stated = [c for c in known.candidates if c.origin == ruled.ORIGIN]
    first = published.decide(stated, "published_at", latest, language)
    first = first or published.decide(known.candidates, "published_at", latest, language)
    last = published.decide(known.candidates, "modified_at", latest, language)
    if first is None:
        first = published.decide(visible_dates.in_state(tree), "published_at", latest, language)
    first = first or published.decide(known.candidates, "created_at", latest, language) or last
    return {
        name: replace(dated, moment=zones.settle(ruled.in_zone(dated.moment, rule), known.repeated.keys))
        for name, dated in (("published_at", first), ("modified_at", last))
        if dated is not None
    }


def _decided(known: Gathered) -> Iterator[Candidate | None]:
    title = next((c for c in known.of("title") if c.origin == ruled.ORIGIN), None) or _best_title(known)
    yield title
    description = facts.description(known)
    yield description
    yield _language(known, title.value if title else "", description)
    section = facts.section(known)
    yield section
    yield facts.tags(known)
    yield facts.kind(known, section.value if section else None)
    yield facts.access(known)
    yield facts.site_name(known)
    yield facts.canonical_url(known)


def _best_title(known: Gathered) -> Candidate | None:
    best = max(_title_options(known), key=titles.score, default=None)
    return Candidate(field="title", value=best.text, origin=best.origin) if best is not None else None


def _language(known: Gathered, title: str, description: Candidate | None) -> Candidate | None:
    sample = f"{title} {description.value if description else ''} {(_first(known, 'article_body') or '')[:1000]}"
    declared = list(known.of("language"))
    language, is_declared = languages.decide([str(c.value) for c in declared], sample)
    if language is None:
        return None
    origin = next((c.origin for c in declared if languages.primary(str(c.value)) == language), "text")
    return Candidate(field="language", value=language, origin=origin if is_declared else "text")


def _details(page: Page, known: Gathered, who: Credits, pictures: list[dict[str, Any]]) -> dict[str, Any]:
    """The rarer fields; only those that the page gives."""
    details = {
        "publisher": _first(known, "publisher"),
        "wire_credit": ", ".join(who.agencies),
        "organisations": list(who.organisations),
        "kicker": kicker.read(known.marks.headline),
        "subtitle": _first(known, "subtitle"),
        "series": _first(known, "series"),
        "licence": _first(known, "licence") or _first(known, "license"),
        "opt_outs": optouts.read(page, known.marks.metas),
        "images": pictures,
    }
    return {name: value for name, value in details.items() if value}


def _first(known: Gathered, name: str) -> Any:
    return next((c.value for c in known.of(name)), None)
