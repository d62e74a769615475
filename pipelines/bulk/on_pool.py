"""bulk on this machine: one unit after the other, its pages side by side on all cores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.bulk import passes, steps
from pipelines.bulk.job import Step
from pipelines.bulk.steps import Work
from pipelines.workers import Workers


def each(step: Step, work: Work, items: Sequence[Any]) -> Iterator[Any]:
    """The items, as each is done."""
    passes.make_ready()
    with Workers(deadline_s=work.page_deadline_s) as workers:
        for item in items:
            steps.do(step, work, item, workers)
            yield item
