"""Takes old records out of the archive. The rows stay and say what was fetched; they point nowhere any more.

A file is written anew without them, beside the old one, and the rows of what stays are moved over in one transaction:
killed before its end, nothing has changed; killed after it, the old file is left and goes with the next pruning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db import archive
from db.engine import hold
from db.schema import articles, extractions, pages
from db.shelf import Shelf
from scraper.values import RecordPlace

FILES = "files of the archive"
"""Held by whoever rewrites or wipes records, to the end of the transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is to go: fetched before that moment, and read. `takes_present`: also what present texts were read from."""

    before: datetime
    takes_present: bool = False


def old_files(connection: Connection, rule: Rule) -> list[str]:
    """The names of the files that hold something to be taken out."""
    query = sa.select(pages.c.archive_file).where(*_goes(rule)).distinct().order_by(pages.c.archive_file)
    return list(connection.execute(query).scalars())


def known_files(connection: Connection) -> set[str]:
    """The names of all files that rows point into."""
    return set(
        connection.execute(sa.select(pages.c.archive_file).where(pages.c.archive_length > 0).distinct()).scalars()
    )


def prune_file(connection: Connection, folder: Shelf, file: str, rule: Rule) -> int:
    """The number of records taken out; the rows are as if they had never been in `file`, which can go."""
    hold(connection, FILES)
    gone = list(connection.execute(sa.select(pages.c.id).where(pages.c.archive_file == file, *_goes(rule))).scalars())
    kept = connection.execute(
        sa.select(pages.c.id, pages.c.archive_offset, pages.c.archive_length)
        .where(pages.c.archive_file == file, pages.c.archive_length > 0, pages.c.id.not_in(_goers(file, rule)))
        .order_by(pages.c.archive_offset)
    ).all()
    if kept:
        places = [RecordPlace(file=file, offset=o, length=n) for _, o, n in kept]
        name = file.removesuffix(".warc.gz").partition("-pruned")[0] + "-pruned"
        new = archive.copied(folder, places, name)
        move(connection, [row.id for row in kept], new)
    for at in range(0, len(gone), 500):
        where = pages.c.id.in_(gone[at : at + 500])
        connection.execute(pages.update().where(where).values(archive_file="", archive_offset=0, archive_length=0))
    return len(gone)


def move(connection: Connection, ids: Sequence[int], places: Sequence[RecordPlace]) -> None:
    """Nothing; afterwards those rows point to those places."""
    values: dict[str, Any] = {"archive_file": sa.bindparam("file"), "archive_offset": sa.bindparam("offset")}
    statement = pages.update().where(pages.c.id == sa.bindparam("page")).values(**values)
    rows = [{"page": i, "file": p.file, "offset": p.offset} for i, p in zip(ids, places, strict=True)]
    connection.execute(statement, rows)


def _goers(file: str, rule: Rule) -> sa.Select[Any]:
    return sa.select(pages.c.id).where(pages.c.archive_file == file, *_goes(rule))


def _goes(rule: Rule) -> list[sa.ColumnElement[bool]]:
    """Old, still there, and read, or a word about another page; unless a younger record refers to it."""
    younger = pages.alias("younger")
    is_referred_to = sa.exists().where(
        younger.c.same_as_id == pages.c.id, younger.c.fetched_at >= rule.before, younger.c.archive_length > 0
    )
    is_read = sa.and_(pages.c.learned_at.is_not(None), sa.exists().where(extractions.c.page_id == pages.c.id))
    found = [
        pages.c.fetched_at < rule.before,
        pages.c.archive_length > 0,
        sa.or_(is_read, pages.c.same_as_id.is_not(None)),
        ~is_referred_to,
    ]
    if not rule.takes_present:
        found.append(pages.c.id.not_in(sa.select(articles.c.page_id)))
    return found
