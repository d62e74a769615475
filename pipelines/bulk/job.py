"""bulk: years of archived pages become Parquet, in two passes.

    observe every page | recall every site | extract every page

An engine puts the pieces of work where they are done: `on_pool` or `on_ray`. The folder is the only state; a job
that was killed goes on where it was, and ends with the same files.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.bulk import inputs, place, steps
from pipelines.bulk.inputs import Unit
from pipelines.bulk.place import Place
from pipelines.bulk.steps import Work
from pipelines.export import parquet
from pipelines.outcomes import Report
from pipelines.worker import DEADLINE_S
from scraper.extraction import EXTRACTOR
from scraper.values import OutcomeKind, SiteRule

N_BUCKETS = 16

_BYTES_A_DRAWER = 1 << 30  # of packed WARC: about 30,000 pages, whose sightings take some 50 MB

Step = Callable[[Work, Any, Any], None]
Engine = Callable[[Step, Work, Sequence[Any]], Iterator[Any]]
"""Does the step for each item, in whatever order, and yields those done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """One job: what it reads, where it writes, and who is told of each finished unit with the outcomes in it."""

    inputs: Sequence[str]
    folder: Path
    n_buckets: int = N_BUCKETS
    rules: Mapping[str, SiteRule] = field(default_factory=dict)
    """Site -> the rule its pages are read by."""
    has_second_opinion: bool = False
    page_deadline_s: float = DEADLINE_S
    on_unit: Callable[[str, dict[str, int]], None] = lambda _title, _outcomes: None


def run(bulk: Bulk, engine: Engine) -> Report:
    """The sum of what became of the pages. Raises `Unreadable` and `SettingsError`; what is done then stays done."""
    parquet.check()
    units = inputs.units(bulk.inputs)
    n_drawers = max(1, sum(unit.n_bytes for unit in units) // _BYTES_A_DRAWER)
    kept = Place(folder=bulk.folder, n_buckets=bulk.n_buckets, n_drawers=n_drawers)
    options: dict[str, Any] = {"rules": bulk.rules, "has_second_opinion": bulk.has_second_opinion}
    work = Work(place=kept, page_deadline_s=bulk.page_deadline_s, **options)
    with place.held(kept, _job(bulk, units)):
        if any(not kept.line(unit.name).exists() for unit in units):
            _pass(bulk, engine, work, units)
        shutil.rmtree(kept.work)
    kinds = Counter[OutcomeKind]()
    for unit in units:
        kinds.update({OutcomeKind(name): n for name, n in place.load(kept.line(unit.name))["outcomes"].items()})
    return Report(kinds=kinds)


def _job(bulk: Bulk, units: Sequence[Unit]) -> dict[str, Any]:
    return {
        "extractor": EXTRACTOR,
        "buckets": bulk.n_buckets,
        "rules": {site: rule.fingerprint for site, rule in sorted(bulk.rules.items())},
        "second_opinion": bulk.has_second_opinion,
        "inputs": [unit.name for unit in units],
    }


def _pass(bulk: Bulk, engine: Engine, work: Work, units: Sequence[Unit]) -> None:
    kept = work.place
    unseen = [unit for unit in units if not kept.sightings(unit.name).exists()]
    for _ in engine(steps.observe_unit, work, unseen):
        pass
    closed = [number for number in range(kept.n_drawers) if not kept.drawer(number).exists()]
    for _ in engine(steps.recall_drawer, work, closed):
        pass
    left = [unit for unit in units if not kept.line(unit.name).exists()]
    for unit in engine(steps.extract_unit, work, left):
        bulk.on_unit(unit.title, place.load(kept.line(unit.name))["outcomes"])
