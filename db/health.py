"""Rows of `site_days`: what each site brought on each day (UTC).

What the sources announced is counted as they are asked; what came of the pages is summed up from the ledger and the
articles, anew each time, so that summing up twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import article_authors, articles, links, site_days, sources
from scraper.values import SiteDay

MAX_SAMPLES = 200
"""Lengths and lags kept of a day; of more articles the latest ones."""


def add_asked(
    connection: Connection, site: str, now: datetime, *, n_announced: int = 0, n_new: int = 0, is_failed: bool = False
) -> None:
    """Counts one asking of one source, in the transaction that keeps what came of it."""
    more = {"n_asked": 1, "n_failed_asks": int(is_failed), "n_announced": n_announced, "n_new": n_new}
    values = {name: site_days.c[name] + n for name, n in more.items()}
    where = _key(site, now.astimezone(UTC).date())
    if connection.execute(site_days.update().where(where).values(**values)).rowcount == 0:
        row = {"site": site, "day": now.astimezone(UTC).date().isoformat(), "measures": {}}
        connection.execute(site_days.insert().values(**row, **more))


def sites_checked(connection: Connection, since: datetime) -> list[str]:
    """The sites of which an address has been looked at since then."""
    found = sa.select(links.c.site).where(links.c.checked_at >= since).distinct()
    return list(connection.execute(found.order_by(links.c.site)).scalars())


def save_day(connection: Connection, site: str, day: date) -> None:
    """Sums up what came of the site's pages on that day, in place of what was summed up before."""
    measures = _measures(connection, site, day)
    if connection.execute(site_days.update().where(_key(site, day)).values(measures=measures)).rowcount == 0:
        none = dict.fromkeys(("n_asked", "n_failed_asks", "n_announced", "n_new"), 0)
        connection.execute(site_days.insert().values(site=site, day=day.isoformat(), measures=measures, **none))


def get_days(connection: Connection, since: date, site: str | None = None) -> list[SiteDay]:
    """The days from then on, by site and day."""
    query = sa.select(site_days).where(site_days.c.day >= since.isoformat()).order_by(site_days.c.site, site_days.c.day)
    rows = connection.execute(query if site is None else query.where(site_days.c.site == site))
    return [_site_day(row) for row in rows]


def delete_days(connection: Connection, before: date) -> None:
    """Nothing; the days before that one are gone."""
    connection.execute(site_days.delete().where(site_days.c.day < before.isoformat()))


def examples(connection: Connection, day: SiteDay, lacking: str, limit: int = 3) -> list[str]:
    """Addresses of that day whose outcome is `lacking`, or whose article lacks it (author, time, image).

    For "source" and "failing source" those of the site's sources.
    """
    if lacking.endswith("source"):
        return _sources(connection, day.site, limit, is_failing=lacking != "source")
    conditions = {
        "author": ~_has_author(),
        "time": articles.c.published_at.is_(None),
        "image": articles.c.image.is_(None),
    }
    looked = _looked_at(day.site, day.day)
    if lacking in day.outcomes:
        query = sa.select(links.c.url).where(looked, links.c.outcome == lacking)
    else:
        query = sa.select(articles.c.url).join(links, links.c.id == articles.c.link_id).where(looked)
        query = query.where(conditions[lacking]) if lacking in conditions else query
    return list(connection.execute(query.order_by(links.c.checked_at.desc(), links.c.id).limit(limit)).scalars())


def _sources(connection: Connection, site: str, limit: int, *, is_failing: bool) -> list[str]:
    query = sa.select(sources.c.url).where(sources.c.site == site).order_by(sources.c.url).limit(limit)
    return list(connection.execute(query.where(sources.c.n_failures > 0) if is_failing else query).scalars())


def _key(site: str, day: date) -> sa.ColumnElement[bool]:
    return sa.and_(site_days.c.site == site, site_days.c.day == day.isoformat())


def _looked_at(site: str, day: date) -> sa.ColumnElement[bool]:
    start = datetime.combine(day, time.min, UTC)
    c = links.c
    return sa.and_(c.site == site, c.checked_at >= start, c.checked_at < start + timedelta(days=1))


def _has_author() -> sa.ColumnElement[bool]:
    return sa.exists().where(article_authors.c.article_id == articles.c.id)


def _measures(connection: Connection, site: str, day: date) -> dict[str, Any]:
    looked = _looked_at(site, day)
    counted = sa.select(links.c.outcome, sa.func.count()).where(looked, links.c.outcome.is_not(None))
    outcomes = {
        str(kind): int(n) for kind, n in connection.execute(counted.group_by(links.c.outcome).order_by(links.c.outcome))
    }
    a = articles.c
    query = (
        sa.select(
            _has_author().label("has_author"), a.published_at, a.image, a.first_seen_at, a.confidence, a.details,
            sa.func.length(a.body).label("n_chars"),
        )
        .join(links, links.c.id == a.link_id)
        .where(looked, a.fetched_at >= datetime.combine(day, time.min, UTC), a.state == "article")
        .order_by(a.first_seen_at.desc(), a.id)
    )  # fmt: skip
    found = connection.execute(query).all()
    dated = [row for row in found if row.published_at is not None]
    removed = [float(row.details.get("repeated_share", 0.0)) for row in found]
    return {
        "outcomes": outcomes,
        "n_articles": len(found),
        "n_without_author": sum(not row.has_author for row in found),
        "n_without_time": len(found) - len(dated),
        "n_without_image": sum(row.image is None for row in found),
        "lengths": [row.n_chars for row in found[:MAX_SAMPLES]],
        "lags_h": [round((r.first_seen_at - r.published_at) / timedelta(hours=1), 1) for r in dated[:MAX_SAMPLES]],
        "confidence": round(sum(row.confidence for row in found) / len(found), 3) if found else None,
        "removed": round(sum(removed) / len(found), 3) if found else None,
    }


def _site_day(row: Any) -> SiteDay:
    measures: Mapping[str, Any] = row.measures
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in measures.items()
    }
    counts: dict[str, Any] = {name: getattr(row, name) for name in ("n_asked", "n_failed_asks", "n_announced", "n_new")}
    return SiteDay(site=row.site, day=date.fromisoformat(row.day), **counts, **values)
