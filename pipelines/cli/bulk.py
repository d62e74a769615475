"""`newsdesk bulk`: years of archived pages at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import options, runs

if TYPE_CHECKING:
    from pipelines.outcomes import Report


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Example: newsdesk bulk 'CC-NEWS-2026*.warc.gz' --out articles")(bulk)


def bulk(
    context: typer.Context,
    inputs: Annotated[
        list[str], typer.Argument(help="WARC files, folders of such and .html, or patterns.", metavar="INPUT...")
    ],
    out: Annotated[Path, typer.Option(help="Folder for Parquet files.", metavar="DIR")],
    buckets: Annotated[int, typer.Option(min=1, max=4096, help="Into how many shares sites are hashed.")] = 16,
) -> None:
    """Read archived pages in two passes: what each site repeats, then the articles, without that.

    Parquet files by month of publication and hashed site. Killed and begun again, it goes on where it was.
    """
    from pipelines.bulk import on_pool
    from pipelines.bulk.job import Bulk, run

    found = options.settings(context)
    job = Bulk(inputs=inputs, folder=out, n_buckets=buckets, has_second_opinion=found.second_opinion, on_unit=_tell)
    _end(run(job, on_pool.each))


def _tell(title: str, outcomes: dict[str, int]) -> None:
    counts = ", ".join(f"{n} {name}" for name, n in outcomes.items())
    typer.echo(f"{title}: {counts or 'no pages'}", err=True)


def _end(report: Report) -> None:
    typer.echo(report.line())
    raise typer.Exit(runs.status(report))
