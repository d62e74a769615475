"""Where the archive's files stand: a folder, or whatever an fsspec address names.

The rest of `db` asks here and need not know which; what is not worth two ways is done in one. Does not know records.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from db.remote import Remote
from scraper.errors import DamagedRecord, SettingsError, StoreError
from scraper.values import RecordPlace

Shelf = Path | Remote

_PATTERN = "*.warc.gz"


def at(setting: str) -> Shelf:
    """The archive that the setting names: the path of a folder, `file:///FOLDER`, or another address.

    Opens nothing yet. Raises `SettingsError` for a `file:` address that is no path of this machine.
    """
    if "://" not in setting:
        return Path(setting)
    if setting.lower().startswith("file:"):
        parts = urlsplit(setting)
        if parts.netloc not in ("", "localhost") or not parts.path.strip("/"):
            raise SettingsError("archive is no folder of this machine, expected file:///FOLDER", url=setting)
        return Path(unquote(parts.path))
    return Remote(setting)


def read(place: Shelf, record: RecordPlace) -> bytes:
    """The record's bytes; fewer where its file is cut.

    Raises `DamagedRecord` where they can't be read, `StoreError` where the archive itself is not there: then nothing is
    known about the record, and nothing may be concluded.
    """
    source = f"{record.file}:{record.offset}"
    try:
        if isinstance(place, Remote):
            return place.read(record.file, record.offset, record.length)
        with (place / record.file).open("rb") as file:
            file.seek(record.offset)
            return file.read(record.length)
    except OSError as error:
        if not isinstance(place, Remote) and not os.path.isdir(place):  # noqa: PTH112 - Path.is_dir raises where a network folder hangs
            raise StoreError("the archive is not there; is its disk mounted?", url=str(place)) from error
        raise DamagedRecord(f"archive record can't be read: {error.strerror or error}", url=source) from error


def sizes(place: Shelf) -> dict[str, int]:
    """Name -> bytes of the archive's files, by name; none where there is no archive yet."""
    if isinstance(place, Remote):
        return place.sizes()
    return {path.name: path.stat().st_size for path in sorted(place.glob(_PATTERN))}


def remove(place: Shelf, file: str) -> None:
    """Nothing; the file is not there afterwards."""
    if isinstance(place, Remote):
        place.remove(file)
    else:
        (place / file).unlink(missing_ok=True)


def is_younger(place: Shelf, file: str, seconds: float) -> bool:
    """Whether the file is there and was written to within that time."""
    if isinstance(place, Remote):
        return place.is_younger(file, seconds)
    path = place / file
    return path.is_file() and path.stat().st_mtime > time.time() - seconds
