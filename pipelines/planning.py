"""What a run would ask for now, told without asking: nothing is fetched, nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Engine

from db import links, sources
from db.engine import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is due of a site: sources, and addresses known already; what the sources announce comes on top."""

    site: str
    n_sources: int
    n_links: int


def plan(engine: Engine, now: datetime, *, include_all: bool = False) -> Iterator[Plan]:
    """What is due, by site in alphabetical order."""
    with reading(engine) as connection:
        asked = Counter(record.source.site for record in sources.due_sources(connection, now, include_all=include_all))
        fetched = links.count_due(connection, now)
    for site in sorted(asked.keys() | fetched.keys()):
        yield Plan(site=site, n_sources=asked[site], n_links=fetched.get(site, 0))
