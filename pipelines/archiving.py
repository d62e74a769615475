"""Looks through the archive: is every record whole, and how much is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Engine

from db import archive, pages, shelf, warc
from db.engine import reading
from db.remote import Remote
from db.shelf import Shelf
from pipelines.worker import Task
from pipelines.workers import Workers
from scraper.errors import DamagedRecord, StoreError
from scraper.values import PageRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One record, and what is wrong with it; empty if nothing is."""

    record: PageRecord
    fault: str


def verify(engine: Engine, folder: Shelf, workers: Workers) -> Iterator[Checked]:
    """Every record read whole and compared with the digest of its body, on all cores.

    Raises `StoreError` where the archive is not there.
    """
    with reading(engine) as connection:
        todo, asked = pages.iter_records(connection), []

        def tasks() -> Iterator[Task]:
            for record in todo:
                asked.append(record)
                yield Task(function=_read, values=(folder, record), url=record.url)

        for answer in workers.each(tasks()):
            if isinstance(answer.error, StoreError) and not isinstance(answer.error, DamagedRecord):
                raise answer.error
            fault = "" if answer.error is None else str(answer.error)
            yield Checked(record=asked.pop(0), fault=fault)


def _read(folder: Shelf, record: PageRecord) -> None:
    archive.read_page(folder, record)


def cut_ends(engine: Engine, folder: Shelf) -> Iterator[tuple[str, int]]:
    """Files whose last record is cut, as by a crash, with the bytes of it; no row points at such a record.

    None where files are put whole.
    """
    if isinstance(folder, Remote):
        return
    with reading(engine) as connection:
        ends = pages.file_ends(connection)
    for path in sorted(folder.glob("*.warc.gz")):
        size = path.stat().st_size
        with path.open("rb") as file:
            n_cut = size - warc.whole_until(file, min(ends.get(path.name, 0), size))
        if n_cut:
            yield path.name, n_cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What the archive's folder holds."""

    n_files: int
    n_bytes: int
    n_pages: int
    n_body_bytes: int


def stats(engine: Engine, folder: Shelf) -> Stats:
    """Files and their bytes, and the pages whose bodies they hold, with the bytes of those unpacked."""
    files = shelf.sizes(folder).values()
    with reading(engine) as connection:
        n_pages, n_body_bytes = pages.count_bodies(connection)
    return Stats(n_files=len(files), n_bytes=sum(files), n_pages=n_pages, n_body_bytes=n_body_bytes)
