"""Rows of `cluster_members` and `cluster_bands`: which articles are one at several addresses.

A cluster has no row of its own; its number is the smallest id among its articles. Bands lead to texts, not to
articles, so a thousand copies of one text cost no more than one. Which texts are the same, and which copy is the
original, is decided in `pipelines.cluster`. A member without `text_key` has not been looked at yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.engine import hold
from db.schema import articles, cluster_bands, cluster_members

_MAX_NAMES = 500  # ids in one statement

# Statements of every article, built once: building one costs three times as much as running it.
_MEMBERS = sa.select(cluster_members).order_by(cluster_members.c.article_id)
_BY_ARTICLE = _MEMBERS.where(cluster_members.c.article_id == sa.bindparam("of_article"))
_BY_CLUSTER = _MEMBERS.where(cluster_members.c.cluster_id == sa.bindparam("of_cluster"))
_BY_TEXT = sa.select(cluster_members).where(cluster_members.c.text_key == sa.bindparam("of_text")).limit(1)
_KEYS = sa.select(cluster_bands.c.text_key).where(cluster_bands.c.band.in_(sa.bindparam("of_bands", expanding=True)))
_FIRST = sa.select(sa.func.min(cluster_members.c.article_id)).where(cluster_members.c.text_key.in_(_KEYS.distinct()))
_BY_BANDS = _MEMBERS.where(cluster_members.c.article_id.in_(_FIRST.group_by(cluster_members.c.text_key)))
_ADD_MEMBER, _ADD_BANDS = cluster_members.insert(), cluster_bands.insert()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article in its cluster, with what is kept of its text."""

    article_id: int
    cluster_id: int
    is_original: bool
    text_key: int | None
    n_shingles: int
    signature: bytes
    figures: bytes


def begin(connection: Connection) -> None:
    """Nothing; until the transaction ends nobody else changes clusters."""
    hold(connection, "clusters")


def _members(connection: Connection, query: sa.Select[Any], **values: Any) -> list[Member]:
    return [Member(**row._mapping) for row in connection.execute(query, values)]


def get_member(connection: Connection, article_id: int) -> Member | None:
    """The article's place in its cluster, None if it has none."""
    return next(iter(_members(connection, _BY_ARTICLE, of_article=article_id)), None)


def get_members(connection: Connection, cluster_id: int) -> list[Member]:
    """All of a cluster, by id."""
    return _members(connection, _BY_CLUSTER, of_cluster=cluster_id)


def known_text(connection: Connection, text_key: int) -> Member | None:
    """An article with that very text."""
    return next(iter(_members(connection, _BY_TEXT, of_text=text_key)), None)


def known_like(connection: Connection, bands: list[int]) -> list[Member]:
    """For each text that shares a band, one article that has it."""
    return _members(connection, _BY_BANDS, of_bands=bands) if bands else []


def save_member(connection: Connection, article_id: int, cluster_id: int, values: Mapping[str, Any]) -> None:
    """Puts the article into a cluster, alone as its original; `values` are its text's marks."""
    row = {"article_id": article_id, "cluster_id": cluster_id, "is_original": article_id == cluster_id, **values}
    connection.execute(_ADD_MEMBER, [row])


def save_bands(connection: Connection, text_key: int, bands: list[int]) -> None:
    """Makes a text findable that no article had before."""
    if bands:
        rows = [{"band": band, "text_key": text_key} for band in sorted(set(bands))]
        connection.execute(_ADD_BANDS, rows)


def delete_bands(connection: Connection, text_key: int, bands: list[int]) -> None:
    """Takes back what `save_bands` did."""
    where = sa.and_(cluster_bands.c.band.in_(bands), cluster_bands.c.text_key == text_key)
    connection.execute(cluster_bands.delete().where(where))


def delete_member(connection: Connection, article_id: int) -> None:
    """Takes the article out of its cluster."""
    connection.execute(cluster_members.delete().where(cluster_members.c.article_id == article_id))


def join(connection: Connection, cluster_ids: Iterable[int], cluster_id: int) -> None:
    """Makes one cluster of several."""
    where = cluster_members.c.cluster_id.in_(sorted(cluster_ids))
    connection.execute(cluster_members.update().where(where).values(cluster_id=cluster_id))


def relabel(connection: Connection, article_ids: list[int], cluster_id: int) -> None:
    """Puts members into a cluster."""
    for start in range(0, len(article_ids), _MAX_NAMES):
        where = cluster_members.c.article_id.in_(article_ids[start : start + _MAX_NAMES])
        connection.execute(cluster_members.update().where(where).values(cluster_id=cluster_id))


def save_original(connection: Connection, cluster_id: int, article_id: int) -> None:
    """Marks the cluster's original, and no other of its articles."""
    is_original = cluster_members.c.article_id == article_id
    where = sa.and_(cluster_members.c.cluster_id == cluster_id, cluster_members.c.is_original != is_original)
    connection.execute(cluster_members.update().where(where).values(is_original=is_original))


def get_copies(connection: Connection, cluster_id: int) -> list[Any]:
    """Of every article of a cluster what tells the original, and its title; by id."""
    names = ("url", "canonical_url", "site", "site_name", "published_at", "title", "details")
    columns = [articles.c.id, cluster_members.c.is_original, *(articles.c[name] for name in names)]
    query = sa.select(*columns).join(cluster_members, cluster_members.c.article_id == articles.c.id)
    return list(connection.execute(query.where(cluster_members.c.cluster_id == cluster_id).order_by(articles.c.id)))


def get_cluster_ids(connection: Connection, article_ids: list[int]) -> dict[int, int]:
    """The cluster of each article that has one."""
    found: dict[int, int] = {}
    for start in range(0, len(article_ids), _MAX_NAMES):
        where = cluster_members.c.article_id.in_(article_ids[start : start + _MAX_NAMES])
        query = sa.select(cluster_members.c.article_id, cluster_members.c.cluster_id).where(where)
        found |= {row.article_id: row.cluster_id for row in connection.execute(query)}
    return found


def due_cluster(connection: Connection, limit: int) -> list[int]:
    """Articles that were stored before there were clusters, by id."""
    query = sa.select(cluster_members.c.article_id).where(cluster_members.c.text_key.is_(None))
    return list(connection.execute(query.order_by(cluster_members.c.article_id).limit(limit)).scalars())
