"""Bare loading for comparison: rows go from one database to another by `sqlite3` or `COPY`, past newsdesk's own code.

Only writing is timed; reading the rows, which stands for having them ready, is not.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db.engine import open_engine, writing
from db.schema import links, pages
from db.upgrading import upgrade
from scraper.values import Revision

# table: the column that holds the article's id
TABLES = {"articles": "id", "revisions": "article_id", "article_authors": "article_id", "article_tags": "article_id"}
INDEXES = {"sqlite": ("rowid", "rowid, title, author, tag, body"), "postgresql": ("article_id", "article_id, words")}


def add_fetched(engine: Engine, batch: list[Revision]) -> None:
    """Nothing; afterwards the rows of links and pages that the articles refer to are there."""
    link, page = [], []
    for one in batch:
        a, n = one.article, one.page.id
        link.append({"id": n, "url": a.url, "site": a.site, "title": a.title, "first_seen_at": a.fetched_at})
        place = {"archive_file": "run-1.warc.gz", "archive_offset": 9_000 * n, "archive_length": 9_000}
        row = {"id": n, "link_id": n, "url": a.url, "final_url": a.url, "status": 200, "sha256": a.page_sha256}
        page.append(row | {"n_bytes": 40_000, "fetched_at": a.fetched_at, **place})
    with writing(engine) as connection:
        connection.execute(links.insert(), link)
        connection.execute(pages.insert(), page)


class Bare(Protocol):
    """A second database, and how to bring articles into it from the first."""

    engine: Engine

    def load(self, first: int, last: int) -> float:
        """The seconds it took to write the articles with ids from `first` to `last`, in one transaction."""

    def size(self) -> str:
        """How large the first database is."""

    def close(self) -> None:
        """Nothing; afterwards the second database is closed and gone."""


class SqliteBare:
    """From file to file, with the same journal, synchronous level and secure_delete."""

    def __init__(self, source: Path, target: Path) -> None:
        self.engine = open_engine(str(target))
        self._source, self._paths = sqlite3.connect(source), (source, target)
        self._target = sqlite3.connect(target, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
            self._target.execute(f"PRAGMA {pragma}")

    def load(self, first: int, last: int) -> float:
        tables: dict[str, list[Any]] = {}
        key, names = INDEXES["sqlite"]
        for table, column in TABLES.items():
            query = f"SELECT * FROM {table} WHERE {column} BETWEEN ? AND ?"
            tables[table] = self._source.execute(query, (first, last)).fetchall()
        query = f"SELECT {names} FROM article_search WHERE {key} BETWEEN ? AND ?"
        indexed = self._source.execute(query, (first, last)).fetchall()
        linked = [(n, n) for n in range(first, last + 1)]
        start = time.perf_counter()
        run = self._target
        run.execute("BEGIN IMMEDIATE")
        for table, rows in tables.items():
            if rows:
                run.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        run.executemany("UPDATE links SET article_id = ? WHERE id = ?", linked)
        run.executemany(f"INSERT INTO article_search ({names}) VALUES (?, ?, ?, ?, ?)", indexed)
        run.execute("COMMIT")
        return time.perf_counter() - start

    def size(self) -> str:
        return f"{self._paths[0].stat().st_size / 1e9:.2f} GB"

    def close(self) -> None:
        self._source.close()
        self._target.close()
        self.engine.dispose()
        for path in self._paths[1].parent.glob(self._paths[1].name + "*"):
            path.unlink()


class PostgresqlBare:
    """From database to database of one server."""

    def __init__(self, uri: str) -> None:
        url = open_engine(uri).url
        with psycopg.connect(_dsn(url.set(database="template1")), autocommit=True) as maintenance:
            maintenance.execute("CREATE DATABASE bare TEMPLATE postgres")
        self._url = url
        self.engine = open_engine(url.set(database="bare").render_as_string(hide_password=False))
        upgrade(self.engine)
        self._source = psycopg.connect(_dsn(url), autocommit=True)
        self._target = psycopg.connect(_dsn(url.set(database="bare")))

    def load(self, first: int, last: int) -> float:
        key, names = INDEXES["postgresql"]
        copied: dict[str, bytes] = {}
        for table, column in {**TABLES, "article_search": key}.items():
            shown = names if table == "article_search" else "*"
            query = f"COPY (SELECT {shown} FROM {table} WHERE {column} BETWEEN {first} AND {last}) TO STDOUT"
            with self._source.cursor().copy(query) as copy:  # type: ignore[arg-type]
                copied[table] = b"".join(map(bytes, copy))
        start = time.perf_counter()
        with self._target.transaction():
            cursor = self._target.cursor()
            for table, rows in copied.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:  # type: ignore[arg-type]
                    copy.write(rows)
            cursor.execute("UPDATE links SET article_id = id WHERE id BETWEEN %s AND %s", (first, last))
        return time.perf_counter() - start

    def size(self) -> str:
        row = self._source.execute("SELECT pg_database_size(current_database())").fetchone()
        return f"{(row or [0])[0] / 1e9:.2f} GB"

    def close(self) -> None:
        self._source.close()
        self._target.close()
        self.engine.dispose()
        with psycopg.connect(_dsn(self._url.set(database="template1")), autocommit=True) as maintenance:
            maintenance.execute("DROP DATABASE bare WITH (FORCE)")


def _dsn(url: sa.URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
