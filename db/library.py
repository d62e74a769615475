"""The database for programs: open it, ask it, get values. No sessions, no transactions to manage.

    with Library.open("newsdesk.db") as library:
        for stored in library.search("ferry after:2026-11"):
            print(stored.article.title)

Reads only. Each call sees one state of the database; iterators hold a page of articles in memory, no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Self

from sqlalchemy.engine import Engine

from db import articles
from db.engine import check, open_engine, reading
from db.history import get_history
from db.search import search
from scraper.values import StoredArticle, StoredRevision

_BATCH = 200
_ALL = 1_000_000


class Library:
    """A newsdesk database, open for reading."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, address: str) -> Self:
        """The library at a database address or in an SQLite file. Raises `StoreError` where there is none."""
        engine = open_engine(address)
        check(engine)
        return cls(engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing; afterwards no connection is open."""
        self._engine.dispose()

    def article(self, target: int | str) -> StoredArticle | None:
        """The article of an id, or of any address that leads to it; None if there is none."""
        with reading(self._engine) as connection:
            return articles.get_article(connection, str(target))

    def articles(
        self, *, site: str | None = None, since: datetime | None = None, changed_since: datetime | None = None
    ) -> Iterator[StoredArticle]:
        """All articles by id; `since` looks at publication, `changed_since` at our own rows."""
        with reading(self._engine) as connection:
            yield from articles.iter_articles(connection, site=site, since=since, changed_since=changed_since)

    def search(self, query: str, *, limit: int | None = None) -> Iterator[StoredArticle]:
        """The articles that a search finds, best first. Raises `QueryError` for a query that can't be read."""
        with reading(self._engine) as connection:
            ids = search(connection, query, limit=limit or _ALL)
            for at in range(0, len(ids), _BATCH):
                yield from articles.get_articles(connection, ids[at : at + _BATCH])

    def history(self, article_id: int) -> list[StoredRevision]:
        """What the article said after each change by its publisher, the first text first."""
        with reading(self._engine) as connection:
            return get_history(connection, article_id)
