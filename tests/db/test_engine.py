"""Opening, making and refusing databases."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

from db import engine as engines
from db.schema import metadata
from db.upgrading import MIGRATIONS, upgrade
from scraper.errors import SettingsError, StoreError


def test_head_is_the_newest_migration():
    """The code's schema version is that of the newest migration file."""
    newest = max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("*.py"))
    assert newest == engines.HEAD


def test_migrations_lead_to_the_schema(engine: Engine):
    """A database made by the migrations has exactly the tables, columns and indexes the code speaks of."""

    def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or not str(name).startswith("article_search")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        assert compare_metadata(context, metadata) == []


def test_upgrade_twice_changes_nothing(engine: Engine):
    """Upgrading a present database is no work."""
    upgrade(engine)
    assert engines.version(engine) == engines.HEAD


def test_a_newer_database_is_refused(engine: Engine):
    """Who has a newer newsdesk's database is told to update, by readers and writers alike."""
    with engines.writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for opening in (engines.check, upgrade):
        with pytest.raises(StoreError, match="newer than this newsdesk"):
            opening(engine)


def test_no_database_is_said_and_not_made(tmp_path: Path):
    """Reading where there is no database leaves no file behind."""
    path = tmp_path / "none.db"
    with pytest.raises(StoreError, match="no database yet"):
        engines.check(engines.open_engine(str(path)))
    assert not path.exists()


@pytest.mark.parametrize("address", ["mysql://localhost/x", "http://example.org", "sqlite//x://"])
def test_foreign_addresses_are_refused(address: str):
    """Only SQLite and PostgreSQL addresses are taken."""
    with pytest.raises(SettingsError, match="expected sqlite:///FILE or postgresql"):
        engines.open_engine(address)


def test_no_database_server_is_one_line(tmp_path: Path):
    """A server that isn't there is a StoreError of one line."""
    with pytest.raises(StoreError) as caught:
        engines.check(engines.open_engine(f"postgresql:///x?host={tmp_path}"))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_a_store_error(tmp_path: Path):
    """Garbage where the database should be is said, not overwritten."""
    path = tmp_path / "garbage.db"
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(StoreError):
        upgrade(engines.open_engine(str(path)))
    assert path.read_bytes().startswith(b"this is not")


def test_sqlite_runs_in_wal_mode(tmp_path: Path):
    """Readers don't wait for writers."""
    path = tmp_path / "newsdesk.db"
    engine = engines.open_engine(str(path))
    upgrade(engine)
    engine.dispose()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_failed_transaction_leaves_nothing(engine: Engine):
    """An exception inside `writing` rolls back all of it."""
    with pytest.raises(RuntimeError), engines.writing(engine) as connection:
        connection.execute(
            sa.text("INSERT INTO site_memories (site, generation, n_pages, repeated) VALUES ('a', 1, 1, '{}')")
        )
        raise RuntimeError
    with engines.reading(engine) as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM site_memories")).scalar() == 0
