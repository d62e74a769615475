"""Fetching over real HTTP: pages, redirects, statuses and tries."""

import asyncio

import httpx
import pytest

from scraper.errors import (
    BadStatus,
    Refused,
)
from scraper.fetching.client import Fetcher, FetchPolicy
from scraper.values import NotModified, Page, Request
from tests.fetching.web import (
    AGENT,
    HTML,
    FakeClock,
    Server,
    answer,
    fetch,
    run,
)


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
