"""OPML: what feed readers write in all its spellings, and what nobody but an attacker writes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import urls
from scraper.discovery import opml
from scraper.errors import FetchError, ParseError
from scraper.values import Page, Source, SourceKind

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def page(body: bytes | str) -> Page:
    content = body.encode() if isinstance(body, str) else body
    return Page(url="list.opml", final_url="list.opml", status=200, body=content, fetched_at=NOW)


def listed(outlines: str) -> opml.Subscriptions:
    return opml.read(page(f'<opml version="2.0"><head/><body>{outlines}</body></opml>'))


def test_nested_outlines_in_order():
    """Folders in folders; a folder may be a feed itself; what has no address is no feed."""
    found = listed(
        '<outline text="News"><outline text="Local" xmlUrl="https://a.example/all"><outline text="Town">'
        '<outline type="rss" xmlUrl="https://b.example/feed" language="de-AT"/></outline></outline></outline>'
        '<outline type="link" url="https://c.example/" text="a link"/><outline text="a thought"/>'
    )
    assert [(one.url, one.site, one.kind.value) for one in found.sources] == [
        ("https://a.example/all", "a.example", "feed"),
        ("https://b.example/feed", "b.example", "feed"),
    ]
    assert (found.sources[1].language or "").startswith("de")
    assert found.left == ()


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('xmlUrl="https://a.example/f"', "https://a.example/f"),
        ('xmlurl="https://a.example/f"', "https://a.example/f"),
        ('XMLURL=" https://a.example/&#10;f "', "https://a.example/f"),
        ('xmlUrl="feed://a.example/f"', "http://a.example/f"),
        ('xmlUrl="feed:https://a.example/f"', "https://a.example/f"),
        ('xmlUrl="//a.example/f"', "https://a.example/f"),
        ('xmlUrl="a.example/f"', "https://a.example/f"),
        ('xmlUrl="/f" htmlUrl="https://a.example/news/"', "https://a.example/f"),
        ('xmlUrl="f.xml" htmlUrl="https://a.example/news/"', "https://a.example/news/f.xml"),
        ('xmlUrl="https://a.example/f?a=1&amp;amp;b=2"', "https://a.example/f?a=1&b=2"),
        ('xmlUrl="https://a.example/f?a=1&b=2"', "https://a.example/f?a=1&b=2"),  # not well-formed, and common
        ('xmlUrl="https://jo:secret@a.example/f#top"', "https://a.example/f"),
        ('xmlUrl="/f"', None),
        ('xmlUrl="javascript:alert(1)"', None),
        ('xmlUrl="file:///etc/passwd"', None),
        ('xmlUrl="ftp://a.example/f"', None),
        ('xmlUrl="http://"', None),
        ('type="include" url="https://a.example/more.opml"', None),
    ],
)
def test_odd_addresses(attributes: str, expected: str | None):
    """What a reader understood is understood; what is no address of the web is left out with the reason."""
    found = listed(f"<outline {attributes}/>")
    assert [one.url for one in found.sources] == ([expected] if expected else [])
    assert len(found.left) == (0 if expected else 1)


def test_each_feed_once():
    """Other spellings of an address taken already are told."""
    found = listed(
        '<outline xmlUrl="https://a.example/f"/>' * 2 + '<outline xmlUrl="HTTPS://A.example:443/f?utm_source=x"/>'
    )
    assert len(found.sources) == 1
    assert [why for _, why in found.left] == ["named twice", "named twice"]


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE o [<!ENTITY a "https://a.example/">]><opml><body><outline xmlUrl="&a;"/></body></opml>',
        '<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body><outline xmlUrl="https://a.example/f"/></body></opml>',
        '<!DOCTYPE o [<!ENTITY % a SYSTEM "http://a.example/x.dtd"> %a;]><opml><body/></opml>',
        "<opml><body>" + "<outline>" * 200 + "</outline>" * 200 + "</body></opml>",
        '<rss><channel><outline xmlUrl="https://a.example/f"/></channel></rss>',
        '<opml><body><outline xmlUrl="https://a.example/f"/>',
        "no XML at all",
        "",
    ],
)
def test_hostile_damaged_and_foreign_documents(body: str):
    """Entities, endless depth, another format, a cut file: refused as a whole."""
    with pytest.raises(ParseError):
        opml.read(page(body))


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "windows-1251"])
def test_encodings(codec: str):
    """Byte order marks and declared encodings are heeded, leading blank lines forgiven."""
    name = codec.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{name}"?><opml><body><outline text="Новости" xmlUrl="https://a.example/новости"/></body></opml>'
    assert [one.url for one in opml.read(page(text.encode(codec))).sources] == [
        urls.canonical("https://a.example/новости")
    ]


def test_blank_lines_before_the_declaration():
    """Not well-formed, and forgiven."""
    body = '\n\n<?xml version="1.0"?><opml><body><outline xmlUrl="https://a.example/f"/></body></opml>'
    assert len(opml.read(page(body)).sources) == 1


def test_large_lists_stay_cheap():
    """20,000 feeds are read in a moment."""
    found = listed("".join(f'<outline xmlUrl="https://s{n}.example/f"/>' for n in range(20_000)))
    assert len(found.sources) == 20_000


@given(st.lists(st.tuples(st.text(max_size=30), st.sampled_from(SourceKind)), max_size=5))
def test_what_is_written_is_read_back(parts: list[tuple[str, SourceKind]]):
    """All kinds of source, whatever their addresses hold, in order."""
    sources: dict[str, Source] = {}
    for text, kind in parts:
        try:
            url = urls.canonical("https://a.example/" + text)
        except FetchError:
            continue
        sources.setdefault(url, Source(url=url, kind=kind, site=urls.site(url)))
    assert opml.read(page(opml.write(sources.values(), NOW))).sources == tuple(sources.values())
