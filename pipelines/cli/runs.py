"""`newsdesk run`, `import` and `demo`: what takes pages through the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import crew, options
from pipelines.cli.telling import told
from scraper.errors import NewsError

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from pipelines.outcomes import Report
    from pipelines.run import Job


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("run", epilog="Example, in a crontab: */15 * * * * newsdesk run")(run)
    app.command("import", epilog="Example: newsdesk import saved.jsonl")(import_)
    app.command("demo", epilog="Example: newsdesk demo")(demo)


def run(
    context: typer.Context,
    include_all: Annotated[bool, typer.Option("--all", help="Ask every source, due or not.")] = False,
    max_runtime: Annotated[
        str | None, typer.Option(help="End cleanly after this time, such as 50m, 2h or 90s.", metavar="TIME")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is due; fetch and write nothing.")] = False,
    enqueue: Annotated[
        bool, typer.Option("--enqueue", help="Leave a task for each due site to `newsdesk worker`; fetch nothing.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing when all went well.")] = False,
    db: options.Db = None,
) -> None:
    """Do one run over the due sources: discover, crawl, learn, digest.

    One summary line on standard output, logs on standard error. Exit status 1 when some sources or pages
    failed, 3 when nothing could be fetched. While another run is at work on the database: one line and status 0.
    """
    from pipelines import run as pipeline
    from pipelines.stopping import Stop

    stop = Stop(None if max_runtime is None else options.seconds(max_runtime))
    if dry_run:
        _show_plan(context, db, include_all=include_all)
        return
    if enqueue:
        crew.enqueue(context, db, include_all=include_all, quiet=quiet)
        return
    take_through(context, db, pipeline.run, quiet=quiet, include_all=include_all, stop=stop, and_now=_and_now)


def take_through(
    context: typer.Context, db: str | None, work: Callable[[Job], Report], *, quiet: bool = False, **options_: Any
) -> None:
    """Does the work of a run, one at a time, until it is done or SIGTERM comes; ends with the run's exit status."""
    from pipelines.lock import Locked
    from pipelines.stopping import Stop

    stop = options_.pop("stop", None) or Stop()
    try:
        with stop.on_sigterm():
            report = _go(context, db, work, quiet=quiet, stop=stop, **options_)
    except Locked as locked:
        if not quiet:
            typer.echo(f"newsdesk: {locked}")
        return
    raise typer.Exit(status(report))


def _and_now(engine: Engine, report: Report) -> str:
    """What a person could do after a run."""
    from db import sources
    from db.engine import reading
    from pipelines.outcomes import NO_PAGE

    if not report.n_sources and not report.kinds:
        with reading(engine) as connection:
            has_sources = bool(sources.get_sources(connection))
        return (
            "nothing was due; `newsdesk run --all` asks every source now"
            if has_sources
            else "there are no sources yet; `newsdesk add URL` follows a site"
        )
    steps = ["`newsdesk search WORDS` finds what is stored"]
    if report.n_sources_failed:
        steps.append("`newsdesk sources list` tells which sources failed")
    kind = max(sorted(NO_PAGE), key=lambda one: report.kinds[one])
    if report.kinds[kind]:
        steps.append(f"`newsdesk links --state {kind.value}` lists what could not be fetched")
    return "; ".join(steps)


def _show_plan(context: typer.Context, db: str | None, *, include_all: bool) -> None:
    from datetime import UTC, datetime

    from pipelines.planning import plan

    engine = options.open_existing(context, options.settings(context, db))
    n_sites = 0
    for found in plan(engine, datetime.now(UTC), include_all=include_all):
        n_sites += 1
        sources, links = options.count(found.n_sources, "source"), options.count(found.n_links, "known page")
        typer.echo(f"{found.site}: would ask {sources} and fetch {links}")
    if not n_sites:
        typer.echo("nothing is due")


def import_(
    context: typer.Context,
    pages: Annotated[Path, typer.Argument(help="List of JSON lines, .warc(.gz) file, or folder of such and .html.")],
    db: options.Db = None,
) -> None:
    """Take saved pages into the database as if they had been fetched; what is there already changes nothing.

    A list holds JSON lines: url, html_path and, if known, fetched_at.
    """
    from pipelines import run as pipeline

    if not pages.exists():
        raise NewsError("no such file or folder", url=str(pages), reason="unreadable")
    report = _go(context, db, lambda job: pipeline.import_list(job, pages))
    options.next_step("`newsdesk search WORDS` finds what is stored")
    raise typer.Exit(status(report))


def _go(
    context: typer.Context,
    db: str | None,
    work: Callable[[Job], Report],
    *,
    quiet: bool = False,
    and_now: Callable[[Engine, Report], str] | None = None,
    **options_: Any,
) -> Report:
    from pipelines.run import Job

    found = options.settings(context, db)
    engine = options.open_database(context, found)
    with told(quiet=quiet) as on_outcome:
        report = work(Job(engine=engine, settings=found, on_outcome=on_outcome, **options_))
    if not quiet or status(report):
        typer.echo(report.line())
    if and_now is not None and not quiet and options.is_read_by_a_person():
        options.next_step(and_now(engine, report))
    return report


def status(report: Report) -> int:
    """The exit status that says how the pages and sources fared."""
    from pipelines.outcomes import NO_PAGE

    n_failed = sum(report.kinds[kind] for kind in NO_PAGE) + report.n_sources_failed
    n_good = sum(report.kinds.values()) + report.n_sources - n_failed
    if not n_failed:
        return 0
    return 1 if n_good else 3


def demo(
    keep: Annotated[Path | None, typer.Option(help="Leave the database and the archive in this folder.")] = None,
) -> None:
    """Show the whole program on a small news site, served on this machine for the length of the demo."""
    from pipelines.demo import demo as show

    show(typer.echo, keep)
    options.next_step("`newsdesk init` begins a desk of your own")
