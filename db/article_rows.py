"""An article as a row, and back. Nothing is lost on the way: a test takes articles there and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from scraper.values import (
    Access,
    Article,
    ArticleKind,
    Moment,
    PageState,
    Paragraph,
    ParagraphKind,
    Precision,
    Revision,
    StoredArticle,
)


def columns(revision: Revision) -> dict[str, Any]:
    """The columns of `articles` that a revision fills; authors and tags have tables of their own."""
    article = revision.article
    plain = ("canonical_url", "site", "site_name", "title", "language", "description", "section", "image", "kind")
    row: dict[str, Any] = {name: getattr(article, name) for name in plain}
    row |= {"access": article.access, "state": article.state, "url": article.url, "body": article.body}
    row |= {"paragraphs": [p.as_json() for p in article.paragraphs]}
    row |= {"details": dict(article.details), "origins": dict(article.origins), "confidence": article.confidence}
    for name in ("published", "modified"):
        moment: Moment | None = getattr(article, f"{name}_at")
        row[f"{name}_at"] = None if moment is None else moment.at
        row[name] = None if moment is None else _moment_json(moment)
    row |= {"page_id": revision.page.id, "page_sha256": article.page_sha256, "fetched_at": article.fetched_at}
    row |= {"extractor": article.extractor, "generation": revision.generation, "fingerprint": revision.fingerprint}
    return row


def _moment_json(moment: Moment) -> dict[str, Any]:
    at = moment.at.isoformat()
    return {"at": at, "precision": moment.precision, "has_zone": moment.has_zone, "raw": moment.raw}


def to_stored(row: Any, authors: tuple[str, ...], tags: tuple[str, ...]) -> StoredArticle:
    """The article of a row of `articles`, with its authors and tags in order."""
    article = Article(
        url=row.url,
        canonical_url=row.canonical_url,
        site=row.site,
        site_name=row.site_name,
        title=row.title,
        authors=authors,
        published_at=_moment(row.published),
        modified_at=_moment(row.modified),
        language=row.language,
        description=row.description,
        section=row.section,
        tags=tags,
        image=row.image,
        kind=None if row.kind is None else ArticleKind(row.kind),
        access=None if row.access is None else Access(row.access),
        state=PageState(row.state),
        paragraphs=tuple(map(paragraph, row.paragraphs)),
        details=row.details,
        origins=row.origins,
        confidence=row.confidence,
        extractor=row.extractor,
        page_sha256=row.page_sha256,
        fetched_at=row.fetched_at,
    )
    return StoredArticle(id=row.id, article=article, first_seen_at=row.first_seen_at, gone_at=row.gone_at)


def paragraph(value: dict[str, Any]) -> Paragraph:
    """The paragraph of its JSON shape."""
    marks = {name: value.get(name, 0) for name in ("level", "number")}
    return Paragraph(kind=ParagraphKind(value["kind"]), text=value["text"], **marks)


def _moment(value: dict[str, Any] | None) -> Moment | None:
    if value is None:
        return None
    return Moment(
        at=datetime.fromisoformat(value["at"]),
        precision=Precision(value["precision"]),
        has_zone=value["has_zone"],
        raw=value["raw"],
    )
