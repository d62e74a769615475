"""What the settings say is too old goes: texts, archive records and rows of pages, each after its own time.

Works in small transactions and asks between two of them whether to stop; what is left goes the next time. The caller
holds the lock of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection, Engine

from db import deletion, retention, shelf
from db.engine import writing
from db.pruning import Rule
from pipelines import clustering, pruning
from pipelines.pruning import Pruned
from pipelines.settings import Settings
from pipelines.stopping import Stop

_BATCH = 100  # rows in a transaction: a writer beside waits for a moment only


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What went."""

    n_texts: int
    n_pages: int
    archive: Pruned


def is_wanted(settings: Settings) -> bool:
    """Whether anything is to go, ever."""
    return any((settings.keep_texts_days, settings.keep_pages_days, settings.keep_archive_days))


def expire(engine: Engine, settings: Settings, now: datetime, stop: Stop) -> Expired:
    """What went. Texts go first, so that nothing needs their pages any more; rows of pages last."""
    n_texts = n_pages = 0
    records = Pruned(n_records=0, n_bytes=0)
    if settings.keep_texts_days:
        before = _before(settings.keep_texts_days, now)
        n_texts = _repeat(engine, stop, lambda connection: _expire_texts(connection, before, now))
    # A row goes once its record is out of the archive, so the shorter time holds there.
    if days := min(filter(None, (settings.keep_archive_days, settings.keep_pages_days)), default=0):
        records = pruning.take_out(engine, shelf.at(settings.archive), Rule(before=_before(days, now)), stop)
    if settings.keep_pages_days:
        before_pages = _before(settings.keep_pages_days, now)
        n_pages = _repeat(engine, stop, lambda connection: retention.delete_old_pages(connection, before_pages, _BATCH))
    return Expired(n_texts=n_texts, n_pages=n_pages, archive=records)


def _before(days: int, now: datetime) -> datetime:
    return now - timedelta(days=days)


def _repeat(engine: Engine, stop: Stop, work: Callable[[Connection], int]) -> int:
    n_all = 0
    while not stop.reason:
        with writing(engine) as connection:
            n_done = work(connection)
        n_all += n_done
        if not n_done:
            break
    return n_all


def _expire_texts(connection: Connection, before: datetime, now: datetime) -> int:
    found = retention.old_articles(connection, before, _BATCH)
    for article_id in found:
        clustering.remove(connection, article_id)
        deletion.expire_article(connection, article_id, now)
    return len(found)
