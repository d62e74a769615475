"""Gathers the many small files that a run puts elsewhere than in a folder into few that are worth listing and reading.

Copies first, then moves the rows over in one transaction, if they are still what they were: killed before, nothing has
changed; killed after, the small files are left and go with the next pruning. What was deleted meanwhile is not copied
back to life: then nothing is moved, and the small files stay.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from db import archive, shelf
from db.engine import hold, reading, writing
from db.pruning import FILES, move
from db.remote import Remote
from db.schema import pages
from scraper.values import RecordPlace

MAX_BYTES = 128 << 20
"""Of a gathered file: deleting one record, on request, puts its whole file anew."""
_AT_ONCE = 200  # small files fetched side by side; they have some 10 to 300 kB


class _Row(NamedTuple):
    id: int
    place: RecordPlace


def gather(engine: Engine, remote: Remote, name: str, after_id: int) -> None:
    """Nothing; afterwards what the writer of that name has put there stands in few files.

    `after_id` is the last page that was there when the writer began, so that not every row is looked at.
    """
    with reading(engine) as connection:
        rows = _rows(connection, name, after_id)
    for portion in _portions(rows):
        if len(files := sorted({row.place.file for row in portion})) > 1:
            _gather(engine, remote, name, portion, files)


def _gather(engine: Engine, remote: Remote, name: str, rows: Sequence[_Row], files: Sequence[str]) -> None:
    new = _copied(remote, f"{name}-gathered", rows, files)
    with writing(engine) as connection:
        hold(connection, FILES)
        now = _rows(connection, name, min(row.id for row in rows) - 1)
        is_same = [row for row in now if row.place.file in set(files)] == list(rows)
        if is_same:
            move(connection, [row.id for row in rows], new)
    for file in files if is_same else {place.file for place in new}.difference(files):
        shelf.remove(remote, file)


def _copied(remote: Remote, name: str, rows: Sequence[_Row], files: Sequence[str]) -> list[RecordPlace]:
    with tempfile.TemporaryDirectory() as folder:
        for at in range(0, len(files), _AT_ONCE):
            some = list(files[at : at + _AT_ONCE])
            for file, content in remote.get_all(some).items():
                (Path(folder) / file).write_bytes(content)
        return archive.copied_from(Path(folder), [row.place for row in rows], remote, name)


def _rows(connection: Connection, name: str, after_id: int) -> list[_Row]:
    columns = (pages.c.id, pages.c.archive_file, pages.c.archive_offset, pages.c.archive_length)
    # A name is followed by the writer's own mark, or by what `name` has gathered already, which stays as it is.
    is_own = sa.and_(pages.c.archive_file.startswith(f"{name}-"), ~pages.c.archive_file.startswith(f"{name}-gathered"))
    query = sa.select(*columns).where(pages.c.id > after_id, is_own, pages.c.archive_length > 0)
    found = connection.execute(query.order_by(pages.c.archive_file, pages.c.archive_offset, pages.c.id))
    return [_Row(row_id, RecordPlace(file=file, offset=at, length=length)) for row_id, file, at, length in found]


def _portions(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """The rows, cut between two files wherever enough has come together for a gathered one."""
    portion: list[_Row] = []
    n_bytes = 0
    for row in rows:
        if n_bytes >= MAX_BYTES and row.place.file != portion[-1].place.file:
            yield portion
            portion, n_bytes = [], 0
        portion.append(row)
        n_bytes += row.place.length
    if portion:
        yield portion
