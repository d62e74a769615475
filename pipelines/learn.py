"""learn: what the pages of a site repeat, before any of them is digested.

Stands before `digest` so that extraction stays a pure function of page and site memory, whatever the
order and however many workers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.engine import Connection, Engine

from db import archive, memory, pages
from db.engine import hold, reading, writing
from db.shelf import Shelf
from pipelines.stopping import Stop
from pipelines.worker import Answer, Task, WorkerError
from pipelines.workers import Workers
from scraper import dom, encoding
from scraper.errors import DamagedRecord, ExtractionError
from scraper.extraction import memory as site_memory
from scraper.extraction import observation
from scraper.extraction.memory import Sighting
from scraper.values import PageRecord

_BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What learning needs besides the pages: where to write, where to read, who reads pages; one site, or all."""

    engine: Engine
    folder: Shelf
    now: Callable[[], datetime]
    workers: Workers
    stop: Stop
    site: str | None = None


def learn(lesson: Lesson) -> bool:
    """Whether every page has been seen now; not so when the run is to stop.

    One transaction for up to 100 pages of a site and its memory. A page that can't be read in time teaches nothing;
    digest gives it its outcome.
    """
    while not lesson.stop.reason:
        if not (batch := _due(lesson)):
            return True
        tasks = (Task(function=_observe, values=(lesson.folder, record), url=record.url) for record in batch)
        sightings = zip(batch, map(_sighting, lesson.workers.each(tasks)), strict=True)
        for _site, seen in groupby(sightings, key=lambda one: one[0].site):
            _keep(lesson.engine, list(seen), lesson.now())
    return False


def _due(lesson: Lesson) -> list[PageRecord]:
    """Pages by site, the last site's perhaps not all."""
    with reading(lesson.engine) as connection:
        return pages.due_learning(connection, _BATCH, lesson.site)


def _keep(engine: Engine, seen: list[tuple[PageRecord, Sighting | None]], now: datetime) -> None:
    site = seen[0][0].site
    with writing(engine) as connection:
        hold(connection, f"memory of {site}")  # another run may be learning the same pages
        for record, sighting in seen:
            pages.save_learned(connection, record.id, now)
            if sighting is not None:
                memory.add_observation(
                    connection, record.id, record.site, sighting.fetched_at, sighting.identity, sighting.keys
                )
        _remember(connection, site)


def _observe(folder: Shelf, record: PageRecord) -> Sighting:
    page = archive.read_page(folder, record)
    return observation.observe(dom.parse(encoding.to_utf8(page)), page, record.link.url)


def _sighting(answer: Answer) -> Sighting | None:
    try:
        found: Sighting = answer.get()
    except (DamagedRecord, ExtractionError, WorkerError):  # digest meets it too, and gives it its outcome
        return None
    return found


def _remember(connection: Connection, site: str) -> None:
    rows = memory.get_observations(connection, site, site_memory.HISTORY)
    sightings = [Sighting(fetched_at=at, identity=marks, keys=keys) for at, marks, keys in rows]
    memory.save_memory(connection, site_memory.recall(memory.get_memory(connection, site), sightings))
