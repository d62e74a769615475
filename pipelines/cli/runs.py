"""`newsdesk run`, `import` and `demo`: what takes pages through the pipeline."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import options
from scraper.errors import NewsError

if TYPE_CHECKING:
    from pipelines.outcomes import Report
    from pipelines.run import Job
    from scraper.values import Outcome


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("run", epilog="Example, in a crontab: */15 * * * * newsdesk run")(run)
    app.command("import", epilog="Example: newsdesk import saved.jsonl")(import_)
    app.command("demo", epilog="Example: newsdesk demo")(demo)


def run(
    context: typer.Context,
    include_all: Annotated[bool, typer.Option("--all", help="Ask every source, due or not.")] = False,
    db: options.Db = None,
) -> None:
    """Do one run over the due sources: discover, crawl, learn, digest.

    One summary line on standard output, logs on standard error. Exit status 1 when some sources or pages
    failed, 3 when nothing could be fetched.
    """
    from pipelines import run as pipeline

    report = _go(context, db, pipeline.run, include_all=include_all)
    raise typer.Exit(_status(report))


def import_(
    context: typer.Context,
    pages: Annotated[Path, typer.Argument(help="JSON lines: url, html_path and, if known, fetched_at.")],
    db: options.Db = None,
) -> None:
    """Take saved pages into the database as if they had been fetched."""
    from pipelines import run as pipeline

    if pages.is_dir() or not pages.exists():
        raise NewsError("no such file", url=str(pages), reason="unreadable")
    report = _go(context, db, lambda job: pipeline.import_list(job, pages))
    raise typer.Exit(_status(report))


def _go(context: typer.Context, db: str | None, work: Callable[[Job], Report], *, include_all: bool = False) -> Report:
    from pipelines.run import Job

    found = options.settings(context, db)
    engine = options.open_database(context, found)
    with _told() as on_outcome:
        report = work(Job(engine=engine, settings=found, on_outcome=on_outcome, include_all=include_all))
    typer.echo(report.line())
    return report


def _status(report: Report) -> int:
    from pipelines.outcomes import NO_PAGE

    n_failed = sum(report.kinds[kind] for kind in NO_PAGE) + report.n_sources_failed
    n_good = sum(report.kinds.values()) + report.n_sources - n_failed
    if not n_failed:
        return 0
    return 1 if n_good else 3


@contextmanager
def _told() -> Iterator[Callable[[Outcome], None]]:
    """Where outcomes go while a run is on: a progress line on a terminal, else log lines."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.completed} pages"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("run", total=None)
            yield lambda _outcome: progress.advance(task)
        return
    from pipelines.logs import log_outcome, logger

    log = logger(sys.stderr)
    yield lambda outcome: log_outcome(log, outcome)


def demo(
    keep: Annotated[Path | None, typer.Option(help="Leave the database and the archive in this folder.")] = None,
) -> None:
    """Show the whole program on a small news site, served on this machine for the length of the demo."""
    from pipelines.demo import demo as show

    show(typer.echo, keep)
