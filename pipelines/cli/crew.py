"""`newsdesk worker`, `status` and `run --enqueue`: a database that several machines work on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import options
from pipelines.cli.telling import told

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from pipelines.crew import Standing
    from pipelines.outcomes import Report


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("worker", epilog="Example: newsdesk worker --sites 20")(worker)
    app.command("status", epilog="Example: newsdesk status")(status)


def enqueue(context: typer.Context, db: str | None, *, include_all: bool, quiet: bool) -> None:
    """Defers a task for each due site, and forgets what is older than is to be kept."""
    from pipelines import crew, retention
    from pipelines.single import utc_now
    from pipelines.stopping import Stop

    found = options.settings(context, db)
    engine = options.open_database(context, found)
    sites = crew.enqueue(engine, utc_now(), include_all=include_all)
    if retention.is_wanted(found):
        retention.expire(engine, found, utc_now(), Stop())
    if not quiet:
        typer.echo(f"{options.count(len(sites), 'task')} for workers")
        if options.is_read_by_a_person():
            options.next_step("`newsdesk worker` takes them, on any machine; `newsdesk status` tells how they stand")


def worker(
    context: typer.Context,
    drain: Annotated[bool, typer.Option("--drain", help="End when no task waits or is at work.")] = False,
    sites: Annotated[int, typer.Option(min=1, help="Sites at a time.")] = 8,
    processes: Annotated[int, typer.Option(min=1, help="Processes that read pages.")] = 1,
    stalled_after: Annotated[
        str, typer.Option(help="Take a worker for dead that has given no word for so long.", metavar="TIME")
    ] = "45s",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but failures.")] = False,
    db: options.Db = None,
) -> None:
    """Take the tasks that `newsdesk run --enqueue` left in the PostgreSQL database, each half a run over one site.

    Any number of workers, on any number of machines, never two at one site. One line for each task on standard
    output, logs on standard error. SIGTERM ends it cleanly: what is left waits as a task again.
    """
    import asyncio

    from pipelines.crew import Crew, work
    from pipelines.run import Job
    from pipelines.stopping import Stop

    def tell(site: str, report: Report) -> None:
        if not quiet:
            typer.echo(f"{site}: " + report.line().removesuffix("; nothing to do"))  # it is read yet
            sys.stdout.flush()

    found = options.settings(context, db)
    engine = options.open_database(context, found)
    stop = Stop()
    with stop.on_sigterm(), told(quiet=quiet) as on_outcome:
        job = Job(engine=engine, settings=found, on_outcome=on_outcome, stop=stop)
        stalled_s = options.seconds(stalled_after)
        crew = Crew(job=job, n_sites=sites, n_processes=processes, stalled_s=stalled_s, is_draining=drain, tell=tell)
        asyncio.run(work(crew))


def status(context: typer.Context, as_json: options.Json = False, db: options.Db = None) -> None:
    """Tell how the tasks for workers stand. Exit status 1 where any failed or stands still."""
    from pipelines.crew import standing

    engine = options.open_existing(context, options.settings(context, db))
    found = standing(engine)
    if as_json:
        _print_json(engine, found)
    else:
        _print_lines(found)
    raise typer.Exit(int(bool(found.stalled or found.failed)))


def _print_lines(found: Standing) -> None:
    from pipelines.single import utc_now

    for name in ("waiting", "at_work", "stalled", "failed"):
        sites: tuple[str, ...] = getattr(found, name)
        typer.echo(f"{name.replace('_', ' ')}\t{len(sites)}" + ("\t" + " ".join(sites[:_SHOWN]) if sites else ""))
    ages = " ".join(f"{max(0.0, (utc_now() - at).total_seconds()):.0f}s" for _number, at in found.workers)
    typer.echo(f"workers\t{len(found.workers)}" + (f"\tlast word {ages} ago" if ages else ""))


_SHOWN = 10


def _print_json(engine: Engine, found: Standing) -> None:
    import json

    from pipelines import crew
    from pipelines.single import utc_now

    names = ("waiting", "at_work", "stalled", "failed")
    content = {"due": crew.due_sites(engine, utc_now())} | {name: list(getattr(found, name)) for name in names}
    workers = [{"id": number, "last_word_at": at.isoformat()} for number, at in found.workers]
    typer.echo(json.dumps(content | {"workers": workers}))
