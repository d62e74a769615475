"""`newsdesk explain`: why the article of a page is what it is, block by block and field by field."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from pipelines.cli import options
from scraper.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.text import Text

    from pipelines.settings import Settings
    from scraper.extraction.explanation import BlockExplanation, Explanation, FieldExplanation
    from scraper.values import Page, SiteMemory

MAX_SHOWN_CHARS = 200
"""Of a block or a candidate on a terminal; `--json` and `--html` give all of it."""

_GUTTER, _FIELD_GUTTER = 11, 15  # characters before the text of a block, of a field


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Example: newsdesk explain https://news.example/a --html --output why.html")(explain)


def explain(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help=options.TARGET_HELP)],
    url: options.Url = None,
    as_json: options.Json = False,
    as_html: Annotated[
        bool, typer.Option("--html", help="Print one self-contained page, to open in a browser.")
    ] = False,
    output: Annotated[Path | None, typer.Option(help="Write to this file, not to standard output.")] = None,
    ignore_robots: options.IgnoreRobots = False,
    db: options.Db = None,
) -> None:
    """Tell why the article of a page is what it is.

    Every block of the page with its score, the features that decided and why it was kept or dropped; every field
    with its candidates; what the page was taken for, and why. What the database knows of the site counts.
    """
    from pipelines import explaining, explanation_page, site_rules
    from pipelines.worker import Worker
    from scraper.extraction.explanation import explain as explain_page
    from scraper.values import Context

    if as_json and as_html:
        raise SettingsError("--json or --html, not both", url="explain")
    found = options.settings(context, db)
    page = options.page(target, url, found, obeys_robots=not ignore_robots)
    rule = site_rules.rule_of(found.by_site, page.final_url)
    known = Context(memory=_memory(context, found, page), rule=rule)
    with Worker() as worker:
        explanation = worker.do(explain_page, page, known, url=page.url)
    with _opened(output) as stream:
        if as_json:
            stream.write(json.dumps(explaining.to_json(explanation), ensure_ascii=False, indent=2) + "\n")
        elif as_html:
            stream.write(explanation_page.to_html(explanation))
        else:
            _print(explanation, stream)


def _opened(output: Path | None) -> AbstractContextManager[TextIO]:
    return output.open("w", encoding="utf-8", errors="backslashreplace") if output else nullcontext(sys.stdout)


def _memory(context: typer.Context, found: Settings, page: Page) -> SiteMemory | None:
    """What the database knows of the page's site; None without a database or a site."""
    from db.engine import exists, open_engine, reading
    from db.memory import get_memory
    from scraper import urls
    from scraper.errors import NewsError

    try:
        site = urls.site(page.final_url)
    except NewsError:
        return None
    engine = open_engine(found.db)
    context.call_on_close(engine.dispose)
    if not exists(engine):
        return None
    with reading(options.open_existing(context, found)) as connection:
        return get_memory(connection, site)


# ---------------------------------------------------------------- for people


def _print(explanation: Explanation, stream: TextIO) -> None:
    from rich.console import Console

    from pipelines import explaining
    from pipelines.cli.printing import MAX_WIDTH

    screen = Console(file=stream, markup=False, highlight=False, emoji=False)
    if screen.is_terminal:
        screen.width = min(screen.width, MAX_WIDTH)
    summary = explaining.summary(explanation)
    _say(screen, explaining.line(explanation.article.url), "bold")
    _say(screen, _sentence(summary.verdict))
    _head(screen, explaining.BLOCKS_HEAD, explaining.BLOCKS_LEGEND)
    for block in explanation.blocks:
        _print_block(screen, block)
    for paragraph in explaining.foreign(explanation):
        _print_row(
            screen, "kept".ljust(_GUTTER), "bold green", [(_shown(paragraph.text), ""), (explaining.FOREIGN, "dim")]
        )
    _head(screen, explaining.FIELDS_HEAD, explaining.FIELDS_LEGEND)
    for field in explanation.fields:
        _print_field(screen, field)
    _head(screen, "Verdict", "")
    for sentence in (summary.verdict, *summary.evidence):
        _say(screen, _sentence(sentence))


def _print_block(screen: Console, block: BlockExplanation) -> None:
    from pipelines import explaining

    fate = block.fate
    mark, style = ("kept", "bold green") if fate.is_kept else ("out ", "red")
    lines = [(_shown(fate.text), "" if fate.is_kept else "dim"), (explaining.because(block), "italic")]
    _print_row(screen, f"{mark} {fate.score:.2f}".ljust(_GUTTER), style, lines)


def _print_field(screen: Console, field: FieldExplanation) -> None:
    from pipelines import explaining

    lines = [(_shown(explaining.decided(field)), "bold" if field.value is not None else "dim")]
    for at, candidate in enumerate(field.candidates):
        is_same, origin = explaining.agrees(field, candidate), explaining.line(candidate.origin)
        mark = "*" if at == field.winner else "=" if is_same else "-"
        said = "" if is_same else f": {_shown(explaining.plain(candidate.value))}"
        lines.append((f"{mark} {origin}{said}", "" if at == field.winner else "dim"))
    _print_row(screen, field.name.ljust(_FIELD_GUTTER), "cyan", lines)


def _print_row(screen: Console, label: str, style: str, lines: list[tuple[str, str]]) -> None:
    """A padded label, and lines beside it that wrap under each other; a label without padding stands above."""
    from rich.text import Text

    margin = len(label)
    if not label.endswith(" "):
        screen.print(Text(label, style=style))
        label, margin = "", _FIELD_GUTTER
    row = Text()
    for text, text_style in lines:
        for piece in _wrapped(screen, text, text_style, margin):
            row.append(label.ljust(margin), style).append_text(piece).append("\n")
            label = ""
    screen.print(row, soft_wrap=True)


def _wrapped(screen: Console, text: str, style: str, margin: int = 0) -> Iterator[Text]:
    from rich.text import Text

    for line in Text(text, style=style).wrap(screen, max(20, screen.width - margin), overflow="fold"):
        line.rstrip()
        yield line


def _head(screen: Console, text: str, legend: str) -> None:
    screen.print()
    _say(screen, text.upper(), "bold")
    if legend:
        _say(screen, legend, "dim")
    screen.print()


def _say(screen: Console, text: str, style: str = "") -> None:
    for line in _wrapped(screen, text, style):
        screen.print(line)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _shown(text: str) -> str:
    from pipelines import explaining

    text = explaining.line(text)
    return text if len(text) <= MAX_SHOWN_CHARS else text[: MAX_SHOWN_CHARS - 1].rstrip() + "…"
