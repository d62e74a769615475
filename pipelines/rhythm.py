"""How often a source really brings something, and how soon it is worth asking again. Pure; the clock is handed in.

A source's rhythm is what its latest articles say: when they came, and how they spread over the hours of the day and
the days of the week. It is asked about twice in its usual gap while it is busy, seldom at night, and the longer it
stays silent beyond its habit, the more seldom, between `MIN_PAUSE` and `MAX_PAUSE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from scraper.values import Rhythm

MIN_PAUSE = timedelta(minutes=5)
MAX_PAUSE = timedelta(days=1)
MAX_RECENT = 60
"""Arrivals whose gaps are known one by one."""
MIN_RECENT = 4
"""Fewer tell no rhythm."""
OLDEST = timedelta(days=60)
HALF_LIFE = timedelta(days=14)
"""Two weeks ago counts half: habits change, and a week has to be seen more than once."""
DEAD_AFTER = timedelta(days=60)

# Measured with `python -m tests.benchmarks.schedule`: the fewest requests that keep the delays.
_GAPS = 1.25  # a pause in busy hours, in usual gaps
_EVENNESS = 0.3  # 0: as often at night as by day; 1: asked in proportion to what comes
_SURPRISE = 6.0  # articles missed in a row before a source counts as slower than it was
_PRIOR = 3.0  # arrivals that a new source is taken to have had, spread evenly
_PATIENCE = 12  # a silent source is asked so often in the time that it has been silent
_STEP = timedelta(minutes=5)


def heard(rhythm: Rhythm, arrivals: Iterable[datetime], now: datetime) -> Rhythm:
    """The rhythm with the arrivals that are new to it. Those in the future or older than 60 days are left out."""
    latest = rhythm.recent[-1] if rhythm.recent else now - OLDEST
    new = sorted(at for at in arrivals if latest < at <= now)
    if not new:
        return rhythm if rhythm.since is not None else replace(rhythm, since=now)
    age = (now - rhythm.counted_at) / HALF_LIFE if rhythm.counted_at is not None else 0.0
    hours, days = ([count * 0.5**age for count in counts] for counts in (rhythm.hours, rhythm.days))
    for at in new:
        weight = 0.5 ** ((now - at) / HALF_LIFE)
        hours[at.astimezone(UTC).hour] += weight
        days[at.astimezone(UTC).weekday()] += weight
    return replace(
        rhythm,
        recent=(*rhythm.recent, *new)[-MAX_RECENT:],
        hours=tuple(hours),
        days=tuple(days),
        counted_at=now,
        since=rhythm.since or new[0],
    )


def spread(n_new: int, since: datetime | None, now: datetime) -> list[datetime]:
    """When articles that came without a time may have come: evenly between two looks. The first look tells nothing."""
    return [since + (now - since) * (i + 1) / n_new for i in range(n_new)] if since is not None else []


def pause(rhythm: Rhythm, now: datetime, first: timedelta) -> timedelta:
    """How long to wait before the source is asked again; `first` where little is known of it, more as it stays so."""
    if len(rhythm.recent) < MIN_RECENT or rhythm.since is None:
        silent = now - max((rhythm.since or now, *rhythm.recent[-1:]))
        return max(first, min(silent / _PATIENCE, MAX_PAUSE))
    gap = usual_gap(rhythm)
    rates = _Rates(rhythm)
    busy = rates.usual
    slower = max(1.0, rates.expected_since(rhythm.recent[-1], now) / _SURPRISE)
    waited, done = timedelta(), 0.0
    while done < 1 and waited < MAX_PAUSE:
        calm = max(1.0, busy / rates.at(now + waited))
        done += _STEP / max(gap * (_GAPS * slower * calm**_EVENNESS), MIN_PAUSE)
        waited += _STEP
    return min(max(waited, MIN_PAUSE), MAX_PAUSE)


def usual_gap(rhythm: Rhythm) -> timedelta:
    """The median time between two arrivals, in the order in which they came."""
    gaps = [(after - before).total_seconds() for before, after in pairwise(rhythm.recent)]
    return timedelta(seconds=median(gaps)) if gaps else MAX_PAUSE


def is_silent(rhythm: Rhythm, now: datetime) -> bool:
    """Whether the source has brought nothing for so long that it seems to be given up."""
    return bool(rhythm.recent) and now - rhythm.recent[-1] > max(DEAD_AFTER, 10 * usual_gap(rhythm))


class _Rates:
    """Arrivals a day at any moment, by hour and weekday."""

    def __init__(self, rhythm: Rhythm) -> None:
        # As of when something came last: what has not come since then is no habit yet.
        lived = max((rhythm.counted_at - rhythm.since) / HALF_LIFE, 1 / 14) if rhythm.counted_at and rhythm.since else 1
        n_days = 14 * (1 - 0.5**lived) / 0.6931  # what a steady arrival a day would have counted
        self._mean: float = max(sum(rhythm.hours) / n_days, 1e-3)
        self._hours, self._days = _shares(rhythm.hours), _shares(rhythm.days)
        total = [h * d for h in self._hours for d in self._days]
        # The rate at which an article usually comes: the mean over articles, not over time.
        self.usual: float = self._mean * sum(x * x for x in total) / sum(total)

    def at(self, when: datetime) -> float:
        """Arrivals a day at that moment; never 0."""
        when = when.astimezone(UTC)
        return self._mean * self._hours[when.hour] * self._days[when.weekday()]

    def expected_since(self, start: datetime, now: datetime) -> float:
        """How many arrivals were to be expected meanwhile. Whole weeks are not walked through."""
        weeks, rest = divmod(now - start, timedelta(weeks=1))
        n_hours = int(rest / timedelta(hours=1)) + 1
        step = rest / n_hours
        walked = sum(self.at(start + step * i) for i in range(n_hours)) * (step / timedelta(days=1))
        return 7 * weeks * self._mean + walked


def _shares(counts: Sequence[float]) -> list[float]:
    """Each place's rate in units of the mean, evened with its neighbours and by a little of everything."""
    n = len(counts)
    even = [(counts[i - 1] + 2 * counts[i] + counts[(i + 1) % n]) / 4 + _PRIOR / n for i in range(n)]
    return [n * count / sum(even) for count in even]
