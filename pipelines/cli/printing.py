"""What a person sees: articles, tables and lists on a terminal.

Everything printed that came from a page goes through `clean` and never through Rich's markup, so
that no page can write escape sequences or styles to a terminal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from scraper.rendering import byline
from scraper.text import clean
from scraper.values import Article, ParagraphKind, StoredArticle

T = TypeVar("T")

MAX_WIDTH = 88  # characters; longer lines tire the eye


def console() -> Console:
    """A console on standard output, at most `MAX_WIDTH` wide on a terminal; `NO_COLOR` is obeyed."""
    screen = Console(markup=False, highlight=False, emoji=False, soft_wrap=False)
    if screen.is_terminal:
        screen.width = min(screen.width, MAX_WIDTH)
    return screen


def counted(found: Iterable[T], what: str) -> Iterator[T]:
    """The same things, counted on a terminal while they come."""
    if not sys.stderr.isatty():
        yield from found
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        for one in found:
            progress.advance(task)
            yield one


def show_json(value: Any) -> None:
    """One JSON document, indented, with a newline."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def show_article(article: Article) -> None:
    """Title, byline and wrapped paragraphs."""
    screen = console()
    screen.print(Text(clean(article.title or "(no title)"), style="bold"))
    screen.print(Text(clean(byline(article)), style="dim"))
    for paragraph in article.paragraphs:
        if paragraph.kind is ParagraphKind.CAPTION:
            continue
        style = "bold" if paragraph.kind in (ParagraphKind.HEADING, ParagraphKind.LEAD) else ""
        bullet = "• " if paragraph.kind is ParagraphKind.LIST_ITEM else ""
        screen.print()
        screen.print(Text(bullet + clean(paragraph.text), style=style))


def show_found(stored: StoredArticle, day: str, runs: Iterable[tuple[str, bool]]) -> None:
    """One article found: where it is, its title, and the part of its text that the search hit."""
    screen, article = console(), stored.article
    screen.print(Text.assemble((clean(article.title or "(no title)"), "bold")))
    screen.print(Text(clean(f"{stored.id}  {day}  {article.site_name or article.site}"), style="dim"))
    screen.print(Text.assemble(*((clean(text), "bold yellow" if is_hit else "") for text, is_hit in runs)), end="\n\n")


def show_table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A plain table; on a pipe the same columns separated by tabs, one row a line, without headings."""
    if not sys.stdout.isatty():
        for row in rows:
            sys.stdout.write("\t".join(_cell(value) for value in row) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    Console(markup=False, highlight=False, emoji=False).print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return " ".join(clean(str(value)).split())
