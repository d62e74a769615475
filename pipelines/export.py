"""Writes articles to a stream, in constant memory."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TextIO

from sqlalchemy.engine import Engine

from db import articles
from db.engine import reading
from scraper.record import FIELDS, to_stored_record

# What a spreadsheet would take for a formula at the start of a cell.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CSV_FIELDS = tuple(name for name in FIELDS if name not in ("paragraphs", "details", "origins"))


def write_jsonl(engine: Engine, out: TextIO, *, site: str | None = None, since: datetime | None = None) -> None:
    """One article a line, in the public JSON shape."""
    for record in _records(engine, site, since):
        out.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_csv(engine: Engine, out: TextIO, *, site: str | None = None, since: datetime | None = None) -> None:
    """One article a row under a row of headings; lists joined by "; ", cells that look like formulas quoted."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV_FIELDS)
    for record in _records(engine, site, since):
        writer.writerow([_cell(record[name]) for name in _CSV_FIELDS])


def _records(engine: Engine, site: str | None, since: datetime | None) -> Iterator[dict[str, Any]]:
    with reading(engine) as connection:
        for stored in articles.iter_articles(connection, site=site, since=since):
            yield to_stored_record(stored)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value
