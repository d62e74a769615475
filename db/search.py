"""Full-text search over the articles: FTS5 on SQLite, tsvector on PostgreSQL, one meaning on both.

Both index the same words, made here: compatibility-normalised, case- and accent-folded, scripts
without spaces cut into single characters. So a query finds the same articles on both; only their
order may differ. A query is words (all must occur, in any order), `"phrases"` and `prefix*`;
everything else counts as white space, so no query is malformed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import articles
from scraper.values import Article, PageState

MAX_WORD_CHARS = 200  # PostgreSQL refuses words of more than 2,046 bytes
MAX_INDEXED_CHARS = 400_000  # of a body; PostgreSQL takes at most 1 MiB of distinct words a row

# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, Han.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
_WORD = re.compile(r"\w+")
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')


def words(text: str) -> list[str]:
    """The words of `text` as they are indexed, in order."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)) if not decomposed.isascii() else decomposed
    found = _WORD.findall(_UNSPACED.sub(r" \1 ", unicodedata.normalize("NFC", bare)).replace("_", " "))
    return [word[:MAX_WORD_CHARS] for word in found]


def terms(query: str) -> list[tuple[list[str], bool]]:
    """The terms of a query: (words in a row, whether the last is only a beginning)."""
    found = []
    for phrase, word in _TERM.findall(query):
        is_prefix = not phrase and word.endswith("*")
        if parts := words(phrase or word):
            found.append((parts, is_prefix))
    return found


def save(connection: Connection, article_id: int, article: Article) -> None:
    """Indexes the article in place of what was indexed under that id."""
    delete(connection, article_id)
    if article.state is not PageState.ARTICLE:
        return
    title = " ".join(words(" ".join((article.title or "", *article.authors))))
    body = " ".join(words(article.body[:MAX_INDEXED_CHARS]))
    if connection.dialect.name == "sqlite":
        statement = "INSERT INTO article_search (rowid, title, body) VALUES (:id, :title, :body)"
    else:
        statement = (
            "INSERT INTO article_search (article_id, words) VALUES (:id, "
            "setweight(to_tsvector('simple', :title), 'A') || to_tsvector('simple', :body))"
        )
    connection.execute(sa.text(statement), {"id": article_id, "title": title, "body": body})


def delete(connection: Connection, article_id: int) -> None:
    """Takes the article out of the index."""
    column = "rowid" if connection.dialect.name == "sqlite" else "article_id"
    connection.execute(sa.text(f"DELETE FROM article_search WHERE {column} = :id"), {"id": article_id})  # noqa: S608


def search(
    connection: Connection, query: str, *, site: str | None = None, since: datetime | None = None, limit: int = 20
) -> list[int]:
    """The ids of the articles that hold every term, best first; none for a query without a word."""
    wanted = terms(query)
    if not wanted:
        return []
    is_sqlite = connection.dialect.name == "sqlite"
    found, rank = _fts5(wanted) if is_sqlite else _tsquery(wanted)
    statement = sa.select(articles.c.id).select_from(found).where(articles.c.state == PageState.ARTICLE.value)
    if site is not None:
        statement = statement.where(articles.c.site == site)
    if since is not None:
        statement = statement.where(sa.func.coalesce(articles.c.published_at, articles.c.first_seen_at) >= since)
    statement = statement.order_by(rank, articles.c.published_at.desc(), articles.c.id).limit(limit)
    return list(connection.execute(statement).scalars())


def _fts5(wanted: list[tuple[list[str], bool]]) -> tuple[sa.FromClause, sa.ColumnElement[float]]:
    expression = " AND ".join('"' + " ".join(parts) + '"' + (" *" if is_prefix else "") for parts, is_prefix in wanted)
    rank = sa.literal_column("bm25(article_search, 5.0, 1.0)", sa.Float())
    hits = (
        sa.select(sa.literal_column("rowid").label("article_id"), rank.label("rank"))
        .select_from(sa.text("article_search"))
        .where(sa.text("article_search MATCH :expression").bindparams(expression=expression))
        .subquery("hits")
    )
    return sa.join(articles, hits, articles.c.id == hits.c.article_id), hits.c.rank


def _tsquery(wanted: list[tuple[list[str], bool]]) -> tuple[sa.FromClause, sa.ColumnElement[float]]:
    # The words hold only letters and digits, so quoting them is enough.
    expression = " & ".join(
        "(" + " <-> ".join(f"'{word}'" for word in parts) + (":*)" if is_prefix else ")") for parts, is_prefix in wanted
    )
    query = sa.func.to_tsquery(sa.literal_column("'simple'"), expression)
    table = sa.table("article_search", sa.column("article_id"), sa.column("words"))
    hits = (
        sa.select(table.c.article_id, (-sa.func.ts_rank(table.c.words, query)).label("rank"))
        .where(table.c.words.bool_op("@@")(query))
        .subquery("hits")
    )
    return sa.join(articles, hits, articles.c.id == hits.c.article_id), hits.c.rank
