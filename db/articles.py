"""Rows of `articles` and `revisions`: the current text of each article, and its history.

`save` is the only way in. An article whose page turned out to be no article keeps its row under that
state; reads for people leave it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db import search
from db.article_rows import columns, to_stored
from db.engine import new_ids
from db.schema import article_authors, article_tags, articles, links, revisions
from scraper.values import Article, Known, Match, MatchKind, PageRecord, PageState, Revision, StoredArticle

_BATCH = 200

# Statements of every page, built once: building one costs three times as much as running it.
_KNOWN = (
    *(articles.c.id, articles.c.link_id, articles.c.page_id, articles.c.page_sha256, articles.c.fetched_at),
    *(articles.c.fingerprint, articles.c.state, articles.c.extractor, articles.c.generation),
)
_OF_SITE = sa.select(*_KNOWN).where(articles.c.site == sa.bindparam("of_site")).order_by(articles.c.id).limit(1)
_KNOWN_BY = {
    "link": sa.select(*_KNOWN)
    .join(links, links.c.article_id == articles.c.id)
    .where(links.c.id == sa.bindparam("of_link")),
    "canonical": _OF_SITE.where(
        sa.or_(articles.c.canonical_url == sa.bindparam("address"), articles.c.url == sa.bindparam("address"))
    ),
    "text": _OF_SITE.where(articles.c.fingerprint == sa.bindparam("text")),
}
_ALL_KNOWN = sa.union_all(
    *(
        sa.select(sa.literal(rank).label("rank"), sa.literal(by).label("by"), query.subquery())
        for rank, (by, query) in enumerate(_KNOWN_BY.items())
    )
).subquery()
_BEST_KNOWN = sa.select(_ALL_KNOWN).order_by(_ALL_KNOWN.c.rank).limit(1)
_KNOWN_BY_ID = sa.select(*_KNOWN).where(articles.c.id == sa.bindparam("of_article"))
_FIRST_SEEN = sa.select(links.c.id, links.c.first_seen_at).where(
    links.c.id.in_(sa.bindparam("of_links", expanding=True))
)
_LINK = links.update().where(links.c.id == sa.bindparam("of_link")).values(article_id=sa.bindparam("of_article"))
_SAME_TEXT = ("title", "paragraphs", "page_id", "fingerprint", "fetched_at")
_ADD = articles.insert()
_ADD_FIRST_REVISIONS = revisions.insert().from_select(
    ["article_id", "number", *_SAME_TEXT],
    sa.select(articles.c.id, sa.literal(1), *(articles.c[name] for name in _SAME_TEXT))
    .where(articles.c.id.between(sa.bindparam("first"), sa.bindparam("last")), articles.c.n_revisions == 1)
    .order_by(articles.c.id),
)
_LISTS = ((article_authors.insert(), "authors", "name"), (article_tags.insert(), "tags", "tag"))


def find_known(connection: Connection, record: PageRecord, article: Article, fingerprint: str) -> Known | None:
    """The stored article that this one is, or repeats: by its own link, canonical address, or text of the site."""
    address = article.canonical_url or record.link.url
    values = {"of_link": record.link_id, "of_site": article.site, "address": address, "text": fingerprint}
    row = connection.execute(_BEST_KNOWN, values).first()
    if row is None:
        return None
    return _known(row, "canonical" if row.by == "link" and row.link_id != record.link_id else row.by)


def get_known(connection: Connection, article_id: int) -> Known:
    """The stored article of that id, as `pipelines.dedup` needs it."""
    return _known(connection.execute(_KNOWN_BY_ID, {"of_article": article_id}).one(), "link")


def _known(row: Any, by: str) -> Known:
    return Known(
        article_id=row.id,
        by=by,
        page_id=row.page_id,
        page_sha256=row.page_sha256,
        fetched_at=row.fetched_at,
        fingerprint=row.fingerprint,
        state=PageState(row.state),
        extractor=row.extractor,
        generation=row.generation,
    )


def save(connection: Connection, revision: Revision) -> int:
    """The article's id; afterwards its row, history, authors, tags and index entry say what the revision says."""
    match revision.match:
        case Match(kind=MatchKind.NEW):
            return add_articles(connection, [revision])[0]
        case Match(kind=MatchKind.DUPLICATE, article_id=int() as article_id):
            _link(connection, revision, article_id)
            return article_id
        case Match(article_id=int() as article_id):
            _update(connection, revision, article_id)
        case _:
            raise ValueError("a match other than new needs its article's id")
    for table in (article_authors, article_tags):
        connection.execute(table.delete().where(table.c.article_id == article_id))
    _add_lists(connection, [(article_id, revision.article)])
    search.save(connection, [(article_id, revision.article)])
    return article_id


def add_articles(connection: Connection, added: Sequence[Revision]) -> list[int]:
    """The ids of new articles, whose matches all are new, in their order; what `save` does, by few statements for all.

    One `executemany` a table; what `tests.benchmarks.search` measures.
    """
    ids = new_ids(connection, articles, len(added))
    seen = _first_seen(connection, [revision.page.link_id for revision in added])
    rows, linked = [], []
    for article_id, revision in zip(ids, added, strict=True):
        link_id = revision.page.link_id
        first_seen_at = min(seen[link_id], revision.article.fetched_at)
        row = columns(revision) | {"id": article_id, "link_id": link_id, "first_seen_at": first_seen_at}
        rows.append(row | {"n_revisions": 1, "changed_at": revision.saved_at})
        linked.append({"of_link": link_id, "of_article": article_id})
    connection.execute(_ADD, rows)
    _add_first_revisions(connection, ids)
    connection.execute(_LINK, linked)
    of_ids = [(article_id, revision.article) for article_id, revision in zip(ids, added, strict=True)]
    _add_lists(connection, of_ids)
    search.add(connection, of_ids)
    return ids


def _add_first_revisions(connection: Connection, ids: list[int]) -> None:
    """The text as the database has it already, so that it is not sent twice."""
    connection.execute(_ADD_FIRST_REVISIONS, {"first": ids[0], "last": ids[-1]})


def _first_seen(connection: Connection, link_ids: list[int]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for at in range(0, len(link_ids), _BATCH):
        rows = connection.execute(_FIRST_SEEN, {"of_links": link_ids[at : at + _BATCH]})
        found.update((row.id, row.first_seen_at) for row in rows)
    return found


def _link(connection: Connection, revision: Revision, article_id: int) -> None:
    connection.execute(_LINK, {"of_link": revision.page.link_id, "of_article": article_id})


def _update(connection: Connection, revision: Revision, article_id: int) -> None:
    number = connection.execute(sa.select(articles.c.n_revisions).where(articles.c.id == article_id)).scalar_one()
    if revision.match.kind is MatchKind.REVISED:
        number += 1
        _add_revision(connection, revision, article_id, number)
    else:  # the publisher's last text, read anew
        where = sa.and_(revisions.c.article_id == article_id, revisions.c.number == number)
        connection.execute(revisions.update().where(where).values(**_text(revision)))
    values = columns(revision) | {"n_revisions": number, "gone_at": None}
    if revision.match.kind is not MatchKind.UNCHANGED:
        values["changed_at"] = revision.saved_at
    connection.execute(articles.update().where(articles.c.id == article_id).values(**values))


def _add_revision(connection: Connection, revision: Revision, article_id: int, number: int) -> None:
    row: dict[str, Any] = {"article_id": article_id, "number": number, "page_id": revision.page.id}
    row["fetched_at"] = revision.article.fetched_at
    connection.execute(revisions.insert().values(**row, **_text(revision)))


def _text(revision: Revision) -> dict[str, Any]:
    paragraphs = [p.as_json() for p in revision.article.paragraphs]
    return {"title": revision.article.title, "paragraphs": paragraphs, "fingerprint": revision.fingerprint}


def _add_lists(connection: Connection, added: Sequence[tuple[int, Article]]) -> None:
    for insert, name, column in _LISTS:
        rows = [
            {"article_id": article_id, "position": position, column: value}
            for article_id, article in added
            for position, value in enumerate(getattr(article, name))
        ]
        if rows:
            connection.execute(insert, rows)


def save_state(connection: Connection, article_id: int, state: PageState, now: datetime) -> None:
    """Keeps what the article's page is now thought to be; anything but an article leaves the index."""
    changed = articles.update().where(articles.c.id == article_id, articles.c.state != state.value)
    connection.execute(changed.values(state=state.value, changed_at=now))
    if state is not PageState.ARTICLE:
        search.delete(connection, article_id)


def save_gone(connection: Connection, article_id: int, now: datetime) -> None:
    """Keeps that the article's page is gone, and since when; its text stays."""
    present = articles.update().where(articles.c.id == article_id, articles.c.gone_at.is_(None))
    connection.execute(present.values(gone_at=now, changed_at=now))


def save_present(connection: Connection, article_id: int) -> None:
    """Keeps that the article's page is there (again)."""
    gone = articles.update().where(articles.c.id == article_id, articles.c.gone_at.is_not(None))
    connection.execute(gone.values(gone_at=None))


def get_article(connection: Connection, target: str) -> StoredArticle | None:
    """The article of that id or address (any address that leads to it), None if there is none."""
    if target.isascii() and target.isdigit():
        where = articles.c.id == int(target)
    else:
        by_link = sa.select(links.c.article_id).where(links.c.url == target)
        where = sa.or_(articles.c.url == target, articles.c.canonical_url == target, articles.c.id.in_(by_link))
    return next(_stored(connection, sa.select(articles).where(where).order_by(articles.c.id).limit(1)), None)


def get_articles(connection: Connection, ids: list[int]) -> list[StoredArticle]:
    """The articles of these ids, in their order; unknown ids are left out."""
    found = {stored.id: stored for stored in _stored(connection, sa.select(articles).where(articles.c.id.in_(ids)))}
    return [found[i] for i in ids if i in found]


def has_articles(connection: Connection) -> bool:
    """Whether anything is stored that is an article."""
    is_article = articles.c.state == PageState.ARTICLE.value
    return connection.execute(sa.select(articles.c.id).where(is_article).limit(1)).first() is not None


def newest_urls(connection: Connection, site: str, limit: int) -> list[str]:
    """The addresses of the site's articles that were stored last."""
    query = sa.select(articles.c.url).where(articles.c.site == site).order_by(articles.c.id.desc()).limit(limit)
    return list(connection.execute(query).scalars())


def iter_articles(
    connection: Connection,
    *,
    site: str | None = None,
    since: datetime | None = None,
    changed_since: datetime | None = None,
) -> Iterator[StoredArticle]:
    """All articles by id, in constant memory; `since` looks at the time of publication, else of first sight.

    With `changed_since`, those whose row was written or changed from then on, also what is no article any more.
    """
    query = sa.select(articles).order_by(articles.c.id)
    if changed_since is None:
        query = query.where(articles.c.state == PageState.ARTICLE.value)
    else:
        query = query.where(articles.c.changed_at >= changed_since)
    if site is not None:
        query = query.where(articles.c.site == site)
    if since is not None:
        query = query.where(sa.func.coalesce(articles.c.published_at, articles.c.first_seen_at) >= since)
    last = 0
    while batch := list(_stored(connection, query.where(articles.c.id > last).limit(_BATCH))):
        yield from batch
        last = batch[-1].id


def _stored(connection: Connection, query: sa.Select[Any]) -> Iterator[StoredArticle]:
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    authors = _lists(connection, article_authors, article_authors.c.name, ids)
    tags = _lists(connection, article_tags, article_tags.c.tag, ids)
    for row in rows:
        yield to_stored(row, tuple(authors.get(row.id, ())), tuple(tags.get(row.id, ())))


def _lists(connection: Connection, table: sa.Table, column: sa.Column[Any], ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = sa.select(table.c.article_id, column).where(table.c.article_id.in_(ids))
    for article_id, value in connection.execute(query.order_by(table.c.article_id, table.c.position)):
        found.setdefault(article_id, []).append(value)
    return found
