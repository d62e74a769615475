"""The demo's news site: what it serves over HTTP, what it announces, and that its own records of it are true."""

import gzip
import html
import http.client
import json
import re
import socket
import threading
import urllib.robotparser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest

from pipelines.demo_site import addresses
from pipelines.demo_site.addresses import answers
from pipelines.demo_site.content import furniture
from pipelines.demo_site.expected import MIN_QUOTED
from pipelines.demo_site.server import DemoSite

NOW = datetime(2026, 11, 20, 12, 7, 31, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(site: DemoSite, path: str, method: str = "GET", **headers: str) -> Reply:
    connection = http.client.HTTPConnection(site.url.removeprefix("http://").rstrip("/"), timeout=5)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[DemoSite]:
    with DemoSite(now=NOW) as site:
        yield site


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(now=NOW) as site:
        yield site


def lines_of(page: str) -> list[str]:
    """The page's lines of text, one for each element but links, emphasis and the cells of a row."""
    page = re.sub(r"(?s)<head>.*?</head>", "", page)
    page = page.replace("</td><td>", " | ")
    page = re.sub(r"</?(?:em|strong|b)\b[^>]*>", "", page)
    inline_links = re.sub(r"<a href=\"/[^\"]*\">([^<]*)</a>", r"\1", page)
    both = re.split(r"<[^>]+>", page) + re.split(r"<[^>]+>", inline_links)
    return [html.unescape(line).strip() for line in both if line.strip()]


def announced(site: DemoSite) -> dict[str, list[str]]:
    """Document -> the paths it announces."""
    base = site.url.rstrip("/")
    feed = ElementTree.fromstring(ask(site, "/feed.xml").body)
    atom = ElementTree.fromstring(ask(site, "/atom.xml").body)
    maps = {name: ElementTree.fromstring(ask(site, f"/{name}.xml").body) for name in ("sitemap", "news-sitemap")}
    urls = {"rss": [item.findtext("link", "") for item in feed.iter("item")]}
    urls["atom"] = [entry.find(f"{ATOM}link").attrib["href"] for entry in atom.iter(f"{ATOM}entry")]
    urls |= {name: [url.findtext(f"{MAP}loc", "") for url in tree.iter(f"{MAP}url")] for name, tree in maps.items()}
    return {name: [url.partition("?")[0].removeprefix(base) for url in found] for name, found in urls.items()}


def test_every_record_is_true(shared: DemoSite):
    """Each page carries the title, every paragraph, every caption and every junk line that is recorded for it."""
    for record in shared.expected:
        lines = lines_of(ask(shared, record.path).text)
        wanted = [*record.paragraphs, *record.captions, *record.junk, *([record.title] if record.title else [])]
        assert not [line for line in wanted if line not in lines], record.path


def test_junk_is_no_articles_own_text(shared: DemoSite):
    """A junk line is never a paragraph, and a long one never part of a paragraph, so a test may look for either."""
    for record in shared.expected:
        assert not set(record.junk) & {*record.paragraphs, *record.captions}
        quoted = [line for line in record.junk if len(line) >= MIN_QUOTED and line in "\n".join(record.paragraphs)]
        assert not quoted, record.path


def test_the_articles_are_of_many_kinds(shared: DemoSite):
    """At least 13 articles of 5 to 14 paragraphs and 150 to 500 words, in four languages and three layouts."""
    stored = [record for record in shared.expected if record.outcomes[0] == "stored"]
    assert len(stored) >= 13
    for record in stored:
        assert 5 <= len(record.paragraphs) <= 14, record.path
        assert 150 <= sum(len(text.split()) for text in record.paragraphs) <= 500, record.path
    assert {record.language for record in stored} == {"en", "de", "fr", "el"}
    assert {piece.template for piece in shared.pieces} == {"semantic", "soup", "old"}
    kinds = {kind for piece in shared.pieces for kind, _ in piece.paragraphs}
    assert kinds == {"text", "heading", "list_item", "quote", "table_row", "caption", "question"}


def test_the_promotion_is_plain_paragraphs(shared: DemoSite):
    """On three German pages the promotion ends the text, on one it stands in the middle, unmarked in each."""
    lines = furniture("de")["webinar"]
    block = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines)
    places = {}
    for piece in shared.pieces:
        page = ask(shared, piece.path).text
        if block in page:
            before, _, after = page.partition(block)
            places[piece.path] = (f"{piece.body[-1]}</p>" in before, f"{piece.body[-1]}</p>" in after)
    assert sorted(places.values()) == [(False, True), (True, False), (True, False), (True, False)]
    germans = {piece.path for piece in shared.pieces if piece.language == "de"}
    assert places.keys() < germans, "one German article is free of it"


def test_metadata_agree_with_the_records(shared: DemoSite):
    """Canonical link, language, JSON-LD names and times are those recorded, within the last seven days, with a zone."""
    base = shared.url.rstrip("/")
    n_jsonld = 0
    for record in shared.expected:
        if record.published_at is None:
            continue
        page = ask(shared, record.path).text
        assert f'<link rel="canonical" href="{base}{record.canonical_path}">' in page
        assert f'<html lang="{record.language}">' in page
        assert f'datetime="{record.published_at.isoformat()}"' in page
        assert timedelta() < NOW - record.published_at < timedelta(days=7)
        assert record.published_at.utcoffset() == timedelta(hours=1)
        for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page):
            n_jsonld += 1
            data = json.loads(text)
            assert data["headline"] == record.title
            assert tuple(author["name"] for author in data["author"]) == record.authors
            assert data["datePublished"] == record.published_at.isoformat()
            assert data["isAccessibleForFree"] is (record.path != addresses.TEASER_PATH)
    assert n_jsonld > 10


def test_what_is_announced_is_what_is_expected(shared: DemoSite):
    """Feeds and sitemaps together name each recorded address; one article is in the sitemaps only, one in the feed."""
    found = announced(shared)
    feed, sitemap = set(found["rss"]), set(found["sitemap"])
    assert feed | sitemap == {record.path for record in shared.expected}
    assert sitemap - feed == {"/sea/lighthouse-for-sale", addresses.GONE_PATH}
    articles = {piece.path for piece in shared.pieces}
    assert (feed - sitemap) & articles == {"/sea/rescue-off-orm"}
    odd = {addresses.SECOND_PATH, addresses.INDEX_PATH, addresses.LOST_PATH, addresses.HIDDEN_PATH}
    assert feed - sitemap - articles == odd
    assert set(found["atom"]) <= feed
    assert len(found["atom"]) == 5
    for paths in found.values():
        assert len(paths) == len(set(paths))


def test_the_news_sitemap_holds_two_days(shared: DemoSite):
    """The news sitemap names just the sitemap's articles of the last two days, each with its date and title."""
    tree = ElementTree.fromstring(ask(shared, "/news-sitemap.xml").body)
    rows = {
        url.findtext(f"{MAP}loc").removeprefix(shared.url.rstrip("/")): (
            datetime.fromisoformat(url.findtext(f"{NEWS}news/{NEWS}publication_date")),
            url.findtext(f"{NEWS}news/{NEWS}title"),
            url.findtext(f"{NEWS}news/{NEWS}publication/{NEWS}language"),
        )
        for url in tree
    }
    recent = {p.path: p for p in shared.pieces if p.published_at > NOW - timedelta(days=2) and p.only != "feed"}
    assert recent.keys() == rows.keys() - {addresses.TEASER_PATH, addresses.GONE_PATH}
    for path, piece in recent.items():
        assert rows[path] == (piece.published_at, piece.title, piece.language)


def test_robots_keeps_one_path_and_names_the_sitemaps(shared: DemoSite):
    """robots.txt forbids /internal/ and nothing else, and names both sitemaps."""
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(ask(shared, "/robots.txt").text.splitlines())
    forbidden = {record.path for record in shared.expected if not rules.can_fetch("newsdesk", record.path)}
    assert forbidden == {addresses.HIDDEN_PATH}
    assert rules.site_maps() == [f"{shared.url}news-sitemap.xml", f"{shared.url}sitemap.xml"]


def test_front_and_section_pages_lead_to_the_articles(shared: DemoSite):
    """The front page links to every article, each section page to its own, and both to the two feeds."""
    front = ask(shared, "/").text
    for piece in shared.pieces:
        assert f'href="{piece.path}"' in front
        assert f'href="{piece.path}"' in ask(shared, f"/{piece.section.lower()}/").text
    assert 'type="application/rss+xml" title="RSS" href="/feed.xml"' in front
    assert 'type="application/atom+xml" title="Atom" href="/atom.xml"' in front


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/town/", 200),
        (addresses.LOST_PATH, 200),
        (addresses.GONE_PATH, 410),
        ("/no/such/page", 404),
        ("/feed.xml?utm_source=x", 200),
        ("/pictures/lighthouse-for-sale.svg", 200),
    ],
)
def test_status(shared: DemoSite, path: str, status: int):
    """Addresses answer with the status that belongs to them; a query changes nothing."""
    assert ask(shared, path).status == status


def test_odd_pages_look_the_part(shared: DemoSite):
    """The index page calls itself an article, the lost page says so with status 200, the teaser ends in a pitch."""
    index = ask(shared, addresses.INDEX_PATH).text
    assert '<meta property="og:type" content="article">' in index
    assert index.count('<div class="teaser"><h3><a href="/') == 6
    assert "Page not found" in ask(shared, addresses.LOST_PATH).text
    assert "isAccessibleForFree" in (teaser := ask(shared, addresses.TEASER_PATH).text)
    assert furniture("en")["pitch"] in teaser


@pytest.mark.parametrize(
    "path", ["/", "/feed.xml", "/news-sitemap.xml", "/robots.txt", "/town/night-ferry-sails-again"]
)
def test_conditional_requests(shared: DemoSite, path: str):
    """Either validator brings a bare 304; another ETag or an older time the whole answer; the ETag decides."""
    first = ask(shared, path)
    etag, at = first.headers["etag"], first.headers["last-modified"]
    older = (parsedate_to_datetime(at) - timedelta(seconds=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    for headers in ({"If_None_Match": etag}, {"If_None_Match": f'"x", {etag}'}, {"If_Modified_Since": at}):
        known = ask(shared, path, **headers)
        assert (known.status, known.body, known.headers["etag"]) == (304, b"", etag)
    for headers in (
        {"If_None_Match": '"x"'},
        {"If_Modified_Since": older},
        {"If_Modified_Since": "yesterday"},
        {"If_None_Match": '"x"', "If_Modified_Since": at},
    ):
        assert ask(shared, path, **headers).body == first.body


def test_compression_and_head(shared: DemoSite):
    """gzip where it is accepted, the same text inside; HEAD has the headers and no body."""
    path = "/culture/to-palio-theatro"
    plain, packed = ask(shared, path), ask(shared, path, Accept_Encoding="br, gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert len(packed.body) < len(plain.body)
    assert gzip.decompress(packed.body) == plain.body
    head = ask(shared, path, "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(plain.body)))


def test_requests_are_remembered(site: DemoSite):
    """Method, path without query, and headers with lower-case names, in the order received."""
    ask(site, "/robots.txt", User_Agent="newsdesk")
    ask(site, "/feed.xml?x=1", "HEAD")
    assert [(method, path) for method, path, _ in site.requests] == [("GET", "/robots.txt"), ("HEAD", "/feed.xml")]
    assert site.requests[0][2]["user-agent"] == "newsdesk"


def test_second_edition_changes_one_article_and_adds_one(site: DemoSite):
    """Headline, lead and a paragraph are corrected with a note, one article is new; no other page changes a byte."""
    changed, new = addresses.CHANGED_PATH, addresses.NEW_PATH
    first, etag = answers(site.url, 1, NOW), ask(site, changed).headers["etag"]
    before = {record.path: record for record in site.expected}
    assert ask(site, new).status == 404
    site.edition = 2
    second = answers(site.url, 2, NOW)
    lists = {"/", "/town/", "/feed.xml", "/atom.xml", "/sitemap.xml", "/news-sitemap.xml"}
    assert {path for path in second if second[path] != first.get(path)} == lists | {
        changed,
        new,
        "/pictures/first-snow.svg",
    }
    assert all(second[path].modified_at > first[path].modified_at for path in {*lists, changed})
    after = {record.path: record for record in site.expected}
    assert after.keys() - before.keys() == {new}
    assert {path for path in before if before[path] != after[path]} == {changed}
    assert before[changed].title != after[changed].title
    assert len(set(after[changed].paragraphs) - set(before[changed].paragraphs)) == 3
    assert after[changed].paragraphs[-1].startswith("Correction: ")
    assert ask(site, new).status == ask(site, changed, If_None_Match=etag).status == 200


def test_the_site_is_the_same_for_the_same_time():
    """The answers depend on address, edition and time alone; the zone of `now` does not matter."""
    assert answers("http://a/", 2, NOW) == answers("http://a/", 2, NOW)
    elsewhere = NOW.astimezone(tz=None)
    texts = {path: answer.body for path, answer in answers("http://a/", 2, elsewhere).items()}
    assert texts == {path: answer.body for path, answer in answers("http://a/", 2, NOW).items()}


def test_it_stops_with_a_connection_still_open():
    """Leaving the context ends kept-alive connections and all threads, and the port is closed."""
    n_threads = threading.active_count()
    with DemoSite(now=NOW) as site:
        host, _, port = site.url.removeprefix("http://").rstrip("/").partition(":")
        idle = socket.create_connection((host, int(port)), timeout=5)
        idle.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
    with idle:
        while idle.recv(4096):
            pass
    assert threading.active_count() == n_threads
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=5)
