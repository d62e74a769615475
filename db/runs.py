"""Rows of `runs` and `outcomes`: what each run did, and what became of each address in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.engine import insert
from db.schema import outcomes, runs
from scraper.values import Outcome


def add_run(connection: Connection, command: str, version: str, now: datetime) -> int:
    """The id of a run that begins now."""
    row = {"command": command, "version": version, "started_at": now}
    return insert(connection, runs, row)


def save_ended(connection: Connection, run_id: int, summary: Mapping[str, Any], now: datetime) -> None:
    """Keeps that the run came to its end, with its counts."""
    connection.execute(runs.update().where(runs.c.id == run_id).values(ended_at=now, summary=dict(summary)))


def add_outcome(connection: Connection, run_id: int, outcome: Outcome, now: datetime) -> None:
    """Keeps one outcome of a run."""
    row = {"run_id": run_id, "stage": outcome.stage, "url": outcome.url, "kind": outcome.kind.value}
    row |= {"reason": outcome.reason, "elapsed_s": outcome.elapsed_s, "at": now}
    connection.execute(outcomes.insert().values(**row))


def get_outcomes(connection: Connection, run_id: int) -> list[Outcome]:
    """The outcomes of a run, in the order they came about."""
    query = sa.select(outcomes).where(outcomes.c.run_id == run_id).order_by(outcomes.c.id)
    return [
        Outcome(stage=row.stage, url=row.url, kind=row.kind, reason=row.reason, elapsed_s=row.elapsed_s)
        for row in connection.execute(query)
    ]
