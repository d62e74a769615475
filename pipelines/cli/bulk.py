"""`newsdesk bulk`: years of archived pages at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import options, runs
from scraper.errors import SettingsError


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Example: newsdesk bulk 'CC-NEWS-2026*.warc.gz' --out articles")(bulk)


def bulk(
    context: typer.Context,
    inputs: Annotated[
        list[str], typer.Argument(help="WARC files, folders of such and .html, or patterns.", metavar="INPUT...")
    ],
    out: Annotated[Path | None, typer.Option(help="Folder for Parquet files.", metavar="DIR")] = None,
    db: options.Db = None,
    buckets: Annotated[int, typer.Option(min=1, max=4096, help="Into how many shares sites are hashed.")] = 16,
) -> None:
    """Read archived pages in two passes: what each site repeats, then the articles, without that.

    Into Parquet files by month of publication and hashed site, or into the database. Killed and begun again, it goes
    on where it was.
    """
    if (out is None) == (db is None):
        raise SettingsError("--out DIR or --db URL, one of them", url="bulk")
    if out is None:
        _into_database(context, inputs, db)
    else:
        _into_files(context, inputs, out, buckets)


def _into_database(context: typer.Context, inputs: list[str], db: str | None) -> None:
    from pipelines.run import take_archives

    runs.take_through(context, db, lambda job: take_archives(job, inputs))


def _into_files(context: typer.Context, inputs: list[str], out: Path, buckets: int) -> None:
    from pipelines.bulk import on_pool
    from pipelines.bulk.job import Bulk, run

    wanted = options.settings(context).second_opinion
    job = Bulk(inputs=inputs, folder=out, n_buckets=buckets, has_second_opinion=wanted, on_unit=_tell)
    report = run(job, on_pool.each)
    typer.echo(report.line())
    raise typer.Exit(runs.status(report))


def _tell(title: str, outcomes: dict[str, int]) -> None:
    counts = ", ".join(f"{n} {name}" for name, n in outcomes.items())
    typer.echo(f"{title}: {counts or 'no pages'}", err=True)
