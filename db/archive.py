"""The archive: every answer as a WARC record, found again by file, offset and length.

One gzip member per record (`db.warc`), so that any WARC tool replays the files and one record can be read, or
wiped, without touching the others. A body that the server sent compressed, as it was asked to, is kept as it came.
Does not know tables: `db.pages` keeps the places.

A record is handed to the operating system before the row that points at it is written, and to the disk once a
second: killing the process loses nothing, a power cut may lose the last second's records. What is cut then reads as
damaged, and no writer ever appends to a file that it has not begun.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from db import warc
from db.warc import Headers, WarcRecord
from scraper.codings import decoded
from scraper.errors import BadBody, DamagedRecord, StoreError
from scraper.values import NotModified, Page, PageRecord, RecordPlace

MAX_FILE_BYTES = 1 << 30  # 1 GiB, the customary size of a WARC file
SYNC_S = 1.0
"""So long a record may wait for the disk; an fsync takes 1 to 30 ms, a hundred times what writing a record does."""

_KEPT = frozenset({"gzip", "deflate"})
"""Codings that every WARC tool undoes. warcio 1.8 fails on br where the brotli package is installed, as it is here,
and knows neither zstd nor stacked codings: such bodies are kept decoded."""
_FRAMING = frozenset({"transfer-encoding", "content-length"})
_CODING = frozenset({"content-encoding"})


class ArchiveWriter:
    """Appends records to files of its own (named by `name`, never shared by two writers).

    Use as a context manager. Raises `StoreError` when the folder or file can't be written.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._number = 0
        self._file: io.BufferedWriter | None = None
        self._file_name = ""
        self._synced_s = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def write(self, page: Page) -> RecordPlace:
        """Where the answer now lies, whole and handed to the operating system."""
        raw = page.raw if page.header("content-encoding") in _KEPT else None
        payload = page.body if raw is None else raw
        fields = _fields("response", page.url, page.fetched_at) | {"WARC-Payload-Digest": warc.digest(payload)}
        left_out = _FRAMING | _CODING if raw is None else _FRAMING
        headers = (*_without(page.headers, left_out), ("content-length", str(len(payload))))
        return self._append(warc.http_member(fields, page.status, headers, payload, is_packed=raw is not None))

    def write_revisit(self, page: Page, original: RecordPlace) -> RecordPlace:
        """The same for an answer whose body is archived already: its headers only.

        The headers that speak of the body's coding are those of the original, whose body a tool replays with them.
        Where the original can't be read any more, the answer is written whole.
        """
        found = _record(self._folder, original)
        if found is None:
            return self.write(page)
        codings = tuple(pair for pair in found.headers if pair[0] in _FRAMING | _CODING)
        headers = _without(page.headers, _FRAMING | _CODING) + codings
        fields = _fields("revisit", page.url, page.fetched_at) | _reference(found, warc.SAME_PAYLOAD)
        return self._append(warc.http_member(fields, page.status, headers, b"", is_packed=False))

    def write_not_modified(self, answer: NotModified, original: RecordPlace | None) -> RecordPlace:
        """The same for the server's word that nothing changed since the original."""
        found = None if original is None else _record(self._folder, original)
        fields = _fields("revisit", answer.url, answer.fetched_at) | _reference(found, warc.NOT_MODIFIED)
        headers = _without(answer.headers, _FRAMING)
        return self._append(warc.http_member(fields, 304, headers, b"", is_packed=False))

    def copy(self, member: bytes) -> RecordPlace:
        """The same for a record as it stands in another file."""
        return self._append(member)

    def _append(self, member: bytes) -> RecordPlace:
        try:
            file = self._open()
            offset = file.tell()
            file.write(member)
            file.flush()
            if time.monotonic() - self._synced_s >= SYNC_S:
                os.fsync(file.fileno())
                self._synced_s = time.monotonic()
            return RecordPlace(file=self._file_name, offset=offset, length=len(member))
        except OSError as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> StoreError:
        return StoreError(f"can't write to the archive: {error.strerror}", url=str(self._folder))

    def _open(self) -> io.BufferedWriter:
        if self._file is not None and self._file.tell() >= MAX_FILE_BYTES:
            self._close()
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = self._new_file()
            self._file_name = Path(self._file.name).name
            self._file.write(warc.info_member(self._file_name, datetime.now(UTC)))
        return self._file

    def _new_file(self) -> io.BufferedWriter:
        while True:
            self._number += 1
            path = self._folder / f"{self._name}-{self._number:04}.warc.gz"
            try:
                file = path.open("xb")
            except FileExistsError:  # an earlier run of the same name was killed; its file stays as it is
                continue
            _sync_folder(self._folder)
            return file

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        try:
            with file:
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._failure(error) from error


def _sync_folder(folder: Path) -> None:
    """Nothing; afterwards the names in the folder outlast a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _fields(kind: str, url: str, at: datetime) -> dict[str, str]:
    # What was asked for may hold anything; a WARC header may not hold white space.
    return {"WARC-Type": kind, "WARC-Target-URI": "%20".join(url.split()), "WARC-Date": warc.warc_date(at)}


def _reference(found: WarcRecord | None, profile: str) -> dict[str, str]:
    names = {"WARC-Refers-To": "warc-record-id", "WARC-Refers-To-Target-URI": "warc-target-uri"}
    names |= {"WARC-Refers-To-Date": "warc-date", "WARC-Payload-Digest": "warc-payload-digest"}
    known = {} if found is None else found.fields
    return {"WARC-Profile": profile} | {name: known[key] for name, key in names.items() if key in known}


def _without(headers: Headers, names: frozenset[str]) -> Headers:
    return tuple(pair for pair in headers if pair[0] not in names)


def _record(folder: Path, place: RecordPlace) -> WarcRecord | None:
    """The record of an answer at that place, None where there is none or no whole one."""
    try:
        return warc.parsed(_bytes(folder, place))
    except OSError:
        return None


def _bytes(folder: Path, place: RecordPlace) -> bytes:
    with (folder / place.file).open("rb") as file:
        file.seek(place.offset)
        return file.read(place.length)


def read_page(folder: Path, record: PageRecord) -> Page:
    """The archived answer. Raises `DamagedRecord` when the record is missing, cut or damaged."""
    source = f"{record.place.file}:{record.place.offset}"
    try:
        found = warc.parsed(_bytes(folder, record.place))
    except OSError as error:
        raise DamagedRecord(f"archive record can't be read: {error.strerror}", url=source) from error
    body = None if found is None else _body(found)
    if found is None or body is None:
        raise DamagedRecord("archive record is damaged", url=source)
    page = Page(
        url=record.url,
        final_url=record.final_url,
        status=record.status,
        headers=found.headers,
        body=body,
        fetched_at=record.fetched_at,
        opt_outs=record.opt_outs,
    )
    if page.sha256 != record.sha256:
        raise DamagedRecord("archive record is damaged", url=source)
    return page


def _body(found: WarcRecord) -> bytes | None:
    codings = ",".join(value for name, value in found.headers if name == "content-encoding")
    try:
        return decoded(found.payload, codings, warc.MAX_RECORD_BYTES)
    except BadBody:
        return None


def copied(folder: Path, places: Sequence[RecordPlace]) -> list[RecordPlace]:
    """Where those records of one file lie in a new file beside it, which has reached the disk.

    A record that can't be read any more stays as unreadable as it was.
    """
    old = folder / places[0].file
    name = old.name.removesuffix(".warc.gz").partition("-pruned")[0]
    new: list[RecordPlace] = []
    try:
        with ArchiveWriter(folder, name + "-pruned") as writer, old.open("rb") as file:
            for place in places:
                file.seek(place.offset)
                new.append(replace(writer.copy(file.read(place.length)), length=place.length))
    except FileNotFoundError:
        return list(places)
    except OSError as error:
        raise StoreError(f"archive file can't be copied: {error.strerror}", url=str(old)) from error
    return new


def wipe(folder: Path, places: Iterable[RecordPlace]) -> None:
    """Nothing; afterwards each record reads as an empty one that says it was deleted.

    The bytes are overwritten in place by a gzip member of the same length, so that the places of the
    file's other records stay true. A file that is gone already is passed over.
    """
    for place in places:
        try:
            with (folder / place.file).open("r+b") as file:
                file.seek(place.offset)
                file.write(warc.blank_member(place.length))
                file.flush()
                os.fsync(file.fileno())
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreError(f"archive record can't be deleted: {error.strerror}", url=place.file) from error
