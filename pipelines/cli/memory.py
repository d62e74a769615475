"""`newsdesk memory`: what is known of a site, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from db import shelf
from pipelines.cli import options
from scraper.errors import NewsError, SettingsError

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from db.shelf import Shelf
    from scraper.values import SiteMemory

_N_TAGS = 3


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Example: newsdesk memory news.example")(memory)


def memory(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="A site, as `newsdesk sources list` names it.")],
    forget: Annotated[bool, typer.Option("--forget", help="Forget all that is known of the site.")] = False,
    keep: Annotated[
        str | None, typer.Option(help="Never leave this line out of an article again.", metavar="LINE")
    ] = None,
    as_json: options.Json = False,
    db: options.Db = None,
) -> None:
    """Show which lines the pages of a site repeat, so that they are left out of its articles.

    The next run reads the site's pages of the last 30 days anew where `--forget` or `--keep` changed what is left out.
    """
    from db.engine import reading
    from db.memory import get_memory

    if forget and keep is not None:
        raise SettingsError("--forget or --keep, not both", url="memory")
    found = options.settings(context, db)
    engine = options.open_existing(context, found)
    with reading(engine) as connection:
        known = get_memory(connection, site)
    if not known.n_pages and not known.generation:
        raise NewsError("nothing is known of this site", url=site, reason="unknown")
    if forget:
        _forget(engine, site)
    elif keep is not None:
        _keep(engine, site, keep)
    else:
        _show(engine, shelf.at(found.archive), known, as_json=as_json)


def _forget(engine: Engine, site: str) -> None:
    from db.engine import writing
    from db.memory import forget

    with writing(engine) as connection:
        n_pages = forget(connection, site)
    typer.echo(f"forgot what {options.count(n_pages, 'page')} of {site} had in common")


def _keep(engine: Engine, site: str, line: str) -> None:
    from db.engine import writing
    from db.memory import keep
    from scraper.text import fingerprint, squash

    with writing(engine) as connection:
        keep(connection, site, fingerprint(squash(line)), squash(line))
    typer.echo(f"kept from now on: {squash(line)}")


def _show(engine: Engine, folder: Shelf, known: SiteMemory, *, as_json: bool) -> None:
    from pipelines import remembering
    from pipelines.cli import printing
    from pipelines.workers import Workers

    with Workers() as workers:
        lines = list(remembering.repeated(engine, folder, known, workers))
    counts = remembering.kinds(known)
    if as_json:
        rows = [
            {"text": one.text, "path": one.path, "n_articles": one.n_articles, "url": one.url, "is_kept": one.is_kept}
            | {"since": one.since.isoformat() if one.since else None}
            for one in lines
        ]
        head = {"site": known.site, "generation": known.generation, "n_articles": known.n_pages}
        printing.show_json({**head, "known": dict(counts), "lines": rows})
        return
    told = ", ".join(options.count(n, kind) for kind, n in counts.most_common()) or "nothing"
    typer.echo(f"{known.site}: {options.count(known.n_pages, 'article')} seen; repeated: {told}")
    shown = (
        (
            *(one.n_articles, one.since.date() if one.since else None, "kept" if one.is_kept else "left out"),
            *(one.text, _where(one.path), one.url),
        )
        for one in lines
    )
    printing.show_table(("articles", "since", "", "line", "where", "for example"), shown)


def _where(path: str) -> str:
    """The innermost elements around the line; the outer ones are those of every page."""
    return "/".join(path.split("/")[-_N_TAGS:])
