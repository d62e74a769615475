"""What the settings say is too old goes, each after its own time, on both databases."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import links, maintenance, schema, search
from db.deletion import OUTDATED
from db.engine import reading, writing
from pipelines import retention
from pipelines.run import Job, import_list, run, save_page
from pipelines.settings import Settings
from pipelines.stopping import Stop
from scraper.values import OutcomeKind, Page
from tests.builders import NOW, make_link, make_page
from tests.cli.conftest import Newsdesk

DAY = timedelta(days=1)
OLD, NEW = "https://a.example/2026/old-ferry", "https://a.example/2026/new-ferry"
WORDS = "The night ferry sails again from {}, the council said; tickets cost {} crowns, and dogs pay half of it."


def page(url: str, day: str, price: int, at: datetime) -> Page:
    published = f'<meta property="article:published_time" content="{at.isoformat()}">'
    body = f"<html><head><title>Ferry on {day}</title>{published}</head><body><article><h1>Ferry on {day}</h1>"
    text = "".join(f"<p>{WORDS.format(day, price + n)}</p>" for n in range(9))
    return make_page(url, f"{body}{text}</article></body></html>".encode(), fetched_at=at)


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    """Of a database with an old article, fetched three times and changed once, and a new one; all files are idle."""
    found = Settings(db="", archive=str(tmp_path / "archive"))
    fetched = [
        page(OLD, "Friday", 9, NOW - 40 * DAY),
        replace(page(OLD, "Friday", 9, NOW - 40 * DAY), fetched_at=NOW - 39 * DAY, body=b"<p>Soon.</p>"),
        replace(page(OLD, "Sunday", 9, NOW - 40 * DAY), fetched_at=NOW - 35 * DAY),
        page(NEW, "Monday", 77, NOW - DAY),
    ]
    lines = []
    for n, one in enumerate(fetched):
        (tmp_path / f"{n}.html").write_bytes(one.body)
        line = {"url": one.url, "html_path": f"{n}.html", "fetched_at": one.fetched_at.isoformat()}
        lines.append(json.dumps(line))
    (tmp_path / "pages.jsonl").write_text("\n".join(lines))
    import_list(Job(engine=engine, settings=found, now=lambda: NOW), tmp_path / "pages.jsonl")
    for file in Path(found.archive).iterdir():
        os.utime(file, (time.time() - 7200, time.time() - 7200))
    return found


def count(engine: Engine, table: sa.Table) -> int:
    with reading(engine) as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def counts(engine: Engine) -> tuple[int, int, int, int]:
    """Articles, revisions, rows of pages, and those among them whose record is in the archive."""
    with reading(engine) as connection:
        query = sa.select(sa.func.count()).where(schema.pages.c.archive_length > 0)
        n_records = int(connection.execute(query).scalar_one())
    return (*(count(engine, table) for table in (schema.articles, schema.revisions, schema.pages)), n_records)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ({}, (2, 3, 4, 4)),
        ({"keep_texts_days": 30}, (1, 1, 4, 4)),
        ({"keep_texts_days": 60, "keep_pages_days": 60, "keep_archive_days": 60}, (2, 3, 4, 4)),
        ({"keep_archive_days": 30}, (2, 3, 4, 2)),
        ({"keep_pages_days": 30}, (2, 3, 3, 2)),
        ({"keep_texts_days": 30, "keep_archive_days": 30}, (1, 1, 4, 1)),
        ({"keep_texts_days": 30, "keep_pages_days": 30}, (1, 1, 1, 1)),
    ],
)
def test_each_goes_after_its_own_time(
    engine: Engine, settings: Settings, kept: dict[str, int], expected: tuple[int, ...]
):
    """Texts without the archive, the archive without texts, rows of pages once nothing needs them; never half."""
    found = replace(settings, **kept)
    retention.expire(engine, found, NOW, Stop())
    assert counts(engine) == expected
    assert list(maintenance.faults(engine, Path(settings.archive))) == []
    again = retention.expire(engine, found, NOW, Stop())
    assert (again.n_texts, again.n_pages, again.archive.n_records) == (0, 0, 0)


def test_an_outdated_text_is_gone_from_search_and_never_taken_up_again(engine: Engine, settings: Settings):
    """Neither by a run that applies the settings, nor when it is announced or fetched anew."""
    found = replace(settings, keep_texts_days=30)
    run(Job(engine=engine, settings=found, now=lambda: NOW))
    with writing(engine) as connection:
        assert search.search(connection, "sunday") == []
        assert search.search(connection, "monday") != []
        links.add_links(connection, [make_link(OLD, modified_at=NOW)], "a.example", NOW)
        assert links.due_links(connection, "a.example", NOW, 10) == []
    assert count(engine, schema.cluster_members) == 1
    outcome, stored = save_page(Job(engine=engine, settings=found, now=lambda: NOW), page(OLD, "Tuesday", 5, NOW))
    assert (outcome.kind, outcome.reason, stored) == (OutcomeKind.GONE, f"deleted {OUTDATED}", None)
    run(Job(engine=engine, settings=found, now=lambda: NOW))
    assert count(engine, schema.articles) == 1


def test_deletion_reaches_the_archive_after_the_text_went(
    engine: Engine, settings: Settings, newsdesk: Newsdesk, address: str
):
    """By the address; what was archived reads as deleted, and a second request finds nothing."""
    retention.expire(engine, replace(settings, keep_texts_days=30), NOW, Stop())
    assert "older than keep_texts_days" in newsdesk("--db", address, "why", OLD).out
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSDESK_ARCHIVE", settings.archive)
        assert OLD in newsdesk("--db", address, "delete", OLD).out
        assert newsdesk("--db", address, "delete", OLD).status == 1
    assert counts(engine)[2:] == (1, 1)


def test_a_stop_is_heard(engine: Engine, settings: Settings):
    """Nothing more goes; what is left goes the next time."""
    stop = Stop()
    stop.request("asked to stop")
    retention.expire(engine, replace(settings, keep_texts_days=30, keep_pages_days=30), NOW, stop)
    assert counts(engine) == (2, 3, 4, 4)


def test_db_prune(newsdesk: Newsdesk, engine: Engine, settings: Settings, address: str):
    """Says what went, and that nothing is set where nothing is."""
    call: Callable[..., str] = lambda: newsdesk("--db", address, "db", "prune").out  # noqa: E731
    assert call().startswith("everything is kept")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("ARCHIVE", settings.archive), ("KEEP_TEXTS_DAYS", "30"), ("KEEP_ARCHIVE_DAYS", "30")):
            patch.setenv(f"NEWSDESK_{name}", value)
        out = call()
    assert out.startswith("gone: 1 text, 0 page rows, 3 records (")
    assert counts(engine)[0] == 1
