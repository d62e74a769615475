"""Where the outcomes of a run go while it is on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.values import Outcome


@contextmanager
def told(*, quiet: bool) -> Iterator[Callable[[Outcome], None]]:
    """Who is told of each outcome: a progress line on a terminal, else log lines, of failures only if quiet."""
    if sys.stderr.isatty() and not quiet:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.completed} pages"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("run", total=None)
            yield lambda _outcome: progress.advance(task)
        return
    from pipelines.logs import log_outcome, logger
    from pipelines.outcomes import NO_PAGE

    log = logger(sys.stderr)
    yield lambda outcome: log_outcome(log, outcome) if not quiet or outcome.kind in NO_PAGE else None
