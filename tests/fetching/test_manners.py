"""What the fetcher does not do: robots.txt, delays, rests and the allow-list over real HTTP."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from scraper.errors import (
    BadStatus,
    RobotsDisallowed,
    RobotsUnavailable,
    Unreachable,
    UnsafeAddress,
)
from scraper.fetching.client import FetchPolicy
from scraper.fetching.politeness import Manners
from scraper.values import Page, Request
from tests.fetching.web import (
    HTML,
    ROBOTS,
    Server,
    answer,
    endlessly,
    fetch,
    run,
)


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


def test_connection_refused() -> None:
    """Where nobody listens, the page is unreachable; after five such addresses the host is left alone."""

    async def scenario(server: Server) -> None:
        async with server.fetcher(allow_addresses=("127.0.0.0/8",), n_tries=1) as fetcher:
            for n in range(7):
                with pytest.raises(Unreachable, match="left alone" if n >= 5 else "connect"):
                    await fetcher.fetch(Request(url=f"http://127.9.9.9:{server.port}/{n}"))

    run(scenario)


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


SECRET = Manners(headers=(("X-Key", "k3y"), ("User-Agent", "courier-reader/1")), cookies=(("a", "1"), ("b", "2")))


def test_own_headers_go_to_their_site_alone() -> None:
    """Headers and cookies set for a site reach it on every hop, over the common ones, and no other site."""

    async def scenario(server: Server) -> None:
        site = f"127.0.0.1:{server.port}"
        policy = {"allow_addresses": ("127.0.0.0/8",), "by_site": {site: SECRET}}
        server.routes |= {"/away": answer(302, Location=server.url("/b", "localhost"))}
        async with server.fetcher(**policy) as fetcher:
            await fetcher.fetch(Request(url=server.url("/a")))
            await fetcher.fetch(Request(url=server.url("/away")))

    server = run(scenario, a=answer(200, HTML), b=answer(200, HTML))
    seen = {one.path: one.headers for one in server.log if one.path != "/robots.txt"}
    for path in ("/a", "/away"):
        assert (seen[path]["x-key"], seen[path]["cookie"]) == ("k3y", "a=1; b=2")
        assert seen[path]["user-agent"] == "courier-reader/1"
    assert "x-key" not in seen["/b"]
    assert "cookie" not in seen["/b"]
    assert seen["/b"]["user-agent"] != "courier-reader/1"


def test_secrets_are_not_shown() -> None:
    """Whoever prints or logs the policy prints no header and no cookie of a site."""
    policy = FetchPolicy(user_agent="x", by_site={"news.example": SECRET})
    assert "k3y" not in repr(policy)
    assert "1" not in repr(SECRET)


def test_a_site_has_a_delay_of_its_own() -> None:
    """Where a site is to be asked more slowly, or less, that counts for it and for no other."""

    async def scenario(server: Server) -> None:
        own = {f"127.0.0.1:{server.port}": Manners(min_delay_s=7.0)}
        async with server.fetcher(allow_addresses=("127.0.0.0/8",), min_delay_s=2.0, by_site=own) as fetcher:
            for host in ("127.0.0.1", "localhost"):
                for _ in range(2):
                    await fetcher.fetch(Request(url=server.url("/a", host)))

    server = run(scenario, a=answer(200, HTML))
    at = [seen.at for seen in server.log]
    gaps = [round((later - earlier).total_seconds()) for earlier, later in pairwise(at)]
    assert gaps == [7, 7, 0, 2, 2]
