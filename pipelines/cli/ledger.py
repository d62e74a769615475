"""`newsdesk links`, `retry` and `why`: what became of every address, and putting some back to work."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from pipelines.cli import options
from scraper.errors import NewsError, SettingsError
from scraper.values import OutcomeKind

State = Annotated[
    str | None, typer.Option(help="Only those with this outcome (`stored`, `teaser`, ...), or `waiting`.")
]
Site = Annotated[str | None, typer.Option(help="Only addresses of this site.")]
Since = Annotated[str | None, typer.Option(help="Only what was looked at, or else first seen, from this day on.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command(epilog="Example: newsdesk links --state teaser --since 2026-11-01")(links)
    app.command(epilog="Example: newsdesk retry --state timeout --site news.example")(retry)
    app.command(epilog="Example: newsdesk why https://news.example/a")(why)


def links(
    context: typer.Context,
    state: State = None,
    site: Site = None,
    since: Since = None,
    opt_out: Annotated[
        str | None, typer.Option(help="Only articles whose page keeps this off (`noai`, `gptbot`, ...), or `any`.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    as_json: options.Json = False,
    db: options.Db = None,
) -> None:
    """List the addresses ever seen, latest first, with what became of them."""
    from db import ledger
    from db.engine import reading
    from pipelines.cli import printing

    wanted = replace(_wanted(state, site, since), opt_out=opt_out and opt_out.lower())
    with reading(options.open_existing(context, options.settings(context, db))) as connection:
        found = ledger.iter_links(connection, wanted, limit)
        if as_json:
            for row in found:
                sys.stdout.write(json.dumps(dict(row), ensure_ascii=False, default=_text) + "\n")
            return
        shown = ((row["state"], row["checked_at"], row["url"], _first_line(row["reason"])) for row in found)
        printing.show_table(("state", "looked at", "address", "reason"), shown)
    options.next_step("`newsdesk why ADDRESS` tells the whole story of one, `newsdesk retry --state STATE` tries again")


def retry(
    context: typer.Context,
    state: State = None,
    site: Site = None,
    since: Since = None,
    db: options.Db = None,
) -> None:
    """Put addresses back: the next run fetches them again, whatever became of them."""
    from db import ledger
    from db.engine import writing

    if state is None and site is None:
        raise SettingsError("say which: --state, --site or both", url="retry")
    engine = options.open_existing(context, options.settings(context, db))
    with writing(engine) as connection:
        n_links = ledger.wake(connection, _wanted(state, site, since), datetime.now(UTC))
    typer.echo(f"{n_links} {'address' if n_links == 1 else 'addresses'} due with the next run")
    options.next_step("`newsdesk run` fetches them now" if n_links else "`newsdesk links` lists what there is")


def why(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="A web address.")],
    as_json: options.Json = False,
    db: options.Db = None,
) -> None:
    """Tell the whole story of one address: who announced it, each fetch, each reading, each run's outcome."""
    from db import ledger
    from db.engine import reading
    from pipelines.cli import printing
    from scraper import urls

    with reading(options.open_existing(context, options.settings(context, db))) as connection:
        story = ledger.get_story(connection, url) or ledger.get_story(connection, urls.canonical(url))
    if story is None:
        raise NewsError("no source has ever announced this address", url=url, reason="unknown")
    if as_json:
        events = [{"at": at.isoformat(), "what": what, "how": how} for at, what, how in story.events]
        link = {name: _json(value) for name, value in story.link.items()}
        printing.show_json({"link": link, "events": events, "article": story.article and dict(story.article)})
        return
    typer.echo(story.link["url"])
    printing.show_table(("when", "what", "how"), ((at, what, _first_line(how)) for at, what, how in story.events))
    if story.article is not None:
        texts = options.count(story.article["n_revisions"], "revision")
        typer.echo(
            f"article {story.article['id']} ({story.article['state']}, {texts}): {story.article['title'] or '-'}"
        )
    due_at = story.link["due_at"]
    typer.echo(f"next look: {due_at:%Y-%m-%d %H:%M} UTC" if due_at is not None else "next look: none")


def _wanted(state: str | None, site: str | None, since: str | None) -> Any:
    from db import ledger

    known = [kind.value for kind in OutcomeKind] + [ledger.WAITING]
    if state is not None and state not in known:
        raise SettingsError(f"expected one of {', '.join(known)}", url=f"--state {state}")
    return ledger.Wanted(state=state, site=site, since=options.day(since))


def _first_line(text: str | None) -> str:
    """The end of a traceback says the most."""
    lines = (text or "").strip().splitlines()
    return lines[-1] if lines and lines[0].startswith("Traceback") else " ".join(lines)


def _json(value: Any) -> Any:
    return _text(value) if isinstance(value, datetime) else value


def _text(value: datetime) -> str:
    return value.isoformat()
