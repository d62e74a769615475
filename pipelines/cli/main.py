"""The command `newsdesk`: its options, its exit statuses, and the one place where errors meet a person.

    0  fine            1  could not be fetched or read; in a run: some sources or pages failed
    2  wrong usage or settings      3  no article there; in a run: nothing could be fetched
    4  the database or the archive can't be used       130  stopped by Ctrl-C

Heavy modules are imported inside the commands, so that `--help` and `search` start fast.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from db.query import QueryError
from pipelines.cli import (
    archive,
    articles,
    bulk,
    crew,
    database,
    explain,
    exporting,
    extract,
    firstday,
    health,
    history,
    ledger,
    memory,
    runs,
    sources,
)
from pipelines.cli.options import Options
from pipelines.settings import VERSION
from scraper.errors import NewsError, SettingsError, StoreError
from scraper.text import clean

app = typer.Typer(
    name="newsdesk",
    help="Point it at news sites, put one line into cron, get a database of clean articles.",
    epilog="Example: newsdesk add https://news.example/ && newsdesk run && newsdesk search harbour",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newsdesk {VERSION}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    db: Annotated[str | None, typer.Option(help="Database address, or an SQLite file.", metavar="URL")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file instead of newsdesk.toml.")] = None,
    _debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Point newsdesk at news sites, put one line into cron, get a database of clean articles."""
    context.obj = Options(db=db, config=config)


firstday.register(app)
extract.register(app)
explain.register(app)
sources.register(app)
runs.register(app)
crew.register(app)
articles.register(app)
exporting.register(app)
bulk.register(app)
history.register(app)
database.register(app)
archive.register(app)
ledger.register(app)
health.register(app)
memory.register(app)


def run() -> None:
    """The entry point: runs the command and turns failures into one line and an exit status.

    Typer itself ends quietly on Ctrl-C and when the reader of our output has gone.
    """
    is_debug = "--debug" in sys.argv
    for stream in (sys.stdout, sys.stderr):
        # Pages hold every script, whatever the locale; a lone surrogate of an address stays a JSON escape.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except NewsError as error:
        if is_debug:
            raise
        status = _fail(str(error), _status(error))
        if isinstance(error, QueryError):
            sys.stderr.write("".join(f"  {line}\n" for line in error.shown.splitlines()))
        sys.exit(status)
    except OSError as error:
        if is_debug:
            raise
        sys.exit(_fail(str(error), 1))


def _status(error: NewsError) -> int:
    if isinstance(error, SettingsError):
        return 2
    return 4 if isinstance(error, StoreError) else 1


def _fail(message: str, status: int) -> int:
    sys.stderr.write("newsdesk: " + clean(message).replace("\n", " ") + "\n")
    return status
