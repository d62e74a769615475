"""`newsdesk archive` and `reextract`: the archived pages, checked, measured and read again."""

from __future__ import annotations

from typing import Annotated

import typer

from db import shelf
from pipelines.cli import options
from pipelines.cli.runs import take_through


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(no_args_is_help=True, help="Look after the archive of WARC files.")
    group.command(epilog="Example: newsdesk archive verify")(verify)
    group.command(epilog="Example: newsdesk archive stats")(stats)
    group.command(epilog="Example: newsdesk archive prune --older-than 365")(prune)
    app.add_typer(group, name="archive")
    app.command(epilog="Example: newsdesk reextract --site news.example")(reextract)


def verify(context: typer.Context, db: options.Db = None) -> None:
    """Read every archived page and compare it with its digest. Exit status 1 if one is damaged or missing."""
    from pipelines import archiving
    from pipelines.cli import printing
    from pipelines.workers import Workers

    found = options.settings(context, db)
    engine = options.open_existing(context, found)
    n_read = n_faults = 0
    with Workers() as workers:
        checked = archiving.verify(engine, shelf.at(found.archive), workers)
        for one in printing.counted(checked, "pages"):
            n_read += 1
            if one.fault:
                n_faults += 1
                typer.echo(f"{one.record.url}: {one.fault}")
    for file, n_bytes in archiving.cut_ends(engine, shelf.at(found.archive)):
        typer.echo(f"{file}: ends in {options.count(n_bytes, 'byte')} of a record cut by a crash; no page is missing")
    typer.echo(f"{options.count(n_read, 'page')} read, {n_faults} damaged")
    raise typer.Exit(1 if n_faults else 0)


def stats(context: typer.Context, as_json: options.Json = False, db: options.Db = None) -> None:
    """Tell how many files, pages and bytes the archive holds."""
    from dataclasses import asdict

    from pipelines import archiving
    from pipelines.cli import printing

    found = options.settings(context, db)
    told = archiving.stats(options.open_existing(context, found), shelf.at(found.archive))
    if as_json:
        printing.show_json(asdict(told))
        return
    pages, files = options.count(told.n_pages, "page"), options.count(told.n_files, "file")
    typer.echo(f"{pages} of {told.n_body_bytes:,} bytes in {files} of {told.n_bytes:,} bytes")


def prune(
    context: typer.Context,
    older_than: Annotated[
        int, typer.Option(min=0, metavar="DAYS", help="Take out what was fetched before so many days.")
    ],
    include_all: Annotated[
        bool, typer.Option("--all", help="Also pages that present texts were read from; they can't be read again.")
    ] = False,
    db: options.Db = None,
) -> None:
    """Take old pages out of the archive; their rows stay, and so do the pages that present texts were read from."""
    from datetime import UTC, datetime, timedelta

    from db.pruning import Rule
    from pipelines import pruning
    from pipelines.lock import Locked
    from pipelines.stopping import Stop

    found = options.settings(context, db)
    engine = options.open_existing(context, found)
    rule = Rule(before=datetime.now(UTC) - timedelta(days=older_than), takes_present=include_all)
    stop = Stop()
    try:
        with stop.on_sigterm():
            done = pruning.prune(engine, shelf.at(found.archive), rule, stop)
    except Locked as locked:
        typer.echo(f"newsdesk: {locked}")
        return
    typer.echo(f"{options.count(done.n_records, 'record')} taken out, {options.count(done.n_bytes, 'byte')} freed")


def reextract(
    context: typer.Context, site: options.Site = None, since: options.Since = None, db: options.Db = None
) -> None:
    """Read archived pages again, offline, on all cores, as after an update; `--since` looks at when they were fetched.

    The publisher's history stays as it is. Stopped, it goes on with the next run.
    """
    from functools import partial

    from pipelines import run as pipeline

    work = partial(pipeline.reextract, site=site, since=options.day(since))
    take_through(context, db, work)
