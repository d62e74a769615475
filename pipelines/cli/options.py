"""What the commands share: global options, settings, an open database, and the page a target names."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.settings import Settings, load
from scraper.errors import SettingsError

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from scraper.values import Page

Db = Annotated[str | None, typer.Option("--db", help="Database address, or an SQLite file.", metavar="URL")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text for people.")]
Site = Annotated[str | None, typer.Option(help="Only articles of this site.")]
Since = Annotated[str | None, typer.Option(help="Only articles published from this day on (2026-11-01).")]
Url = Annotated[str | None, typer.Option(help="The address of a file or of standard input.")]
IgnoreRobots = Annotated[bool, typer.Option("--ignore-robots", help="Do not ask robots.txt.")]
TARGET_HELP = "Web address, file, or - for standard input."


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options that stand before the command's name."""

    db: str | None = None
    config: Path | None = None


def settings(context: typer.Context, db: str | None = None, **options: Any) -> Settings:
    """The settings in force; `db` and other options after the command's name come last."""
    given: Options = context.obj
    return load(os.environ, {"db": db or given.db, **options}, given.config)


def check_usable(found: Settings) -> None:
    """Nothing; raises `StoreError` or `SettingsError` where `open_database` would, but makes no database."""
    from db.engine import check_not_newer, exists, open_engine

    engine = open_engine(found.db)
    try:
        if exists(engine):
            check_not_newer(engine)
    finally:
        engine.dispose()


def open_database(context: typer.Context, found: Settings) -> Engine:
    """The database, made or upgraded where need be: for commands that write. Closed at the command's end."""
    from db.engine import is_present, open_engine

    engine = open_engine(found.db)
    context.call_on_close(engine.dispose)
    if not is_present(engine):
        from db.upgrading import upgrade
        from pipelines.bystanders import check_idle

        check_idle(engine)
        upgrade(engine)
    return engine


def open_existing(context: typer.Context, found: Settings) -> Engine:
    """The database as it is: for commands that read. Raises `StoreError` where there is none."""
    from db.engine import check, open_engine

    engine = open_engine(found.db)
    context.call_on_close(engine.dispose)
    check(engine)
    return engine


def page(target: str, url: str | None, found: Settings, *, obeys_robots: bool, is_rendered: bool = False) -> Page:
    """The page at a web address, in a file, or on standard input (`-`); `url` is the address of the latter two.

    `is_rendered`: as a browser shows it; only for web addresses.
    """
    from pipelines import single

    single.check_target(target)
    if is_rendered and not single.is_address(target):
        raise SettingsError("--render takes a web address", url=target)
    if target == "-":
        return single.page_of_stream(sys.stdin.buffer, url)
    if single.is_address(target):
        return single.fetch_page(target, found, obeys_robots=obeys_robots, is_rendered=is_rendered)
    return single.page_of_file(Path(target), url)


def day(text: str | None) -> datetime | None:
    """The start of a day given as text, in UTC. Raises `SettingsError` for what is no day."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError("expected a day such as 2026-11-01", url=text) from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def seconds(text: str) -> float:
    """A time such as `90s`, `50m`, `2h` or plain seconds. Raises `SettingsError` for what is none."""
    units = {"s": 1, "m": 60, "h": 3600}
    number, unit = (text[:-1], text[-1]) if text[-1:] in units else (text, "s")
    if not number.isascii() or not number.isdigit() or not int(number):
        raise SettingsError("expected a time such as 90s, 50m or 2h", url=text)
    return float(number) * units[unit]


def is_read_by_a_person() -> bool:
    """Whether what the command prints goes to a terminal, and not into a file, a pipe or a log."""
    return sys.stdout.isatty() and sys.stderr.isatty()


def next_step(text: str) -> None:
    """Nothing; tells a person, and no program, what could be done next. An empty text is nothing to tell."""
    if text and is_read_by_a_person():
        typer.echo(f"next: {text}", err=True)


def count(n: int, noun: str) -> str:
    """`1 source`, `2 sources`; for nouns that take a plain s."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
