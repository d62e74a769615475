"""Looks after a whole database: is it sound, and a copy of it that is safe to make while a run is going."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from db import shelf
from db.engine import reading
from db.schema import articles, pages, revisions
from db.shelf import Shelf
from scraper.errors import SettingsError, StoreError
from scraper.values import PageState

_SHOWN = 5  # of the rows with one fault


def faults(engine: Engine, folder: Shelf) -> Iterator[str]:
    """What is wrong with the database, or with the files of the archive it points into; nothing if all is well."""
    with reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            yield from _sqlite_faults(connection)
        yield from _row_faults(connection)
        present = shelf.sizes(folder)
        for (file,) in connection.execute(sa.select(pages.c.archive_file).where(pages.c.archive_length > 0).distinct()):
            if file not in present:
                yield f"archive file {file} is missing in {folder}"


def _sqlite_faults(connection: Connection) -> Iterator[str]:
    for (message,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if message != "ok":
            yield f"integrity: {message}"
    for table, row_id, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"row {row_id} of {table} refers to a row of {parent} that is not there"


def _row_faults(connection: Connection) -> Iterator[str]:
    last = sa.select(sa.func.max(revisions.c.number)).where(revisions.c.article_id == articles.c.id).scalar_subquery()
    uneven = articles.c.n_revisions != sa.func.coalesce(last, 0)
    column = "rowid" if connection.dialect.name == "sqlite" else "article_id"
    index: sa.Select[Any] = sa.select(sa.column(column)).select_from(sa.text("article_search"))
    is_article = articles.c.state == PageState.ARTICLE.value
    for where, message in (
        (uneven, "its history does not end with its present text"),
        (is_article & articles.c.id.not_in(index), "it is not in the search index"),
        (~is_article & articles.c.id.in_(index), "it is in the search index and should not be"),
    ):
        for (article_id,) in connection.execute(sa.select(articles.c.id).where(where).limit(_SHOWN)):
            yield f"article {article_id}: {message}"


def backup(engine: Engine, target: Path) -> None:
    """Nothing; afterwards the file is a database of one moment, whatever was written meanwhile (`VACUUM INTO`).

    Raises `SettingsError` on PostgreSQL, whose own tools do it, and `StoreError` when the file is there already.
    """
    if engine.dialect.name != "sqlite":
        raise SettingsError("PostgreSQL is backed up by its own pg_dump, also while a run is going", url="backup")
    if target.exists():
        raise StoreError("there is such a file already; a backup overwrites nothing", url=str(target))
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(engine.raw_connection()) as connection:  # VACUUM bears no transaction around it
            connection.cursor().execute("VACUUM INTO ?", (str(unfinished),))
        unfinished.replace(target)
    except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise StoreError(str(error), url=str(target)) from error
    finally:
        unfinished.unlink(missing_ok=True)
