"""Rows of `sitemap_parts`: the parts of a source's sitemap index, as they were when read last.

A part without `read_at` waits to be read. Does not decide which parts are due (`pipelines.parts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import sitemap_parts
from scraper.values import Request, SitemapPart

_CHUNK = 200


def known_parts(connection: Connection, source_id: int) -> dict[str, SitemapPart]:
    """The parts of the source that were met before, by address."""
    query = sa.select(sitemap_parts).where(sitemap_parts.c.source_id == source_id)
    return {row.url: _part(row) for row in connection.execute(query)}


def save_parts(connection: Connection, source_id: int, parts: Sequence[SitemapPart]) -> None:
    """Keeps the parts in place of what was known of them."""
    by_url = {part.request.url: part for part in parts}
    addresses = list(by_url)
    for at in range(0, len(addresses), _CHUNK):
        is_one = sitemap_parts.c.url.in_(addresses[at : at + _CHUNK])
        connection.execute(sitemap_parts.delete().where(sitemap_parts.c.source_id == source_id, is_one))
    if by_url:
        connection.execute(sitemap_parts.insert(), [_row(source_id, part) for part in by_url.values()])


def forget_parts(connection: Connection, source_id: int) -> None:
    """Nothing; afterwards every part of the source is new again."""
    connection.execute(sitemap_parts.delete().where(sitemap_parts.c.source_id == source_id))


def _row(source_id: int, part: SitemapPart) -> dict[str, str | int | datetime | None]:
    request = part.request
    row: dict[str, str | int | datetime | None] = {"source_id": source_id, "url": request.url}
    row |= {"etag": request.etag, "last_modified": request.last_modified}
    return row | {"modified_at": part.modified_at, "read_at": part.read_at}


def _part(row: sa.Row[tuple[object, ...]]) -> SitemapPart:
    request = Request(url=row.url, etag=row.etag, last_modified=row.last_modified)
    return SitemapPart(request=request, modified_at=row.modified_at, read_at=row.read_at)
