"""`newsdesk init` and `doctor`: from nothing to a daily run, and whether it can work."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pipelines import settings as all_settings
from pipelines.cli import options
from scraper.errors import NewsError, SettingsError

if TYPE_CHECKING:
    from pipelines.beginning import Daily
    from pipelines.doctor.finding import Finding

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command(epilog="Example: newsdesk init --who 'Harbour Institute, news@harbour.example'")(init)
    app.command(epilog="Example: newsdesk doctor")(doctor)


def init(
    context: typer.Context,
    who: Annotated[
        str | None, typer.Option(help="Your name and a mail address or web page, for the user agent.", metavar="TEXT")
    ] = None,
    every: Annotated[str | None, typer.Option(help="How often to run: 15m, 1h, 24h.", metavar="TIME")] = None,
    systemd: Annotated[bool, typer.Option("--systemd", help="Show a systemd timer, not a crontab line.")] = False,
    install: Annotated[
        bool, typer.Option("--install", help="Put the line into your crontab, or write the timer's files.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a settings file that is there.")] = False,
    db: options.Db = None,
) -> None:
    """Begin: asks who you are, where the database shall lie and how often to run, and writes newsdesk.toml.

    What is given by option is not asked; without a terminal nothing is. Prints the crontab line, or a systemd timer.
    """
    from pipelines import beginning

    given: options.Options = context.obj
    config = (given.config or Path(all_settings.FILE_NAME)).absolute()
    is_kept = config.exists() and not force
    if is_kept and not (install or systemd):
        message = "there is a settings file already; --force replaces it, --install and --systemd go on with it"
        raise SettingsError(message, url=str(config))
    text = "" if is_kept else _settings_text(config, who, db or given.db)
    n_minutes = _asked("How often to run?", every, beginning.minutes, default="15m")
    if text:
        beginning.write_settings(config, text)
        typer.echo(f"written: {config}")
    daily = beginning.Daily(every=n_minutes, config=config, program=beginning.program())
    (_timer if systemd else _crontab)(daily, is_wanted=install)
    options.next_step("`newsdesk add URL` follows a site; `newsdesk doctor` tells whether all is well")


def _settings_text(config: Path, who: str | None, db: str | None) -> str:
    from pipelines import beginning

    agent = _asked("Who are you? Name and mail address or web page", who, beginning.user_agent)
    place = _asked(
        "Where shall the database lie?",
        db,
        lambda text: beginning.database(text, Path()),
        default=str(config.with_name("newsdesk.db")),
    )
    options.check_usable(all_settings.Settings(db=place, archive=""))
    return beginning.settings_text(agent, place)


def _asked(question: str, given: str | None, read: Callable[[str], T], default: str | None = None) -> T:
    """The answer, from the option, the person or the default; a person who answers amiss is asked again."""
    if given is not None:
        return read(given)
    if not sys.stdin.isatty():
        if default is None:
            raise SettingsError("expected a name and a contact; there is no terminal to ask at", url="--who")
        return read(default)
    while True:
        try:
            return read(typer.prompt(question, default=default, err=True))
        except SettingsError as error:
            typer.echo(error.detail, err=True)


def _crontab(daily: Daily, *, is_wanted: bool) -> None:
    from pipelines import beginning

    if is_wanted:
        is_new = beginning.install_crontab(daily)
        typer.echo("in your crontab now:" if is_new else "in your crontab already:")
    else:
        typer.echo("for your crontab (`crontab -e`, or `newsdesk init --install`):")
    typer.echo(beginning.crontab_line(daily))


def _timer(daily: Daily, *, is_wanted: bool) -> None:
    from pipelines import beginning

    folder = beginning.units_folder()
    for name, text in beginning.systemd_units(daily).items():
        if is_wanted:
            beginning.write_unit(folder / name, text)
        typer.echo(f"{'written' if is_wanted else 'for'}: {folder / name}")
        if not is_wanted:
            typer.echo(text)
    typer.echo("then: systemctl --user daemon-reload && systemctl --user enable --now newsdesk.timer")
    typer.echo("and, to run while you are logged out: loginctl enable-linger")


def doctor(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Leave out what needs the network.")] = False,
    as_json: options.Json = False,
    db: options.Db = None,
) -> None:
    """See whether everything is as a daily run needs it, and what to do where it is not.

    Exit status 1 if something keeps runs from working; warnings leave it 0.
    """
    from pipelines.cli import printing
    from pipelines.doctor.finding import Level

    findings = list(_findings(context, db, is_offline=offline))
    if as_json:
        printing.show_json([asdict(finding) for finding in findings])
    else:
        rows = ((f.level.value, f.check, f.text + (f"; {f.advice}" if f.advice else "")) for f in findings)
        printing.show_table(("", "check", "what was found"), rows)
    raise typer.Exit(any(finding.level is Level.FAILURE for finding in findings))


def _findings(context: typer.Context, db: str | None, *, is_offline: bool) -> Iterator[Finding]:
    from pipelines import doctor
    from pipelines.doctor import network
    from pipelines.doctor.finding import failure
    from pipelines.single import utc_now

    try:
        found = options.settings(context, db)
    except SettingsError as error:
        yield failure("settings", str(error), "correct it; the README lists the settings")
        return
    yield _settings_file(context)
    try:
        yield from doctor.examine(found, utc_now())
        if not is_offline:
            yield from network.examine(found, doctor.known_sources(found))
    except SettingsError as error:
        yield failure("settings", str(error), "correct it; the README lists the settings")
    except (NewsError, OSError) as error:  # what keeps a check itself from its work, such as a closed folder
        yield failure("checks", f"ended early: {error}", "see to this first, then call doctor again")


def _settings_file(context: typer.Context) -> Finding:
    from pipelines.doctor.finding import fine, warning

    given: options.Options = context.obj
    file = given.config or all_settings.config_file()
    variables = sorted(name for name in os.environ if name.startswith(all_settings.PREFIX))
    found = [str(file.absolute())] if file else []
    if found or variables:
        return fine("settings", ", ".join([*found, *variables]))
    return warning("settings", "there is no newsdesk.toml; defaults are used", "`newsdesk init` writes one")
