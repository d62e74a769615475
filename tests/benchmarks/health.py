"""What `newsdesk health` finds: simulated quarters with planted breakages, judged day by day with the real decisions.

    python -m tests.benchmarks.health [--seeds 8] [--show]

60 sites over 13 weeks after five weeks of history: 10 agencies (60 to 150 articles a day), 30 dailies (10 to 40, 60 %
at weekends), 10 weeklies (8 to 15 on one day, one or two else) and 10 blogs (2 to 5 a week), one run a day. Days vary:
volume by a fifth, shares by day, holidays with a fifth of the volume, days of long reads and of short notes, a tenth of
the addresses failing or empty at some sites. 40 breakages are planted, each for ten days, at most one a site, at sites
that bring five articles a day: half of the body lost, no author, times a day early or late, feed frozen, everything
behind a consent wall, teasers only. One is raised if a finding names the site on the first or second day after it set
in. What is found outside a breakage and the 28 days after it, in which the site is measured against what was broken, is
a false alarm, counted once for each stretch of days. Days are made as values and judged; the table is left out.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines import health
from scraper.values import SiteDay

START = date(2026, 1, 5)
WARM_UP, LENGTH = 35, 91
BROKEN_DAYS = 10
N_BREAKAGES = 40
KINDS = {"agency": 10, "daily": 30, "weekly": 10, "blog": 10}
BREAKAGES = ("half the body", "no author", "a day off", "frozen", "consent wall", "teasers")
HOLIDAYS = frozenset({date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14)})


@dataclass(frozen=True, slots=True)
class Site:
    """The habits of a site."""

    name: str
    kind: str
    pace: float
    day: int
    length: float
    spread: float
    without_author: float
    without_image: float
    behind_wall: float
    failing: float
    empty: float
    lag_h: float


@dataclass(slots=True)
class Sums:
    """What was raised and what was false."""

    raised: Counter[str]
    planted: Counter[str]
    false: Counter[str]
    n_site_weeks: float = 0.0


def make_site(name: str, kind: str, chance: random.Random) -> Site:
    """A site of the kind, with habits of its own."""
    pace = {"agency": chance.uniform(60, 150), "daily": chance.uniform(10, 40), "weekly": chance.uniform(8, 15)}
    share = lambda high: chance.choice((0.0, chance.uniform(0, high)))  # noqa: E731
    return Site(
        name=name, kind=kind, pace=pace.get(kind, chance.uniform(2, 5)), day=chance.randrange(7),
        length=chance.uniform(1500, 6000), spread=chance.uniform(0.3, 0.7), without_author=share(0.4),
        without_image=share(0.3), behind_wall=share(0.3), failing=share(0.1), empty=share(0.1),
        lag_h=chance.uniform(1, 14),
    )  # fmt: skip


def _volume(site: Site, day: date, chance: random.Random) -> int:
    rate = site.pace
    if site.kind == "daily" and day.weekday() >= 5:
        rate *= 0.6
    if site.kind == "weekly" and day.weekday() != site.day:
        rate = 1.5
    if site.kind == "blog":
        rate /= 7
    if day in HOLIDAYS:
        rate *= 0.2
    mean = rate * chance.lognormvariate(0, 0.2)
    return sum(chance.random() < mean / 1000 for _ in range(1000))


def make_day(site: Site, day: date, broken: str, chance: random.Random) -> SiteDay:
    """What the site brought on that day."""
    n_new = 0 if broken == "frozen" else _volume(site, day, chance)
    some = lambda n, share: sum(chance.random() < share for _ in range(n))  # noqa: E731
    daily = lambda share: min(1.0, share * chance.lognormvariate(0, 0.4))  # noqa: E731
    outcomes: Counter[str] = Counter()
    outcomes["http_error"] = some(n_new, daily(site.failing))
    outcomes["too_short"] = some(n_new - outcomes["http_error"], daily(site.empty))
    left = n_new - outcomes.total()
    wall = {"consent wall": 1.0, "teasers": 0.95}.get(broken, daily(site.behind_wall))
    outcomes["consent_wall" if broken == "consent wall" else "paywall"] = some(left, wall)
    n_stored = n_new - outcomes.total()
    outcomes["stored"], outcomes["unchanged"] = n_stored, chance.randrange(40)
    length = site.length * chance.lognormvariate(0, 0.08) * (0.5 if broken == "half the body" else 1)
    off = (24.0 if site.day % 2 else -24.0) if broken == "a day off" else 0.0
    lengths = tuple(int(length * chance.lognormvariate(0, site.spread)) for _ in range(n_stored))
    return SiteDay(
        site=site.name,
        day=day,
        n_asked=2,
        n_failed_asks=int(chance.random() < 0.02),
        n_announced=30,
        n_new=n_new,
        outcomes=dict(outcomes),
        n_articles=n_stored,
        n_without_author=n_stored if broken == "no author" else some(n_stored, daily(site.without_author)),
        n_without_time=some(n_stored, 0.01),
        n_without_image=some(n_stored, daily(site.without_image)),
        lengths=lengths,
        lags_h=tuple(off + max(0.0, chance.gauss(site.lag_h, site.lag_h / 2)) for _ in range(n_stored)),
        confidence=min(1.0, chance.gauss(0.93, 0.02)) if n_stored else None,
        removed=max(0.0, chance.gauss(0.03, 0.02)) if n_stored else None,
    )


def planted(sites: list[Site], chance: random.Random) -> dict[str, tuple[int, str]]:
    """Site -> the day from which it is broken, and how. Only sites that bring something every day are."""
    able = [site for site in sites if site.kind in ("agency", "daily")]
    chosen = chance.sample(able, N_BREAKAGES)
    return {
        site.name: (WARM_UP + chance.randrange(LENGTH - BROKEN_DAYS), BREAKAGES[i % len(BREAKAGES)])
        for i, site in enumerate(chosen)
    }


def days_of(site: Site, broken: tuple[int, str] | None, chance: random.Random) -> Iterator[SiteDay]:
    """All days of a site."""
    for n in range(WARM_UP + LENGTH):
        is_broken = broken is not None and broken[0] <= n < broken[0] + BROKEN_DAYS
        yield make_day(site, START + timedelta(days=n), broken[1] if is_broken and broken else "", chance)


def follow(site: Site, broken: tuple[int, str] | None, chance: random.Random, sums: Sums, *, is_shown: bool) -> None:
    """Judges the site day by day."""
    days = list(days_of(site, broken, chance))
    was_false, is_raised = False, False
    for n in range(WARM_UP, len(days)):
        found = health.judge(days[: n + 1], days[n].day)
        is_after = broken is not None and broken[0] <= n < broken[0] + BROKEN_DAYS + health.BASE_DAYS
        if broken is not None and found and broken[0] <= n <= broken[0] + 1:
            is_raised = True
        if not is_after:
            sums.n_site_weeks += 1 / 7
            if found and not was_false:
                sums.false.update(finding.measure for finding in found)
                if is_shown:
                    print("false:", site.kind, site.name, days[n].day, [finding.text() for finding in found])
            was_false = bool(found)
    if broken is not None:
        sums.planted[broken[1]] += 1
        sums.raised[broken[1]] += is_raised
        if is_shown and not is_raised:
            print("missed:", site.kind, site.name, broken)


def main() -> None:
    """Prints a line a seed and the sum by kind of breakage."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=8)
    options.add_argument("--show", action="store_true", help="say what was missed and what was false")
    chosen = options.parse_args()
    for seed in range(1, chosen.seeds + 1):
        chance = random.Random(seed)
        kinds = [kind for kind, n in KINDS.items() for _ in range(n)]
        sites = [make_site(f"{kind}-{i}", kind, chance) for i, kind in enumerate(kinds)]
        breakages = planted(sites, chance)
        sums = Sums(Counter(), Counter(), Counter())
        for site in sites:
            follow(site, breakages.get(site.name), chance, sums, is_shown=chosen.show)
        share = 100 * sums.false.total() / sums.n_site_weeks
        raised = ", ".join(f"{how} {sums.raised[how]}/{n}" for how, n in sums.planted.items())
        print(f"seed {seed}: {sums.raised.total()} of {sums.planted.total()} raised ({raised});", end=" ")
        print(f"{share:.2f} false alarms in 100 site-weeks {dict(sums.false)}", flush=True)


if __name__ == "__main__":
    main()
