"""What robots.txt says to machines that learn."""

import pytest

from scraper.fetching import optouts
from scraper.values import Page
from tests.fetching.web import HTML, answer, fetch

NEWS = "https://a.example/news/1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("User-agent: *\nDisallow: /", ()),
        ("User-agent: otherbot\nDisallow: /", ()),
        ("User-agent: GPTBot\nDisallow: /", ("gptbot",)),
        ("User-agent: gptbot/1.2\nDisallow: /news/", ("gptbot",)),
        ("User-agent: GPTBot\nDisallow: /sport/", ()),
        ("User-agent: GPTBot\nAllow: /", ()),
        ("User-agent: GPTBot\nDisallow:", ()),
        ("User-agent: GPTBot\nDisallow: /\nAllow: /news/", ()),
        ("User-agent: GPTBot\nUser-agent: CCBot # both\nDisallow: /", ("ccbot", "gptbot")),
        ("User-agent: GPTBot\nDisallow: /\nUser-agent: *\nDisallow: /private", ("gptbot",)),
        ("User-agent: Google-Extended\nDisallow: /x\n\nUser-agent: google-extended\nDisallow: /n*/1$", ("google-extended",)),
        ("User-agent: anthropic-ai\nSitemap: https://a.example/s.xml\nUser-agent: ClaudeBot\nDisallow: /", ("anthropic-ai", "claudebot")),
        ("User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /", ("ai-train",)),
        ("User-agent: *\nContent-Signal: search=no,ai-train=yes", ()),
        ("User-agent: otherbot\nContent-Signal: ai-train=no", ()),
    ],
)  # fmt: skip
def test_who_is_kept_out(text: str, expected: tuple[str, ...]) -> None:
    """A machine counts where a group that names it disallows the page, by the rules of RFC 9309."""
    assert optouts.read(text).names(NEWS) == expected


def test_a_page_knows_whom_its_robots_txt_keeps_out() -> None:
    """The fetcher hands the names on with each page, by the rules for the address that redirects led to."""
    robots = answer(200, b"User-agent: GPTBot\nDisallow: /news\n")
    for path, expected in (("/news", ("gptbot",)), ("/moved", ("gptbot",)), ("/other", ())):
        page, _ = fetch(
            path,
            {"robots_txt": robots, "news": answer(200, HTML), "moved": answer(301, Location="/news"),
             "other": answer(200, HTML)},
        )  # fmt: skip
        assert isinstance(page, Page)
        assert page.opt_outs == expected
