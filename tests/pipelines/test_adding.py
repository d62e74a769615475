"""Which sources `newsdesk add` finds on a site, which it takes, and why; against real sites on loopback."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.adding import Search
from pipelines.covering import REQUEST_BYTES, Finding, Sight, cover, judged
from scraper.values import Source, SourceKind
from tests.fetching.web import FakeClock, Server, answer, run

NOW = FakeClock().now()
DAY = timedelta(days=1)


def rss(paths: Iterable[str], at: datetime = NOW - DAY, padding: int = 0) -> bytes:
    """A feed that announces `paths` with titles."""
    items = "".join(
        f"<item><title>About {path}</title><link>{path}</link><pubDate>{format_datetime(at)}</pubDate>"
        f"<description>{'x' * padding}</description></item>"
        for path in paths
    )
    return answer(200, f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'.encode())


def sitemap(server: Server, paths: Iterable[str], at: datetime | None = NOW - DAY, *, host: str = "") -> bytes:
    """A sitemap that announces `paths`, without titles."""
    last = f"<lastmod>{at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if at else ""
    root = host or server.url("").rstrip("/")
    rows = "".join(f"<url><loc>{root}{path}</loc>{last}</url>" for path in paths)
    return answer(200, f"<urlset>{rows}</urlset>".encode())


def index(server: Server, *names: str) -> bytes:
    """A sitemap index of the sitemaps at `names`."""
    rows = "".join(
        f"<sitemap><loc>{server.url(name)}</loc><lastmod>{NOW - n * timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}</lastmod></sitemap>"
        for n, name in enumerate(names)
    )
    return answer(200, f"<sitemapindex>{rows}</sitemapindex>".encode())


def front(*feeds: str, text: str = "") -> bytes:
    """A front page whose head names `feeds`."""
    tags = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    return answer(200, f"<html><head>{tags}</head><body>{text or 'News'}</body></html>".encode())


def news(*numbers: int) -> list[str]:
    return [f"/news/ferry-number-{n}" for n in numbers]


@dataclass
class Looked:
    """What looking around a site came to."""

    findings: list[Finding]
    server: Server

    def taken(self) -> dict[str, str]:
        """The paths of what is taken, and why, in order."""
        return {self._path(f): f.note for f in self.findings if f.is_taken}

    def left(self) -> dict[str, str]:
        """The paths of what answered and is left, and why."""
        return {self._path(f): f.note for f in self.findings if not f.is_taken and f.note != "status 404"}

    def _path(self, finding: Finding) -> str:
        return finding.source.url.removeprefix(self.server.url(""))


def look(path: str = "/", since: datetime | None = None, **routes: Any) -> Looked:
    """What `newsdesk add` finds at `path` of a site with `routes`; a function makes its answer from the server."""
    found: list[Finding] = []

    async def scenario(server: Server) -> None:
        server.routes |= {"/": server.routes.pop("/front", answer(404))}
        for name, route in server.routes.items():
            if callable(route):
                server.routes[name] = route(server)
        async with server.fetcher() as fetcher:
            search = Search(fetcher=fetcher, now=server.clock.now, since=since)
            found.extend(await search.look(server.url(path)))

    return Looked(found, run(scenario, **routes))


def test_one_feed_is_enough() -> None:
    """Where a feed announces all that a sitemap does, with titles, the sitemap is left; places are not searched."""
    looked = look(
        front=front("/feed.xml"),
        robots_txt=lambda s: answer(200, f"Sitemap: {s.url('/map.xml')}".encode()),
        feed_xml=rss(news(1, 2, 3)),
        map_xml=lambda s: sitemap(s, news(1, 2, 3)),
    )
    assert looked.taken() == {"/feed.xml": "3 links, 3 recent, the most for its bytes"}
    assert looked.left() == {"/map.xml": f"3 links, 3 recent, the same as {looked.server.url('/feed.xml')}"}
    assert looked.server.paths == ["/", "/map.xml", "/feed.xml"]


def test_what_the_feed_lacks() -> None:
    """A sitemap that announces more is taken besides the feed, and the note says how much more."""
    looked = look(
        front=front("/feed.xml"),
        robots_txt=lambda s: answer(200, f"Sitemap: {s.url('/map.xml')}".encode()),
        feed_xml=rss(news(1, 2, 3)),
        map_xml=lambda s: sitemap(s, news(*range(1, 6))),
    )
    assert looked.taken() == {
        "/feed.xml": "3 links, 3 recent, the most for its bytes",
        "/map.xml": "5 links, 5 recent, 2 of them not announced above",
    }


def test_feeds_of_sections() -> None:
    """Of feeds for all and for sections those that bring nothing else are left; a repetition is told as such."""
    looked = look(
        front=front("/all.xml", "/sport.xml", "/town.xml", "/again.xml"),
        all_xml=rss(news(*range(10))),
        sport_xml=rss(news(1, 2)),
        town_xml=rss(news(8, 9, 10)),
        again_xml=rss(news(*range(10))),
    )
    assert looked.taken() == {
        "/all.xml": "10 links, 10 recent, the most for its bytes",
        "/town.xml": "3 links, 3 recent, 1 of them not announced above",
    }
    assert looked.left() == {
        "/sport.xml": "2 links, 2 recent, all announced by what is taken",
        "/again.xml": f"10 links, 10 recent, the same as {looked.server.url('/all.xml')}",
    }


def test_the_light_one_of_two() -> None:
    """Of two feeds with the same articles the one of fewer bytes is taken, wherever it stands."""
    looked = look(
        front=front("/full.xml", "/short.xml"), full_xml=rss(news(1, 2), padding=20_000), short_xml=rss(news(1, 2))
    )
    assert list(looked.taken()) == ["/short.xml"]


def test_two_spellings_of_one_site() -> None:
    """A sitemap that writes http, www. or a slash at the end otherwise than the feed announces the same articles."""
    looked = look(
        front=front("/feed.xml"),
        robots_txt=lambda s: answer(200, f"Sitemap: {s.url('/map.xml')}".encode()),
        feed_xml=rss([f"https://www.a.example{path}" for path in news(1, 2)]),
        map_xml=lambda s: sitemap(s, [path + "/" for path in news(1, 2)], host="http://a.example"),
    )
    assert list(looked.taken()) == ["/feed.xml"]


def test_well_known_places() -> None:
    """A site that names nothing is asked at the usual places."""
    looked = look(front=front(), rss_xml=rss(news(1)), sitemap_xml=lambda s: sitemap(s, news(1, 2)))
    assert set(looked.taken()) == {"/rss.xml", "/sitemap.xml"}


def test_a_quiet_blog() -> None:
    """A feed without anything of the last week, but of the last two months, is followed rather than the front page."""
    looked = look(
        front=front("/feed.xml", text='<a href="/2026/10/12/about-the-old-ferry">About the old ferry</a>'),
        feed_xml=rss(news(1, 2), at=NOW - 40 * DAY),
    )
    assert looked.taken() == {"/feed.xml": "2 links, none recent, 2 of the last two months"}


def test_a_dead_feed() -> None:
    """A feed given up years ago does not keep the front page from being followed."""
    looked = look(
        front=front("/feed.xml", text='<a href="/2026/11/19/about-the-new-ferry">About the new ferry of today</a>'),
        feed_xml=rss(news(1, 2), at=NOW - 1000 * DAY),
        sitemap_xml=lambda s: sitemap(s, news(1, 2), at=None),
    )
    assert list(looked.taken()) == ["/"]
    assert looked.left()["/feed.xml"] == "2 links, none recent"


def test_an_index_with_a_part_that_fails() -> None:
    """A part of an index that can't be read costs only itself, and is told; parts of parts are read too."""
    looked = look(
        front=front(),
        robots_txt=lambda s: answer(200, f"Sitemap: {s.url('/index.xml')}".encode()),
        index_xml=lambda s: index(s, "/gone.xml", "/inner.xml"),
        inner_xml=lambda s: index(s, "/part.xml"),
        part_xml=lambda s: sitemap(s, news(1, 2)),
    )
    gone = looked.server.url("/gone.xml")
    note = f"an index of 2 sitemaps, 2 of them recent ({gone}: status 404): 2 links, 2 recent, the most for its bytes"
    assert looked.taken() == {"/index.xml": note}


def test_the_address_of_a_feed() -> None:
    """Where the address given is a feed, it is taken, and nothing else is looked for."""
    looked = look("/feed.xml", feed_xml=rss(news(1)))
    assert list(looked.taken()) == ["/feed.xml"]
    assert set(looked.server.paths) == {"/feed.xml"}


def test_what_is_past() -> None:
    """With a day to begin from, sitemaps are taken even where a feed announces their recent articles."""
    routes = {
        "front": front("/feed.xml"),
        "robots_txt": lambda s: answer(200, f"Sitemap: {s.url('/map.xml')}".encode()),
        "feed_xml": rss(news(1, 2)),
        "map_xml": lambda s: sitemap(s, news(1, 2)),
    }
    assert list(look(**routes).taken()) == ["/feed.xml"]
    deep = look(since=NOW - 100 * DAY, **routes)
    assert deep.taken()["/map.xml"] == "2 links, 2 recent, for what is past"
    assert {finding.source.since for finding in deep.findings if finding.is_taken} == {NOW - 100 * DAY}


def test_nothing_at_all() -> None:
    """A site without sources or article links leaves the page, which announces nothing."""
    looked = look(front=front())
    assert [f.note for f in looked.findings if f.note != "status 404"] == ["0 links, none recent"]
    assert looked.taken() == {}


def seen(name: str, facts: Iterable[str], n_bytes: int = 0) -> Sight:
    source = Source(url=f"https://a.example/{name}", kind=SourceKind.FEED, site="a.example")
    found = frozenset(facts)
    return Sight(source=source, n_bytes=n_bytes, n_announced=len(found), recent=found, facts=found)


def test_what_became_superfluous_is_dropped() -> None:
    """The source that looked best at first is left where those taken later cover it."""
    sights = [seen("middle", "bcde"), seen("left", "abc"), seen("right", "def")]
    assert {sight.source.url[-5:] for sight in cover(sights)} == {"/left", "right"}


SIGHTS = st.lists(st.tuples(st.frozensets(st.sampled_from("abcdefgh")), st.integers(0, 200_000)), max_size=6)


@settings(deadline=None)
@given(SIGHTS)
def test_a_cover_covers(drawn: list[tuple[frozenset[str], int]]) -> None:
    """Whatever sites announce: all is covered, nothing is superfluous, and no set costs less than a third as much."""
    sights = [seen(str(n), facts, n_bytes) for n, (facts, n_bytes) in enumerate(drawn)]
    everything = frozenset().union(*(sight.facts for sight in sights))
    taken = cover(sights)
    assert frozenset().union(*(sight.facts for sight in taken)) == everything
    for sight in taken:
        assert not sight.facts <= frozenset().union(*(one.facts for one in taken if one is not sight))
    sets = (some for n in range(len(sights) + 1) for some in combinations(sights, n))
    least = min(_cost(some) for some in sets if frozenset().union(*(one.facts for one in some)) == everything)
    # Greedy covers of sets of at most 8 cost at most 1 + 1/2 + ... + 1/8 = 2.72 times the least (Chvatal 1979).
    assert _cost(taken) <= 2.72 * least
    assert {finding.source for finding in judged(sights)} == {sight.source for sight in sights}


def _cost(sights: Iterable[Sight]) -> int:
    return sum(REQUEST_BYTES + sight.n_bytes for sight in sights)


@pytest.mark.parametrize("n_links", [0, 1, 2])
def test_counting_in_words(n_links: int) -> None:
    """The note counts as one writes."""
    said = judged([seen("feed", "ab"[:n_links])])[0].note
    expected = {0: "0 links, none recent", 1: "1 link, 1 recent, the most for its bytes"}
    assert said == expected.get(n_links, "2 links, 2 recent, the most for its bytes")
