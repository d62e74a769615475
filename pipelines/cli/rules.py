"""`newsdesk sources test`: what the rule of a site would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db import shelf
from pipelines.cli import options
from scraper.errors import NewsError

if TYPE_CHECKING:
    from pipelines.rule_trial import Trial
    from pipelines.settings import Settings
    from pipelines.site_rules import SiteSettings
    from scraper.values import Article


def try_rule(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="A site that has a file in `sites/`, or such a file.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many of the site's latest pages.")] = 20,
    as_json: options.Json = False,
    db: options.Db = None,
) -> None:
    """Read the site's archived pages without and with its rule, and tell what the rule changes.

    Nothing is asked and nothing is stored. Ends with status 1 if a selector met nothing on any page.
    """
    from pipelines import rule_trial
    from pipelines.cli import printing
    from pipelines.workers import Workers

    found = options.settings(context, db)
    chosen = _chosen(target, found)
    engine = options.open_existing(context, found)
    with Workers() as workers:
        tried = list(rule_trial.trials(engine, shelf.at(found.archive), chosen, workers, limit))
    if not tried:
        raise NewsError("no archived page of this site can be read", url=chosen.site, reason="unknown")
    useless = rule_trial.useless(chosen.rule, tried)
    if as_json:
        pages = [_json(trial) for trial in tried]
        printing.show_json({"site": chosen.site, "pages": pages, "selectors_that_met_nothing": useless})
    else:
        headings = ("page", "letters", "", "changed", "met nothing")
        printing.show_table(headings, (_row(trial) for trial in tried))
        n_changed = sum(bool(trial.changed) for trial in tried)
        typer.echo(f"{options.count(len(tried), 'page')} read, {n_changed} of them otherwise with the rule")
        for key in useless:
            typer.echo(f"met nothing on any page: {key}")
        options.next_step("`newsdesk run` reads the pages of the last 30 days anew with the rule")
    if useless:
        raise typer.Exit(1)


def _chosen(target: str, found: Settings) -> SiteSettings:
    from pipelines import site_rules

    if target in found.by_site:
        return found.by_site[target]
    if Path(target).is_file():
        return site_rules.read(Path(target))
    where = found.sites or f"a folder {site_rules.FOLDER}/ beside the settings file"
    raise NewsError(f"no file, and no file in {where} speaks of this site", url=target, reason="unknown")


def _row(trial: Trial) -> tuple[str, str, str, str, str]:
    before, after = len(trial.before.body), len(trial.after.body)
    letters = str(before) if before == after else f"{before} -> {after}"
    return trial.url, letters, trial.after.state.value, ", ".join(trial.changed), ", ".join(trial.missed)


def _json(trial: Trial) -> dict[str, Any]:
    shown = {"before": _shown(trial.before), "after": _shown(trial.after)}
    return {"url": trial.url, "changed": list(trial.changed), "met_nothing": list(trial.missed), **shown}


def _shown(article: Article) -> dict[str, Any]:
    published = article.published_at.iso() if article.published_at else None
    fields = {"state": article.state.value, "title": article.title, "authors": list(article.authors)}
    return {**fields, "published_at": published, "body": article.body}
