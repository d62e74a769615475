"""Any question to the database in its own SQL, which can only read.

SQLite refuses everything but reading by its authorizer; PostgreSQL gets one statement in a read-only transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Connection, Engine

from db.engine import reading
from scraper.errors import SettingsError

_BATCH = 500
_READS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})


@contextmanager
def asked(engine: Engine, question: str) -> Iterator[tuple[tuple[str, ...], Iterator[Sequence[Any]]]]:
    """The names of the columns, and the rows as they come.

    Raises `SettingsError` for what is no single statement that reads.
    """
    with reading(engine) as connection:
        cursor = _cursor(connection)
        try:
            _execute(connection, cursor, question)
            names = tuple(column[0] for column in cursor.description or ())
            yield names, _rows(cursor)
        finally:
            cursor.close()
            if connection.dialect.name == "sqlite":
                _driver(connection).set_authorizer(None)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _cursor(connection: Connection) -> Any:
    if connection.dialect.name == "sqlite":
        _driver(connection).set_authorizer(_allow)
    else:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    return _driver(connection).cursor()


def _allow(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY


def _execute(connection: Connection, cursor: Any, question: str) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    try:
        # Prepared, PostgreSQL takes one statement only: none can end the transaction and write after it.
        cursor.execute(question) if is_sqlite else cursor.execute(question, prepare=True)
    except Exception as error:
        cause = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        advice = "only reading is allowed" if "not authorized" in cause or "read-only" in cause else cause
        raise SettingsError(advice, url="sql") from error


def _rows(cursor: Any) -> Iterator[Sequence[Any]]:
    while batch := cursor.fetchmany(_BATCH) if cursor.description else ():
        yield from batch
