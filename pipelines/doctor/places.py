"""The folders of database and archive: may we write there, and how long will the disk last?"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from sqlalchemy.engine import Engine

from db.condition import Growth
from db.remote import Remote
from db.shelf import Shelf
from pipelines.doctor.finding import Finding, failure, fine, warning
from scraper.errors import NewsError

MIN_FREE_BYTES = 200 * 2**20
"""Below this a run may fail any time: 32 pages in flight may have 10 MiB each, and packed they take a part of it."""
_SAMPLE = b"newsdesk"
MIN_DAYS_LEFT = 30
"""Warned of so long before the disk is full: time enough to find room."""


def folders(engine: Engine, archive: Shelf) -> Iterator[Finding]:
    """Whether files can be made, and those that are there be written, where database and archive are."""
    file = _file(engine)
    if file is not None:
        beside = [file.with_name(file.name + end) for end in ("", "-wal", "-shm")]
        yield _folder("database folder", file.parent, beside)
    if isinstance(archive, Remote):
        yield _elsewhere(archive)
    else:
        yield _folder("archive folder", archive, archive.glob("*.warc.gz"))


def _elsewhere(archive: Remote) -> Finding:
    name = f"doctor-{token_hex(8)}"
    try:
        with tempfile.NamedTemporaryFile() as file:
            file.write(_SAMPLE)
            file.flush()
            archive.put(Path(file.name), name)
        found = archive.read(name, 1, len(_SAMPLE))
        archive.remove(name)
    except (NewsError, OSError) as error:
        said = error.detail if isinstance(error, NewsError) else str(error)
        return failure("archive", f"{said}: {archive}", "see that it is there, and that the keys let us write")
    if found != _SAMPLE[1:]:
        return failure("archive", f"a part of a file can't be read alone: {archive}", "choose another kind of store")
    return fine("archive", f"can be written: {archive}")


def _folder(check: str, folder: Path, files: Iterable[Path]) -> Finding:
    place = _nearest(folder)
    advice = f"run newsdesk always as one user, and give {place} to that user, or choose another place"
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return failure(check, f"nothing can be written in {place}: {error.strerror}", advice)
    if place != folder.absolute():
        return fine(check, f"will be made: {folder}")
    foreign = [path for path in files if path.exists() and not os.access(path, os.R_OK | os.W_OK)]
    if foreign:
        return failure(check, f"{len(foreign)} of its files can't be written, such as {foreign[0]}", advice)
    return fine(check, f"can be written: {folder}")


def disk(engine: Engine, archive: Shelf, growth: Growth | None, now: datetime) -> Finding:
    """Whether the room left lasts, by what the last days brought; the scarcer disk, where there are two."""
    file = _file(engine)
    folders_here = [] if isinstance(archive, Remote) else [archive]
    roots = [_nearest(folder) for folder in (*folders_here, *([] if file is None else [file.parent]))]
    if not roots:
        return fine("disk", "none is filled here: database and archive are elsewhere")
    place = min(roots, key=lambda root: shutil.disk_usage(root).free)
    free = shutil.disk_usage(place).free
    a_day = _bytes_a_day(growth, file, now, has_archive=bool(folders_here))
    text = f"{_size(free)} free at {place}"
    advice = "make room, or set keep_archive_days, keep_pages_days or keep_texts_days"
    if free < MIN_FREE_BYTES:
        return failure("disk", text, advice)
    if not a_day:
        return fine("disk", text)
    days = int(free / a_day)
    text += f", {_size(a_day)} needed a day: " + (f"lasts {days} days" if days < 3650 else "lasts for years")
    return warning("disk", text, advice) if days < MIN_DAYS_LEFT else fine("disk", text)


def _bytes_a_day(growth: Growth | None, file: Path | None, now: datetime, *, has_archive: bool) -> int:
    """Archive, if it is here, and database together; the database grows with the pages, as far as is known."""
    if growth is None or not growth.n_pages:
        return 0
    days = max((now - growth.since) / timedelta(days=1), 1.0)
    n_database = file.stat().st_size if file is not None else 0
    n_archive = growth.n_bytes if has_archive else 0
    return int((n_archive + n_database * growth.n_pages / growth.n_pages_in_all) / days)


def _file(engine: Engine) -> Path | None:
    return Path(str(engine.url.database)) if engine.dialect.name == "sqlite" else None


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest place above it that is there; a file may stand in the way."""
    folder = folder.absolute()
    return next(place for place in (folder, *folder.parents) if place.exists())


def _size(n_bytes: float) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= size:
            return f"{n_bytes / size:.1f} {unit}"
    return f"{n_bytes:.0f} bytes"
