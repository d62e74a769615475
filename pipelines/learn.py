"""learn: counts what the pages of a site repeat, before any of them is digested.

Stands before `digest` so that extraction stays a pure function of page and site memory, whatever the
order and however many workers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import Connection, Engine

from db import archive, memory, pages
from db.engine import reading, writing
from scraper import dom, encoding
from scraper.errors import DamagedRecord
from scraper.extraction import memory as site_memory
from scraper.values import PageRecord

_BATCH = 100


def learn(engine: Engine, folder: Path, now: Callable[[], datetime]) -> int:
    """The number of pages counted: all that were not yet. One transaction a page, the site's memory included."""
    n_pages = 0
    while batch := _due(engine):
        for record in batch:
            _learn_page(engine, folder, record, now())
        n_pages += len(batch)
    return n_pages


def _due(engine: Engine) -> list[PageRecord]:
    with reading(engine) as connection:
        return pages.due_learning(connection, _BATCH)


def _learn_page(engine: Engine, folder: Path, record: PageRecord, now: datetime) -> None:
    observed = _observe(folder, record)
    with writing(engine) as connection:
        pages.save_learned(connection, record.id, now)
        if observed is not None and _is_new(connection, record, observed):
            _remember(connection, record.site, observed)


def _observe(folder: Path, record: PageRecord) -> site_memory.Observation | None:
    try:
        page = archive.read_page(folder, record)
    except DamagedRecord:  # digest meets it too, and gives it its outcome
        return None
    return site_memory.observe(dom.parse(encoding.to_utf8(page)))


def _is_new(connection: Connection, record: PageRecord, observed: site_memory.Observation) -> bool:
    """One article counts once: by its address, and by its text where it has several addresses."""
    is_new_address = memory.add_learned(connection, record.site, record.link.url)
    return is_new_address and memory.add_learned(connection, record.site, observed.text_key)


def _remember(connection: Connection, site: str, observed: site_memory.Observation) -> None:
    memory.add_blocks(connection, site, observed.blocks.keys())
    former = memory.get_memory(connection, site)
    counts = memory.get_counts(connection, site, site_memory.needed(former.n_pages + 1))
    memory.save_memory(connection, site_memory.recall(former, former.n_pages + 1, counts))
