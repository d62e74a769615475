"""Adapter for the scoring programs: html bytes and url -> title, authors and date, without a body.

PYTHONPATH=. python ../shared/bench/run.py --extractor tests.benchmarks.metadata_adapter:fields --dataset wcxb
"""

from __future__ import annotations

from datetime import UTC, datetime

from scraper import dom, encoding
from scraper.extraction import metadata
from scraper.values import Context, Page


def fields(html: bytes, url: str) -> dict[str, object]:
    """What `metadata.read` finds, in the shape of the scoring programs."""
    page = Page(url=url, final_url=url, status=200, body=html, fetched_at=datetime.now(UTC))
    found = metadata.read(dom.parse(encoding.to_utf8(page)), page, Context())
    date = found.published_at.iso() if found.published_at else None
    return {
        "body": None,
        "title": found.title,
        "authors": list(found.authors),
        "date": date,
        "language": found.language,
    }


def bare(html: bytes, url: str) -> dict[str, object]:
    """Only the parse, to compare the cost with."""
    dom.parse(html)
    return {"body": None, "title": None, "authors": [], "date": None}
