"""What the adaptive schedule costs and brings: simulated months of 200 sites, with the real decisions.

    python -m tests.benchmarks.schedule [--seeds 5] [--days 30] [--cron-minutes 5]

Kinds of site: agencies (80 to 160 articles a day, a quarter of the pace at night), dailies (20 to 60, hardly any at
night, 60 % at weekends), weeklies (8 to 20 within six hours of one day, and two a day else), blogs (1 to 4 a week, by
day) and dead ones (nothing for years). A feed shows the 30 latest articles with their times. A run begins every five
minutes and asks what is due. An article counts as seen in time within twice the median gap between its site's articles.
The other side of the comparison asks every source every 15 minutes.
"""

from __future__ import annotations

import argparse
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from pipelines import rhythm, schedule
from scraper.values import Rhythm

START = datetime(2026, 9, 1, tzinfo=UTC)
FEED_ITEMS = 30
BEFORE = timedelta(days=30)
KINDS = {"agency": 20, "daily": 80, "weekly": 40, "blog": 40, "dead": 20}
_NIGHT, _DAY = range(6), range(6, 23)


@dataclass(frozen=True, slots=True)
class Site:
    """A site of some kind and when its articles come."""

    kind: str
    articles: tuple[datetime, ...]


@dataclass(slots=True)
class Sums:
    """What came of the sites of one kind."""

    n_articles: int = 0
    n_in_time: int = 0
    n_lost: int = 0
    n_requests: int = 0


def make_site(kind: str, days: int, chance: random.Random) -> Site:
    """A site that has lived for a month before the simulation begins."""
    zone = timedelta(hours=chance.randrange(24))
    day = chance.randrange(7)
    pace = {"agency": chance.uniform(80, 160), "daily": chance.uniform(20, 60), "weekly": chance.uniform(8, 20)}
    pace |= {"blog": chance.uniform(1, 4), "dead": 0.0}
    found = []
    at = START - BEFORE
    while at < START + timedelta(days=days):
        rate = _rate(kind, at + zone, pace[kind], day)  # articles an hour
        found += [at + timedelta(seconds=chance.uniform(0, 3600)) for _ in range(_poisson(rate, chance))]
        at += timedelta(hours=1)
    if kind == "dead":
        found = [START - timedelta(days=900 + 3 * i) for i in range(20)]
    return Site(kind, tuple(sorted(found)))


def _rate(kind: str, local: datetime, pace: float, day: int) -> float:
    by_day = local.hour in _DAY
    if kind == "agency":
        return pace / 24 * (1.2 if by_day else 0.3)
    if kind == "daily":
        return pace / 18 * (1.0 if by_day else 0.1) * (0.6 if local.weekday() >= 5 else 1.0)
    if kind == "weekly":
        return pace / 6 if local.weekday() == day and local.hour in range(6, 12) else 2 / 17 * by_day
    return pace / (7 * 17) * by_day


def _poisson(mean: float, chance: random.Random) -> int:
    n, at = 0, chance.expovariate(1.0)
    while at < mean:
        n, at = n + 1, at + chance.expovariate(1.0)
    return n


def polls(site: Site, days: int, cron: timedelta) -> Iterator[datetime]:
    """When the source is asked, by the decisions of a run."""
    known, due_at, asked_at = Rhythm(), START, None
    now = START
    while now < START + timedelta(days=days):
        if due_at <= now:
            yield now
            n = bisect_right(site.articles, now)
            shown = site.articles[max(0, n - FEED_ITEMS) : n]
            known = rhythm.heard(known, [at for at in shown if at > now - schedule.HORIZON], now)
            due_at = schedule.next_source_check(now, 3600, 0, known)
            asked_at = now
        now += cron
    assert asked_at is not None


def follow(site: Site, days: int, cron: timedelta) -> Sums:
    """What came of one site."""
    sums = Sums()
    asked = list(polls(site, days, cron))
    sums.n_requests = len(asked)
    gaps = [after - before for before, after in pairwise(site.articles)]
    allowed = 2 * median(gaps)
    end = asked[-1]
    for i, at in enumerate(site.articles):
        if not START <= at <= end:
            continue
        sums.n_articles += 1
        seen_at = asked[bisect_right(asked, at)] if at < end else end
        is_shown = bisect_right(site.articles, seen_at) - i <= FEED_ITEMS
        sums.n_lost += not is_shown
        sums.n_in_time += is_shown and seen_at - at <= allowed
    return sums


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--cron-minutes", type=int, default=5)
    chosen = options.parse_args()
    cron = timedelta(minutes=chosen.cron_minutes)
    print("seed  kind      in time   lost  requests, of 15-minute polling")
    for seed in range(1, chosen.seeds + 1):
        chance = random.Random(seed)
        sums: dict[str, Sums] = defaultdict(Sums)
        for kind, n_sites in KINDS.items():
            for _ in range(n_sites):
                one = follow(make_site(kind, chosen.days, chance), chosen.days, cron)
                for name in (kind, "all"):
                    _add(sums[name], one)
        for name, total in sums.items():
            fixed = chosen.days * 96 * KINDS.get(name, sum(KINDS.values()))
            in_time = f"{total.n_in_time / total.n_articles:.3f}" if total.n_articles else "  -  "
            print(f"{seed:4}  {name:8}  {in_time}  {total.n_lost:5}  {total.n_requests / fixed:.3f}")


def _add(total: Sums, one: Sums) -> None:
    total.n_articles += one.n_articles
    total.n_in_time += one.n_in_time
    total.n_lost += one.n_lost
    total.n_requests += one.n_requests


if __name__ == "__main__":
    main()
