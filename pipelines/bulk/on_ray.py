"""bulk on Ray: one task a unit, on as many cores and machines as there are. Needs `newsdesk[ray]`.

The same steps as on one machine; a task reads its pages in a process that can be killed, as everywhere. Inputs and the
folder are named alike on all machines (a shared disk). Only names travel through Ray: pages and rows do not.
"""

from __future__ import annotations

import logging
import os
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from pipelines import worker
from pipelines.bulk import passes, steps
from pipelines.bulk.job import Engine, Step
from pipelines.bulk.steps import Work
from pipelines.workers import Workers
from scraper.errors import SettingsError

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # read at import; nobody is told what is done here
try:
    import ray
except ModuleNotFoundError:
    ray = None  # type: ignore[assignment]

_OBJECT_STORE_BYTES = 100 << 20  # names only; else Ray takes a third of the memory


def check() -> None:
    """Nothing; raises `SettingsError` where the extra is missing."""
    if ray is None:
        raise SettingsError("--engine ray needs an extra: pip install 'newsdesk[ray]'", url="ray")


@contextmanager
def joined(address: str | None) -> Iterator[Engine]:
    """The engine, while the block lasts: on the cluster at that address, else on this machine's cores."""
    check()
    wanted: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address is None:
        wanted |= {"num_cpus": worker.n_cores(), "object_store_memory": _OBJECT_STORE_BYTES}
        wanted |= {"include_dashboard": False}
    try:
        ray.init(address=address or "local", **wanted)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise SettingsError(f"no Ray cluster answers: {error}", url=address or "ray") from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.execution_no_progress_timeout_s = -1  # a unit may take hours
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        yield _each
    finally:
        ray.shutdown()


def _each(step: Step, work: Work, items: Sequence[Any]) -> Iterator[Any]:
    """The items, as each is done, in whatever order. Raises what the step raises."""
    if not items:
        return
    rows = [{"item": pickle.dumps(item)} for item in items]
    done = ray.data.from_items(rows, override_num_blocks=len(rows)).map(partial(_do, step=step, work=work))
    for row in done.iter_rows():
        worker.result(*_unpacked(row["answer"]))
        yield _unpacked(row["item"])


def _do(row: dict[str, bytes], step: Step, work: Work) -> dict[str, bytes]:
    """The row of an item with what became of it: failures travel as values, for Ray would wrap and retry them."""
    passes.make_ready()
    with Workers(n=1, deadline_s=work.page_deadline_s) as reader:
        answer = worker.attempt(steps.do, (step, work, _unpacked(row["item"]), reader))
    return {"item": row["item"], "answer": pickle.dumps(answer)}


def _unpacked(value: bytes) -> Any:
    return pickle.loads(value)  # noqa: S301 - our own, packed on the other side of Ray
