"""The database looked after: views, checks, backups and upgrades with data in it, on both databases."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Engine

from db import articles, maintenance, search
from db import engine as engines
from db.diagram import mermaid
from db.engine import open_engine, reading, writing
from db.schema import metadata
from db.upgrading import MIGRATIONS, upgrade
from scraper.errors import SettingsError, StoreError
from scraper.values import PageState
from tests.builders import NOW, make_article, make_moment
from tests.stored import PLACE, store


@pytest.fixture
def stocked(engine: Engine, tmp_path: Path) -> Engine:
    """Three articles of two sites, one withdrawn; the archive file they point to is there."""
    (tmp_path / PLACE.file).write_bytes(b"")
    with writing(engine) as connection:
        for n, site in enumerate(("a.example", "a.example", "b.example")):
            moment = make_moment(NOW - timedelta(days=n))
            store(connection, make_article(f"https://{site}/{n}", f"Story {n} " * 30, site=site, published_at=moment))
        articles.save_state(connection, 2, PageState.PAYWALL, NOW)
    return engine


def rows(engine: Engine, query: str) -> list[tuple]:
    with reading(engine) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_views_read_well(stocked: Engine):
    """What is an article now, articles by day, and how each site does."""
    assert rows(stocked, "SELECT id, site, authors, n_revisions FROM articles_current ORDER BY id") == [
        (1, "a.example", "Ada Brink; Jo Tamm", 1),
        (3, "b.example", "Ada Brink; Jo Tamm", 1),
    ]
    by_day = rows(stocked, "SELECT day, site, n_articles, n_revised FROM articles_by_day ORDER BY day")
    assert [(str(day), *rest) for day, *rest in by_day] == [
        ("2026-11-18", "b.example", 1, 0),
        ("2026-11-20", "a.example", 1, 0),
    ]
    assert rows(stocked, "SELECT site, n_addresses, n_waiting, n_articles FROM site_health ORDER BY site") == [
        ("a.example", 2, 2, 1),
        ("b.example", 1, 1, 1),
    ]


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("", ""),
        ("UPDATE articles SET n_revisions = 2 WHERE id = 1", "article 1: its history does not end with"),
        ("DELETE FROM article_search", "article 1: it is not in the search index"),
        ("UPDATE articles SET state = 'teaser' WHERE id = 3", "article 3: it is in the search index"),
        ("UPDATE pages SET archive_file = 'gone.warc.gz' WHERE id = 1", "archive file gone.warc.gz is missing"),
    ],
)
def test_check_finds_damage(stocked: Engine, tmp_path: Path, damage: str, fault: str):
    """Each kind of damage is named; a sound database has none."""
    if damage:
        with writing(stocked) as connection:
            connection.exec_driver_sql(damage)
    found = list(maintenance.faults(stocked, tmp_path))
    assert (not found) if not fault else found[0].startswith(fault)


def test_a_backup_is_of_one_moment(tmp_path: Path):
    """Made while a writer is at work; whole, sound, and never over another file."""
    engine = open_engine(str(tmp_path / "n.db"))
    upgrade(engine)
    with writing(engine) as connection:
        store(connection, make_article("https://a.example/1", "Story one " * 30))
    with writing(engine) as connection:
        store(connection, make_article("https://a.example/2", "Story two " * 30))
        maintenance.backup(engine, tmp_path / "copy.db")
    copy = open_engine(str(tmp_path / "copy.db"))
    assert rows(copy, "SELECT id FROM articles") == [(1,)]
    with reading(copy) as connection:
        assert search.search(connection, "story") == [1]
    with pytest.raises(StoreError, match="overwrites nothing"):
        maintenance.backup(engine, tmp_path / "copy.db")


def test_postgresql_is_told_of_its_own_tool(engine: Engine, tmp_path: Path):
    """`pg_dump` does it better."""
    if engine.dialect.name == "postgresql":
        with pytest.raises(SettingsError, match="pg_dump"):
            maintenance.backup(engine, tmp_path / "copy.db")


def _at(engine: Engine, revision: str) -> None:
    """Takes an empty database back to an old schema."""
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@pytest.fixture
def old(address: str, tmp_path: Path):
    """A database of the first schema with an article in it, as the first release wrote it."""
    engine = open_engine(address if "://" in address else str(tmp_path / "old.db"))
    _at(engine, "0001")
    at = "'2026-11-20 12:00:00'"
    false = "0" if engine.dialect.name == "sqlite" else "false"
    statements = [
        f"INSERT INTO runs (id, command, version, started_at) VALUES (101, 'run', '0.1.0', {at})",
        f"INSERT INTO sources (id, url, kind, site, interval_s, is_paused, added_at, n_failures) VALUES (101, 'https://a.example/feed', 'feed', 'a.example', 3600, {false}, {at}, 0)",
        f"INSERT INTO links (id, url, site, first_seen_at, n_tries, page_id, article_id) VALUES (101, 'https://a.example/1', 'a.example', {at}, 0, 101, 101)",
        f"INSERT INTO pages (id, link_id, url, final_url, status, sha256, n_bytes, fetched_at, archive_file, archive_offset, archive_length, learned_at) VALUES (101, 101, 'https://a.example/1', 'https://a.example/1', 200, '{'0' * 64}', 10, {at}, 'a.warc.gz', 0, 10, {at})",
        f"INSERT INTO articles (id, url, site, title, state, body, paragraphs, details, link_id, page_id, page_sha256, fetched_at, first_seen_at, n_revisions, fingerprint, origins, confidence, extractor, generation) VALUES (101, 'https://a.example/1', 'a.example', 'Old ferry', 'article', 'It sailed.', '[]', '{{}}', 101, 101, '{'0' * 64}', {at}, {at}, 1, '{'0' * 16}', '{{}}', 0.9, 'newsdesk-1', 0)",
        "INSERT INTO article_authors (article_id, position, name) VALUES (101, 0, 'Ada Brink')",
        f"INSERT INTO revisions (article_id, title, paragraphs, number, page_id, fingerprint, fetched_at) VALUES (101, 'Old ferry', '[]', 1, 101, '{'0' * 16}', {at})",
    ]
    with writing(engine) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    yield engine
    engine.dispose()


def test_a_database_of_the_first_schema_is_upgraded(old: Engine):
    """Its article, author, history and source are there, it is found, and it can be written to."""
    upgrade(old)
    assert engines.version(old) == engines.HEAD
    with writing(old) as connection:
        stored = articles.get_article(connection, "101")
        assert stored is not None
        assert (stored.article.title, stored.article.authors) == ("Old ferry", ("Ada Brink",))
        assert search.search(connection, "ferry author:brink") == [101]
        store(connection, make_article("https://a.example/2", "New story " * 30))
    assert rows(old, "SELECT count(*) FROM revisions") == [(1 + 1,)]
    assert rows(old, "SELECT url FROM sources") == [("https://a.example/feed",)]


def test_the_diagram_shows_every_table():
    """All tables and columns, with what refers to what."""
    text = mermaid()
    for table in metadata.sorted_tables:
        assert f" {table.name} {{" in text
    assert '    articles ||--o{ revisions : "article_id"' in text
