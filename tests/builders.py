"""Values with defaults, so that a test names only what it is about."""

from datetime import UTC, datetime
from typing import Any

from scraper.values import Article, Link, Moment, Page, Paragraph, ParagraphKind, Precision

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
URL = "https://courier.example/news/ferry"


def make_page(url: str = URL, body: bytes = b"<p>Hello</p>", **fields: Any) -> Page:
    fields = {"final_url": url, "status": 200, "fetched_at": NOW, **fields}
    return Page(url=url, body=body, **fields)


def make_link(url: str = URL, **fields: Any) -> Link:
    return Link(url=url, **{"source_url": "https://courier.example/feed.xml", **fields})


def make_moment(at: datetime = NOW, **fields: Any) -> Moment:
    return Moment(at=at, **{"precision": Precision.SECOND, "has_zone": True, "raw": at.isoformat(), **fields})


def make_article(url: str = URL, text: str = "The ferry sails again. " * 12, **fields: Any) -> Article:
    defaults = {
        "site": "courier.example",
        "title": "The ferry sails again",
        "authors": ("Ada Brink", "Jo Tamm"),
        "published_at": make_moment(),
        "language": "en",
        "tags": ("harbour",),
        "paragraphs": (Paragraph(kind=ParagraphKind.TEXT, text=text.strip()),),
        "fetched_at": NOW,
        "extractor": "test-1",
        "page_sha256": "0" * 64,
    }
    return Article(url=url, **{**defaults, **fields})
