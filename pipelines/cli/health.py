"""`newsdesk health`: which sites are not as they were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import options
from scraper.errors import NewsError

if TYPE_CHECKING:
    from datetime import date

    from pipelines.checkup import Checkup

_BARS = "▁▂▃▄▅▆▇█"
_N_BARS = 28


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("health", epilog="Example: newsdesk health --metrics /var/lib/node/newsdesk.prom")(health)


def health(
    context: typer.Context,
    site: Annotated[str | None, typer.Argument(help="Only this site.")] = None,
    metrics: Annotated[
        Path | None, typer.Option(help="Write the figures to this file for Prometheus, in place of what is there.")
    ] = None,
    as_json: options.Json = False,
    db: options.Db = None,
) -> None:
    """Tell which sites are not as they were in the four weeks before, since when, and show examples.

    Exit status 1 when any is not. The line of blocks shows the articles of the last four weeks, day by day.
    """
    from pipelines.checkup import check
    from pipelines.cli import printing
    from pipelines.metrics import write
    from pipelines.single import utc_now

    today = utc_now().date()
    found = list(check(options.open_existing(context, options.settings(context, db)), today, site))
    if site is not None and not found:
        raise NewsError("nothing is known of this site in the last weeks", url=site, reason="unknown")
    if metrics is not None:
        write(metrics, found)
    if as_json:
        printing.show_json([_json(checkup) for checkup in found])
    else:
        headings = ("site", "is", "new", "articles", "last four weeks")
        printing.show_table(headings, (_row(checkup, today) for checkup in found))
        for checkup in found:
            _show_findings(checkup)
    if any(checkup.findings for checkup in found):
        raise typer.Exit(1)


def _row(checkup: Checkup, today: date) -> tuple[Any, ...]:
    counts = {day.day: day for day in checkup.days}
    latest = counts.get(today)
    state = f"{len(checkup.findings)} changed" if checkup.findings else "ok"
    return (
        checkup.site,
        state,
        latest.n_new if latest else 0,
        latest.n_articles if latest else 0,
        sparkline([day.n_articles if day else 0 for day in _last_days(checkup, today)]),
    )


def _last_days(checkup: Checkup, today: date) -> list[Any]:
    from datetime import timedelta

    counts = {day.day: day for day in checkup.days}
    return [counts.get(today - timedelta(days=_N_BARS - 1 - i)) for i in range(_N_BARS)]


def sparkline(counts: list[int]) -> str:
    """One block for each count, as high as its share of the largest; a dot for none."""
    most = max(counts, default=0)
    return "".join(_BARS[(len(_BARS) - 1) * count // most] if count else "·" for count in counts)


def _show_findings(checkup: Checkup) -> None:
    for finding, addresses in checkup.findings:
        typer.echo(f"{checkup.site}: {finding.text()}")
        for address in addresses:
            typer.echo(f"  {address}")


def _json(checkup: Checkup) -> dict[str, Any]:
    from dataclasses import asdict

    findings = [
        asdict(finding) | {"since": finding.since.isoformat(), "examples": list(addresses)}
        for finding, addresses in checkup.findings
    ]
    days = [asdict(day) | {"day": day.day.isoformat(), "outcomes": dict(day.outcomes)} for day in checkup.days]
    return {"site": checkup.site, "is_ok": not findings, "findings": findings, "days": days}
