"""`newsdesk export` and `newsdesk sql`: what takes data out of the database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from pipelines.cli import options
from scraper.errors import NewsError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.export.selection import Selection
    from scraper.values import StoredArticle


class ExportFormat(StrEnum):
    """What `export` writes."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    MARKDOWN = "markdown"
    RSS = "rss"
    ATOM = "atom"
    JSON_FEED = "jsonfeed"


class TableFormat(StrEnum):
    """What `sql` writes."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command(epilog="Example: newsdesk export --format csv > articles.csv")(export)
    app.command(epilog='Example: newsdesk sql "SELECT site, count(*) FROM articles GROUP BY site"')(sql)


def export(
    context: typer.Context,
    format_: Annotated[ExportFormat, typer.Option("--format", help="What to write.")] = ExportFormat.JSONL,
    output: Annotated[Path | None, typer.Option(help="File, or for markdown folder, to write to.")] = None,
    query: Annotated[str | None, typer.Option("--search", help="Only what this search finds, best first.")] = None,
    site: options.Site = None,
    since: options.Since = None,
    changed_since: Annotated[
        str | None, typer.Option(help="Only what was written or changed in the database since (2026-11-01T06:00).")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    db: options.Db = None,
) -> None:
    """Write articles to standard output or a file, in constant memory."""
    from pipelines.export.selection import Selection, select

    if query is not None and changed_since is not None:
        raise SettingsError("--search or --changed-since, not both", url="export")
    if output is None and format_ in (ExportFormat.PARQUET, ExportFormat.MARKDOWN):
        raise SettingsError(f"{format_.value} needs --output, a file or folder to write to", url="export")
    changed = options.day(changed_since)
    wanted = Selection(site=site, since=options.day(since), changed_since=changed, query=query, limit=limit)
    engine = options.open_existing(context, options.settings(context, db))
    try:
        _write(format_, select(engine, wanted), output, _title(wanted))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise NewsError(f"can't be written: {error.strerror}", url=str(output or "-"), reason="unwritable") from error


def _write(format_: ExportFormat, found: Iterable[StoredArticle], output: Path | None, title: str) -> None:
    from pipelines.export import feeds, folder, parquet, tabular

    if output is not None and format_ is ExportFormat.PARQUET:
        parquet.write_parquet(found, output)
        return
    if output is not None and format_ is ExportFormat.MARKDOWN:
        n_written = folder.write_folder(found, output)
        typer.echo(f"{options.count(n_written, 'file')} written to {output}")
        return
    with _opened(output) as out:
        match format_:
            case ExportFormat.CSV:
                tabular.write_csv(found, out)
            case ExportFormat.RSS:
                feeds.write_rss(found, out, title)
            case ExportFormat.ATOM:
                feeds.write_atom(found, out, title, datetime.now(UTC))
            case ExportFormat.JSON_FEED:
                feeds.write_json_feed(found, out, title)
            case _:
                tabular.write_jsonl(found, out)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Standard output, or the file, which appears when it is whole."""
    if output is None:
        yield sys.stdout
        return
    unfinished = output.with_name(output.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as out:
            yield out
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)


def _title(wanted: Selection) -> str:
    return " ".join(
        part for part in ("newsdesk:", wanted.query or "articles", wanted.site and f"of {wanted.site}") if part
    )


def sql(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="One SELECT in the database's own SQL.")] = None,
    format_: Annotated[TableFormat, typer.Option("--format", help="How to print the rows.")] = TableFormat.TABLE,
    describe: Annotated[
        bool, typer.Option("--describe", help="Print what tables and columns mean, as Datasette's metadata.json.")
    ] = False,
    db: options.Db = None,
) -> None:
    """Ask the database in SQL. It can only be read, whatever the question says."""
    from db import datasette, plain_sql
    from pipelines.cli import printing
    from pipelines.export import tabular

    found = options.settings(context, db)
    if describe:
        printing.show_json(datasette.metadata("newsdesk" if "://" in found.db else Path(found.db).stem))
        return
    if question is None:
        raise SettingsError('a question is missing, such as "SELECT count(*) FROM articles"', url="sql")
    engine = options.open_existing(context, found)
    with plain_sql.asked(engine, question) as (names, rows):
        if format_ is TableFormat.CSV:
            tabular.write_rows(names, rows, sys.stdout)
        elif format_ is TableFormat.JSON:
            for row in rows:
                sys.stdout.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=str) + "\n")
        else:
            printing.show_table(names, rows)
