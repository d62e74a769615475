"""bulk: what pages show and what sites repeat, on disk between the passes.

Sightings lie in a Parquet file a unit, by the site's hash, so that the sites of one hash are read without the rest;
what is remembered of a site, in a JSON file. Only hashes, no text. Does not count: `passes` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from pipelines.bulk import passes
from pipelines.bulk.passes import Shown, Window
from scraper.extraction.memory import Sighting
from scraper.values import Period, SiteMemory

try:
    import pyarrow as pa
    from pyarrow import parquet as pq
except ModuleNotFoundError:
    pa = None

_ROWS_A_GROUP = 2000  # 5 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A stretch of a site's history: rows of a table; `until` when it ended, None for the last."""

    site: str
    start: int
    length: int
    until: datetime | None


def sighting_row(drawer: int, shown: Shown) -> dict[str, Any]:
    """The row of a sighting."""
    one = shown.sighting
    row = {"drawer": drawer, "site": shown.site, "fetched_at": one.fetched_at.astimezone(UTC)}
    return row | {"marks": " ".join(one.identity), "shown": " ".join(one.keys)}


def write_sightings(path: Path, drawers: Iterable[Iterable[dict[str, Any]]]) -> None:
    """Nothing; afterwards the rows are in the file, no row group with rows of two drawers."""
    with pq.ParquetWriter(path, _schema(), compression="zstd") as writer:
        for rows in drawers:
            for _, group in groupby(enumerate(rows), key=lambda one: one[0] // _ROWS_A_GROUP):
                writer.write_table(pa.Table.from_pylist([row for _, row in group], schema=_schema()))


def read_sightings(paths: Sequence[Path], drawer: int) -> Any:
    """The sightings of a drawer, by site and time."""
    tables = [pq.read_table(path, schema=_schema(), filters=[("drawer", "=", drawer)]) for path in paths]
    table = pa.concat_tables(tables) if tables else _schema().empty_table()
    return table.sort_by([(name, "ascending") for name in ("site", "fetched_at", "marks", "shown")])


def cuts(table: Any) -> list[Cut]:
    """The stretches into which the history of each site is cut."""
    found = []
    start = 0
    for site, rows in groupby(table["site"].to_pylist()):
        lengths = passes.stretches(sum(1 for _ in rows))
        for at, length in enumerate(lengths):
            end = start + length
            until = table["fetched_at"][end - 1].as_py() if at + 1 < len(lengths) else None
            found.append(Cut(site=site, start=start, length=length, until=until))
            start = end
    return found


def sightings(table: Any, cut: Cut) -> list[tuple[datetime, str, str]]:
    """The rows of a stretch: time, marks, keys."""
    rows = table.slice(cut.start, cut.length)
    return list(zip(*(rows[name].to_pylist() for name in ("fetched_at", "marks", "shown")), strict=True))


def to_sightings(rows: Iterable[tuple[datetime, str, str]]) -> list[Sighting]:
    """The same as values."""
    return [
        Sighting(fetched_at=at, identity=tuple(marks.split()), keys=tuple(keys.split())) for at, marks, keys in rows
    ]


def to_json(cut: Cut, known: SiteMemory | None) -> dict[str, Any]:
    """What is kept of a stretch; None: what it repeats could not be found out."""
    memory = known or SiteMemory(site=cut.site)
    periods = {key: [[_text(one.since), _text(one.until)] for one in found] for key, found in memory.periods.items()}
    head = {"site": cut.site, "until": _text(cut.until), "n_pages": memory.n_pages, "generation": memory.generation}
    return head | {"repeated": dict(memory.repeated), "periods": periods}


def to_window(value: dict[str, Any]) -> Window:
    """What was kept."""
    periods = {
        key: tuple(Period(since=_time(since), until=_time(until)) for since, until in found)
        for key, found in value["periods"].items()
    }
    memory = SiteMemory(
        site=value["site"],
        generation=value["generation"],
        n_pages=value["n_pages"],
        repeated=value["repeated"],
        periods=periods,
    )
    return Window(until=_time(value["until"]), memory=memory)


def _schema() -> Any:
    texts = [(name, pa.string()) for name in ("marks", "shown")]
    head = [("drawer", pa.int32()), ("site", pa.string()), ("fetched_at", pa.timestamp("us", tz="UTC"))]
    return pa.schema([*head, *texts])


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
