"""What a publisher does not want done with a page."""

import pytest

from scraper.extraction import extract, optouts
from tests.builders import make_page


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("noai, noimageai",), {"noai": "header:x-robots-tag", "noimageai": "header:x-robots-tag"}),
        (("NOARCHIVE",), {"noarchive": "header:x-robots-tag"}),
        (("noindex nofollow",), {"noindex": "header:x-robots-tag"}),
        (("noai", "noarchive"), {"noai": "header:x-robots-tag", "noarchive": "header:x-robots-tag"}),
        (("googlebot: nosnippet, noindex",),
         {"nosnippet": "header:x-robots-tag googlebot", "noindex": "header:x-robots-tag googlebot"}),
        (("noai, otherbot: noindex",), {"noai": "header:x-robots-tag", "noindex": "header:x-robots-tag otherbot"}),
        (("max-snippet:-1, max-image-preview:large, noarchive",), {"noarchive": "header:x-robots-tag"}),
        (("unavailable_after: 25 Jun 2027 15:00:00 PST",), {"unavailable_after": "header:x-robots-tag"}),
        (("index, follow, max-snippet:-1", "all", ""), {}),
    ],
)  # fmt: skip
def test_robots_headers(values: tuple[str, ...], expected: dict[str, str]) -> None:
    """Each directive that withholds something is named with its place, and the robot where it is for one only."""
    headers = tuple(("x-robots-tag", value) for value in values)
    assert optouts.read(make_page(headers=headers), ()) == expected


@pytest.mark.parametrize(
    ("headers", "metas", "expected"),
    [
        ((), (("robots", "noai"), ("description", "noarchive")), {"noai": "meta:robots"}),
        ((), (("gptbot", "noindex"), ("robots", "noindex")), {"noindex": "meta:gptbot, meta:robots"}),
        ((("x-robots-tag", "noai"),), (("robots", "noai"),), {"noai": "header:x-robots-tag, meta:robots"}),
        ((("tdm-reservation", "1"),), (), {"tdm-reservation": "header:tdm-reservation"}),
        ((("tdm-reservation", "0"), ("tdm-policy", "https://a.example/p")), (), {}),
        ((), (("tdm-reservation", "1"), ("tdm-policy", "https://a.example/p")),
         {"tdm-policy": "meta:tdm-policy https://a.example/p", "tdm-reservation": "meta:tdm-reservation"}),
    ],
)  # fmt: skip
def test_metas_and_mining(headers: object, metas: object, expected: dict[str, str]) -> None:
    """Meta tags say the same as headers; a mining policy counts only where mining is reserved."""
    assert optouts.read(make_page(headers=headers), metas) == expected  # type: ignore[arg-type]


RESERVED = ("ccbot", "tdm-reservation", "tdm-policy:https://a.example/p")


@pytest.mark.parametrize(
    ("headers", "metas", "expected"),
    [
        ((), (), {"tdm-policy": "tdmrep.json https://a.example/p", "tdm-reservation": "tdmrep.json"}),
        ((("tdm-reservation", "0"),), (), {}),
        ((), (("tdm-reservation", "1"),), {"tdm-reservation": "meta:tdm-reservation"}),
    ],
)
def test_what_the_host_reserves(headers: object, metas: object, expected: dict[str, str]) -> None:
    """tdmrep.json holds where the page itself says nothing of mining."""
    page = make_page(headers=headers, opt_outs=RESERVED)
    assert optouts.read(page, metas) == {"ccbot": "robots.txt", **expected}  # type: ignore[arg-type]


def test_an_article_tells_what_its_page_keeps_off() -> None:
    """`details` has one key for all of it, and none where nothing is withheld."""
    html = b'<html><head><meta name="robots" content="noarchive"></head><body><p>Text.</p></body></html>'
    article = extract(make_page(body=html, opt_outs=("gptbot",)))
    assert article.details["opt_outs"] == {"gptbot": "robots.txt", "noarchive": "meta:robots"}
    assert "opt_outs" not in extract(make_page()).details
