"""`newsdesk bulk`: years of archived pages at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import options, runs
from scraper.errors import SettingsError

if TYPE_CHECKING:
    from pipelines.bulk.job import Engine


class BulkEngine(StrEnum):
    """What does the work: this machine's cores, or Ray."""

    POOL = "pool"
    RAY = "ray"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where Parquet files go, and who makes them."""

    folder: Path
    n_buckets: int
    engine: BulkEngine
    ray_address: str | None


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Example: newsdesk bulk 'CC-NEWS-2026*.warc.gz' --out articles")(bulk)


def bulk(
    context: typer.Context,
    inputs: Annotated[
        list[str],
        typer.Argument(
            help="WARC files, folders of such and .html, or patterns; paths, or addresses as s3://...",
            metavar="INPUT...",
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Folder for Parquet files.", metavar="DIR")] = None,
    db: options.Db = None,
    buckets: Annotated[int, typer.Option(min=1, max=4096, help="Into how many shares sites are hashed.")] = 16,
    engine: Annotated[BulkEngine, typer.Option(help="What does the work for --out.")] = BulkEngine.POOL,
    ray_address: Annotated[
        str | None, typer.Option("--ray-address", help="A Ray cluster; without, Ray works on this machine.")
    ] = None,
) -> None:
    """Read archived pages in two passes: what each site repeats, then the articles, without that.

    Into Parquet files by month of publication and hashed site, or into the database. Killed and begun again, it goes
    on where it was.
    """
    if (out is None) == (db is None):
        raise SettingsError("--out DIR or --db URL, one of them", url="bulk")
    if engine is not BulkEngine.RAY and ray_address is not None:
        raise SettingsError("--ray-address goes with --engine ray", url="bulk")
    if out is not None:
        _into_files(context, Target(folder=out, n_buckets=buckets, engine=engine, ray_address=ray_address), inputs)
    elif engine is BulkEngine.RAY:
        raise SettingsError("--engine ray goes with --out: a database is written by one process", url="bulk")
    else:
        _into_database(context, inputs, db)


def _into_database(context: typer.Context, inputs: list[str], db: str | None) -> None:
    from pipelines.run import take_archives

    runs.take_through(context, db, lambda job: take_archives(job, inputs))


def _into_files(context: typer.Context, target: Target, inputs: list[str]) -> None:
    from pipelines import site_rules
    from pipelines.bulk.job import Bulk, run

    found = options.settings(context)
    how: dict[str, Any] = {"n_buckets": target.n_buckets, "rules": site_rules.rules(found.by_site)}
    how["has_second_opinion"] = found.second_opinion
    job = Bulk(inputs=inputs, folder=target.folder, on_unit=_tell, **how)
    with _opened(target) as engine:
        report = run(job, engine)
    typer.echo(report.line())
    raise typer.Exit(runs.status(report))


@contextmanager
def _opened(target: Target) -> Iterator[Engine]:
    from pipelines.bulk import on_pool

    if target.engine is BulkEngine.POOL:
        yield on_pool.each
        return
    from pipelines.bulk import on_ray

    with on_ray.joined(target.ray_address) as each:
        yield each


def _tell(title: str, outcomes: dict[str, int]) -> None:
    counts = ", ".join(f"{n} {name}" for name, n in outcomes.items())
    typer.echo(f"{title}: {counts or 'no pages'}", err=True)
