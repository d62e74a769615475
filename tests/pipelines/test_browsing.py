"""Which pages a run shows to a browser, and that an empty shell becomes an article."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import schema, sources
from db.engine import reading, writing
from pipelines.browsing import ALWAYS, NEVER, WHEN_NEEDED, Rendering, Wish
from pipelines.run import Job, run
from pipelines.settings import Settings
from pipelines.site_rules import SiteSettings
from scraper.errors import SettingsError
from scraper.fetching import browser
from scraper.values import DueLink, Request, Source, SourceKind
from tests.conftest import NOW
from tests.fetching.test_browser import ROUTES, TEXT
from tests.fetching.web import answer


def due(site: str = "news.example", **fields: object) -> DueLink:
    """An address of the site that is due."""
    values = {"id": 1, "request": Request(url=f"https://{site}/a"), "published_at": None, "first_seen_at": NOW}
    return DueLink(
        site=site, **{**values, "n_tries": 0, "page_id": None, "page_sha256": None, "article_id": None, **fields}
    )


@pytest.mark.parametrize(
    ("mode", "own", "link", "is_wanted"),
    [
        (NEVER, None, due(outcome="needs_browser"), False),
        (WHEN_NEEDED, None, due(outcome="needs_browser"), True),
        (WHEN_NEEDED, None, due(outcome="stored", is_rendered=True), True),
        (WHEN_NEEDED, None, due(outcome="stored"), False),
        (WHEN_NEEDED, None, due(), False),
        (WHEN_NEEDED, NEVER, due(outcome="needs_browser"), False),
        (NEVER, ALWAYS, due(), True),
    ],
)
def test_who_is_rendered(mode: str, own: str | None, link: DueLink, is_wanted: bool):
    """Shells and what was rendered before, or all of a site that is set so; a site's own word counts most."""
    by_site = {"news.example": SiteSettings(site="news.example", render=own)}
    made = Rendering(browser=None, wish=Wish(mode=mode, by_site=by_site), max_per_site=2)  # type: ignore[arg-type]
    assert [made.wants(link) for _ in range(3)] == [is_wanted, is_wanted, False]
    assert made.wants(due("other.example", outcome="needs_browser")) is (mode == WHEN_NEEDED)


def test_without_a_browser_it_is_said_at_once(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The settings ask for what is not there: one line that names what is missing, before anything is asked."""
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    settings = Settings(db="", archive=str(tmp_path / "archive"), render=WHEN_NEEDED)
    with pytest.raises(SettingsError, match=r"newsdesk\[browser\]|Chromium"):
        run(Job(engine=engine, settings=settings))


@pytest.mark.skipif(bool(browser.why_not()), reason=browser.why_not() or "a browser is here")
def test_a_shell_becomes_an_article(engine: Engine, tmp_path: Path):
    """The first run finds an empty shell; the next one shows it to a browser and stores what is drawn, which stays."""
    with serving() as address:
        site = address.removeprefix("http://")
        settings = Settings(db="", archive=str(tmp_path / "archive"), min_delay_s=0, allow_addresses=(site,))
        clock = [NOW]
        job = Job(engine=engine, settings=replace(settings, render=WHEN_NEEDED), now=lambda: clock[0], include_all=True)
        with writing(engine) as connection:
            source = Source(url=f"{address}/feed", kind=SourceKind.FEED, site=site, language=None)
            sources.add_source(connection, source, NOW)
        assert run(job).summary()["needs_browser"] == 1
        assert run(job).summary()["stored"] == 1
        assert bodies(engine) == ["\n\n".join([*TEXT, "Zum Schluß"])]
        clock[0] += timedelta(hours=20)
        assert run(job).summary().get("unchanged") == 1
        assert rendered(engine) == [False, True, True]


def bodies(engine: Engine) -> list[str]:
    """The texts of all articles."""
    with reading(engine) as connection:
        return list(connection.execute(sa.select(schema.articles.c.body)).scalars())


def rendered(engine: Engine) -> list[bool]:
    """Of each page, in order, whether a browser showed it."""
    with reading(engine) as connection:
        return list(connection.execute(sa.select(schema.pages.c.is_rendered).order_by(schema.pages.c.id)).scalars())


@contextmanager
def serving() -> Iterator[str]:
    """A site whose only article is drawn by a script."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.wfile.write(feed() if self.path == "/feed" else ROUTES.get(self.path[1:], answer(404)))

        def log_message(self, *_: object) -> None:
            pass

    def feed() -> bytes:
        item = f"<item><link>{address}/a</link><pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item>"
        return answer(200, f"<rss version='2.0'><channel>{item}</channel></rss>".encode(), Content_Type="text/xml")

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield address
        finally:
            server.shutdown()
            thread.join()
