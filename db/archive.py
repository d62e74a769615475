"""The archive: every answer as a WARC record, found again by file, offset and length.

One gzip member per record (`db.warc`), so that any WARC tool replays the files and one record can be read, or
wiped, without touching the others. A body that the server sent compressed, as it was asked to, is kept as it came.
Does not know tables: `db.pages` keeps the places. Where the files stand is the business of `db.shelf`, how they grow
that of `db.archive_files`.

A record is safe from a kill before the row that points at it is written; in a folder a power cut may lose the last
second's records. What is cut then reads as damaged.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

from db import shelf, warc
from db.archive_files import GrowingFiles, WholeFiles
from db.remote import Remote
from db.shelf import Shelf
from db.warc import Headers, WarcRecord
from scraper.codings import decoded
from scraper.errors import BadBody, DamagedRecord, StoreError
from scraper.values import NotModified, Page, PageRecord, RecordPlace

_KEPT = frozenset({"gzip", "deflate"})
"""Codings that every WARC tool undoes. warcio 1.8 fails on br where the brotli package is installed, as it is here,
and knows neither zstd nor stacked codings: such bodies are kept decoded."""
_FRAMING = frozenset({"transfer-encoding", "content-length"})
_CODING = frozenset({"content-encoding"})


class ArchiveWriter:
    """Writes records to files of its own (named by `name`, never shared by two writers).

    Use as a context manager. Raises `StoreError` when the archive can't be written to.
    """

    def __init__(self, folder: Shelf, name: str) -> None:
        self._folder = folder
        self._files = WholeFiles(folder, name) if isinstance(folder, Remote) else GrowingFiles(folder, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def write(self, page: Page) -> RecordPlace:
        """Where the answer now lies, whole and safe from a kill."""
        return self._settled(_response(page))

    def write_revisit(self, page: Page, original: RecordPlace) -> RecordPlace:
        """The same for an answer whose body is archived already: its headers only.

        Where the original can't be read any more, the answer is written whole.
        """
        return self._settled(_member(self._folder, page, original))

    def write_not_modified(self, answer: NotModified, original: RecordPlace | None) -> RecordPlace:
        """The same for the server's word that nothing changed since the original."""
        return self._settled(_member(self._folder, answer, original))

    async def keep(self, answer: Page | NotModified, original: RecordPlace | None) -> RecordPlace:
        """The same for any answer; elsewhere than in a folder, answers of the same moment are put there together."""
        if original is not None and isinstance(self._folder, Remote):
            member = await asyncio.to_thread(_member, self._folder, answer, original)
        else:
            member = _member(self._folder, answer, original)
        place = self._files.append(member)
        await self._files.settled()
        return place

    def copy(self, member: bytes) -> RecordPlace:
        """The same for a record as it stands in another file; safe after `settle`."""
        return self._files.append(member)

    def settle(self) -> None:
        """Nothing; afterwards what was copied may be pointed at."""
        self._files.settle()

    def _settled(self, member: bytes) -> RecordPlace:
        place = self._files.append(member)
        self._files.settle()
        return place


def _member(folder: Shelf, answer: Page | NotModified, original: RecordPlace | None) -> bytes:
    """The record of an answer; `original` is where its body lies already."""
    found = None if original is None else _record(folder, original)
    if isinstance(answer, NotModified):
        return _not_modified(answer, found)
    return _response(answer) if found is None else _revisit(answer, found)


def _response(page: Page) -> bytes:
    raw = page.raw if page.header("content-encoding") in _KEPT else None
    payload = page.body if raw is None else raw
    fields = _fields("response", page.url, page.fetched_at) | {"WARC-Payload-Digest": warc.digest(payload)}
    left_out = _FRAMING | _CODING if raw is None else _FRAMING
    headers = (*_without(page.headers, left_out), ("content-length", str(len(payload))))
    return warc.http_member(fields, page.status, headers, payload, is_packed=raw is not None)


def _revisit(page: Page, found: WarcRecord) -> bytes:
    """The headers that speak of the body's coding are those of the original, whose body a tool replays with them."""
    codings = tuple(pair for pair in found.headers if pair[0] in _FRAMING | _CODING)
    headers = _without(page.headers, _FRAMING | _CODING) + codings
    fields = _fields("revisit", page.url, page.fetched_at) | _reference(found, warc.SAME_PAYLOAD)
    return warc.http_member(fields, page.status, headers, b"", is_packed=False)


def _not_modified(answer: NotModified, found: WarcRecord | None) -> bytes:
    fields = _fields("revisit", answer.url, answer.fetched_at) | _reference(found, warc.NOT_MODIFIED)
    headers = _without(answer.headers, _FRAMING)
    return warc.http_member(fields, 304, headers, b"", is_packed=False)


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


def _record(folder: Shelf, place: RecordPlace) -> WarcRecord | None:
    """The record of an answer at that place, None where there is none or no whole one."""
    try:
        return warc.parsed(shelf.read(folder, place))
    except DamagedRecord:
        return None


def read_page(folder: Shelf, record: PageRecord) -> Page:
    """The archived answer.

    Raises `DamagedRecord` when the record is missing, cut or damaged, `StoreError` when the archive is not there.
    """
    source = f"{record.place.file}:{record.place.offset}"
    found = warc.parsed(shelf.read(folder, record.place))
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


def copied(folder: Shelf, places: Sequence[RecordPlace], name: str) -> list[RecordPlace]:
    """Where those records of one file now lie, in new files of that name, which have reached the disk.

    A record that can't be read any more stays as unreadable as it was.
    """
    with _at_hand(folder, places[0].file) as near:
        return copied_from(near, places, folder, name)


def copied_from(near: Path, places: Sequence[RecordPlace], folder: Shelf, name: str) -> list[RecordPlace]:
    """The same for records of several files that stand in a folder nearby."""
    new: list[RecordPlace] = []
    with ArchiveWriter(folder, name) as writer:
        for place in places:
            try:
                member = shelf.read(near, place)
            except DamagedRecord:
                new.append(place)
                continue
            new.append(replace(writer.copy(member), length=place.length))
        writer.settle()
    return new


@contextmanager
def _at_hand(folder: Shelf, file: str) -> Iterator[Path]:
    """A folder where the file stands, if it is there at all."""
    if not isinstance(folder, Remote):
        yield folder
        return
    with tempfile.TemporaryDirectory() as near:
        with suppress(FileNotFoundError):
            folder.get(file, Path(near) / file)
        yield Path(near)


def wipe(folder: Shelf, places: Iterable[RecordPlace]) -> None:
    """Nothing; afterwards each record reads as an empty one that says it was deleted.

    The bytes are replaced by a gzip member of the same length, so that the places of the file's other records stay
    true: in place in a folder, elsewhere in a copy that is put over the file. One that is gone already is passed over.
    """
    for file, group in groupby(sorted(places, key=lambda place: place.file), key=lambda place: place.file):
        try:
            if isinstance(folder, Remote):
                _wipe_remote(folder, file, list(group))
            else:
                _wipe(folder / file, list(group))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreError(f"archive record can't be deleted: {error.strerror}", url=file) from error


def _wipe_remote(remote: Remote, file: str, places: Sequence[RecordPlace]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        remote.get(file, path)
        _wipe(path, places)
        remote.put(path, file)


def _wipe(path: Path, places: Sequence[RecordPlace]) -> None:
    with path.open("r+b") as file:
        for place in places:
            file.seek(place.offset)
            file.write(warc.blank_member(place.length))
        file.flush()
        os.fsync(file.fileno())
