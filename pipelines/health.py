"""Is a site as it was? Each site is held against its own last four weeks.

The two latest days that brought something are compared with the 28 days before them: shares by the binomial tail,
lengths and delays by their medians, new addresses by what the same weekday usually brings. A site without that much
history has no findings. Pure (`checkup` keeps the days and reads them). Does not know why a site changed, and finds
nothing in what was never different.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import comb, log, sqrt
from statistics import fmean, median

from scraper.values import OutcomeKind, SiteDay

BASE_DAYS = 28
LATEST = 2
"""Days that brought something which are looked at together."""
MAX_AGE = timedelta(days=14)
"""Of a site that brings less, the latest day says nothing of today."""
MIN_BASE, MIN_LATEST = 12, 3
"""Articles (or addresses) wanted before and now. All thresholds here: `python -m tests.benchmarks.health`."""

_MIN_RISE = 0.25
_CHANCE = 1e-5
_TOTAL, _CHANCE_OF_TOTAL = 0.85, 1e-3
_MIN_LOSS, _MIN_SHIFT_H = 0.7, 16.0
_DEVIATIONS = 4.0
_MIN_SCORE = 3.5
_MIN_EXPECTED, _MIN_SURE = 9.0, 4
_MIN_SPREAD_LOG, _MIN_SPREAD_H = 0.2, 2.0
_MIN_STEP = 0.2

_WALLS = ("teaser", "paywall", "consent_wall", "bot_wall", "login")
_EMPTY = ("too_short", "not_article", "soft_404", "index_page", "needs_browser")
_ERRORS = tuple(
    kind.value
    for kind in (
        OutcomeKind.ROBOTS, OutcomeKind.HTTP_ERROR, OutcomeKind.TIMEOUT, OutcomeKind.UNREACHABLE, OutcomeKind.TOO_LARGE,
        OutcomeKind.INCOMPLETE, OutcomeKind.UNSUPPORTED_TYPE, OutcomeKind.PARSE_ERROR, OutcomeKind.CRASHED,
    )
)  # fmt: skip
_OLD_NEWS = ("unchanged", "duplicate", "gone", "put_off", "reextracted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing about a site that is not as it was, and since when; `lacking` is what example addresses show."""

    site: str
    measure: str
    since: date
    before: float
    now: float
    lacking: str = ""

    def text(self) -> str:
        """The finding in words."""
        unit = _UNITS.get(self.measure, "{:.0%}")
        return f"{self.measure}: {unit.format(self.before)} before, {unit.format(self.now)} since {self.since}"


_UNITS = {"median length": "{:.0f} letters", "hours from publication to sight": "{:.0f}"} | dict.fromkeys(
    ("new addresses a day",), "{:.0f}"
)


@dataclass(frozen=True, slots=True)
class _Share:
    """A share to watch: how many of how many a day has, and what its examples may show: the outcome that rose most."""

    measure: str
    part: Callable[[SiteDay], int]
    whole: Callable[[SiteDay], int]
    lacking: tuple[str, ...]


def n_news(day: SiteDay) -> int:
    """Addresses of that day which could have given an article."""
    return sum(n for kind, n in day.outcomes.items() if kind not in _OLD_NEWS)


def _of(kinds: Sequence[str]) -> Callable[[SiteDay], int]:
    return lambda day: sum(day.outcomes.get(kind, 0) for kind in kinds)


_SHARES = (
    _Share("behind a wall", _of(_WALLS), n_news, _WALLS),
    *(_Share("behind a wall", _of((kind,)), n_news, (kind,)) for kind in _WALLS),
    _Share("empty or too short", _of(_EMPTY), n_news, _EMPTY),
    _Share("could not be fetched or read", _of(_ERRORS), n_news, _ERRORS),
    _Share("without author", lambda day: day.n_without_author, lambda day: day.n_articles, ("author",)),
    _Share("without time", lambda day: day.n_without_time, lambda day: day.n_articles, ("time",)),
    _Share("without image", lambda day: day.n_without_image, lambda day: day.n_articles, ("image",)),
    _Share("sources that failed", lambda day: day.n_failed_asks, lambda day: day.n_asked, ("failing source",)),
)


def judge(days: Sequence[SiteDay], today: date) -> list[Finding]:
    """What is not as it was on the site whose days these are, in order; the days after `today` are left out."""
    days = [day for day in days if today - timedelta(days=BASE_DAYS) - MAX_AGE <= day.day <= today]
    found = [_share(days, share, today) for share in _SHARES]
    found += [_length(days, today), _lag(days, today), _frozen(days, today)]
    found += [_level(days, today, "extractor confidence", lambda day: day.confidence, -1)]
    found += [_level(days, today, "text that the site repeats", lambda day: day.removed, +1)]
    return list({finding.measure: finding for finding in reversed(found) if finding is not None}.values())[::-1]


def _split(
    days: Sequence[SiteDay], today: date, weight: Callable[[SiteDay], int]
) -> tuple[list[SiteDay], list[SiteDay]]:
    """The days before, and the latest ones, of those that have any weight; empty where they are too few."""
    busy = [day for day in days if weight(day)]
    latest = [day for day in busy[-LATEST:] if today - day.day <= MAX_AGE]
    if not latest:
        return [], []
    first = latest[0].day
    base = [day for day in busy if first - timedelta(days=BASE_DAYS) <= day.day < first]
    if sum(map(weight, base)) < MIN_BASE or sum(map(weight, latest)) < MIN_LATEST:
        return [], []
    return base, latest


def _share(days: Sequence[SiteDay], share: _Share, today: date) -> Finding | None:
    base, latest = _split(days, today, share.whole)
    if not latest:
        return None
    pooled = sum(map(share.part, base)) / sum(map(share.whole, base))
    by_day = sorted(share.part(day) / share.whole(day) for day in base if share.whole(day) >= MIN_LATEST)
    usual = max(pooled, by_day[int(0.9 * len(by_day))] if by_day else 0.0)
    part, whole = sum(map(share.part, latest)), sum(map(share.whole, latest))
    chance = (pooled * len(base) + 0.5) / (len(base) + 1)  # what was never seen may yet happen
    is_sudden = part / whole - usual >= _MIN_RISE and _tail(part, whole, max(usual, chance)) <= _CHANCE
    if part / whole - pooled < _MIN_RISE or not (is_sudden or _is_total(base, latest, share, chance)):
        return None
    middle = (pooled + part / whole) / 2
    since = _since(days, lambda day: not share.whole(day) or share.part(day) / share.whole(day) >= middle, latest)
    worst = max(share.lacking, key=lambda kind: _rise(kind, base, latest))
    return Finding(
        site=latest[0].site, measure=share.measure, since=since, before=pooled, now=part / whole, lacking=worst
    )


def _is_total(base: Sequence[SiteDay], latest: Sequence[SiteDay], share: _Share, chance: float) -> bool:
    """Whether (nearly) all are so on both days, as on no two days before."""
    usual = max((_of_days(pair, share) for pair in pairwise(base)), default=1.0)
    whole = sum(map(share.whole, latest))
    is_all = all(_of_days([day], share) >= _TOTAL for day in latest) and len(latest) == LATEST
    return is_all and usual < _TOTAL and chance**whole <= _CHANCE_OF_TOTAL


def _of_days(days: Sequence[SiteDay], share: _Share) -> float:
    return sum(map(share.part, days)) / sum(map(share.whole, days))


def _rise(kind: str, base: Sequence[SiteDay], latest: Sequence[SiteDay]) -> float:
    before, now = (sum(day.outcomes.get(kind, 0) for day in some) / len(some) for some in (base, latest))
    return now - before


def _tail(part: int, whole: int, chance: float) -> float:
    """The probability of at least `part` of `whole`; beyond 300 of a sample scaled down, which is never smaller."""
    if whole > 300:
        part, whole = round(part * 300 / whole), 300
    return sum(comb(whole, k) * chance**k * (1 - chance) ** (whole - k) for k in range(part, whole + 1))


def _length(days: Sequence[SiteDay], today: date) -> Finding | None:
    base, latest = _split(days, today, lambda day: len(day.lengths))
    if not latest:
        return None
    before, now = ([log(n + 1) for day in some for n in day.lengths] for some in (base, latest))
    middle = median(now)
    if middle - median(before) > log(_MIN_LOSS) or _rank_score(before, now) > -_MIN_SCORE:
        return None
    between = (median(before) + middle) / 2
    since = _since(days, lambda day: not day.lengths or log(median(day.lengths) + 1) <= between, latest)
    usual, short = (float(median(n for day in some for n in day.lengths)) for some in (base, latest))
    return Finding(site=latest[0].site, measure="median length", since=since, before=usual, now=short, lacking="stored")


def _lag(days: Sequence[SiteDay], today: date) -> Finding | None:
    base, latest = _split(days, today, lambda day: len(day.lags_h))
    if not latest or _was_away(days, latest[0].day):
        return None
    before, now = ([lag for day in some for lag in day.lags_h] for some in (base, latest))
    shift = median(now) - median(before)
    if abs(shift) < _MIN_SHIFT_H or abs(_deviations(before, now, _MIN_SPREAD_H)) < _DEVIATIONS:
        return None
    since = _since(
        days, lambda day: not day.lags_h or abs(median(day.lags_h) - median(before)) >= abs(shift) / 2, latest
    )
    return Finding(
        site=latest[0].site,
        measure="hours from publication to sight",
        since=since,
        before=median(before),
        now=median(now),
        lacking="stored",
    )


def _was_away(days: Sequence[SiteDay], since: date) -> bool:
    """Whether nobody asked for longer than usual before that day or later: then what is new is old by our own fault."""
    asked = [day.day for day in days if day.n_asked]
    gaps = [(day, (day - before).days) for before, day in pairwise(asked)]
    usual = median(gap for _, gap in gaps) if gaps else 1
    return any(gap > usual for day, gap in gaps if day >= since)


def _rank_score(before: Sequence[float], now: Sequence[float]) -> float:
    """The standard score of the rank-sum test: below 0 where what is now is smaller."""
    ordered = sorted(before)
    n_smaller = sum((bisect_left(ordered, x) + bisect_right(ordered, x)) / 2 for x in now)
    n, m = len(before), len(now)
    return (n_smaller - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)


def _deviations(before: Sequence[float], now: Sequence[float], least: float) -> float:
    """How many standard errors the median now lies from the one before; spread by the median absolute deviation."""
    middle = median(before)
    spread = max(1.4826 * median(abs(x - middle) for x in before), least)
    return (median(now) - middle) / (1.2533 * spread / sqrt(len(now)))


def _level(
    days: Sequence[SiteDay], today: date, measure: str, value: Callable[[SiteDay], float | None], sign: int
) -> Finding | None:
    base, latest = _split(days, today, lambda day: day.n_articles if value(day) is not None else 0)
    if not latest:
        return None
    before = [found for day in base if (found := value(day)) is not None]
    now = fmean(found for day in latest if (found := value(day)) is not None)
    middle = median(before)
    step = max(_MIN_STEP, _DEVIATIONS * 1.4826 * median(abs(x - middle) for x in before))
    if sign * (now - middle) < step:
        return None
    since = _since(days, lambda day: (found := value(day)) is None or sign * (found - middle) >= step / 2, latest)
    return Finding(site=latest[0].site, measure=measure, since=since, before=middle, now=now, lacking="stored")


def _frozen(days: Sequence[SiteDay], today: date) -> Finding | None:
    """Whether the sources were asked but announced nothing new although the same weekdays always brought something."""
    silent: list[SiteDay] = []
    for day in reversed(days):
        if not day.n_asked or day.n_new:
            break
        silent.append(day)
    base = days[: len(days) - len(silent)][-BASE_DAYS:]
    usually = median(day.n_asked for day in base if day.n_asked) if base else 1
    expected, sure = 0.0, 0.0
    for day in silent:
        same = [past.n_new for past in base if past.n_asked and past.day.weekday() == day.day.weekday()]
        part = min(1.0, day.n_asked / usually)  # a day that is not over yet
        if len(same) >= LATEST and min(same) > 0:
            expected, sure = expected + part * median(same), sure + part * min(same)
    if expected < _MIN_EXPECTED or sure < _MIN_SURE or today - silent[0].day > MAX_AGE:
        return None
    usual = fmean(day.n_new for day in base if day.n_asked)
    return Finding(
        site=silent[0].site,
        measure="new addresses a day",
        since=silent[-1].day,
        before=usual,
        now=0.0,
        lacking="source",
    )


def _since(days: Sequence[SiteDay], is_so: Callable[[SiteDay], bool], latest: Sequence[SiteDay]) -> date:
    """The first day of the stretch up to the latest one on which it is so."""
    first = latest[-1].day
    for day in reversed([day for day in days if day.day <= latest[-1].day]):
        if not is_so(day):
            break
        first = day.day
    return first
