"""What a person sets for one site: read from its file, wrong files named, and the run keeps to it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from db import ledger, schema
from db.engine import reading
from pipelines.adding import Search
from pipelines.settings import load
from pipelines.single import policy
from pipelines.site_rules import SiteSettings, manners, rule_of, rules
from scraper.errors import SettingsError
from scraper.fetching.client import Fetcher
from scraper.values import SiteRule
from tests.pipelines.test_run import Desk, desk  # noqa: F401

WHOLE = """
site = "courier.example"
body = "div.story"
drop = ["aside.promo", ".newsletter"]
title = "h1"
authors = ".byline a"
published_at = "time"
time_zone = "Europe/Berlin"
min_delay_s = 5
concurrency = 2
max_pages = 100
include = "/news/*"
exclude = ["/news/live/*"]
sources = "https://courier.example/feed.xml"
headers = { X-Key = "k3y" }
cookies = { consent = "yes" }
"""


def settings_of(tmp_path: Path, **files: str):
    """The settings with these files in the folder of sites."""
    (tmp_path / "sites").mkdir()
    for name, text in files.items():
        (tmp_path / "sites" / f"{name}.toml").write_text(text)
    (tmp_path / "newsdesk.toml").write_text("min_delay_s = 2")
    return load({}, {}, tmp_path / "newsdesk.toml")


def test_a_file_sets_what_it_says(tmp_path: Path):
    """Every key is read, and counts for the pages and the server of its site, whatever the host."""
    found = settings_of(tmp_path, courier=WHOLE, harbour='site = "harbour.example"\nmin_delay_s = 0').by_site
    courier = found["courier.example"]
    assert courier.rule == SiteRule(
        body="div.story",
        drop=("aside.promo", ".newsletter"),
        title="h1",
        authors=".byline a",
        published_at="time",
        time_zone="Europe/Berlin",
    )
    assert (courier.max_pages, courier.sources) == (100, ("https://courier.example/feed.xml",))
    own = manners(found)
    assert (own["courier.example"].min_delay_s, own["courier.example"].concurrency) == (5, 2)
    assert own["courier.example"].lines() == {"x-key": "k3y", "cookie": "consent=yes"}
    assert own["harbour.example"].min_delay_s == 0
    assert rules(found) == {"courier.example": courier.rule}
    assert rule_of(found, "https://www.courier.example/a") == courier.rule
    assert rule_of(found, "https://harbour.example/a") is None
    assert rule_of(found, "file:///tmp/a.html") is None


@pytest.mark.parametrize(
    ("path", "is_wanted"), [("/news/a", True), ("/news/live/a", False), ("/sport/a", False), ("/", False)]
)
def test_addresses_are_taken_by_pattern(path: str, is_wanted: bool):
    """What no pattern includes, or one excludes, is left; without patterns everything is taken."""
    own = SiteSettings(site="courier.example", include=("/news/*",), exclude=("/news/live/*",))
    assert own.wants(f"https://courier.example{path}?a=/news/") is is_wanted
    assert SiteSettings(site="courier.example").wants(f"https://courier.example{path}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("body = 'p'", "says for which site"),
        ("site = 'www.courier.example'", "a site as .* here courier.example"),
        ("site = 'courier.example'\nbdy = 'p'", "unknown key 'bdy'"),
        ("site = 'courier.example'\nbody = 'p['", "body: expected a CSS selector"),
        ("site = 'courier.example'\ndrop = ['p', 'a:contains(x)']", "drop: expected a CSS selector"),
        ("site = 'courier.example'\ntime_zone = 'Berlin'", "the name of a time zone"),
        ("site = 'courier.example'\nmin_delay_s = -1", "a number of seconds"),
        ("site = 'courier.example'\nmin_delay_s = true", "a number of seconds"),
        ("site = 'courier.example'\nconcurrency = 1.5", "a whole number"),
        ("site = 'courier.example'\ninclude = 'news'", "a pattern of paths"),
        ("site = 'courier.example'\nsources = 'feed'", "a web address"),
        ("site = 'courier.example'\nheaders = { Host = 'other.example' }", "Host can't be set"),
        ("site = 'courier.example'\nheaders = { 'a b' = 'x' }", "can't be set"),
        ("site = 'courier.example'\ncookies = { a = \"x\\r\\ny\" }", "one line"),
        ("site =", "not valid TOML"),
    ],
)
def test_a_wrong_file_names_itself(tmp_path: Path, text: str, message: str):
    """The error says which file, which key and what was expected; never the value, which may be secret."""
    with pytest.raises(SettingsError, match=message) as caught:
        settings_of(tmp_path, wrong=text)
    assert "wrong.toml" in str(caught.value)


def test_two_files_for_one_site_are_a_mistake(tmp_path: Path):
    """Which of them should count, nobody could say."""
    with pytest.raises(SettingsError, match="already"):
        settings_of(tmp_path, a='site = "courier.example"', b='site = "courier.example"')


def test_a_run_keeps_to_what_is_set(desk: Desk):  # noqa: F811
    """Named sources alone are followed, what is excluded never enters the ledger, and the header reaches the site."""
    site = desk.site.url.removeprefix("http://").rstrip("/")
    text = f'site = "{site}"\nexclude = "/town/*"\nsources = "{desk.site.url}feed.xml"\nheaders = {{ X-Key = "k3y" }}'
    folder = Path(desk.settings.archive).parent
    desk.settings = replace(desk.settings, by_site=settings_of(folder, own=text).by_site)

    async def look() -> list[str]:
        async with Fetcher(policy(desk.settings), now=desk.now) as fetcher:
            named = desk.settings.by_site[site].sources
            found = await Search(fetcher=fetcher, now=desk.now).look(desk.site.url, named)
            return [finding.source.url for finding in found if finding.is_taken]

    assert asyncio.run(look()) == [f"{desk.site.url}feed.xml"]
    desk.add()
    desk.run()
    with reading(desk.engine) as connection:
        taken = {link["url"] for link in ledger.iter_links(connection, ledger.Wanted())}
    assert taken
    assert not any("/town/" in url for url in taken)
    assert all(headers.get("x-key") == "k3y" for _, _, headers in desk.site.requests)


def test_a_rule_rereads_and_never_revises(desk: Desk):  # noqa: F811
    """A rule set later reads the stored pages anew, offline; taken away, all is as it was before."""
    desk.add()
    desk.run()
    before = {path: (one.article.body, one.article.title) for path, one in desk.stored().items()}
    n_asked = len(desk.site.requests)
    site = desk.site.url.removeprefix("http://").rstrip("/")
    ruled = SiteSettings(site=site, rule=SiteRule(drop=("h2",), title="title"))
    plain, desk.settings = desk.settings, replace(desk.settings, by_site={site: ruled})
    report = desk.run()
    assert report.kinds.keys() == {"reextracted"}
    assert len(desk.site.requests) == n_asked
    after = {path: (one.article.body, one.article.title) for path, one in desk.stored().items()}
    assert after.keys() == before.keys()
    assert all(after[path][1] != before[path][1] for path in before)
    assert not desk.run().kinds
    desk.settings = plain
    assert desk.run().kinds.keys() == {"reextracted"}
    assert {path: (one.article.body, one.article.title) for path, one in desk.stored().items()} == before
    with reading(desk.engine) as connection:
        assert {number for (number,) in connection.execute(sa.select(schema.revisions.c.number))} == {1}
