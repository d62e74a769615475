"""Articles as JSON lines or CSV, and any rows as CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from scraper.record import FIELDS, to_stored_record
from scraper.values import StoredArticle

# What a spreadsheet would take for a formula at the start of a cell.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CSV_FIELDS = tuple(name for name in FIELDS if name not in ("paragraphs", "details", "origins"))


def write_jsonl(articles: Iterable[StoredArticle], out: TextIO) -> None:
    """One article a line, in the public JSON shape."""
    for stored in articles:
        out.write(json.dumps(to_stored_record(stored), ensure_ascii=False) + "\n")


def write_csv(articles: Iterable[StoredArticle], out: TextIO) -> None:
    """One article a row under a row of headings."""
    records = map(to_stored_record, articles)
    write_rows(_CSV_FIELDS, ([record[name] for name in _CSV_FIELDS] for record in records), out)


def write_rows(headings: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Rows under their headings; lists joined by "; ", cells that look like formulas quoted."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value
