"""`newsdesk extract`: one page, or a stream of pages, without a database unless asked."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import options
from scraper.errors import SettingsError

if TYPE_CHECKING:
    from pipelines.settings import Settings
    from scraper.values import Article, Page

NO_ARTICLE = 3


class Format(StrEnum):
    """How an article is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Example: newsdesk extract https://news.example/a --format markdown")(extract)


def extract(
    context: typer.Context,
    target: Annotated[str | None, typer.Argument(help=options.TARGET_HELP)] = None,
    url: options.Url = None,
    format_: Annotated[Format | None, typer.Option("--format", help="How to print the article.")] = None,
    save: Annotated[bool, typer.Option("--save", help="Store the article in the database.")] = False,
    batch: Annotated[bool, typer.Option("--batch", help="Read JSON lines, answer each with one.")] = False,
    ignore_robots: options.IgnoreRobots = False,
    render: Annotated[bool, typer.Option("--render", help="Let a browser run the page's scripts first.")] = False,
    second_opinion: Annotated[
        bool, typer.Option("--second-opinion", help="Report how far another extractor agrees.")
    ] = False,
    db: options.Db = None,
) -> None:
    """Print the article of a page, and nothing but the article.

    Exit status 3 when the page is no article (the best text found is printed all the same), 1 when it
    could not be fetched or read. With --batch, standard input holds {"url": ..., "html_path": ...} or
    {"url": ...} a line.
    """
    found = options.settings(context, db, second_opinion=second_opinion or None)
    if batch:
        if target is not None or save or url is not None or render or format_ not in (None, Format.JSON):
            raise SettingsError(
                "--batch takes no target, --save, --url, --render or --format: lines name them", url="extract"
            )
        _batch(found, obeys_robots=not ignore_robots)
        return
    if target is None:
        raise SettingsError("a web address, a file or - is wanted", url="extract")
    page = options.page(target, url, found, obeys_robots=not ignore_robots, is_rendered=render)
    article, record = _saved(context, page, found) if save else _read(page, found)
    _print(article, record, format_)
    if article.state.value != "article":
        is_shell = article.state.value == "needs_browser" and not page.is_rendered
        hint = " (--render lets a browser run its scripts first)" if is_shell else ""
        typer.echo(f"newsdesk: {page.url}: this is no article but: {article.state.value}{hint}", err=True)
        raise typer.Exit(NO_ARTICLE)


def _read(page: Page, found: Settings) -> tuple[Article, dict[str, Any]]:
    from pipelines import single
    from scraper import record

    article = single.read(page, found)
    return article, record.to_record(article)


def _saved(context: typer.Context, page: Page, found: Settings) -> tuple[Article, dict[str, Any]]:
    from pipelines import outcomes, run
    from scraper import record

    outcome, stored = run.save_page(run.Job(engine=options.open_database(context, found), settings=found), page)
    typer.echo(f"newsdesk: {page.url}: {outcome.kind.value} ({outcome.reason or 'now in the database'})", err=True)
    # A page that is no article is shown as it is, even where an earlier text is stored.
    if stored is not None and outcome.kind in outcomes.GOOD:
        return stored.article, record.to_stored_record(stored)
    return _read(page, found)


def _batch(found: Settings, *, obeys_robots: bool) -> None:
    from pipelines import single

    for answer in single.batch(sys.stdin.buffer, found, obeys_robots=obeys_robots):
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _print(article: Article, record: dict[str, Any], format_: Format | None) -> None:
    from pipelines.cli import printing
    from scraper import rendering

    if format_ is None and sys.stdout.isatty():
        printing.show_article(article)
    elif format_ is Format.JSON:
        printing.show_json(record)
    elif format_ is Format.MARKDOWN:
        sys.stdout.write(rendering.to_markdown(article))
    elif format_ is Format.HTML:
        sys.stdout.write(rendering.to_html(article))
    else:
        sys.stdout.write(rendering.to_text(article))
