"""`newsdesk history`: what a publisher changed in an article, and when."""

from __future__ import annotations

import html
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import options
from scraper.errors import SettingsError

if TYPE_CHECKING:
    from pipelines.differences import Change
    from scraper.values import StoredRevision

_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
_STYLES = {"same": "", "removed": "red strike", "added": "green"}
_TAGS = {"same": "", "removed": "del", "added": "ins"}


class DiffFormat(StrEnum):
    """How changes are shown."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Example: newsdesk history 17 1 2")(history)


def history(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="The id of an article, or an address that leads to it.")],
    first: Annotated[int | None, typer.Argument(metavar="[FROM", help="Number of a revision.")] = None,
    second: Annotated[int | None, typer.Argument(metavar="TO]", help="Number of another one.")] = None,
    format_: Annotated[DiffFormat, typer.Option("--format", help="How to show it.")] = DiffFormat.TEXT,
    db: options.Db = None,
) -> None:
    """List what the publisher made of an article; with two numbers, show what changed between them, word by word."""
    from db.engine import reading
    from db.history import get_history
    from pipelines.cli.articles import find
    from pipelines.differences import changes

    engine = options.open_existing(context, options.settings(context, db))
    stored = find(engine, target)
    with reading(engine) as connection:
        revisions = get_history(connection, stored.id)
    if first is None:
        _list(revisions, format_)
        return
    found = changes(_numbered(revisions, first), _numbered(revisions, first + 1 if second is None else second))
    writers = {DiffFormat.TEXT: _show, DiffFormat.HTML: _write_html, DiffFormat.JSON: _write_json}
    writers[format_](found)


def _numbered(revisions: list[StoredRevision], number: int) -> StoredRevision:
    for revision in revisions:
        if revision.number == number:
            return revision
    raise SettingsError(f"there is no such revision; the article has {len(revisions)}", url=str(number))


def _list(revisions: list[StoredRevision], format_: DiffFormat) -> None:
    from pipelines.cli import printing
    from pipelines.differences import changes

    rows: list[dict[str, Any]] = []
    for before, after in zip([None, *revisions], revisions, strict=False):
        found = changes(before, after) if before is not None else []
        rows.append(
            {
                "number": after.number,
                "fetched_at": after.fetched_at.isoformat(),
                "title": after.title,
                "n_changes": len(found),
                "is_title_changed": any(change.place == "title" for change in found),
                "is_correction": any(change.is_correction for change in found),
                "is_retraction": any(change.is_retraction for change in found),
            }
        )
    if format_ is DiffFormat.JSON:
        printing.show_json(rows)
        return
    shown = ((row["number"], row["fetched_at"][:16].replace("T", " "), _what(row), row["title"]) for row in rows)
    printing.show_table(("revision", "fetched", "changed", "title"), shown)
    if len(rows) > 1:
        options.next_step("the same with two numbers, such as 1 2, shows what was changed, word by word")


def _what(row: dict[str, Any]) -> str:
    if row["number"] == 1:
        return "first seen"
    n_paragraphs = row["n_changes"] - row["is_title_changed"]
    parts = ["title"] if row["is_title_changed"] else []
    parts += [options.count(n_paragraphs, "paragraph")] if n_paragraphs else []
    parts += ["correction"] if row["is_correction"] else []
    parts += ["retraction"] if row["is_retraction"] else []
    return ", ".join(parts) or "nothing that shows"


def _label(change: Change) -> str:
    return "retraction" if change.is_retraction else "correction" if change.is_correction else change.place


def _show(found: list[Change]) -> None:
    from rich.text import Text

    from pipelines.cli import printing
    from scraper.text import clean

    screen = printing.console()
    for change in found:
        if screen.is_terminal and not screen.no_color:
            line = Text.assemble((f"{_label(change)}: ", "bold"), *((clean(t), _STYLES[op]) for op, t in change.runs))
            screen.print(line, end="\n\n")
        else:
            marked = "".join(f"{_MARKS[op][0]}{text}{_MARKS[op][1]}" for op, text in change.runs)
            sys.stdout.write(f"{_label(change)}: {clean(marked)}\n\n")
    if not found:
        typer.echo("no difference in title or text")


def _write_html(found: list[Change]) -> None:
    for change in found:
        parts = (_element(_TAGS[op], text) for op, text in change.runs)
        sys.stdout.write(f'<p class="{_label(change)}">{"".join(parts)}</p>\n')


def _element(tag: str, text: str) -> str:
    return f"<{tag}>{html.escape(text)}</{tag}>" if tag else html.escape(text)


def _write_json(found: list[Change]) -> None:
    from pipelines.cli import printing

    rows = []
    for change in found:
        runs = [{"operation": operation.value, "text": text} for operation, text in change.runs]
        marks = {"is_correction": change.is_correction, "is_retraction": change.is_retraction}
        rows.append({"place": change.place, **marks, "runs": runs})
    printing.show_json(rows)
