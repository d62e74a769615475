"""Articles as one Parquet file, for DuckDB, pandas, Spark and their likes. Needs `newsdesk[parquet]`.

Times are UTC timestamps; where a page names only a day, the first moment of that day. Paragraphs, details and origins
are JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from scraper.errors import SettingsError
from scraper.record import FIELDS, to_stored_record
from scraper.values import StoredArticle

try:
    import pyarrow as pa
    from pyarrow import parquet as pq
except ModuleNotFoundError:
    pa = None

_ROWS_A_GROUP = 2000  # about 10 MB of text: what is held in memory
_TIMES = frozenset({"published_at", "modified_at", "fetched_at", "first_seen_at"})
_LISTS = frozenset({"authors", "tags"})
_JSON = frozenset({"paragraphs", "details", "origins"})


def check() -> None:
    """Nothing; raises `SettingsError` where the extra is missing."""
    if pa is None:
        raise SettingsError("Parquet needs an extra: pip install 'newsdesk[parquet]'", url="parquet")


def write_parquet(articles: Iterable[StoredArticle], path: Path) -> None:
    """Writes the articles to the file, which appears when it is whole."""
    check()
    unfinished = path.with_name(path.name + ".part")
    rows = map(_row, articles)
    try:
        with pq.ParquetWriter(unfinished, _schema(), compression="zstd") as writer:
            while group := list(islice(rows, _ROWS_A_GROUP)):
                writer.write_table(pa.Table.from_pylist(group, schema=_schema()))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _schema() -> Any:
    def kind(name: str) -> Any:
        if name in _TIMES:
            return pa.timestamp("us", tz="UTC")
        if name in _LISTS:
            return pa.list_(pa.string())
        return {"id": pa.int64(), "confidence": pa.float64()}.get(name, pa.string())

    return pa.schema([(name, kind(name)) for name in FIELDS])


def _row(stored: StoredArticle) -> dict[str, Any]:
    record = to_stored_record(stored)
    row = {name: json.dumps(value, ensure_ascii=False) if name in _JSON else value for name, value in record.items()}
    return row | {name: _utc(stored, name) for name in _TIMES}


def _utc(stored: StoredArticle, name: str) -> datetime | None:
    value = stored.first_seen_at if name == "first_seen_at" else getattr(stored.article, name)
    at = getattr(value, "at", value)
    return at.astimezone(UTC) if at is not None else None
