"""Rows of `runs` and `outcomes`: what each run did, and what became of each address in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.engine import insert
from db.schema import outcomes, runs
from scraper.values import Outcome, OutcomeKind

# Statements of every page, built once: building one costs three times as much as running it.
_FORGET_OUTCOME = outcomes.delete().where(
    outcomes.c.run_id == sa.bindparam("of_run"), outcomes.c.url == sa.bindparam("of_url")
)
_ADD_OUTCOME = outcomes.insert()


def add_run(connection: Connection, command: str, version: str, now: datetime) -> int:
    """The id of a run that begins now."""
    row = {"command": command, "version": version, "started_at": now}
    return insert(connection, runs, row)


def save_ended(connection: Connection, run_id: int, summary: Mapping[str, Any], now: datetime) -> None:
    """Keeps that the run came to its end, with its counts."""
    connection.execute(runs.update().where(runs.c.id == run_id).values(ended_at=now, summary=dict(summary)))


def add_outcome(connection: Connection, run_id: int, outcome: Outcome, now: datetime) -> None:
    """Keeps what became of one address in a run, in place of what an earlier stage said of it."""
    connection.execute(_FORGET_OUTCOME, {"of_run": run_id, "of_url": outcome.url})
    row = {"run_id": run_id, "stage": outcome.stage, "url": outcome.url, "kind": outcome.kind.value}
    row |= {"reason": outcome.reason, "elapsed_s": outcome.elapsed_s, "at": now}
    connection.execute(_ADD_OUTCOME, row)


def count_outcomes(connection: Connection, run_id: int) -> dict[OutcomeKind, int]:
    """Kind -> number of addresses, of the pages of a run (what became of sources is not among them)."""
    query = sa.select(outcomes.c.kind, sa.func.count()).where(outcomes.c.run_id == run_id)
    counted = query.where(outcomes.c.stage != "discover").group_by(outcomes.c.kind).order_by(outcomes.c.kind)
    rows = connection.execute(counted)
    return {OutcomeKind(kind): n for kind, n in rows}


def last_whole_start(connection: Connection) -> datetime | None:
    """When the latest run that came to its end had begun: what it did is summed up."""
    query = sa.select(runs.c.started_at).where(runs.c.ended_at.is_not(None)).order_by(runs.c.id.desc()).limit(1)
    return connection.execute(query).scalar()
