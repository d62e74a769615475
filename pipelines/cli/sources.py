"""`newsdesk add` and `newsdesk sources`: which sites are followed."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import options, rules
from scraper.errors import NewsError

if TYPE_CHECKING:
    from pipelines.covering import Finding
    from pipelines.settings import Settings
    from scraper.values import Page, SourceRecord

Target = Annotated[str, typer.Argument(help="The address of a source, or a site for all of its sources.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="List, pause, resume, remove, import, export or test sources.", no_args_is_help=True)
    group.command("list", epilog="Example: newsdesk sources list")(list_)
    group.command("pause", epilog="Example: newsdesk sources pause news.example")(pause)
    group.command("resume", epilog="Example: newsdesk sources resume news.example")(resume)
    group.command("remove", epilog="Example: newsdesk sources remove https://news.example/feed.xml")(remove)
    group.command("import", epilog="Example: newsdesk sources import subscriptions.opml")(import_)
    group.command("export", epilog="Example: newsdesk sources export --output subscriptions.opml")(export)
    group.command("test", epilog="Example: newsdesk sources test news.example")(rules.try_rule)
    app.command(epilog="Example: newsdesk add https://news.example/ --since 2026-11-01")(add)
    app.add_typer(group, name="sources")


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of a site, a section, a feed or a sitemap.")],
    since: Annotated[str | None, typer.Option(help="Take articles from this day on, not of the last 7 days.")] = None,
    db: options.Db = None,
) -> None:
    """Find the feeds and sitemaps of a site, and follow those that cover it."""
    from db import sources
    from db.engine import writing
    from pipelines.cli import printing
    from pipelines.single import utc_now

    if "://" not in url and Path(url).is_file():
        raise NewsError(
            "a file; `newsdesk sources import` takes OPML, `newsdesk import` pages", url=url, reason="usage"
        )
    found = options.settings(context, db)
    options.check_usable(found)
    findings = asyncio.run(_look(url, found, options.day(since)))
    taken = [finding.source for finding in findings if finding.is_taken]
    known: set[str] = set()
    if taken:
        with writing(options.open_database(context, found)) as connection:
            known = {source.url for source in taken if not sources.add_source(connection, source, utc_now())}
    rows = ((_word(f, known), f.source.kind, f.source.url, f.note) for f in findings)
    printing.show_table(("", "kind", "source", "what it announces"), rows)
    if not taken:
        raise NewsError("no feed, sitemap or page that announces recent articles", url=url, reason="no_sources")
    options.next_step("`newsdesk run` fetches the articles that these announce")


def _word(finding: Finding, known: set[str]) -> str:
    if not finding.is_taken:
        return "left"
    return "known" if finding.source.url in known else "added"


async def _look(url: str, found: Settings, since: datetime | None) -> list[Finding]:
    from pipelines.adding import Search
    from pipelines.single import policy, utc_now
    from pipelines.site_rules import sources_of
    from scraper.fetching.client import Fetcher

    async with Fetcher(policy(found), now=utc_now) as fetcher:
        return await Search(fetcher=fetcher, now=utc_now, since=since).look(url, sources_of(found.by_site, url))


def list_(context: typer.Context, as_json: options.Json = False, db: options.Db = None) -> None:
    """List all sources."""
    from db import sources
    from db.engine import reading
    from pipelines.cli import printing

    engine = options.open_existing(context, options.settings(context, db))
    with reading(engine) as connection:
        records = sources.get_sources(connection)
    if as_json:
        printing.show_json([_json(record) for record in records])
        return
    headings = ("site", "kind", "state", "brings one every", "checked", "due", "source")
    rows = ((r.source.site, r.source.kind, _state(r), _every(r), r.checked_at, r.due_at, r.source.url) for r in records)
    printing.show_table(headings, rows)
    if not records:
        options.next_step("there are no sources yet; `newsdesk add URL` follows a site")


def _state(record: SourceRecord) -> str:
    from pipelines import rhythm
    from pipelines.single import utc_now

    if record.is_paused:
        return "paused"
    if record.checked_at is None:
        return "new"
    if record.outcome:
        return f"{record.outcome} ({record.n_failures} times)"
    return f"silent since {record.rhythm.recent[-1]:%Y-%m-%d}" if rhythm.is_silent(record.rhythm, utc_now()) else "ok"


def _every(record: SourceRecord) -> str:
    """About how often the source brings something."""
    from pipelines import rhythm

    gap = rhythm.usual_gap(record.rhythm) if len(record.rhythm.recent) >= rhythm.MIN_RECENT else None
    if gap is None:
        return ""
    n_minutes = max(1, round(gap.total_seconds() / 60))
    return f"{n_minutes} min" if n_minutes < 120 else f"{n_minutes / 60:.0f} h" if n_minutes < 2880 else f"{gap.days} d"


def _json(record: SourceRecord) -> dict[str, object]:
    source = asdict(record.source)
    rest = {"state": _state(record), "reason": record.reason, "checked_at": record.checked_at, "due_at": record.due_at}
    values = source | rest
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def pause(context: typer.Context, target: Target, db: options.Db = None) -> None:
    """Stop asking a source until it is resumed."""
    _set_paused(context, target, db, is_paused=True)
    options.next_step(f"`newsdesk sources resume {target}` when you want it again")


def resume(context: typer.Context, target: Target, db: options.Db = None) -> None:
    """Ask a paused source again."""
    _set_paused(context, target, db, is_paused=False)
    options.next_step("`newsdesk run` asks it again when it is due, `newsdesk run --all` now")


def _set_paused(context: typer.Context, target: str, db: str | None, *, is_paused: bool) -> None:
    from db import sources
    from db.engine import writing

    with writing(options.open_existing(context, options.settings(context, db))) as connection:
        n_sources = sources.save_paused(connection, _named(target), is_paused=is_paused)
    _tell(n_sources, target, "paused" if is_paused else "resumed")


def remove(context: typer.Context, target: Target, db: options.Db = None) -> None:
    """Forget a source. What was stored from it stays."""
    from db import sources
    from db.engine import writing

    with writing(options.open_existing(context, options.settings(context, db))) as connection:
        n_sources = sources.delete_sources(connection, _named(target))
    _tell(n_sources, target, "removed")


def _named(target: str) -> str:
    """The target as sources are kept: a site as it is, an address in its one spelling."""
    from scraper import urls

    return urls.canonical(target) if "://" in target else target


def _tell(n_sources: int, target: str, done: str) -> None:
    if not n_sources:
        raise NewsError("no source has this address or site; see `newsdesk sources list`", url=target, reason="unknown")
    typer.echo(f"{done} {options.count(n_sources, 'source')}: {target}")


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An OPML file, as feed readers export it; - for standard input.")],
    db: options.Db = None,
) -> None:
    """Follow the feeds that an OPML file lists, as they are: without looking around their sites."""
    from db import sources
    from db.engine import writing
    from pipelines.cli import printing
    from pipelines.single import utc_now
    from scraper.discovery import opml

    found = options.settings(context, db)
    listed = opml.read(_opml(file))
    rows = [("left", "", url, why) for url, why in listed.left]
    if listed.sources:
        with writing(options.open_database(context, found)) as connection:
            for source in listed.sources:
                word = "added" if sources.add_source(connection, source, utc_now()) else "known"
                rows.append((word, source.kind.value, source.url, ""))
    printing.show_table(("", "kind", "source", "why"), sorted(rows, key=lambda row: row[0]))
    if not listed.sources:
        raise NewsError("lists no feed that can be followed", url=str(file), reason="no_sources")
    options.next_step("`newsdesk run` fetches the articles that these announce")


def _opml(file: Path) -> Page:
    from pipelines.single import utc_now
    from scraper.discovery.opml import MAX_OPML_BYTES
    from scraper.errors import TooLarge
    from scraper.values import Page

    if str(file) == "-":
        body = sys.stdin.buffer.read(MAX_OPML_BYTES + 1)
    else:
        with file.open("rb") as stream:
            body = stream.read(MAX_OPML_BYTES + 1)
    if len(body) > MAX_OPML_BYTES:
        raise TooLarge(f"more than {MAX_OPML_BYTES} bytes", url=str(file))
    return Page(url=str(file), final_url=str(file), status=200, body=body, fetched_at=utc_now())


def export(
    context: typer.Context,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of standard output.")] = None,
    db: options.Db = None,
) -> None:
    """Write all sources as OPML, which every feed reader takes; to them, sitemaps and sections are links."""
    from db import sources
    from db.engine import reading
    from pipelines.single import utc_now
    from scraper.discovery import opml

    with reading(options.open_existing(context, options.settings(context, db))) as connection:
        records = sources.get_sources(connection)
    text = opml.write((record.source for record in records), utc_now())
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(f"{options.count(len(records), 'source')} written to {output}")
