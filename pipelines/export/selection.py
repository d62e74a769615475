"""Which articles are exported, in constant memory.

Does not write any format: its neighbours do, one each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy.engine import Engine

from db import articles, search
from db.engine import reading
from scraper.values import StoredArticle

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is wanted. `query` is a search, which gives its articles best first; without it they come by id.

    `changed_since` asks for what was written or changed in the database from then on, also for pages that turned
    out to be no article (their `state` says so): what a taker needs who has the rest.
    """

    site: str | None = None
    since: datetime | None = None
    changed_since: datetime | None = None
    query: str | None = None
    limit: int | None = None


def select(engine: Engine, wanted: Selection) -> Iterator[StoredArticle]:
    """The articles wanted."""
    with reading(engine) as connection:
        if wanted.query is None:
            found = articles.iter_articles(
                connection, site=wanted.site, since=wanted.since, changed_since=wanted.changed_since
            )
            yield from islice(found, wanted.limit)
            return
        n_most = wanted.limit or 1_000_000
        ids = search.search(connection, wanted.query, site=wanted.site, since=wanted.since, limit=n_most)
        for at in range(0, len(ids), _BATCH):
            yield from articles.get_articles(connection, ids[at : at + _BATCH])
