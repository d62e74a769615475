"""The figures of all sites as a text file for Prometheus' node exporter (text exposition format 0.0.4)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from pipelines.checkup import Checkup
from scraper.errors import StoreError


def write(path: Path, found: Sequence[Checkup]) -> None:
    """Nothing; afterwards the file holds the figures of each site's latest day. It is never seen half written.

    Raises `StoreError` when it can't be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text("".join(lines(found)), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreError(f"can't be written: {error.strerror}", url=str(path)) from error


def lines(found: Sequence[Checkup]) -> Iterator[str]:
    """The lines, by figure and site."""
    yield from _figure("newsdesk_site_findings", "What is not as it was.", ((c, "", len(c.findings)) for c in found))
    latest = [(checkup, checkup.days[-1]) for checkup in found]
    moments = ((c, "", int(datetime.combine(day.day, time.min, UTC).timestamp())) for c, day in latest)
    yield from _figure("newsdesk_site_day_timestamp_seconds", "The latest day: old where no run goes.", moments)
    for name, help_ in (
        ("n_asked", "Times that sources were asked on the latest day."),
        ("n_failed_asks", "Times that this failed."),
        ("n_announced", "Addresses announced."),
        ("n_new", "Addresses never seen before."),
        ("n_articles", "Articles whose text came."),
    ):
        rows = ((checkup, "", getattr(day, name)) for checkup, day in latest)
        yield from _figure(f"newsdesk_site_day_{name.removeprefix('n_')}", help_, rows)
    kinds = ((checkup, f',outcome="{kind}"', n) for checkup, day in latest for kind, n in sorted(day.outcomes.items()))
    yield from _figure("newsdesk_site_day_outcomes", "Addresses by what became of them.", kinds)


def _figure(name: str, help_: str, rows: Iterator[tuple[Checkup, str, int]]) -> Iterator[str]:
    yield f"# HELP {name} {help_}\n# TYPE {name} gauge\n"
    for checkup, labels, value in rows:
        yield f'{name}{{site="{_escaped(checkup.site)}"{labels}}} {value}\n'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
