"""What is the article on this page? Pure: the same page and context give the same answer.

    article = extract(page)

Fields come from `metadata`, the text from `body`, the verdict on the page from `pagestate`;
`second_opinion` is the rescue where the page says it is an article and `body` finds none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from scraper import dom, encoding, urls
from scraper.errors import ExtractionError, NewsError
from scraper.extraction import (
    body,
    edges,
    liveblog,
    memory,
    metadata,
    nextpage,
    notices,
    pagestate,
    ruled,
    second_opinion,
)
from scraper.extraction.metadata import Fields
from scraper.values import Article, ArticleKind, Context, Page, PageState, Paragraph, SiteRule

__all__ = ["EXTRACTOR", "Parts", "article", "extract", "take_apart", "version"]

EXTRACTOR = "newsdesk-6"
"""The version of this extractor: steps with every change that may change an answer."""

NO_CONTEXT = Context()

# The fields of `metadata.Fields` that an article takes over under the same name.
_FIELDS = (
    *("canonical_url", "site_name", "title", "authors", "published_at", "modified_at", "language", "description"),
    *("section", "tags", "image", "kind", "access", "origins"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All that was found out about a page; `article` puts it together, `explanation` shows it.

    `paragraphs` are the article's: those of `reading`, or, where `is_rescued`, what `second_opinion` found.
    """

    fields: Fields
    reading: body.Reading
    paragraphs: tuple[Paragraph, ...]
    finding: pagestate.Finding
    is_rescued: bool
    extractor: str
    is_ruled: bool = False
    """Whether a person's rule said where the text stands."""


def extract(page: Page, context: Context = NO_CONTEXT) -> Article:
    """The article on `page`, whatever its state: a page that is no article gives the best text found.

    Raises `ExtractionError` when the page is empty.
    """
    return article(page, take_apart(page, context))


def take_apart(page: Page, context: Context = NO_CONTEXT) -> Parts:
    """What the article on `page` is made of. Raises `ExtractionError` when the page is empty."""
    if not page.body.strip():
        raise ExtractionError("the page is empty", url=page.url)
    html, n_repaired = encoding.read(page)
    tree = dom.parse(html)
    missed = _apply(context.rule, tree)
    fields = metadata.read(tree, page, context)
    reading, is_ruled = _read_body(tree, _hints(page, fields, context), context.rule)
    paragraphs = edges.without_byline(reading.paragraphs, fields.authors)
    fields, paragraphs = _as_live_blog(tree, page, fields, paragraphs)
    finding = pagestate.judge(page, fields, reading, paragraphs)
    if is_ruled:
        finding = pagestate.believed(finding)
    is_rescued = not paragraphs and finding.state is PageState.NOT_ARTICLE and _claims_to_be_article(fields)
    if is_rescued:
        paragraphs = _without_repeated(
            second_opinion.read(html, page.url), memory.repeats(context.memory, page.fetched_at)
        )
        finding = pagestate.judge(page, fields, reading, paragraphs)
    fields = replace(fields, details=notices.details(fields.details, fields.candidates, paragraphs))
    if n_repaired:
        fields = replace(fields, details={**fields.details, "double_encoded": n_repaired})
    if missed:
        fields = replace(fields, details={**fields.details, "rule_missed": list(missed)})
    if finding.state is PageState.ARTICLE and (address := nextpage.next_url(html, tree, page.final_url, paragraphs)):
        fields = replace(fields, details={**fields.details, "next_page": address})
    shared: dict[str, Any] = {"fields": fields, "reading": reading, "paragraphs": paragraphs, "finding": finding}
    return Parts(is_rescued=is_rescued, is_ruled=is_ruled, extractor=version(context.rule), **shared)


def version(rule: SiteRule | None) -> str:
    """The version of this extractor as it reads by that rule: a changed rule is another extractor."""
    return EXTRACTOR if rule is None else f"{EXTRACTOR}+{rule.fingerprint}"


def _apply(rule: SiteRule | None, tree: dom.Tree) -> tuple[str, ...]:
    """What of the rule met nothing on the page; afterwards what it drops is gone from the tree."""
    if rule is None:
        return ()
    missed = ruled.misses(tree, rule)
    ruled.drop(tree, rule)
    return missed


def _read_body(tree: dom.Tree, hints: body.Hints, rule: SiteRule | None) -> tuple[body.Reading, bool]:
    """The text, and whether a rule said where it stands."""
    if rule is not None:
        ruled.drop_fields(tree, rule)
        layout = ruled.layout(tree, rule)
        if layout is not None and (reading := body.read_marked(layout, hints)).paragraphs:
            return reading, True
    return body.read(tree, hints), False


def _as_live_blog(
    tree: dom.Tree, page: Page, fields: Fields, paragraphs: tuple[Paragraph, ...]
) -> tuple[Fields, tuple[Paragraph, ...]]:
    """Fields and paragraphs with the updates, if the page is a live blog that has any."""
    updates = liveblog.read(tree, liveblog.Story(fields=fields, url=page.final_url, paragraphs=paragraphs))
    if not updates:
        return fields, paragraphs
    details = {**fields.details, "updates": [update.as_json() for update in updates]}
    origins = fields.origins if fields.kind is ArticleKind.LIVE_BLOG else {**fields.origins, "kind": "dom:updates"}
    fields = replace(fields, kind=ArticleKind.LIVE_BLOG, details=details, origins=origins)
    return fields, liveblog.completed(updates, paragraphs)


def article(page: Page, parts: Parts) -> Article:
    """The article that the parts of a page make."""
    shared: dict[str, Any] = {name: getattr(parts.fields, name) for name in _FIELDS}
    evidence: dict[str, Any] = {"state_evidence": parts.finding.evidence} if parts.finding.evidence else {}
    if repeated_share := round(parts.reading.repeated_share, 3):
        evidence["repeated_share"] = repeated_share
    if parts.is_rescued and parts.paragraphs:
        evidence["text_by"] = second_opinion.PROGRAM
    return Article(
        url=page.url,
        site=_site(page),
        state=parts.finding.state,
        paragraphs=parts.paragraphs,
        details={**parts.fields.details, **evidence},
        confidence=parts.reading.confidence,
        extractor=parts.extractor,
        fetched_at=page.fetched_at,
        page_sha256=page.sha256,
        **shared,
    )


def _site(page: Page) -> str:
    """The site of the page's address; empty for a file's."""
    try:
        return urls.site(page.final_url)
    except NewsError:
        return ""


def _hints(page: Page, fields: Fields, context: Context) -> body.Hints:
    return body.Hints(
        title=fields.title,
        description=fields.description,
        article_body=fields.article_body,
        url=page.final_url,
        language=fields.language,
        repeated=memory.repeats(context.memory, page.fetched_at),
    )


def _claims_to_be_article(fields: Fields) -> bool:
    return any("article" in name.lower() for name in fields.types)


def _without_repeated(paragraphs: tuple[Paragraph, ...], repeated: memory.Repeats) -> tuple[Paragraph, ...]:
    known = repeated.find([(p.text, "") for p in paragraphs])
    return tuple(p for at, p in enumerate(paragraphs) if at not in known)
