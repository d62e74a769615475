"""Documents of strangers are read in processes of bounded memory."""

import asyncio

import pytest

from pipelines.discover import LIMIT_BYTES
from pipelines.documents import Documents
from scraper.errors import NewsError
from scraper.values import Source, SourceKind
from tests.builders import make_page


def test_a_document_that_fills_the_memory_costs_only_itself() -> None:
    """A page of as many elements as fit is a failure of its source, and the next document is read."""
    source = Source(url="https://a.example/", kind=SourceKind.SECTION, site="a.example")
    bomb = b"<html><body>" + b"<br>" * (LIMIT_BYTES[SourceKind.SECTION] // 4 - 4)
    plain = b'<html><body><a href="/2026/11/19/the-harbour-opens-again">The harbour opens again today</a></body></html>'

    async def main() -> int:
        with Documents(1) as documents:
            with pytest.raises(NewsError):
                await documents.read(source, make_page(source.url, bomb))
            return len((await documents.read(source, make_page(source.url, plain))).links)

    assert asyncio.run(main()) == 1
