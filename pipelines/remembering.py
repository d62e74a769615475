"""What is known of a site, shown to people: the lines its pages repeat, where, on how many articles, since when.

The memory keeps hashes only, so the lines themselves are read from the site's latest pages in the archive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Engine

from db import archive, memory, pages
from db.engine import reading
from db.shelf import Shelf
from pipelines.worker import Task, WorkerError
from pipelines.workers import Workers
from scraper import dom, encoding
from scraper.errors import NewsError
from scraper.extraction import blocks
from scraper.extraction import memory as site_memory
from scraper.extraction.layout import paths
from scraper.extraction.line_keys import line_keys
from scraper.values import PageRecord, SiteMemory

N_PAGES = 5  # looked at for examples


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A line that pages of the site repeat, as the page at `url` has it; `is_kept` where a person wants it kept."""

    text: str
    path: str
    n_articles: int
    since: datetime | None
    url: str
    is_kept: bool


def kinds(known: SiteMemory) -> Counter[str]:
    """How many keys of each kind are known: lines, and what poses as a title, an image, an author ..."""
    names = {"": "line", "digits": "masked line", "names": "masked line", "number": "masked line"}
    found = (key.partition(":")[0] if ":" in key else "" for key in known.repeated)
    return Counter(names.get(kind, kind) for kind in found)


def repeated(engine: Engine, folder: Shelf, known: SiteMemory, workers: Workers) -> Iterator[Repeated]:
    """The repeated lines on the site's latest pages, those on most articles first, each once."""
    with reading(engine) as connection:
        records = pages.latest_pages(connection, known.site, N_PAGES)
        seen = _first_seen(memory.get_observations(connection, known.site, site_memory.HISTORY))
    found: dict[str, Repeated] = {}
    tasks = (Task(function=_lines, values=(folder, record, known), url=record.url) for record in records)
    for record, answer in zip(records, workers.each(tasks), strict=True):
        try:
            lines: list[tuple[str, str, str]] = answer.get()
        except (NewsError, WorkerError):  # a page that can't be read has no example to give
            continue
        for text, path, key in lines:
            is_kept = site_memory.is_kept(known, text)
            since, n = seen.get(key), known.repeated.get(key, 0)
            one = Repeated(text=text, path=path, n_articles=n, since=since, url=record.url, is_kept=is_kept)
            found.setdefault(text, one)
    yield from sorted(found.values(), key=lambda one: -one.n_articles)


def _first_seen(rows: list[tuple[datetime, tuple[str, ...], tuple[str, ...]]]) -> Mapping[str, datetime]:
    first: dict[str, datetime] = {}
    for at, _marks, keys in rows:
        for key in keys:
            first[key] = min(at, first.get(key, at))
    return first


def _lines(folder: Shelf, record: PageRecord, known: SiteMemory) -> list[tuple[str, str, str]]:
    """Text, path and key of each line of the page that the site repeats, those a person keeps among them."""
    page = archive.read_page(folder, record)
    layout = blocks.read(dom.parse(encoding.to_utf8(page)))
    places = paths(layout.boxes)
    found = []
    for block in layout.blocks:
        path = places[block.box]
        key = next((key for key in line_keys(block.text, path) if key in known.repeated), None)
        if key is not None:
            found.append((block.text, path, key))
    return found
