"""The one public JSON shape of an article: extract, batch, show, search, export and Python give the same.

Absent fields are null or empty lists, never missing. Text holds no control characters but newline and tab.
"""

from __future__ import annotations

from typing import Any

from scraper.values import Article, StoredArticle

FIELDS = (
    "id",
    "url",
    "canonical_url",
    "site",
    "site_name",
    "title",
    "authors",
    "published_at",
    "modified_at",
    "language",
    "description",
    "section",
    "tags",
    "image",
    "kind",
    "access",
    "state",
    "body",
    "paragraphs",
    "details",
    "origins",
    "confidence",
    "extractor",
    "fetched_at",
    "first_seen_at",
    "gone_at",
)
"""The keys of the shape, in order."""


def to_record(article: Article) -> dict[str, Any]:
    """The article in the public shape; `id`, `first_seen_at` and `gone_at` are null, for it is not stored."""
    return {
        "id": None,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "site": article.site,
        "site_name": article.site_name,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": article.published_at.iso() if article.published_at else None,
        "modified_at": article.modified_at.iso() if article.modified_at else None,
        "language": article.language,
        "description": article.description,
        "section": article.section,
        "tags": list(article.tags),
        "image": article.image,
        "kind": article.kind.value if article.kind else None,
        "access": article.access.value if article.access else None,
        "state": article.state.value,
        "body": article.body,
        "paragraphs": [p.as_json() for p in article.paragraphs],
        "details": dict(article.details),
        "origins": dict(article.origins),
        "confidence": round(article.confidence, 4),
        "extractor": article.extractor,
        "fetched_at": article.fetched_at.isoformat(),
        "first_seen_at": None,
        "gone_at": None,
    }


def to_stored_record(stored: StoredArticle) -> dict[str, Any]:
    """The stored article in the public shape."""
    gone_at = stored.gone_at.isoformat() if stored.gone_at else None
    ours = {"id": stored.id, "first_seen_at": stored.first_seen_at.isoformat(), "gone_at": gone_at}
    return to_record(stored.article) | ours
