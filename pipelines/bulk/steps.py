"""bulk: the pieces of work of its passes, each done where an engine puts it, and anew if it was killed.

    observe_unit    pages -> _work/sightings        one unit
    recall_drawer   sightings -> _work/memories     a share of the sites
    extract_unit    pages, memories -> Parquet      one unit

Pages are read in processes that can be killed (`pipelines.workers`); one that hangs or explodes costs itself. Memory
holds a few pages, the rows of one row group, and the sightings of a share of the sites. Nothing here decides about
pages: `passes` does.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from pipelines.bulk import inputs, memories, passes, place
from pipelines.bulk.inputs import Unit
from pipelines.bulk.place import Place
from pipelines.bulk.spool import Spool
from pipelines.export import parquet
from pipelines.outcomes import of_error
from pipelines.worker import DEADLINE_S, Answer, Task
from pipelines.workers import Workers
from scraper import urls
from scraper.errors import StoreError
from scraper.record import FIELDS
from scraper.values import OutcomeKind, Page, SiteRule

COLUMNS = (*(name for name in FIELDS if name not in ("id", "first_seen_at", "gone_at")), "fingerprint")
"""Of the articles: those of an export, but what only a database knows; and what is equal for articles of one text."""

OUTCOME_COLUMNS = ("url", "fetched_at", "outcome", "reason")

_OUTCOMES = "outcomes"  # the part of the spool
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What all pieces of a job have in common."""

    place: Place
    rules: Mapping[str, SiteRule] = field(default_factory=dict)
    has_second_opinion: bool = False
    page_deadline_s: float = DEADLINE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What became of a page: its outcome's row, and where it is an article, its part of the result and its row."""

    kind: OutcomeKind
    outcome: bytes
    part: str = ""
    row: bytes = b""


def do(step: Callable[[Work, Any, Workers], None], work: Work, item: Any, workers: Workers) -> None:
    """Nothing; does one of the steps below. Raises `StoreError` when the folder can't be written, and `Unreadable`."""
    try:
        step(work, item, workers)
    except OSError as error:
        raise StoreError(f"can't be written: {error.strerror or error}", url=str(work.place.folder)) from error


# ---------------------------------------------------------------- observing


def observe_unit(work: Work, unit: Unit, workers: Workers) -> None:
    """Nothing; afterwards what the pages of the unit show is kept. Raises `Unreadable`."""
    with work.place.unfinished(unit.name) as folder, Spool(folder / "rows") as spool:
        for _url, answer in _answers(workers, unit, _observe, work.place.n_drawers):
            if answer.value is not None:  # a page that can't be read teaches nothing; `extract_unit` says why
                spool.add(*answer.value)
        path = folder / "sightings.parquet"
        memories.write_sightings(path, (spool.rows(part) for part in spool.parts))
        place.publish(path, work.place.sightings(unit.name))


def _observe(page: Page, n_drawers: int) -> tuple[str, bytes] | None:
    shown = passes.observe(page)
    if shown is None:
        return None
    number = place.hashed(shown.site, n_drawers)
    return f"{number:04}", _line(memories.sighting_row(number, shown))


# ---------------------------------------------------------------- recalling


def recall_drawer(work: Work, number: int, workers: Workers) -> None:
    """Nothing; afterwards it is kept what those sites repeat whose hash is the number."""
    table = memories.read_sightings(sorted(work.place.work.glob("sightings/*.parquet")), number)
    cuts = memories.cuts(table)
    tasks = (Task(function=_recall, values=(cut.site, memories.sightings(table, cut))) for cut in cuts)
    with work.place.unfinished(f"memories-{number}") as folder:
        found = zip(cuts, workers.each(tasks), strict=True)
        for site, of_site in groupby(found, key=lambda one: one[0].site):
            windows = [memories.to_json(cut, None if a.error else a.value) for cut, a in of_site]
            place.save(folder / work.place.memory(site).name, windows)
        target = work.place.drawer(number)
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.replace(target)
        folder.mkdir()


def _recall(site: str, rows: list[tuple[datetime, str, str]]) -> Any:
    return passes.recall(site, memories.to_sightings(rows))


# ---------------------------------------------------------------- extracting


def extract_unit(work: Work, unit: Unit, workers: Workers) -> None:
    """Nothing; afterwards the articles of the unit and the outcomes of its pages stand there, and it is finished.

    Raises `Unreadable`.
    """
    kinds: Counter[str] = Counter()
    with work.place.unfinished(unit.name) as folder, Spool(folder / "rows") as spool:
        for url, answer in _answers(workers, unit, _extract, work):
            entry: Entry = answer.value if answer.error is None else _failed(url, answer.error)
            kinds[entry.kind.value] += 1
            spool.add(_OUTCOMES, entry.outcome)
            if entry.row:
                spool.add(entry.part, entry.row)
        work.place.forget(unit.name)
        path = folder / "rows.parquet"
        for part in spool.parts:
            is_outcome = part == _OUTCOMES
            parquet.write_rows(spool.rows(part), parquet.schema(OUTCOME_COLUMNS if is_outcome else COLUMNS), path)
            target = work.place.outcomes(unit.name) if is_outcome else work.place.articles(part, unit.name)
            place.publish(path, target)
        outcomes = {kind.value: kinds[kind.value] for kind in OutcomeKind if kinds[kind.value]}
        place.save(work.place.line(unit.name), {"input": unit.title, "outcomes": outcomes})


def _extract(page: Page, work: Work) -> Entry:
    site = urls.site(urls.canonical(page.final_url))
    known = passes.remembered(_windows(work.place.memory(site)), page.fetched_at)
    found = passes.extract(page, known, work.rules.get(site), has_second_opinion=work.has_second_opinion)
    verdict, article = found.verdict, found.article
    fate = {"outcome": verdict.outcome.value, "reason": verdict.evidence}
    outcome = _line({"url": page.url, "fetched_at": page.fetched_at.astimezone(UTC), **fate})
    if not verdict.is_accepted:
        return Entry(kind=verdict.outcome, outcome=outcome)
    row = parquet.to_row(article) | {"fingerprint": found.fingerprint}
    published_at = row["published_at"]
    month = f"{published_at.year:04}-{published_at.month:02}" if published_at is not None else "unknown"
    part = f"month={month}/bucket={place.hashed(site, work.place.n_buckets):02}"
    return Entry(kind=verdict.outcome, outcome=outcome, part=part, row=_line({name: row[name] for name in COLUMNS}))


@lru_cache(maxsize=256)  # of the process that reads pages; 10 to 50 kB each
def _windows(path: Path) -> list[passes.Window]:
    return [memories.to_window(value) for value in place.load(path)] if path.exists() else []


def _failed(url: str, error: Exception) -> Entry:
    found = of_error("bulk", url, error)
    row = {"url": url, "fetched_at": None, "outcome": found.kind.value, "reason": found.reason}
    return Entry(kind=found.kind, outcome=_line(row))


# ---------------------------------------------------------------- pages


def _answers(workers: Workers, unit: Unit, function: Any, *values: Any) -> Iterator[tuple[str, Answer]]:
    """The address of each page of the unit and what `function` made of it, in order."""
    waiting: deque[tuple[str, Answer | None]] = deque()

    def tasks() -> Iterator[Task]:
        for url, page in inputs.pages(unit):
            waiting.append((url, None if isinstance(page, Page) else Answer(is_known=True, error=page)))
            if isinstance(page, Page):
                yield Task(function=function, values=(page, *values), url=url)

    for answer in workers.each(tasks()):
        while (failed := waiting[0])[1] is not None:
            yield failed[0], failed[1]
            waiting.popleft()
        yield waiting.popleft()[0], answer
    yield from ((url, failed) for url, failed in waiting if failed is not None)


def _line(row: dict[str, Any]) -> bytes:
    """The row as JSON, times as microseconds since 1970."""

    def plain(at: datetime) -> int:
        return (at - _EPOCH) // timedelta(microseconds=1)

    return json.dumps(row, ensure_ascii=False, default=plain).encode("utf-8", "replace")
