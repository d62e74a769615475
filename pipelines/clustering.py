"""Keeps the clusters in the database true: an article stored, changed, withdrawn or deleted changes its cluster.

The decisions are `pipelines.cluster`'s. Works inside the caller's transaction, the one that saves the article.
"""

from __future__ import annotations

from sqlalchemy.engine import Connection, Engine

from db import articles, clusters
from db.engine import writing
from pipelines.cluster import Copy, Marks, bands, groups, is_same, marks, original
from scraper.values import PageState

_BATCH = 100


def place(connection: Connection, article_id: int, found: Marks) -> None:
    """Nothing; afterwards the article, whose text has these marks, stands in the cluster it belongs to."""
    clusters.begin(connection)
    member = clusters.get_member(connection, article_id)
    if member is not None and member.text_key == found.text_key and member.signature == found.signature:
        _choose(connection, member.cluster_id)
        return
    if member is not None:
        remove(connection, article_id)
    add(connection, article_id, found)


def remove(connection: Connection, article_id: int) -> None:
    """Nothing; afterwards the article is in no cluster, and what only it held together is apart."""
    clusters.begin(connection)
    member = clusters.get_member(connection, article_id)
    if member is None:
        return
    clusters.delete_member(connection, article_id)
    is_last = member.text_key is not None and clusters.known_text(connection, member.text_key) is None
    left = clusters.get_members(connection, member.cluster_id)
    if is_last:
        clusters.delete_bands(connection, member.text_key or 0, bands(_marks(member)))
        parts = groups({one.article_id: _marks(one) for one in left})
    else:  # another article has the text and holds together what this one held
        parts = [[one.article_id for one in left]] if left else []
    for part in parts:
        clusters.relabel(connection, part, part[0])
    for part in parts:
        _choose(connection, part[0])


def catch_up(engine: Engine) -> None:
    """Nothing; afterwards articles stored before there were clusters have theirs."""
    while True:
        with writing(engine) as connection:
            due = clusters.due_cluster(connection, _BATCH)
            found = articles.get_articles(connection, due)
            for article_id in set(due) - {one.id for one in found if one.article.state is PageState.ARTICLE}:
                remove(connection, article_id)
            for one in (one for one in found if one.article.state is PageState.ARTICLE):
                place(connection, one.id, marks(one.article))
        if not due:
            return


def add(connection: Connection, article_id: int, found: Marks) -> None:
    """Nothing; afterwards an article that was in no cluster is in the one its marks lead to."""
    clusters.begin(connection)
    same = clusters.known_text(connection, found.text_key)
    if same is None:
        wanted = bands(found)
        near = [one for one in clusters.known_like(connection, wanted) if is_same(found, _marks(one))]
        clusters.save_bands(connection, found.text_key, wanted)
    else:
        near = [same]
    joined = {one.cluster_id for one in near}
    cluster_id = min(joined | {article_id})
    if joined - {cluster_id}:
        clusters.join(connection, joined, cluster_id)
    values = {name: getattr(found, name) for name in ("text_key", "n_shingles", "signature", "figures")}
    clusters.save_member(connection, article_id, cluster_id, values)
    if near:
        _choose(connection, cluster_id)


def _choose(connection: Connection, cluster_id: int) -> None:
    names = ("url", "canonical_url", "site", "site_name", "published_at")
    copies = [
        Copy(
            article_id=row.id,
            wire_credit=row.details.get("wire_credit"),
            **{name: getattr(row, name) for name in names},
        )
        for row in clusters.get_copies(connection, cluster_id)
    ]
    clusters.save_original(connection, cluster_id, original(copies))


def _marks(member: clusters.Member) -> Marks:
    key = member.text_key if member.text_key is not None else -member.article_id
    return Marks(text_key=key, n_shingles=member.n_shingles, signature=member.signature, figures=member.figures)
