"""Documents and sources for the tests of discovery."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from scraper import urls
from scraper.discovery import reading
from scraper.values import Announcement, Source, SourceKind
from tests.builders import make_page

T = TypeVar("T")
FIXTURES = Path(__file__).parents[2] / "fixtures"
BASE = "https://hafenkurier.example/feed.xml"


def make_source(kind: SourceKind, url: str = BASE, **fields: Any) -> Source:
    return Source(url=url, kind=kind, site=urls.site(url), **fields)


def read(kind: SourceKind, body: bytes, url: str = BASE, **fields: Any) -> Announcement:
    """What `body`, found at `url`, announces."""
    content_type = fields.pop("content_type", "application/xml")
    page = make_page(url=url, body=body, headers=(("content-type", content_type),))
    return reading.read(make_source(kind, url, **fields), page)


def read_file(kind: SourceKind, name: str, url: str = BASE) -> Announcement:
    """What the fixture `name` announces when found at `url`."""
    return read(kind, (FIXTURES / name).read_bytes(), url)


def peak_bytes(work: Callable[[], T]) -> tuple[int, T]:
    """The most memory that Python held for `work` at once, and what it returned."""
    tracemalloc.start()
    try:
        answer = work()
        return tracemalloc.get_traced_memory()[1], answer
    finally:
        tracemalloc.stop()
