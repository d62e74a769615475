"""Fetching over real HTTP: whole pages, or a reason why not."""

import asyncio
import gzip
import time
import zlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest

from scraper.errors import (
    BadStatus,
    FetchError,
    Incomplete,
    Refused,
    RobotsDisallowed,
    RobotsUnavailable,
    Timeout,
    TooLarge,
    Unreachable,
    UnsafeAddress,
    WrongType,
)
from scraper.fetching.client import Fetcher, FetchPolicy
from scraper.values import NotModified, Page, Request
from tests.fetching.web import AGENT, FakeClock, Server, answer, endlessly, raw, serving, slowly

HTML = b"<html><p>Hello</p></html>"
ROBOTS = b"User-agent: *\nDisallow: /private\nCrawl-delay: 0\n"


def run(scenario: Callable[[Server], Awaitable[None]], **routes) -> Server:
    """Run `scenario` against a server with `routes`; the server tells what it saw."""

    async def main() -> Server:
        async with serving(**routes) as server:
            await scenario(server)
            return server

    return asyncio.run(main())


def fetch(path: str, routes: dict, **policy):
    """What fetching `path` brings: (page or error, server)."""
    found = []

    async def scenario(server: Server) -> None:
        async with server.fetcher(**policy) as fetcher:
            try:
                found.append(await fetcher.fetch(Request(url=server.url(path))))
            except FetchError as error:
                found.append(error)

    server = run(scenario, **routes)
    return found[0], server


def test_page() -> None:
    """A page comes with what was asked, where it was found, its headers in lower case, and when."""
    page, server = fetch("/a?utm_source=x", {"a": answer(200, HTML, Content_Type="text/html", ETag='"1"')})
    assert isinstance(page, Page)
    assert page.url == page.final_url == server.url("/a?utm_source=x")
    assert (page.status, page.body, page.header("etag")) == (200, HTML, '"1"')
    assert page.fetched_at == server.clock.now()
    assert server.log[-1].headers["user-agent"] == AGENT
    assert {"cookie", "referer", "authorization"}.isdisjoint(server.log[-1].headers)


def test_url_stays_as_given() -> None:
    """The page keeps the very address that was asked for, fragment and all; the server sees none."""

    async def scenario(server: Server) -> None:
        url = f"HTTP://127.0.0.1:{server.port}/x/../a#frag"
        async with server.fetcher() as fetcher:
            page = await fetcher.fetch(Request(url=url))
        assert page.url == url
        assert page.final_url == server.url("/a")

    assert run(scenario, a=answer(200, HTML)).paths == ["/a"]


CODED = {
    "gzip": ("gzip", gzip.compress(HTML)),
    "x-gzip": ("x-gzip", gzip.compress(HTML)),
    "two gzip members": ("gzip", gzip.compress(HTML[:9]) + gzip.compress(HTML[9:])),
    "padding behind gzip": ("gzip", gzip.compress(HTML) + b"\0" * 50),
    "deflate": ("deflate", zlib.compress(HTML)),
    "raw deflate": ("deflate", zlib.compress(HTML)[2:-4]),
    "gzip in gzip": ("gzip, gzip", gzip.compress(gzip.compress(HTML))),
    "identity": ("identity", HTML),
}


@pytest.mark.parametrize(("coding", "body"), CODED.values(), ids=CODED.keys())
def test_codings(coding: str, body: bytes) -> None:
    """Every way of compressing that servers use is undone."""
    page, _ = fetch("/a", {"a": answer(200, body, Content_Encoding=coding)})
    assert isinstance(page, Page)
    assert page.body == HTML


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
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
    "a part": raw(answer(206, HTML, Content_Range="bytes 0-9/99")),
}


@pytest.mark.parametrize("route", CUT.values(), ids=CUT.keys())
def test_whole_or_not_at_all(route) -> None:
    """A body that is cut or damaged is asked for three times, and is never a page."""
    error, server = fetch("/a", {"a": route})
    assert isinstance(error, Incomplete)
    assert server.paths == ["/a"] * 3


def test_second_try() -> None:
    """What fails once and then works is a page."""
    page, server = fetch("/a", {"a": [answer(503), answer(200, HTML)]})
    assert isinstance(page, Page)
    assert len(server.clock.slept) == 1
    assert 0.5 <= server.clock.slept[0] <= 1.5


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 599])
def test_statuses_tried_again(status: int) -> None:
    """What may pass is asked for three times, with longer and longer pauses."""
    error, server = fetch("/a", {"a": answer(status)})
    assert isinstance(error, BadStatus)
    assert (error.status, error.is_retryable) == (status, True)
    assert server.paths == ["/a"] * 3
    assert [0.5 <= server.clock.slept[0] <= 1.5, 1 <= server.clock.slept[1] <= 3] == [True, True]


@pytest.mark.parametrize("status", [300, 304, 400, 401, 402, 403, 404, 405, 410, 418, 451])
def test_statuses_that_are_final(status: int) -> None:
    """What will not pass is asked for once."""
    error, server = fetch("/a", {"a": answer(status)})
    assert isinstance(error, BadStatus)
    assert (error.status, error.is_retryable) == (status, False)
    assert server.paths == ["/a"]


def test_retry_after() -> None:
    """A server that names a time is not asked before."""
    page, server = fetch("/a", {"a": [answer(429, Retry_After="120"), answer(200, HTML)]})
    assert isinstance(page, Page)
    first, second = (seen.at for seen in server.log if seen.path == "/a")
    assert second - first >= timedelta(seconds=120)


def test_long_retry_after() -> None:
    """Who wants a rest of more than five minutes is left alone, the whole site of it, while others go on."""

    async def scenario(server: Server) -> None:
        async with server.fetcher(allow_addresses=("127.0.0.0/8",)) as fetcher:
            for path in ("/busy", "/a"):
                with pytest.raises(BadStatus) as caught:
                    await fetcher.fetch(Request(url=server.url(path)))
                assert caught.value.retry_after_s == 3600
                assert caught.value.status == 503
            assert (await fetcher.fetch(Request(url=server.url("/a", "localhost")))).body == HTML
        assert server.clock.slept == []

    server = run(scenario, busy=answer(503, Retry_After="3600"), a=answer(200, HTML))
    assert server.paths == ["/busy", "/a"]


def test_conditional() -> None:
    """Validators are sent back byte for byte, and 304 means that nothing changed."""
    request = {"etag": 'W/"a b,c"', "last_modified": "Mon, 4 May 2026 1:00:00 GMT"}
    found = []

    async def scenario(server: Server) -> None:
        async with server.fetcher() as fetcher:
            found.append(await fetcher.fetch(Request(url=server.url("/a"), **request)))

    server = run(scenario, a=answer(304))
    assert isinstance(found[0], NotModified)
    assert found[0].url == server.url("/a")
    assert server.log[-1].headers["if-none-match"] == request["etag"]
    assert server.log[-1].headers["if-modified-since"] == request["last_modified"]
    assert "if-none-match" not in server.log[0].headers  # robots.txt


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect(status: int) -> None:
    """Redirects are followed, relative ones too; the page keeps both addresses."""
    page, server = fetch("/a", {"a": answer(status, b"go", Location="b?x=1#y"), "b": answer(200, HTML)})
    assert isinstance(page, Page)
    assert (page.url, page.final_url) == (server.url("/a"), server.url("/b?x=1"))


def test_redirect_bodies_are_not_decoded() -> None:
    """The body of a redirect may be any bomb."""
    bomb = answer(302, gzip.compress(b"x" * 10**7), Content_Encoding="gzip", Location="/b")
    assert isinstance(fetch("/a", {"a": bomb, "b": answer(200, HTML)})[0], Page)


def test_redirect_circle() -> None:
    """Redirects in a circle end where they close."""
    error, server = fetch("/a", {"a": answer(302, Location="/b"), "b": answer(302, Location="/a")})
    assert isinstance(error, BadStatus)
    assert server.paths == ["/a", "/b"]


def test_many_redirects() -> None:
    """Ten redirects are followed, not eleven."""
    hops = {f"h{n}": answer(302, Location=f"/h{n + 1}") for n in range(20)}
    error, server = fetch("/h0", hops)
    assert isinstance(error, BadStatus)
    assert len(server.paths) == 11
    assert isinstance(fetch("/h10", {**hops, "h20": answer(200, HTML)})[0], Page)


@pytest.mark.parametrize(
    "target", ["ftp://x.example/", "file:///etc/passwd", "http://", "javascript:1", "http://[::1/"]
)
def test_redirect_to_nowhere(target: str) -> None:
    """Redirects to what is no web address are refused."""
    error, server = fetch("/a", {"a": answer(302, Location=target)})
    assert isinstance(error, Refused)
    assert server.paths == ["/a"]


def test_redirect_without_location() -> None:
    """A redirect that names no place is an error of the server."""
    assert isinstance(fetch("/a", {"a": answer(302)})[0], BadStatus)


def test_no_cookies() -> None:
    """Cookies are neither kept nor sent."""
    _, server = fetch("/a", {"a": answer(302, Location="/b", Set_Cookie="id=1"), "b": answer(200, HTML)})
    assert "cookie" not in server.log[-1].headers


def test_credentials_in_redirects() -> None:
    """Credentials in an address are not sent."""

    async def scenario(server: Server) -> None:
        server.routes["/a"] = answer(302, Location=f"http://me:pw@127.0.0.1:{server.port}/b")
        async with server.fetcher() as fetcher:
            await fetcher.fetch(Request(url=server.url("/a")))

    server = run(scenario, b=answer(200, HTML))
    assert "authorization" not in server.log[-1].headers


def test_no_proxy_from_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy named in the environment is not used."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert isinstance(fetch("/a", {"a": answer(200, HTML)})[0], Page)


SMALL = 100_000
BOMBS = {
    "announced": raw(answer(200, b"x" * (SMALL + 1))),
    "endless": endlessly(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
    "endless chunks": endlessly(CHUNKED, b"4\r\nxxxx\r\n" * 5000),
    "gzip": raw(answer(200, gzip.compress(b"x" * 10**8, 1), Content_Encoding="gzip")),
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
        {"Content_Encoding": "br"},
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


def test_connection_refused() -> None:
    """Where nobody listens, the page is unreachable; after five such addresses the host is left alone."""

    async def scenario(server: Server) -> None:
        async with server.fetcher(allow_addresses=("127.0.0.0/8",), n_tries=1) as fetcher:
            for n in range(7):
                with pytest.raises(Unreachable, match="left alone" if n >= 5 else "connect"):
                    await fetcher.fetch(Request(url=f"http://127.9.9.9:{server.port}/{n}"))

    run(scenario)


def test_hangs_up() -> None:
    """A server that hangs up before its answer is unreachable, and asked again."""
    error, server = fetch("/a", {"a": raw(b"", is_closed=True)})
    assert isinstance(error, Unreachable)
    assert not isinstance(error, Timeout)
    assert len(server.paths) >= 3


@pytest.mark.parametrize("head", [b"GARBAGE\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\nX Y\r\n\r\n"])
def test_no_http(head: bytes) -> None:
    """What is no HTTP is an error of ours, not of a library."""
    assert isinstance(fetch("/a", {"a": raw(head, is_closed=True)})[0], Incomplete)


def test_robots() -> None:
    """robots.txt is asked for once for each host, before anything else, and obeyed."""

    async def scenario(server: Server) -> None:
        async with server.fetcher() as fetcher:
            await asyncio.gather(*(fetcher.fetch(Request(url=server.url(path))) for path in ("/a", "/b")))
            with pytest.raises(RobotsDisallowed):
                await fetcher.fetch(Request(url=server.url("/private/x")))

    server = run(scenario, robots_txt=answer(200, ROBOTS), a=answer(200, HTML), b=answer(200, HTML))
    assert [seen.path for seen in server.log] == ["/robots.txt", "/a", "/b"]


def test_robots_ignored() -> None:
    """Asked to, the fetcher does not look at robots.txt."""
    _, server = fetch("/private", {"robots_txt": answer(200, ROBOTS), "private": answer(200, HTML)}, obeys_robots=False)
    assert [seen.path for seen in server.log] == ["/private"]


def test_robots_and_redirects() -> None:
    """A redirect does not lead where robots.txt forbids."""
    error, server = fetch("/a", {"robots_txt": answer(200, ROBOTS), "a": answer(302, Location="/private")})
    assert isinstance(error, RobotsDisallowed)
    assert server.paths == ["/a"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_robots_missing(status: int) -> None:
    """Where there is no robots.txt, everything is allowed (RFC 9309 2.3.1.3)."""
    assert isinstance(fetch("/a", {"robots_txt": answer(status), "a": answer(200, HTML)})[0], Page)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_robots_failing(status: int) -> None:
    """While robots.txt cannot be had, nothing is allowed, for now (RFC 9309 2.3.1.4)."""
    error, server = fetch("/a", {"robots_txt": answer(status), "a": answer(200, HTML)})
    assert isinstance(error, RobotsUnavailable)
    assert error.is_retryable
    assert server.paths == []


def test_robots_redirected() -> None:
    """robots.txt may be five redirects away; further away it counts as missing (RFC 9309 2.3.1.2)."""
    hops = {"robots_txt": answer(301, Location="/h1"), "private": answer(200, HTML)}
    hops |= {f"h{n}": answer(301, Location=f"/h{n + 1}") for n in range(1, 5)}
    assert isinstance(fetch("/private", {**hops, "h5": answer(200, ROBOTS)})[0], RobotsDisallowed)
    far = {"h5": answer(301, Location="/h6"), "h6": answer(200, ROBOTS)}
    assert isinstance(fetch("/private", {**hops, **far})[0], Page)


def test_robots_of_any_size() -> None:
    """Of a robots.txt without end, the first 512 KiB count."""
    start = b"HTTP/1.1 200 OK\r\n\r\n" + ROBOTS
    routes = {"robots_txt": endlessly(start, b"# nothing\n" * 5000), "a": answer(200, HTML)}
    assert isinstance(fetch("/private", routes)[0], RobotsDisallowed)
    assert isinstance(fetch("/a", routes)[0], Page)


def test_crawl_delay() -> None:
    """The crawl-delay is kept between any two requests to the site, robots.txt among them."""

    async def scenario(server: Server) -> None:
        async with server.fetcher() as fetcher:
            for path in ("/a", "/b", "/c"):
                await fetcher.fetch(Request(url=server.url(path)))

    routes = {name: answer(200, HTML) for name in "abc"}
    server = run(scenario, robots_txt=answer(200, b"User-agent: *\nCrawl-delay: 7\n"), **routes)
    starts = [seen.at for seen in server.log if seen.path != "/robots.txt"]
    assert [later - earlier for earlier, later in pairwise(starts)] == [timedelta(seconds=7)] * 2


def test_delay() -> None:
    """Between the end of a request and the start of the next one of a site lies the delay."""

    async def scenario(server: Server) -> None:
        async with server.fetcher(min_delay_s=1.0) as fetcher:
            await asyncio.gather(*(fetcher.fetch(Request(url=server.url(f"/{name}"))) for name in "abcd"))

    server = run(scenario, **{name: answer(200, HTML) for name in "abcd"})
    starts = [seen.at for seen in server.log]
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(starts))
    assert server.most_in_flight == 1


def test_slow_site() -> None:
    """A site that answers slowly is asked more slowly."""

    async def scenario(server: Server) -> None:
        async def slow(seen, writer) -> None:
            await server.clock.sleep(6)
            writer.write(answer(200, HTML))

        server.routes["/a"] = slow
        async with server.fetcher(min_delay_s=1.0, obeys_robots=False) as fetcher:
            for _ in range(2):
                await fetcher.fetch(Request(url=server.url("/a")))

    first, second = (seen.at for seen in run(scenario).log)
    assert second - first == timedelta(seconds=12)


@pytest.mark.parametrize(("per_site", "in_all", "expected"), [(1, 32, 1), (3, 32, 3), (8, 2, 2)])
def test_concurrency(per_site: int, in_all: int, expected: int) -> None:
    """No more requests are under way at once than the policy says, for a site and in all."""

    async def busy(seen, writer) -> None:
        await asyncio.sleep(0.02)
        writer.write(answer(200, HTML))

    async def scenario(server: Server) -> None:
        async with server.fetcher(concurrency=in_all, concurrency_per_site=per_site) as fetcher:
            await asyncio.gather(*(fetcher.fetch(Request(url=server.url(f"/a?{n}"))) for n in range(12)))

    assert run(scenario, a=busy).most_in_flight == expected


def test_sites_side_by_side() -> None:
    """A site that rests does not hold up another."""

    async def scenario(server: Server) -> None:
        async with server.fetcher(min_delay_s=30.0, obeys_robots=False) as fetcher:
            hosts = [f"site{n}.localhost" for n in range(5)]
            await asyncio.gather(*(fetcher.fetch(Request(url=server.url("/a", host))) for host in hosts))
        assert server.clock.slept == []

    assert len(run(scenario, a=answer(200, HTML)).log) == 5


@pytest.mark.parametrize(
    "allow", [("127.0.0.1:{port}",), ("127.0.0.0/8",), ("localhost",), ("localhost:{port}",), ("127.0.0.1",)]
)
def test_allow_list(allow: tuple[str, ...]) -> None:
    """The allow-list opens what it names: by address, network or name, with a port or without."""

    async def scenario(server: Server) -> None:
        allowed = tuple(entry.format(port=server.port) for entry in allow)
        async with server.fetcher(allow_addresses=allowed) as fetcher:
            assert (await fetcher.fetch(Request(url=server.url("/a", "localhost")))).body == HTML

    run(scenario, a=answer(200, HTML))


@pytest.mark.parametrize(
    "allow", [(), ("127.0.0.1:1",), ("10.0.0.0/8",), ("[::1]",), ("localhost:1",), ("other.example",)]
)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "a.localhost", "0177.0.0.1"])
def test_not_allowed(allow: tuple[str, ...], host: str) -> None:
    """Loopback is out of reach in every spelling, and no connection is made."""

    async def scenario(server: Server) -> None:
        async with server.fetcher(allow_addresses=allow) as fetcher:
            with pytest.raises(UnsafeAddress):
                await fetcher.fetch(Request(url=server.url("/a", host)))

    assert run(scenario, a=answer(200, HTML)).log == []


def test_fake_border() -> None:
    """Without a network, a fake transport answers; redirects and robots.txt work the same."""
    answers = {"/robots.txt": httpx.Response(404), "/a": httpx.Response(302, headers={"Location": "/b"})}

    async def scenario() -> Page | NotModified:
        clock = FakeClock()
        transport = httpx.MockTransport(lambda ask: answers.get(ask.url.path, httpx.Response(200, content=HTML)))
        policy = FetchPolicy(user_agent=AGENT, min_delay_s=0)
        async with Fetcher(policy, now=clock.now, sleep=clock.sleep, transport=transport) as fetcher:
            return await fetcher.fetch(Request(url="https://paper.example/a"))

    page = asyncio.run(scenario())
    assert isinstance(page, Page)
    assert (page.final_url, page.body) == ("https://paper.example/b", HTML)
