"""The fast path reads feeds exactly as feedparser does, or leaves them to it."""

from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.discovery import fastfeeds, feeds
from scraper.errors import ParseError
from scraper.values import Announcement, Page, SourceKind
from tests.builders import make_page
from tests.discovery.documents import BASE, FIXTURES, make_source

SOURCE = make_source(SourceKind.FEED)
HEAD = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:x="http://x.example/"'
    ' xmlns:dcterms="http://purl.org/dc/terms/"{}><channel>'
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"{}><title>T</title>'
TEXTS = st.sampled_from(
    [
        "Harbour",
        "Größe & Maß",
        "Ã¼ber",
        "<b>Fat</b> letters",
        "Q&amp;A",
        "Don&#8217;t",
        "1 < 2",
        "港",
        "",
        "  two\n lines ",
    ]
)
ADDRESSES = st.sampled_from(
    [
        *(f"https://a.example/{path}" for path in ("1", "2?a=1&b=2", "3#x", "4?a=1&amp;b=2", "5?x=1&y;z", "ä/../b c")),
        *("/relative", "urn:uuid:1", "HTTPS://A.example/7", "tel:+49", "", "http://[bad/", "https://a.example/8?"),
    ]
)
DATES = st.sampled_from(["Mon, 04 May 2026 10:30:00 +0200", "2026-05-04T08:00:00Z", "yesterday", "", "2026-05-03"])
LANGUAGES = st.sampled_from(["", ' xml:lang="de_AT"', ' xml:base="https://b.example/x/"', ' xml:lang=""'])


def text(value: str) -> st.SearchStrategy[str]:
    return st.sampled_from([escape(value), f"<![CDATA[{value}]]>"])


def element(name: str, values: st.SearchStrategy[str], attributes: str = "") -> st.SearchStrategy[str]:
    return values.flatmap(text).map(lambda inner: f"<{name}{attributes}>{inner}</{name.split()[0]}>")


def linked(name: str, attributes: str = "") -> st.SearchStrategy[str]:
    return ADDRESSES.map(lambda url: f'<{name} href="{escape(url)}"{attributes}/>')


COMMON = [
    element("title", TEXTS),
    *(element(name, DATES) for name in ("published", "updated")),
    *(
        ADDRESSES.map(lambda url, tag=tag: f'<media:{tag} url="{escape(url)}" medium="image"/>')
        for tag in ("content", "thumbnail")
    ),
    st.just(
        '<media:group><media:title>Of the picture</media:title><media:content url="https://i.example/1" type="image/png"/></media:group>'
    ),
]
IN_ITEM = [
    *COMMON,
    element("link", ADDRESSES),
    element("guid", ADDRESSES),
    *(element("guid", ADDRESSES, f' isPermaLink="{word}"') for word in ("true", "false", "False")),
    *(element(name, DATES) for name in ("pubDate", "dc:date", "dcterms:issued", "dcterms:modified", "created", "date")),
    *(
        element(name, TEXTS)
        for name in ("dc:title", "dc:creator", "description", "content:encoded", "x:title", "x:link")
    ),
    *(element(name, st.sampled_from(["de", "no language", ""])) for name in ("dc:language", "language")),
    *(linked("atom:link", f' rel="{rel}"') for rel in ("self", "alternate", "enclosure", "replies")),
    linked("link"),
    st.just('<source url="https://b.example/feed">Elsewhere</source>'),
    st.just("<source><title>Elsewhere</title><link>https://b.example/</link></source>"),
    st.just("<x:box><title>Inner</title></x:box>"),
    st.just("<image><url>https://a.example/i.png</url><link>https://a.example/</link></image>"),
    st.just("<link/>"),
    st.just("<y:title>undeclared</y:title>"),
    st.just("<title>open <b>fat</b></title>"),
]
IN_ENTRY = [
    *COMMON,
    *(element("title", TEXTS, f' type="{kind}"') for kind in ("html", "text", "xhtml", "text/plain")),
    *(element(name, DATES) for name in ("issued", "modified")),
    element("id", ADDRESSES),
    linked("link"),
    *(
        linked("link", f' rel="{rel}" type="{kind}"')
        for rel in ("alternate", "self", "enclosure")
        for kind in ("text/html", "audio/mpeg")
    ),
    st.just("<author><name>Ada</name><uri>https://a.example/ada</uri></author>"),
    st.just('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><a href="/x">x</a></div></content>'),
    st.just('<content type="html">&lt;title&gt;no&lt;/title&gt;</content>'),
    st.just("<source><id>urn:x</id><title>Elsewhere</title></source>"),
]


def many(parts: list[st.SearchStrategy[str]], tag: str) -> st.SearchStrategy[str]:
    whole = st.lists(st.one_of(parts), max_size=5).map(lambda found: f"<{tag}>{''.join(found)}</{tag}>")
    return st.lists(whole, max_size=3).map("".join)


CHANNEL = st.lists(
    st.one_of(
        *(linked("atom:link", f' rel="{rel}"') for rel in ("hub", "self", "alternate")),
        element("language", st.sampled_from(["nl", "nl-BE", "?"])),
        element("title", TEXTS),
        st.just("<image><title>Logo</title><link>https://a.example/</link></image>"),
    ),
    max_size=3,
).map("".join)


@st.composite
def rss(draw: st.DrawFn) -> str:
    head = HEAD.format(draw(LANGUAGES)) + draw(CHANNEL)
    return head + draw(many(IN_ITEM, "item")) + draw(CHANNEL) + "</channel></rss>"


@st.composite
def atom(draw: st.DrawFn) -> str:
    hub = draw(st.sampled_from(["", '<link rel="hub" href="https://hub.example/"/>']))
    return ATOM.format(draw(LANGUAGES)) + hub + draw(many(IN_ENTRY, "entry")) + "</feed>"


def page_of(body: bytes) -> Page:
    return make_page(url=BASE, body=body, headers=(("content-type", "application/xml"),))


def either_way(body: bytes) -> tuple[Announcement | None, Announcement | None]:
    """What the door reads, and what feedparser alone reads; None where it refuses."""
    found: list[Announcement | None] = []
    for read in (feeds.read, feeds.read_tolerantly):
        try:
            found.append(read(SOURCE, page_of(body)))
        except ParseError:
            found.append(None)
    return found[0], found[1]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(rss(), atom()))
def test_the_same_as_feedparser(feed: str) -> None:
    """Generated feeds, odd ones among them, give the same links, dates, titles, pictures and hub."""
    fast, slow = either_way(feed.encode())
    assert fast == slow


@pytest.mark.parametrize("path", sorted((FIXTURES / "feeds").glob("*.xml")), ids=lambda path: path.stem)
def test_the_same_on_all_fixtures(path) -> None:
    """Every feed among the fixtures reads the same either way."""
    fast, slow = either_way(path.read_bytes())
    assert fast == slow
    assert fast is not None


ORDINARY = (
    HEAD.format("")
    + "<title>T</title><link>https://a.example/</link><language>en</language>"
    + '<atom:link rel="self" href="https://a.example/feed"/><image><url>https://a.example/i.png</url>'
    + "<title>T</title><link>https://a.example/</link></image>"
    + "".join(
        f"<item><title>Harbour &amp; town {at}</title><link>https://a.example/2026/05/04/no-{at}</link>"
        f'<guid isPermaLink="false">{at}</guid><pubDate>Mon, 04 May 2026 10:30:00 +0200</pubDate><dc:creator>A</dc:creator>'
        f"<category>Sea</category><description>Some words</description><content:encoded><![CDATA[<p>{'word ' * 500}</p>]]>"
        f'</content:encoded><media:content url="https://a.example/{at}.jpg" medium="image"/></item>'
        for at in range(30)
    )
    + "</channel></rss>"
)


def test_ordinary_feeds_take_the_fast_path() -> None:
    """What WordPress and its like write is never left to feedparser."""
    scanned = fastfeeds.scan(ORDINARY.encode())
    assert scanned is not None
    assert len(scanned.said) == 30
    fast, slow = either_way(ORDINARY.encode())
    assert fast == slow
