"""Opens the database, brings it to the present schema, and hands out connections.

`reading` and `writing` are the only ways to a connection; each is one transaction. SQLite runs in
WAL mode with `synchronous=NORMAL` (a power cut may lose the last transactions, never the file) and
writers take the write lock at BEGIN, so that no transaction fails half-way as "locked". SQLAlchemy's
errors become `StoreError` here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from scraper.errors import SettingsError, StoreError

HEAD = "0020"
"""The migration this code needs; a test compares it with the newest file in `db/migrations`."""

BUSY_TIMEOUT_S = 60
CACHE_KIB = 32 * 1024
"""Of SQLite's pages, a connection, where they are needed; with the 2 MB it takes by itself, loading spills to disk."""
_WRITES = "newsdesk_writes"
_MEANINGS = {  # what SQLite says where its files beside the database can't be made, or can't grow
    "disk I/O error": "disk I/O error: is the disk full?",
    "unable to open database file": "unable to open database file: may the file and its folder be read and written?",
}
_EXPECTED = "not a database address, expected sqlite:///FILE or postgresql://..."


def open_engine(address: str) -> Engine:
    """An engine for a database address (`sqlite:///FILE`, `postgresql://...`) or the path of an SQLite file.

    Connects to nothing yet. Raises `SettingsError` for an address that is neither.
    """
    url = _url(address)
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return sa.create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise SettingsError("PostgreSQL needs an extra: pip install 'newsdesk[postgresql]'", url=str(url)) from error


def _url(address: str) -> URL:
    if "://" not in address:
        return URL.create("sqlite", database=address)
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise SettingsError(_EXPECTED, url=address) from error
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingsError(_EXPECTED, url=address)
    return url


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver may not begin transactions by itself: _begin_sqlite does.
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "secure_delete=ON",
        f"cache_size=-{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    kind = "IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {kind}")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database and writes nothing."""
    with _translated(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction: committed at the end, rolled back on any exception."""
    with _translated(engine), engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()
        message = cause[0] if cause else type(error).__name__
        raise StoreError(_MEANINGS.get(message, message), url=_shown(engine)) from error


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def insert(connection: Connection, table: sa.Table, row: Mapping[str, Any]) -> int:
    """The id of the row, now in the table."""
    key = connection.execute(table.insert(), dict(row)).inserted_primary_key
    if key is None:
        raise StoreError("the database gave no key for a new row", url=table.name)
    return int(key[0])


def new_ids(connection: Connection, table: sa.Table, n: int) -> list[int]:
    """`n` ids for rows to come, rising. SQLite's transaction has been the only writer since it began."""
    if connection.dialect.name == "sqlite":
        last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))).scalar_one()
        return list(range(last + 1, last + n + 1))
    following = sa.text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)")
    return sorted(connection.execute(following, {"name": table.name, "n": n}).scalars())


def hold(connection: Connection, name: str) -> None:
    """Nothing; until the transaction ends no other one holds that name. SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(name))))


def exists(engine: Engine) -> bool:
    """Whether there is a newsdesk database at the engine's address. Creates nothing."""
    if engine.dialect.name == "sqlite" and not _file_exists(engine.url.database):
        return False
    return version(engine) is not None


def _file_exists(database: str | None) -> bool:
    return database not in (None, "", ":memory:") and Path(str(database)).is_file()


def version(engine: Engine) -> str | None:
    """The schema version of the database, None where it has none yet."""
    with reading(engine) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
        return None if row is None else str(row[0])


def check(engine: Engine) -> None:
    """Nothing, where this code can use the database as it is.

    Raises `StoreError` where there is none, or one that is older or newer than this code.
    """
    if not exists(engine):
        raise StoreError("there is no database yet; `newsdesk add URL` makes one", url=_shown(engine))
    check_not_newer(engine)
    if (found := version(engine)) != HEAD:
        advice = "run `newsdesk run` once to upgrade it"
        raise StoreError(f"the database has schema {found}, this newsdesk needs {HEAD}: {advice}", url=_shown(engine))


def is_present(engine: Engine) -> bool:
    """Whether the database has the schema of this code. Raises `StoreError` where it is newer."""
    if not exists(engine):
        return False
    check_not_newer(engine)
    return version(engine) == HEAD


def check_not_newer(engine: Engine) -> None:
    """Nothing; raises `StoreError` when a newer newsdesk has upgraded the database."""
    found = version(engine)
    if found is not None and found > HEAD:
        message = f"the database has schema {found}, newer than this newsdesk knows ({HEAD}): update newsdesk"
        raise StoreError(message, url=_shown(engine))
