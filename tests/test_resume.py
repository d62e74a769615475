"""A run stopped after any of its writes and run again leaves the database of an unbroken run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from db import schema, sources
from db.engine import reading, writing
from pipelines.demo_site import addresses as demo
from pipelines.demo_site import feeds
from pipelines.demo_site.server import DemoSite
from pipelines.outcomes import Report
from pipelines.run import Job, run
from pipelines.settings import Settings
from scraper.values import Source, SourceKind
from tests.builders import NOW

_PATHS = {demo.FIRST_PATH, demo.SECOND_PATH, demo.TEASER_PATH, demo.LOST_PATH, demo.HIDDEN_PATH, demo.GONE_PATH}
"""An article, the same one again, a teaser, an error page sent as a good one, a forbidden page, one that is gone."""
_OURS = {"run_id", "elapsed_s", "archive_file", "archive_offset", "archive_length"}
_LEFT_OUT = {"runs", "locks"}


class Killed(BaseException):
    """Nothing in the program may catch it, as nothing can catch a kill."""


class Killer:
    """Lets the first `n_left` writes of an engine through and none after; `n_left` then counts below zero."""

    def __init__(self, engine: Engine) -> None:
        self.n_left = 1_000_000
        sa.event.listen(engine, "commit", self._count)

    def _count(self, _connection: Connection) -> None:
        self.n_left -= 1
        if self.n_left < 0:
            raise Killed


@pytest.fixture
def site() -> Iterator[DemoSite]:
    """A site with one page of each kind, all named by one feed."""
    with DemoSite(now=NOW) as found:
        lines = [line for line in demo.announced(found.pieces, NOW) if line.path in _PATHS]
        feed = demo.Answer(body=feeds.rss(found.url.rstrip("/"), lines), content_type=demo.XML, modified_at=NOW)
        sane = found.answer
        found.answer = lambda path: feed if path == "/feed.xml" else sane(path)  # type: ignore[method-assign]
        yield found


def _start_over(engine: Engine, site: DemoSite) -> None:
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            names = ", ".join(table.name for table in schema.metadata.sorted_tables)
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            for table in reversed(schema.metadata.sorted_tables):
                connection.execute(table.delete())
        sources.add_source(connection, Source(url=site.url + "feed.xml", kind=SourceKind.FEED, site="demo"), NOW)


def _run(engine: Engine, site: DemoSite, archive: Path) -> Report:
    address = site.url.removeprefix("http://").rstrip("/")
    one = {"concurrency_per_site": 1, "min_delay_s": 0}
    settings = Settings(db="", archive=str(archive), allow_addresses=(address,), **one)  # type: ignore[arg-type]
    return run(Job(engine=engine, settings=settings, now=lambda: NOW))


def _rows(engine: Engine) -> dict[str, list[Any]]:
    """All the database holds but for the runs' own traces; a row's number is its place among its table's numbers."""
    tables = [table for table in schema.metadata.sorted_tables if table.name not in _LEFT_OUT]
    with reading(engine) as connection:
        found = {table: connection.execute(sa.select(table)).mappings().all() for table in tables}
    places = {
        t: {n: i for i, n in enumerate(sorted(r["id"] for r in rows))} for t, rows in found.items() if "id" in t.c
    }

    def value(column: sa.Column[Any], given: Any) -> Any:
        named = {f"{table.name.removesuffix('s')}_id": table for table in tables} | {"cluster_id": schema.articles}
        named["cluster_id"] = schema.articles  # the least number among a cluster's articles
        key = column.table if column.name == "id" else named.get(column.name)
        return given if key is None or key not in places else places[key].get(given)

    return {
        table.name: sorted(repr([value(c, row[c.name]) for c in table.c if c.name not in _OURS]) for row in rows)
        for table, rows in found.items()
    }


def test_stopped_after_any_write_and_run_again(engine: Engine, site: DemoSite, tmp_path: Path):
    """The same database as an unbroken run, whichever write was the last before the kill."""
    killer = Killer(engine)
    _start_over(engine, site)
    _run(engine, site, tmp_path / "unbroken")
    n_writes = 1_000_000 - killer.n_left - 1
    unbroken = _rows(engine)
    assert len(unbroken["links"]) >= len(_PATHS) - 1
    assert n_writes > len(unbroken["links"]) + len(unbroken["pages"])
    for n in range(n_writes):
        _start_over(engine, site)
        killer.n_left = n
        with pytest.raises(Killed):
            _run(engine, site, tmp_path / f"{n}")
        killer.n_left = 1_000_000
        with writing(engine) as connection:
            connection.execute(schema.locks.delete())  # this process lives on, so its lock would hold
        _run(engine, site, tmp_path / f"{n}")
        assert _rows(engine) == unbroken, f"stopped after {n} of {n_writes} writes"
