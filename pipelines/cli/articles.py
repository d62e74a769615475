"""`newsdesk search`, `show`, `cluster` and `delete`: what is in the database."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db import shelf
from pipelines.cli import options
from scraper.errors import NewsError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

    from db.shelf import Shelf
    from scraper.values import StoredArticle


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command(epilog='Example: newsdesk search harbour "night train" --since 2026-11-01')(search)
    app.command(epilog="Example: newsdesk show 17")(show)
    app.command(epilog="Example: newsdesk cluster 17")(cluster)
    app.command(epilog="Example: newsdesk delete 17")(delete)


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(help='A query: words, "a phrase", begin*, OR, NOT, title:word ...')],
    site: options.Site = None,
    since: options.Since = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    one_per_cluster: Annotated[
        bool, typer.Option("--one-per-cluster", help="Of the same article at several addresses only the best hit.")
    ] = False,
    as_json: options.Json = False,
    db: options.Db = None,
) -> None:
    """Find articles by their words, best first."""
    from db import articles
    from db.engine import reading
    from db.query import hits, parse
    from pipelines.cli import printing
    from pipelines.snippets import snippet
    from scraper.record import to_stored_record

    engine = options.open_existing(context, options.settings(context, db))
    query = " ".join(map(_as_phrase, words))
    terms = hits(parse(query))
    with reading(engine) as connection:
        ids = _hits(connection, query, limit, one_per_cluster, site=site, since=options.day(since))
        found = articles.get_articles(connection, ids)
    if as_json:
        marked = [
            (s, "".join(f"<mark>{t}</mark>" if h else t for t, h in snippet(s.article.body, terms))) for s in found
        ]
        printing.show_json([to_stored_record(stored) | {"snippet": text} for stored, text in marked])
        return
    if sys.stdout.isatty():
        for stored in found:
            printing.show_found(stored, _day(stored), snippet(stored.article.body, terms))
    else:
        rows = ((s.id, _day(s), s.article.site_name or s.article.site, s.article.title) for s in found)
        printing.show_table(("id", "published", "site", "title"), rows)
    _and_now(engine, found)


def _and_now(engine: Engine, found: list[StoredArticle]) -> None:
    """What to do with what was found, or where nothing was."""
    from db import articles
    from db.engine import reading

    if found:
        options.next_step(f"`newsdesk show {found[0].id}` prints the whole article; `newsdesk search --help`: narrower")
        return
    typer.echo("newsdesk: no article is so", err=True)
    if options.is_read_by_a_person():
        with reading(engine) as connection:
            is_empty = not articles.has_articles(connection)
        empty = "there are no articles yet; `newsdesk run` fetches what the sources announce"
        options.next_step(empty if is_empty else "fewer words, or `begin*` for all words that begin so")


def _as_phrase(argument: str) -> str:
    """What the shell took for one argument is a phrase, unless it says more."""
    says_more = (
        " -" in argument or any(mark in argument for mark in '"():*') or {"AND", "OR", "NOT"} & set(argument.split())
    )
    return f'"{argument}"' if " " in argument and not says_more else argument


def _hits(connection: Connection, query: str, limit: int, only: bool, **where: Any) -> list[int]:
    from db import clusters
    from db import search as index

    n_wanted = limit
    while True:
        ids = index.search(connection, query, limit=n_wanted, **where)
        if not only:
            return ids
        of = clusters.get_cluster_ids(connection, ids)
        best: dict[int, int] = {}
        for article_id in ids:
            best.setdefault(of.get(article_id, article_id), article_id)
        if len(best) >= limit or len(ids) < n_wanted:
            return list(best.values())[:limit]
        n_wanted *= 4


def _day(stored: StoredArticle) -> str:
    moment = stored.article.published_at
    return moment.at.date().isoformat() if moment is not None else "-"


def show(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="The id of an article, or an address that leads to it.")],
    as_json: options.Json = False,
    db: options.Db = None,
) -> None:
    """Print one stored article."""
    from pipelines.cli import printing
    from scraper.record import to_stored_record
    from scraper.rendering import to_text

    engine = options.open_existing(context, options.settings(context, db))
    stored = find(engine, target)
    if as_json:
        printing.show_json(to_stored_record(stored))
    elif sys.stdout.isatty():
        printing.show_article(stored.article)
        if stored.gone_at is not None:
            typer.echo(f"\nThe page is gone; found so on {stored.gone_at:%Y-%m-%d}.")
        typer.echo(err=True)
        options.next_step(f"`newsdesk history {stored.id}` tells what was changed, `newsdesk explain` why this text")
    else:
        sys.stdout.write(to_text(stored.article))


def find(engine: Engine, target: str) -> StoredArticle:
    """The stored article of an id or address. Raises `NewsError` where there is none."""
    from db import articles
    from db.engine import reading
    from scraper import urls

    with reading(engine) as connection:
        stored = articles.get_article(connection, target)
        if stored is None and "://" in target:
            stored = articles.get_article(connection, urls.canonical(target))
    if stored is None:
        raise NewsError("there is no such article in the database", url=target, reason="unknown")
    return stored


def cluster(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="The id of an article, or an address that leads to it.")],
    as_json: options.Json = False,
    db: options.Db = None,
) -> None:
    """List the articles that are this one at other addresses, the original first."""
    from db import clusters
    from db.engine import reading
    from pipelines.cli import printing

    engine = options.open_existing(context, options.settings(context, db))
    stored = find(engine, target)
    with reading(engine) as connection:
        cluster_id = clusters.get_cluster_ids(connection, [stored.id]).get(stored.id)
        copies = [] if cluster_id is None else clusters.get_copies(connection, cluster_id)
    copies.sort(key=lambda copy: (not copy.is_original, copy.id))
    names = ("id", "is_original", "site", "url", "title")
    if as_json:
        rows = [{name: getattr(copy, name) for name in names} for copy in copies]
        printing.show_json({"cluster_id": cluster_id, "articles": rows})
        return
    shown = ((c.id, "original" if c.is_original else "copy", c.site, c.title, c.url) for c in copies)
    printing.show_table(("id", "which", "site", "title", "address"), shown)


def delete(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="The id of an article, or an address that leads to it.")],
    db: options.Db = None,
) -> None:
    """Delete an article: text, history and archived pages; its addresses are never fetched again."""
    from db import deletion
    from db.engine import writing
    from pipelines import clustering

    found = options.settings(context, db)
    engine = options.open_existing(context, found)
    try:
        stored = find(engine, target)
    except NewsError:  # its text may have gone before what was archived
        if "://" not in target or not _delete_pages(engine, shelf.at(found.archive), target):
            raise
        deletion.scrub(engine)
        return
    with writing(engine) as connection:
        clustering.remove(connection, stored.id)
        n_links = deletion.delete_article(connection, shelf.at(found.archive), stored.id, datetime.now(UTC))
    deletion.scrub(engine)
    addresses = "1 address" if n_links == 1 else f"{n_links} addresses"
    typer.echo(f"deleted article {stored.id} with all that was archived of {addresses}: {stored.article.url}")


def _delete_pages(engine: Engine, folder: Shelf, target: str) -> bool:
    from db import deletion
    from db.engine import writing
    from scraper import urls

    url = urls.canonical(target)
    with writing(engine) as connection:
        is_found = deletion.delete_address(connection, folder, url, datetime.now(UTC))
    if is_found:
        typer.echo(f"deleted all that was archived of an address without article: {url}")
    return is_found
