"""Full-text search over the articles: FTS5 on SQLite, tsvector on PostgreSQL, one meaning on both.

Both index the same words (`db.tokens`) under title, author, tag and body, so a query (`db.query`) finds the same
articles on both; only their order may differ. Relevance counts, and the newer of two articles equally relevant comes
first. Where a query hits more than `MAX_RANKED` articles (and than asked for), the latest of them are ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.query import And, Filter, Node, Not, Or, Term, parse
from db.schema import article_authors, article_tags, articles
from db.tokens import words
from scraper.values import Article, PageState

MAX_RANKED = {"sqlite": 5_000, "postgresql": 1_000}
"""Hits that are ranked: one costs 4 µs in FTS5 and 28 µs in PostgreSQL, which reads all its words for it
(`tests.benchmarks.search`)."""
MAX_INDEXED_CHARS = 400_000  # of a body; PostgreSQL takes at most 1 MiB of distinct words a row
_INDEX = sa.table("article_search", sa.column("article_id"), sa.column("words"))
_WEIGHTS = {"title": "A", "author": "B", "tag": "C", "body": "D"}
# How much more a word says there than in the body, as bm25 of FTS5 and ts_rank of PostgreSQL (D, C, B, A) take it.
_BM25 = "bm25(article_search, 5.0, 3.0, 2.0, 1.0)"
_TS_WEIGHTS: sa.ColumnElement[Any] = sa.literal_column("'{0.1, 0.2, 0.3, 0.5}'::float4[]")
_NARROW = ("id", "site", "published_at", "first_seen_at", "language", "kind", "details")
_FACTS = (
    sa.select(*(articles.c[name] for name in _NARROW)).suffix_with("INDEXED BY ix_articles_facts", dialect="sqlite")
).subquery("facts")
# By itself SQLite would go to the wide rows, a page of disk each. Only `optout:` needs them, for `details`.
_Columns = Any  # a collection of columns by name; its type has no attributes
_INSERT_SQLITE = sa.text(
    "INSERT OR REPLACE INTO article_search (rowid, title, author, tag, body) VALUES (:id, :title, :author, :tag, :body)"
)
_WORDS = " || ".join(f"setweight(to_tsvector('simple', :{name}), '{weight}')" for name, weight in _WEIGHTS.items())
_INSERT_POSTGRESQL = sa.text(
    f"INSERT INTO article_search (article_id, words) VALUES (:id, {_WORDS})"  # noqa: S608
    " ON CONFLICT (article_id) DO UPDATE SET words = excluded.words"
)
_DELETE_SQLITE = sa.text("DELETE FROM article_search WHERE rowid = :id")
_DELETE_POSTGRESQL = sa.text("DELETE FROM article_search WHERE article_id = :id")
_HALF_LIFE = timedelta(days=7)  # in which half of what news gains by being new is gone
_GAIN_OF_NEW = 0.5
_REORDERED = 200  # best hits among which recency counts


@dataclass(frozen=True, slots=True)
class _Text:
    """What the index has to say of an article, and what it must not."""

    node: Node
    without: Node | None = None


def save(connection: Connection, saved: Iterable[tuple[int, Article]]) -> None:
    """Indexes articles in place of what was indexed under their ids; what is no article is in no index."""
    saved = list(saved)
    if none := [{"id": article_id} for article_id, article in saved if article.state is not PageState.ARTICLE]:
        connection.execute(_delete(connection), none)
    add(connection, saved)


def add(connection: Connection, added: Iterable[tuple[int, Article]]) -> None:
    """Indexes articles; a line that stands under one's id, if only from an article long gone, gives way."""
    rows = [
        {"id": article_id, **_indexed(article.title, article.authors, article.tags, article.body)}
        for article_id, article in added
        if article.state is PageState.ARTICLE
    ]
    if rows:
        connection.execute(_insert(connection), rows)


def _indexed(title: str | None, authors: Iterable[str], tags: Iterable[str], body: str) -> dict[str, str]:
    texts = {"title": title or "", "author": "\n".join(authors), "tag": "\n".join(tags), "body": body}
    return {name: " ".join(words(text[:MAX_INDEXED_CHARS])) for name, text in texts.items()}


def _insert(connection: Connection) -> sa.TextClause:
    return _INSERT_SQLITE if connection.dialect.name == "sqlite" else _INSERT_POSTGRESQL


def delete(connection: Connection, article_id: int) -> None:
    """Takes the article out of the index."""
    connection.execute(_delete(connection), {"id": article_id})


def _delete(connection: Connection) -> sa.TextClause:
    return _DELETE_SQLITE if connection.dialect.name == "sqlite" else _DELETE_POSTGRESQL


def fill(connection: Connection) -> int:
    """The number of articles indexed now: all, if none was; nothing is done where the index has any."""
    if connection.execute(sa.text("SELECT 1 FROM article_search LIMIT 1")).first() is not None:
        return 0
    a, n, last = articles.c, 0, 0
    query = sa.select(a.id, a.title, a.body).where(a.state == PageState.ARTICLE.value).order_by(a.id).limit(500)
    while found := connection.execute(query.where(a.id > last)).all():
        ids = [row.id for row in found]
        authors = _lists(connection, article_authors.c.name, ids)
        tags = _lists(connection, article_tags.c.tag, ids)
        rows = [
            {"id": row.id, **_indexed(row.title, authors.get(row.id, ()), tags.get(row.id, ()), row.body)}
            for row in found
        ]
        connection.execute(_insert(connection), rows)
        last, n = ids[-1], n + len(ids)
    return n


def _lists(connection: Connection, column: sa.Column[str], ids: list[int]) -> dict[int, list[str]]:
    t = column.table.c
    found: dict[int, list[str]] = {}
    query = sa.select(t.article_id, column).where(t.article_id.in_(ids)).order_by(t.article_id, t.position)
    for article_id, value in connection.execute(query):
        found.setdefault(article_id, []).append(value)
    return found


def search(
    connection: Connection, query: str, *, site: str | None = None, since: datetime | None = None, limit: int = 20
) -> list[int]:
    """The ids of the articles found, best first. Raises `QueryError` for a query that can't be read."""
    node = parse(query)
    parts = list(node.parts) if isinstance(node, And) else [node]
    parts += [Filter("site", site)] if site is not None else []
    parts += [Filter("after", since)] if since is not None else []
    texts = [part for part in parts if _is_text(part) and not isinstance(part, Not)]
    without = [part.part for part in parts if texts and isinstance(part, Not) and _is_text(part.part)]
    rest = [part for part in parts if part not in texts and not (isinstance(part, Not) and part.part in without)]
    row = (_FACTS if texts else articles).c
    conditions = [_condition(connection, part, row) for part in rest]
    at = sa.func.coalesce(articles.c.published_at, articles.c.first_seen_at)
    if not texts:
        newest = sa.select(articles.c.id).where(articles.c.state == PageState.ARTICLE.value, *conditions)
        return list(connection.execute(newest.order_by(at.desc(), articles.c.id.desc()).limit(limit)).scalars())
    best = _best(connection, _Text(And(tuple(texts)), Or(tuple(without)) if without else None), conditions, limit)
    statement = sa.select(articles.c.id, articles.c.published_at, best.c.score)
    statement = statement.join(best, best.c.article_id == articles.c.id)
    statement = statement.order_by(best.c.score.desc(), articles.c.id.desc())
    return _with_recency(connection.execute(statement).all())[:limit]


def _with_recency(found: Sequence[Any]) -> list[int]:
    """The ids in order of relevance and recency, seen from the latest of them; our clock plays no part."""
    latest = max((row.published_at for row in found if row.published_at is not None), default=None)

    def worth(row: Any) -> float:
        if latest is None or row.published_at is None:
            return float(row.score)
        freshness = 0.5 ** ((latest - row.published_at) / _HALF_LIFE)
        return float(row.score * (1 + _GAIN_OF_NEW * freshness))

    return [row.id for row in sorted(found, key=worth, reverse=True)]


def _best(connection: Connection, text: _Text, conditions: Sequence[sa.ColumnElement[bool]], limit: int) -> sa.Subquery:
    """`article_id` and `score` of the best among the latest hits."""
    is_sqlite = connection.dialect.name == "sqlite"
    most = max(limit, MAX_RANKED[connection.dialect.name])
    key: sa.ColumnElement[int] = sa.literal_column("article_search.rowid" if is_sqlite else "article_search.article_id")
    columns = [key.label("article_id"), sa.literal_column(f"-{_BM25}").label("score") if is_sqlite else _INDEX.c.words]
    found = sa.select(*columns).select_from(_INDEX).where(_matches(connection, text)).order_by(key.desc()).limit(most)
    if conditions:
        found = found.where(sa.select(sa.literal(1)).where(_FACTS.c.id == key, *conditions).exists())
    latest = found.subquery("latest")
    score = latest.c.score if is_sqlite else sa.func.ts_rank(_TS_WEIGHTS, latest.c.words, _tsquery(_Text(text.node)))
    ranked = sa.select(latest.c.article_id, score.label("score"))
    ranked = ranked.order_by(sa.desc("score"), sa.desc("article_id")).limit(max(limit, _REORDERED))
    return ranked.subquery("best")


def _condition(connection: Connection, node: Node, row: _Columns) -> sa.ColumnElement[bool]:
    """What must be true of a row of `articles`, all of it or what `_FACTS` has of it."""
    match node:
        case Filter(name=name, value=value):
            return _filter(name, value, row)
        case Not(part=part):
            return sa.not_(_condition(connection, part, row))
        case And(parts=parts) | Or(parts=parts) if not _is_text(node):
            join = sa.and_ if isinstance(node, And) else sa.or_
            return join(*(_condition(connection, part, row) for part in parts))
        case _:
            column = "rowid" if connection.dialect.name == "sqlite" else "article_id"
            found: sa.Select[Any] = (
                sa.select(sa.column(column)).select_from(_INDEX).where(_matches(connection, _Text(node)))
            )
            is_found: sa.ColumnElement[bool] = row.id.in_(found)
            return is_found


def _filter(name: str, value: str | datetime, row: _Columns) -> sa.ColumnElement[bool]:
    at = sa.func.coalesce(row.published_at, row.first_seen_at)
    match name, value:
        case "after", datetime():
            return at >= value
        case "before", datetime():
            return at < value
        case "lang", str():
            language = sa.func.lower(
                sa.func.coalesce(row.language, "")
            )  # what is null is no match, nor is its negation null
            return sa.or_(language == value, language.startswith(f"{value}-", autoescape=True))
        case "optout", str():
            return opted_out(value, row.details)
        case "site", str():
            return sa.or_(row.site == value, row.site.endswith(f".{value}", autoescape=True))
        case _:
            return sa.func.coalesce(row.kind, "") == value


def opted_out(name: str, details: sa.ColumnElement[Any] = articles.c.details) -> sa.ColumnElement[bool]:
    """Of a row of `articles`, whether its page said so: a name of `details["opt_outs"]`, or `any`."""
    path = ("opt_outs",) if name == "any" else ("opt_outs", name)
    said: sa.ColumnElement[Any] = details[path].as_string()
    return said.is_not(None)


def _is_text(node: Node) -> bool:
    """Whether the index alone can answer it. FTS5 knows no negation but beside something that must be there."""
    match node:
        case Term():
            return True
        case And(parts=parts) | Or(parts=parts):
            return all(map(_is_text, parts))
        case _:
            return False


def _matches(connection: Connection, text: _Text) -> sa.ColumnElement[bool]:
    if connection.dialect.name == "sqlite":
        wanted = _fts5(text.node) + (f" NOT {_fts5(text.without)}" if text.without else "")
        match = sa.literal_column("article_search").op("MATCH")(sa.bindparam(None, wanted, sa.String()))
        return match.self_group()
    return _INDEX.c.words.bool_op("@@")(_tsquery(text))


def _fts5(node: Node) -> str:
    match node:
        case Term(words=found, is_prefix=is_prefix, field=field):
            return (f"{field} : " if field else "") + '"' + " ".join(found) + '"' + (" *" if is_prefix else "")
        case And(parts=parts):
            return "(" + " AND ".join(map(_fts5, parts)) + ")"
        case Or(parts=parts):
            return "(" + " OR ".join(map(_fts5, parts)) + ")"
        case _:
            raise ValueError("no text")


def _tsquery(text: _Text) -> sa.ColumnElement[str]:
    wanted = _expression(text.node) + (f" & !{_expression(text.without)}" if text.without else "")
    return sa.func.to_tsquery(sa.literal_column("'simple'"), wanted)


def _expression(node: Node) -> str:
    """The words hold only letters and digits, so quoting them is enough."""
    match node:
        case Term(words=found, is_prefix=is_prefix, field=field):
            weight = _WEIGHTS[field] if field else ""
            marks = [f"'{word}'" + (f":{weight}" if weight else "") for word in found]
            if is_prefix:
                marks[-1] = f"'{found[-1]}':*{weight}"
            return "(" + " <-> ".join(marks) + ")"
        case And(parts=parts):
            return "(" + " & ".join(map(_expression, parts)) + ")"
        case Or(parts=parts):
            return "(" + " | ".join(map(_expression, parts)) + ")"
        case _:
            raise ValueError("no text")
