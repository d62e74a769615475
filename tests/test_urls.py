"""Addresses have one spelling and belong to one site."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import urls
from scraper.errors import NewsError, Refused, UnsafeAddress
from scraper.tracking import is_tracking

WPT = Path(__file__).parents[1] / "../shared/conformance/url/urltestdata.json"

SAME = {
    "default port": ("http://a.example:80/x", "http://a.example/x"),
    "default port of https": ("https://a.example:443/x", "https://a.example/x"),
    "other port stays": ("https://a.example:80/x", "https://a.example:80/x"),
    "case of scheme and host": ("HTTP://A.Example/X", "http://a.example/X"),
    "no path": ("https://a.example", "https://a.example/"),
    "dot segments": ("https://a.example/b/../c/./d", "https://a.example/c/d"),
    "escaped dot segments": ("https://a.example/b/%2e%2E/c", "https://a.example/c"),
    "backslashes": ("https:\\\\a.example\\b", "https://a.example/b"),
    "tabs and line breaks": (" https://a.exa\tmple/b\n", "https://a.example/b"),
    "international host": ("https://Bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
    "full-width host": ("https://ａ.example/", "https://a.example/"),
    "final dot": ("https://a.example./x", "https://a.example/x"),
    "decimal host": ("http://2130706433/", "http://127.0.0.1/"),
    "octal host": ("http://0177.0.0.1/", "http://127.0.0.1/"),
    "fragment": ("https://a.example/x#top", "https://a.example/x"),
    "credentials": ("https://me:secret@a.example/x", "https://a.example/x"),
    "case of escapes": ("https://a.example/%c3%a4?q=%2f", "https://a.example/%C3%A4?q=%2F"),
    "escapes that need not be": ("https://a.example/%7eme/%61?%41=%2d", "https://a.example/~me/a?A=-"),
    "reserved escapes stay": ("https://a.example/a%2Fb", "https://a.example/a%2Fb"),
    "tracking": ("https://a.example/x?utm_source=rss&id=7&fbclid=Iw", "https://a.example/x?id=7"),
    "tracking in capitals": ("https://a.example/x?UTM_Source=rss", "https://a.example/x"),
    "nothing but tracking": ("https://a.example/x?gclid=1#frag", "https://a.example/x"),
    "channel as value": ("https://a.example/x?source=rss&ref=twitter", "https://a.example/x"),
    "a source that is an id": ("https://a.example/x?source=42", "https://a.example/x?source=42"),
    "session in the query": ("https://a.example/x?PHPSESSID=ab12&p=2", "https://a.example/x?p=2"),
    "session in the path": ("https://a.example/x;jsessionid=AB.1?p=2", "https://a.example/x?p=2"),
    "order of the query": ("https://a.example/x?b=1&a=2", "https://a.example/x?b=1&a=2"),
    "empty parts of the query": ("https://a.example/x?&a=1&&", "https://a.example/x?a=1"),
    "IPv6": ("http://[0:0::1]:80/", "http://[::1]/"),
}


@pytest.mark.parametrize(("url", "expected"), SAME.values(), ids=SAME.keys())
def test_canonical(url: str, expected: str) -> None:
    """Each spelling of an address becomes the one it is known by, which stays as it is."""
    assert urls.canonical(url) == expected
    assert urls.canonical(expected) == expected


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "bad_address"),
        ("news", "bad_address"),
        ("/news", "bad_address"),
        ("http://", "bad_address"),
        ("http://a b/", "bad_address"),
        ("http://[::1", "bad_address"),
        ("http://256.1.1.1/", "bad_address"),
        ("http://a.example:99999/", "bad_address"),
        ("http://xn--a/", "bad_address"),
        ("https://a.example/" + "x" * 5000, "bad_address"),
        ("ftp://a.example/", "unsafe_address"),
        ("file:///etc/passwd", "unsafe_address"),
        ("gopher://a.example/", "unsafe_address"),
        ("javascript:alert(1)", "unsafe_address"),
        ("data:text/html,x", "unsafe_address"),
        ("httpx://a.example/", "unsafe_address"),
    ],
)
def test_no_address(url: str, reason: str) -> None:
    """What is no http(s) address is refused, with a reason."""
    with pytest.raises(Refused) as caught:
        urls.canonical(url)
    assert caught.value.reason == reason
    assert isinstance(caught.value, UnsafeAddress) == (reason == "unsafe_address")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("b", "https://a.example/x/b"),
        ("/b", "https://a.example/b"),
        ("//c.example/b", "https://c.example/b"),
        ("?p=2", "https://a.example/x/y?p=2"),
        ("../../b", "https://a.example/b"),
        ("", "https://a.example/x/y"),
    ],
)
def test_relative(url: str, expected: str) -> None:
    """Relative addresses are resolved against the base."""
    assert urls.canonical(url, "https://a.example/x/y#z") == expected


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.paper.example/x", "paper.example"),
        ("https://edition.world.paper.co.uk/", "paper.co.uk"),
        ("https://paper.co.uk./", "paper.co.uk"),
        ("https://one.github.io/", "one.github.io"),
        ("https://github.io/", "github.io"),
        ("https://co.uk/", "co.uk"),
        ("https://xn--bcher-kva.example:8443/", "xn--bcher-kva.example"),
        ("http://127.0.0.1:8001/", "127.0.0.1:8001"),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://[::1]:8001/", "[::1]:8001"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://localhost:8001/", "localhost:8001"),
        ("http://one.localhost:8001/", "one.localhost:8001"),
        ("http://intranet/", "intranet"),
    ],
)
def test_site(url: str, site: str) -> None:
    """An address belongs to its registrable domain; without one, to its host and port."""
    assert urls.site(url) == site


def test_host_and_port() -> None:
    """Host and port are told apart in every spelling."""
    assert urls.host_and_port("https://a.example/") == ("a.example", 443)
    assert urls.host_and_port("http://[::1]:81/") == ("::1", 81)
    assert urls.host_and_port("http://0x7f.1/") == ("127.0.0.1", 80)
    assert urls.origin("https://me@A.example:8443/x?y") == "https://a.example:8443"


def test_requestable() -> None:
    """What is sent keeps the whole query, and neither credentials nor fragment."""
    assert urls.requestable("https://me:pw@a.example/x?utm_source=a#b") == "https://a.example/x?utm_source=a"


@given(
    st.one_of(
        st.text(max_size=60),
        st.text("%0123456789abcdefABCDEF&=;?#./\\:@~-_ü", max_size=60).map(lambda tail: "http://a.example/" + tail),
        st.from_regex(
            r"https?://[a-z0-9.\-%:@\[\]]{1,20}(/[a-z0-9%.;=]{0,12}){0,4}(\?[a-z_=&%0-9]{0,30})?", fullmatch=True
        ),
    )
)
def test_canonical_is_idempotent(url: str) -> None:
    """The canonical form of a canonical form is itself, and it belongs to the same site."""
    try:
        once = urls.canonical(url)
    except NewsError:
        return
    assert urls.canonical(once) == once
    assert urls.site(once) == urls.site(url)


@pytest.mark.skipif(not WPT.exists(), reason="the web platform tests are not here")
def test_web_platform_tests() -> None:
    """Every http(s) case of the web platform's URL tests comes out as they say."""
    cases = [case for case in json.loads(WPT.read_text("utf-8")) if isinstance(case, dict)]
    wrong = [case for case in cases if _concerns_us(case) and _parsed(case) != case.get("href")]
    assert len(cases) > 800
    assert wrong == []


def _concerns_us(case: dict[str, str]) -> bool:
    href = case.get("href")
    return href is None or href.startswith(("http://", "https://"))


def _parsed(case: dict[str, str]) -> str | None:
    try:
        return urls.parse(case["input"], case["base"])
    except NewsError:
        return None


@pytest.mark.parametrize(
    "parameter", ["id=7", "p=2", "page=3", "sid=9", "ref=abc123", "q=rss", "article", "cid=4711", ""]
)
def test_not_tracking(parameter: str) -> None:
    """Parameters that may choose the document are kept."""
    assert not is_tracking(parameter)
