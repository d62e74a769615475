"""The details of HTTP against a real nginx: codings, validators, redirects, connections. Skipped where there is none."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scraper.errors import BadStatus, FetchError, Incomplete, TooLarge, Unreachable, WrongType
from scraper.fetching.client import Fetcher, FetchPolicy
from scraper.values import NotModified, Page, Request
from tests.fetching.nginx import NGINX, Nginx, running
from tests.fetching.web import AGENT, FakeClock, serving

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx (apt install nginx-light)")

HTML = b"<html><title>Ferry</title>" + b"<p>The ferry leaves at nine.</p>" * 300 + b"</html>"
SERVER = """
    location /zipped/ { alias www/; gzip on; }
    location /chunked/ { alias www/; ssi on; }
    location /dated/ { alias www/; etag off; }
    location /unnamed/ { alias www/; etag off; if_modified_since off; add_header Last-Modified ""; }
    location /once/ { alias www/; keepalive_requests 1; }
    location = /301 { return 301 /a.html; }
    location = /302 { return 302 /a.html; }
    location = /303 { return 303 /a.html; }
    location = /307 { return 307 /a.html; }
    location = /308 { return 308 /a.html; }
    location = /relative { absolute_redirect off; return 301 /a.html?x=1#part; }
    location = /elsewhere { return 301 http://127.0.0.1:$server_port/302; }
    location = /empty { return 204; }
    location = /hangs-up { return 444; }
    location = /gone { return 410 "gone"; }
    location = /later { add_header Retry-After 7 always; return 503; }
    location = /hinted { add_header Link "</s.css>; rel=preload"; add_header X-Robots-Tag "noai"; alias www/a.html; }
    location = /picture { default_type image/png; alias www/a.html; }
"""


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """An nginx with one page, a folder and a large file."""
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "www" / "folder").mkdir(parents=True)
    for name in ("a.html", "folder/index.html", "a b-ü.html"):
        (folder / "www" / name).write_bytes(HTML)
    (folder / "www" / "large.html").write_bytes(b"x" * 300_000)
    with running(folder, SERVER) as server:
        yield server


Scenario = Callable[[Fetcher], Awaitable[None]]


def with_fetcher(scenario: Scenario) -> None:
    """Run `scenario` with a fetcher that waits for nobody."""
    clock = FakeClock()

    async def main() -> None:
        policy = FetchPolicy(user_agent=AGENT, min_delay_s=0, timeout_s=5, allow_addresses=("127.0.0.1",))
        async with Fetcher(policy, now=clock.now, sleep=clock.sleep) as fetcher:
            await scenario(fetcher)

    asyncio.run(main())


def get(*requests: Request, limit_bytes: int = 10**6) -> list[Page | NotModified | FetchError]:
    """What each of `requests` brings, one after the other with one fetcher."""
    found: list[Page | NotModified | FetchError] = []

    async def scenario(fetcher: Fetcher) -> None:
        for request in requests:
            try:
                found.append(await fetcher.fetch(request, limit_bytes=limit_bytes))
            except FetchError as error:
                found.append(error)

    with_fetcher(scenario)
    return found


def page(nginx: Nginx, path: str) -> Page:
    """The page at `path`."""
    (found,) = get(Request(url=nginx.url(path)))
    assert isinstance(found, Page), found
    return found


def of(found: Page, **changes: str | None) -> Request:
    """The request that asks whether `found` has changed."""
    request = Request(url=found.url, etag=found.header("etag"), last_modified=found.header("last-modified"))
    return replace(request, **changes)  # type: ignore[arg-type]


def test_a_file_as_it_is(nginx: Nginx) -> None:
    """A static file comes with its length and is not asked for in parts, though the server offers them."""
    nginx.asked()
    found = page(nginx, "/a.html")
    assert (found.status, found.body, found.raw) == (200, HTML, None)
    assert found.header("content-length") == str(len(HTML))
    assert found.header("accept-ranges") == "bytes"
    (asked,) = nginx.asked()
    assert (asked.request, asked.range, asked.accept_encoding) == ("GET /a.html HTTP/1.1", "-", "gzip, deflate")


def test_gzip_on_the_fly(nginx: Nginx) -> None:
    """What nginx compresses while it sends (in chunks, without a length) is a page; what came is kept beside it."""
    found = page(nginx, "/zipped/a.html")
    assert found.body == HTML
    assert found.raw is not None
    assert len(found.raw) < len(HTML) / 10
    headers = {name: found.header(name) for name in ("content-encoding", "transfer-encoding", "content-length")}
    assert headers == {"content-encoding": "gzip", "transfer-encoding": "chunked", "content-length": None}
    assert (found.header("etag") or "").startswith('W/"')


def test_chunks_without_compression(nginx: Nginx) -> None:
    """A body in chunks, its length known only at its end, is whole."""
    found = page(nginx, "/chunked/a.html")
    assert found.header("transfer-encoding") == "chunked"
    assert (found.body, found.raw) == (HTML, None)


@pytest.mark.parametrize("path", ["/a.html", "/zipped/a.html", "/dated/a.html"])
def test_unchanged(nginx: Nginx, path: str) -> None:
    """The validators of an answer, strong, weak or a date alone, sent back as they came, bring 304."""
    first = page(nginx, path)
    nginx.asked()
    (again,) = get(of(first))
    assert isinstance(again, NotModified)
    assert again.url == first.url
    (asked,) = nginx.asked()
    assert asked.status == 304
    # nginx writes quotes in its log as \x22.
    assert asked.if_none_match.replace("\\x22", '"') == (first.header("etag") or "-")
    assert asked.if_modified_since == first.header("last-modified")


def test_changed(nginx: Nginx) -> None:
    """A file written anew brings the new page, by its name and by its date."""
    file = nginx.folder / "www" / "b.html"
    file.write_bytes(HTML)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    first, dated = page(nginx, "/b.html"), page(nginx, "/dated/b.html")
    file.write_bytes(HTML + b"<p>Corrected.</p>")
    for found in get(of(first), of(dated)):
        assert isinstance(found, Page)
        assert found.body.endswith(b"<p>Corrected.</p>")


def test_one_validator_of_two(nginx: Nginx) -> None:
    """Where the name changed and the date did not, nginx goes by the name: the page comes."""
    first = page(nginx, "/a.html")
    (found,) = get(of(first, etag='"another"'))
    assert isinstance(found, Page)
    assert found.body == HTML


def test_nothing_to_go_by(nginx: Nginx) -> None:
    """An answer without validators is asked for without conditions."""
    first = page(nginx, "/unnamed/a.html")
    assert (of(first).etag, of(first).last_modified) == (None, None)
    nginx.asked()
    assert isinstance(get(of(first))[0], Page)
    assert [(asked.if_none_match, asked.if_modified_since) for asked in nginx.asked()] == [("-", "-")]


@pytest.mark.parametrize(
    ("path", "final", "statuses"),
    [
        ("/301", "/a.html", [301, 200]),
        ("/302", "/a.html", [302, 200]),
        ("/303", "/a.html", [303, 200]),
        ("/307", "/a.html", [307, 200]),
        ("/308", "/a.html", [308, 200]),
        ("/relative", "/a.html?x=1", [301, 200]),
        ("/elsewhere", "/a.html", [301, 302, 200]),
        ("/folder", "/folder/", [301, 200]),
    ],
)
def test_redirects(nginx: Nginx, path: str, final: str, statuses: list[int]) -> None:
    """Each kind of redirect is followed, whole addresses and relative ones, and both ends are told."""
    nginx.asked()
    found = page(nginx, path)
    assert (found.url, found.final_url, found.body) == (nginx.url(path), nginx.url(final), HTML)
    assert [asked.status for asked in nginx.asked()] == statuses


def test_a_condition_outlives_a_redirect(nginx: Nginx) -> None:
    """The validators of the page at the end go along through the redirect."""
    first = page(nginx, "/301")
    (again,) = get(of(first))
    assert isinstance(again, NotModified)
    assert again.url == nginx.url("/301")


def test_one_connection(nginx: Nginx) -> None:
    """Requests to one host, redirects, errors and unchanged pages among them, go over one connection."""
    first = page(nginx, "/a.html")
    nginx.asked()
    paths = ("/a.html", "/zipped/a.html", "/302", "/chunked/a.html", "/gone", "/empty")
    get(of(first), *(Request(url=nginx.url(path)) for path in paths))
    asked = nginx.asked()
    assert [each.status for each in asked] == [304, 200, 200, 302, 200, 200, 410, 204]
    assert len({each.connection for each in asked}) == 1


def test_a_server_that_closes_after_each_answer(nginx: Nginx) -> None:
    """Where the server closes each time, the next request finds a connection of its own, without a second try."""
    nginx.asked()
    found = get(*[Request(url=nginx.url("/once/a.html"))] * 3)
    assert [isinstance(each, Page) for each in found] == [True] * 3
    assert len({asked.connection for asked in nginx.asked()}) == 3


def test_a_connection_that_died_while_idle(tmp_path: Path) -> None:
    """After nginx was started anew, a kept connection is dead: the page comes all the same."""

    async def scenario(fetcher: Fetcher) -> None:
        assert isinstance(await fetcher.fetch(Request(url=nginx.url("/a.html"))), Page)
        nginx.stop()
        nginx.start()
        assert isinstance(await fetcher.fetch(Request(url=nginx.url("/a.html"))), Page)

    with running(tmp_path, "") as nginx:
        (tmp_path / "www" / "a.html").write_bytes(HTML)
        with_fetcher(scenario)
        assert [asked.status for asked in nginx.asked()] == [200, 200]


def test_an_address_is_sent_as_it_is_written(nginx: Nginx) -> None:
    """Escapes stay as they are, what needs one gets it, and a query is left alone."""
    nginx.asked()
    paths = ("/a%20b-%C3%BC.html?q=%7e&r=a+b", "/a b-ü.html#part")
    found = get(*(Request(url=nginx.url(path)) for path in paths))
    assert [isinstance(each, Page) for each in found] == [True, True]
    assert [asked.request.split()[1] for asked in nginx.asked()] == [
        "/a%20b-%C3%BC.html?q=%7e&r=a+b",
        "/a%20b-%C3%BC.html",
    ]


@pytest.mark.parametrize(
    ("path", "kind", "statuses"),
    [
        ("/gone", BadStatus, [410]),
        ("/missing", BadStatus, [404]),
        ("/a.html?" + "x" * 1500, BadStatus, [414]),
        ("/later", BadStatus, [503, 503, 503]),
        ("/hangs-up", Unreachable, [444, 444, 444, 444]),  # first on the connection of robots.txt, then on three
        ("/picture", WrongType, [200]),
        ("/large.html", TooLarge, [200]),
    ],
)
def test_failures(nginx: Nginx, path: str, kind: type[FetchError], statuses: list[int]) -> None:
    """Errors of the server are told as what they are, and tried again where that helps."""
    nginx.asked()
    (found,) = get(Request(url=nginx.url(path)), limit_bytes=200_000)
    assert type(found) is kind
    assert [asked.status for asked in nginx.asked()] == statuses


def test_an_answer_without_a_body(nginx: Nginx) -> None:
    """204 is an answer of no bytes, and the next one is not taken for its body."""
    found = get(Request(url=nginx.url("/empty")), Request(url=nginx.url("/a.html")))
    assert [each.body for each in found if isinstance(each, Page)] == [b"", HTML]


def test_headers_stand_on_the_page(nginx: Nginx) -> None:
    """The headers come with the page, their names in lower case."""
    found = page(nginx, "/hinted")
    assert found.header("x-robots-tag") == "noai"
    assert found.header("link") == "</s.css>; rel=preload"


def test_a_gateway_whose_source_breaks_off(tmp_path: Path) -> None:
    """A body that the server behind nginx cut short comes short through nginx, and is no page."""

    async def cut(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n" + HTML[:500])
        writer.close()

    async def whole(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML)
        writer.close()

    async def main() -> None:
        async with serving(cut=cut, whole=whole) as source:
            with running(tmp_path, f"location / {{ proxy_pass http://127.0.0.1:{source.port}; }}") as nginx:
                policy = FetchPolicy(user_agent=AGENT, min_delay_s=0, n_tries=1, allow_addresses=("127.0.0.1",))
                async with Fetcher(policy, now=source.clock.now, sleep=source.clock.sleep) as fetcher:
                    found = await fetcher.fetch(Request(url=nginx.url("/whole")))
                    assert isinstance(found, Page)
                    assert (found.body, found.header("transfer-encoding")) == (HTML, "chunked")
                    with pytest.raises(Incomplete):
                        await fetcher.fetch(Request(url=nginx.url("/cut")))

    asyncio.run(main())
