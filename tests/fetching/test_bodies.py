"""Bodies come whole, in time and within limits, or not at all."""

import gzip
import time
import zlib

import brotli
import pytest
import zstandard

from scraper.errors import (
    BadStatus,
    Incomplete,
    Timeout,
    TooLarge,
    Unreachable,
    WrongType,
)
from scraper.values import Page, Request
from tests.fetching.web import HTML, Server, answer, endlessly, fetch, raw, run, slowly

CODED = {
    "gzip": ("gzip", gzip.compress(HTML)),
    "x-gzip": ("x-gzip", gzip.compress(HTML)),
    "two gzip members": ("gzip", gzip.compress(HTML[:9]) + gzip.compress(HTML[9:])),
    "padding behind gzip": ("gzip", gzip.compress(HTML) + b"\0" * 50),
    "deflate": ("deflate", zlib.compress(HTML)),
    "raw deflate": ("deflate", zlib.compress(HTML)[2:-4]),
    "gzip in gzip": ("gzip, gzip", gzip.compress(gzip.compress(HTML))),
    "br": ("br", brotli.compress(HTML)),
    "zstd": ("zstd", zstandard.compress(HTML)),
    "two zstd frames": ("zstd", zstandard.compress(HTML[:9]) + zstandard.compress(HTML[9:])),
    "zstd in br": ("zstd, br", brotli.compress(zstandard.compress(HTML))),
    "identity": ("identity", HTML),
}


@pytest.mark.parametrize(("coding", "body"), CODED.values(), ids=CODED.keys())
def test_codings(coding: str, body: bytes) -> None:
    """Every way of compressing that servers use is undone."""
    page, _ = fetch("/a", {"a": answer(200, body, Content_Encoding=coding)})
    assert isinstance(page, Page)
    assert page.body == HTML
    assert page.raw == (None if coding == "identity" else body)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


CHECKED = zstandard.ZstdCompressor(write_checksum=True).compress(HTML)
CUT = {
    "short of content-length": raw(answer(200, HTML, content_length="99"), is_closed=True),
    "chunked, last chunk missing": raw(CHUNKED + b"5\r\nHello\r\n", is_closed=True),
    "chunked, inside a chunk": raw(CHUNKED + b"50\r\nHello", is_closed=True),
    "chunk size is no number": raw(CHUNKED + b"xyz\r\nHello\r\n0\r\n\r\n", is_closed=True),
    "cut gzip": raw(answer(200, gzip.compress(HTML)[:-9], Content_Encoding="gzip"), is_closed=True),
    "gzip without checksum": raw(answer(200, gzip.compress(HTML)[:-8], Content_Encoding="gzip"), is_closed=True),
    "gzip with a wrong checksum": raw(answer(200, gzip.compress(HTML)[:-8] + b"\0" * 8, Content_Encoding="gzip")),
    "not gzip at all": raw(answer(200, HTML, Content_Encoding="gzip")),
    "cut deflate": raw(answer(200, zlib.compress(HTML)[:-2], Content_Encoding="deflate"), is_closed=True),
    "cut br": raw(answer(200, brotli.compress(HTML)[:-1], Content_Encoding="br"), is_closed=True),
    "not br at all": raw(answer(200, HTML, Content_Encoding="br")),
    "cut zstd": raw(answer(200, zstandard.compress(HTML)[:-1], Content_Encoding="zstd"), is_closed=True),
    "zstd with a wrong checksum": raw(answer(200, CHECKED[:-4] + b"\0" * 4, Content_Encoding="zstd")),
    "not zstd at all": raw(answer(200, HTML, Content_Encoding="zstd")),
    "a part": raw(answer(206, HTML, Content_Range="bytes 0-9/99")),
}


@pytest.mark.parametrize("route", CUT.values(), ids=CUT.keys())
def test_whole_or_not_at_all(route) -> None:
    """A body that is cut or damaged is asked for three times, and is never a page."""
    error, server = fetch("/a", {"a": route})
    assert isinstance(error, Incomplete)
    assert server.paths == ["/a"] * 3


def test_redirect_bodies_are_not_decoded() -> None:
    """The body of a redirect may be any bomb."""
    bomb = answer(302, gzip.compress(b"x" * 10**7), Content_Encoding="gzip", Location="/b")
    assert isinstance(fetch("/a", {"a": bomb, "b": answer(200, HTML)})[0], Page)


SMALL = 100_000


BOMBS = {
    "announced": raw(answer(200, b"x" * (SMALL + 1))),
    "endless": endlessly(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
    "endless chunks": endlessly(CHUNKED, b"4\r\nxxxx\r\n" * 5000),
    "gzip": raw(answer(200, gzip.compress(b"x" * 10**8, 1), Content_Encoding="gzip")),
    "br": raw(answer(200, brotli.compress(b"x" * 10**7, quality=3), Content_Encoding="br")),
    "zstd": raw(answer(200, zstandard.compress(b"x" * 10**8), Content_Encoding="zstd")),
    "gzip in gzip": raw(answer(200, gzip.compress(gzip.compress(b"x" * 10**8, 1)), Content_Encoding="gzip,gzip")),
}


@pytest.mark.parametrize("route", BOMBS.values(), ids=BOMBS.keys())
def test_too_large(route) -> None:
    """A body over the limit is given up as soon as it is, and not asked for again."""

    async def scenario(server: Server) -> None:
        async with server.fetcher() as fetcher:
            with pytest.raises(TooLarge):
                await fetcher.fetch(Request(url=server.url("/a")), limit_bytes=SMALL)

    assert run(scenario, a=route).paths == ["/a"]


def test_limit_is_inclusive() -> None:
    """A body of just the limit is a page."""

    async def scenario(server: Server) -> None:
        async with server.fetcher() as fetcher:
            page = await fetcher.fetch(Request(url=server.url("/a")), limit_bytes=SMALL)
            assert len(page.body) == SMALL

    run(scenario, a=answer(200, gzip.compress(b"x" * SMALL), Content_Encoding="gzip"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Encoding": "compress"},
        {"Content_Encoding": "gzip, gzip, gzip"},
        {"Content_Type": "image/png"},
        {"Content_Type": "VIDEO/mp4"},
        {"Content_Type": "application/pdf"},
    ],
)
def test_wrong_type(headers: dict[str, str]) -> None:
    """What cannot be read is refused."""
    error, server = fetch("/a", {"a": answer(200, HTML, **headers)})
    assert isinstance(error, WrongType)
    assert server.paths == ["/a"]


SLOW = {
    "headers": slowly(answer(200, HTML)),
    "body": slowly(answer(200, b"x" * 10**6)),
    "1xx for ever": endlessly(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
}


@pytest.mark.parametrize("route", SLOW.values(), ids=SLOW.keys())
def test_slow_answers(route) -> None:
    """However slow an answer trickles, the request as a whole ends in time."""
    started = time.monotonic()
    error, _ = fetch("/a", {"a": route}, timeout_s=0.3)
    assert isinstance(error, Unreachable)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("piece", [b"x" * 1000, b"X: y\r\n" * 100], ids=["one header", "many headers"])
def test_headers_without_end(piece: bytes) -> None:
    """Headers that never end are given up."""
    error, _ = fetch("/a", {"a": endlessly(b"HTTP/1.1 200 OK\r\nX: ", piece)}, n_tries=1)
    assert isinstance(error, Incomplete)


def test_deadline() -> None:
    """The deadline covers robots.txt, redirects, tries and bodies together."""

    async def scenario(server: Server) -> None:
        started = time.monotonic()
        async with server.fetcher(timeout_s=30.0) as fetcher:
            with pytest.raises(Timeout):
                await fetcher.fetch(Request(url=server.url("/a")), deadline_s=0.3)
        assert time.monotonic() - started < 3

    run(scenario, robots_txt=slowly(b"", 0), a=answer(302, Location="/b"), b=slowly(answer(200, HTML)))


def test_deadline_is_not_waited_for() -> None:
    """Where the pause before the next try would pass the deadline, the failure is told at once."""

    async def scenario(server: Server) -> None:
        async with server.fetcher() as fetcher:
            with pytest.raises(BadStatus):
                await fetcher.fetch(Request(url=server.url("/a")), deadline_s=5)
        assert server.clock.slept == []

    run(scenario, a=answer(503, Retry_After="60"))


def test_hangs_up() -> None:
    """A server that hangs up before its answer is unreachable, and asked three times, pauses in between."""
    error, server = fetch("/a", {"a": raw(b"", is_closed=True)}, obeys_robots=False)
    assert isinstance(error, Unreachable)
    assert not isinstance(error, Timeout)
    assert server.paths == ["/a"] * 3
    assert len(server.clock.slept) == 2


def test_a_kept_connection_that_was_closed() -> None:
    """Where a connection kept from the last request turns out to be closed, a new one is tried at once."""
    page, server = fetch("/a", {"robots_txt": answer(404), "a": [raw(b"", is_closed=True), answer(200, HTML)]})
    assert isinstance(page, Page)
    assert (server.paths, server.clock.slept) == (["/a"] * 2, [])


@pytest.mark.parametrize("head", [b"GARBAGE\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\nX Y\r\n\r\n"])
def test_no_http(head: bytes) -> None:
    """What is no HTTP is an error of ours, not of a library."""
    assert isinstance(fetch("/a", {"a": raw(head, is_closed=True)})[0], Incomplete)
