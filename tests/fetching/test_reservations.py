"""What hosts reserve of text and data mining in their tdmrep.json."""

import json
import time

import pytest

from scraper.fetching import reservations
from scraper.values import Page, Request
from tests.fetching.web import HTML, Server, answer, run

FILE = "https://a.example/.well-known/tdmrep.json"
RESERVED = ("tdm-reservation",)


def said(body: bytes, path: str = "/news/ferry.html") -> tuple[str, ...]:
    return reservations.opt_outs(reservations.read(body, FILE), f"https://a.example{path}")


@pytest.mark.parametrize(
    ("location", "path", "is_meant"),
    [
        ("/", "/news/ferry.html", True),
        ("*", "/news/ferry.html", True),
        ("/news/", "/news/ferry.html", True),
        ("/news/", "/sport/ferry.html", False),
        ("/news", "/newsletter", True),
        ("/*.html", "/news/ferry.html", True),
        ("/*.html$", "/news/ferry.html?x=1", False),
        ("/news$", "/news/", False),
        ("/news$", "/news", True),
        ("/n*s/*.html$", "/news/ferry.html", True),
        ("/n*s/*r.html$", "/ns/.html", False),
        ("/a*a$", "/a", False),
        ("/m%C3%BCnchen/", "/m%c3%bcnchen/1", True),
        ("/münchen/", "/m%C3%BCnchen/1", True),
        ("/News/", "/news/1", False),
        ("news/", "/news/1", False),
    ],
)
def test_locations(location: str, path: str, is_meant: bool) -> None:
    """A location is a beginning, with `*` for anything and `$` for the end, whatever is escaped."""
    body = json.dumps([{"location": location, "tdm-reservation": 1}]).encode()
    assert said(body, path) == (RESERVED if is_meant else ())


def rules(*rows: object) -> bytes:
    return json.dumps(rows).encode()


ALL = {"location": "/", "tdm-reservation": 1}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rules(ALL), RESERVED),
        (rules({"location": "/news/", "tdm-reservation": 0}, ALL), ()),
        (rules({"location": "/sport/", "tdm-reservation": 0}, ALL), RESERVED),
        (rules({**ALL, "tdm-reservation": "1"}), RESERVED),
        (rules({**ALL, "tdm-reservation": True}), RESERVED),
        (rules({**ALL, "tdm-reservation": 2}), ()),
        (rules({"location": "/"}), ()),
        (rules({**ALL, "tdm-policy": "https://a.example/policy"}), (*RESERVED, "tdm-policy:https://a.example/policy")),
        (rules({**ALL, "tdm-policy": "/a policy"}), (*RESERVED, "tdm-policy:https://a.example/a%20policy")),
        (rules({**ALL, "tdm-policy": "javascript:x"}), RESERVED),
        (rules({**ALL, "tdm-policy": 5}), RESERVED),
        (rules("x", None, 7, {"location": 5}, ALL), RESERVED),
        (json.dumps(ALL).encode(), RESERVED),
        (b"\xef\xbb\xbf" + rules(ALL), RESERVED),
        (b"<html>not found</html>", ()),
        (b"", ()),
        (b"\xff\xfe\x00", ()),
        (b"[" * 100_000, ()),
    ],
)
def test_files(body: bytes, expected: tuple[str, ...]) -> None:
    """The first rule that speaks for a page holds; nonsense is passed over, and never an error."""
    assert said(body) == expected


def test_a_hostile_location_costs_no_time() -> None:
    """Any number of stars is matched in one go."""
    body = rules(*[{"location": "/" + "*a" * 1000 + "$", "tdm-reservation": 1}] * 100)
    started = time.monotonic()
    assert said(body, "/" + "a" * 999 + "b") == ()
    assert time.monotonic() - started < 2


def crawled(*paths: str, **routes: object) -> tuple[list[Page], Server]:
    """The pages at `paths` with what their hosts reserve, one after the other."""
    found: list[Page] = []

    async def scenario(server: Server) -> None:
        for name in [name for name in server.routes if name.startswith("/tdmrep")]:
            server.routes[reservations.PATH] = server.routes.pop(name)
        async with server.fetcher(n_tries=1) as fetcher:
            for path in paths:
                page = await fetcher.fetch(Request(url=server.url(path)))
                assert isinstance(page, Page)
                found.append(await fetcher.with_reservations(page))

    return found, run(scenario, **{"a": answer(200, HTML), "b": answer(200, HTML), **routes})


def test_asked_once_for_a_host() -> None:
    """The file is asked for with the host's first page; each page has what holds for its own path."""
    pages, server = crawled("/a", "/b", "/a", tdmrep=answer(200, rules({"location": "/a", "tdm-reservation": 1})))
    assert [page.opt_outs for page in pages] == [RESERVED, (), RESERVED]
    assert server.paths == ["/a", reservations.PATH, "/b", "/a"]


@pytest.mark.parametrize("status", [404, 403, 500])
def test_no_file(status: int) -> None:
    """Without a file, or with an error instead of it, pages are as they are; it is asked for once in a run."""
    pages, server = crawled("/a", "/b", tdmrep=answer(status))
    assert [page.opt_outs for page in pages] == [(), ()]
    assert server.paths == ["/a", reservations.PATH, "/b"]


def test_robots_hold_for_the_file() -> None:
    """Where robots.txt does not allow it, the file is not asked for."""
    robots = answer(200, b"User-agent: *\nDisallow: /.well-known/\n")
    pages, server = crawled("/a", tdmrep=answer(200, rules(ALL)), robots_txt=robots)
    assert (pages[0].opt_outs, server.paths) == ((), ["/a"])
