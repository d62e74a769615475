"""`newsdesk db upgrade`, `check`, `backup` and `prune`: looking after the database itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from db import shelf
from pipelines.cli import options


def register(app: typer.Typer) -> None:
    """Adds the commands as a group."""
    group = typer.Typer(no_args_is_help=True, help="Look after the database itself.")
    group.command(epilog="Example: newsdesk db upgrade")(upgrade)
    group.command(epilog="Example: newsdesk db check")(check)
    group.command(epilog="Example: newsdesk db backup /backup/newsdesk.db")(backup)
    group.command(epilog="Example: newsdesk db prune")(prune)
    app.add_typer(group, name="db")


def upgrade(context: typer.Context, db: options.Db = None) -> None:
    """Bring the database to the schema of this newsdesk; `newsdesk run` does so, too."""
    from db import engine as engines

    found = options.settings(context, db)
    probe = engines.open_engine(found.db)
    before = engines.version(probe) if engines.exists(probe) else None
    probe.dispose()
    options.open_database(context, found)
    if before == engines.HEAD:
        typer.echo(f"schema {engines.HEAD} already")
    else:
        typer.echo(f"schema {engines.HEAD} now, " + (f"{before} before" if before else "a new database"))


def check(context: typer.Context, db: options.Db = None) -> None:
    """Look for damage: in the file, between its rows, and in what it says of the archive. Exit status 1 if there is."""
    from db.maintenance import faults

    found = options.settings(context, db)
    n_faults = 0
    for fault in faults(options.open_existing(context, found), shelf.at(found.archive)):
        n_faults += 1
        typer.echo(fault)
    typer.echo("all is well" if not n_faults else options.count(n_faults, "fault"))
    raise typer.Exit(1 if n_faults else 0)


def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="The file to write, which must not be there yet.")],
    db: options.Db = None,
) -> None:
    """Copy an SQLite database as it is at this moment, also while a run is going. The archive's files only grow."""
    from db import maintenance

    maintenance.backup(options.open_existing(context, options.settings(context, db)), target)
    typer.echo(f"written to {target}")


def prune(context: typer.Context, db: options.Db = None) -> None:
    """Let go what is older than the settings `keep_texts_days`, `keep_pages_days` and `keep_archive_days` say."""
    from datetime import UTC, datetime

    from db.deletion import scrub
    from pipelines import retention
    from pipelines.lock import Locked, held
    from pipelines.stopping import Stop

    found = options.settings(context, db)
    engine = options.open_existing(context, found)
    if not retention.is_wanted(found):
        typer.echo("everything is kept: none of keep_texts_days, keep_pages_days and keep_archive_days is set")
        return
    stop = Stop()
    try:
        with stop.on_sigterm(), held(engine, "run", lambda: stop.request("another run took over")):
            done = retention.expire(engine, found, datetime.now(UTC), stop)
    except Locked as locked:
        typer.echo(f"newsdesk: {locked}")
        return
    if done.n_texts:
        scrub(engine)
    parts = (options.count(done.n_texts, "text"), options.count(done.n_pages, "page row"))
    records = f"{options.count(done.archive.n_records, 'record')} ({options.count(done.archive.n_bytes, 'byte')})"
    typer.echo(f"gone: {', '.join(parts)}, {records} of the archive")
