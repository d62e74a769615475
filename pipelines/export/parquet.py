"""Articles as one Parquet file, for DuckDB, pandas, Spark and their likes. Needs `newsdesk[parquet]`.

Times are UTC timestamps; where a page names only a day, the first moment of that day. Paragraphs, details and origins
are JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import Any

from scraper.errors import SettingsError
from scraper.record import FIELDS, to_record
from scraper.values import Article, StoredArticle

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
    write_rows(map(_row, articles), schema(FIELDS), path)


def write_rows(rows: Iterable[dict[str, Any]], columns: Any, path: Path) -> None:
    """Writes rows of these columns to the file, which appears when it is whole."""
    left = iter(rows)
    unfinished = path.with_name(path.name + ".part")
    try:
        with pq.ParquetWriter(unfinished, columns, compression="zstd") as writer:
            while group := list(islice(left, _ROWS_A_GROUP)):
                writer.write_table(pa.Table.from_pylist(group, schema=columns))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def schema(names: Sequence[str]) -> Any:
    """The columns of these names, of an article's fields or text."""

    def kind(name: str) -> Any:
        if name in _TIMES:
            return pa.timestamp("us", tz="UTC")
        if name in _LISTS:
            return pa.list_(pa.string())
        return {"id": pa.int64(), "confidence": pa.float64()}.get(name, pa.string())

    return pa.schema([(name, kind(name)) for name in names])


def to_row(article: Article) -> dict[str, Any]:
    """The article in these columns."""
    record = to_record(article)
    row = {name: json.dumps(value, ensure_ascii=False) if name in _JSON else value for name, value in record.items()}
    moments = (article.published_at, article.modified_at)
    published_at, modified_at = (one.at.astimezone(UTC) if one is not None else None for one in moments)
    times = {"published_at": published_at, "modified_at": modified_at}
    return row | times | {"fetched_at": article.fetched_at.astimezone(UTC)}


def _row(stored: StoredArticle) -> dict[str, Any]:
    gone_at = stored.gone_at.isoformat() if stored.gone_at else None
    ours = {"id": stored.id, "first_seen_at": stored.first_seen_at.astimezone(UTC), "gone_at": gone_at}
    return to_row(stored.article) | ours
