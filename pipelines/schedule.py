"""When next? Pure decisions about time; the clock is handed in."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines import rhythm
from scraper.errors import FetchError
from scraper.values import OutcomeKind, Rhythm

NO_RHYTHM = Rhythm()

HORIZON = timedelta(days=7)
"""How far back a source is taken when it has no `since` of its own."""

RECHECK_UNTIL = timedelta(days=14)
MIN_RECHECK = timedelta(minutes=15)
MAX_TRIES = 6
CONDITIONAL_TIMES = 9
"""Answers of 304 in a row before an address is asked for as if it were unknown."""
_FIRST_RETRY = timedelta(minutes=15)
_FIRST_HOST_REST = timedelta(minutes=30)
_MAX_HOST_REST = timedelta(days=1)
_AHEAD = timedelta(seconds=60)  # cron starts on the minute; what falls due while a run goes would miss the next one
_MAX_SOURCE_PAUSE = timedelta(days=1)

_MAY_BECOME_AN_ARTICLE = frozenset(
    {
        OutcomeKind.TEASER,
        OutcomeKind.PAYWALL,
        OutcomeKind.CONSENT_WALL,
        OutcomeKind.BOT_WALL,
        OutcomeKind.LOGIN,
        OutcomeKind.NEEDS_BROWSER,
        OutcomeKind.TOO_SHORT,
    }
)


def is_unconditional(n_not_modified: int) -> bool:
    """Whether to ask without validators now: servers that say "not modified" for ever have been seen to be wrong."""
    return n_not_modified >= CONDITIONAL_TIMES


def may_become_an_article(outcome: str | None) -> bool:
    """Whether a page of that outcome is looked at again like an article: its whole text may come later."""
    return outcome in _MAY_BECOME_AN_ARTICLE


def next_source_check(now: datetime, interval_s: int, n_failures: int, known: Rhythm = NO_RHYTHM) -> datetime:
    """When to ask a source again: as its rhythm says, else after its interval; doubled with each failure in a row, at
    most a day.
    """
    interval = rhythm.pause(known, now, timedelta(seconds=interval_s))
    return now + min(interval * 2.0 ** min(n_failures, 10), max(_MAX_SOURCE_PAUSE, interval)) - _AHEAD


def next_try(now: datetime, n_tries: int, error: Exception) -> datetime | None:
    """When to fetch a link again after `n_tries` failures before this one; None: never.

    A fault of our own (no `FetchError`) may be mended by then, so it is tried again like a passing failure.
    """
    is_final = isinstance(error, FetchError) and not error.is_retryable
    if is_final or n_tries + 1 >= MAX_TRIES:
        return None
    pause = _FIRST_RETRY * 4.0**n_tries
    if isinstance(error, FetchError) and error.retry_after_s is not None:
        pause = max(pause, timedelta(seconds=error.retry_after_s))
    return now + pause


def host_rest(n_failed_runs: int) -> timedelta:
    """How long a host that did not answer in so many runs in a row is left alone."""
    return min(_FIRST_HOST_REST * 2.0 ** min(n_failed_runs - 1, 10), _MAX_HOST_REST) - _AHEAD


def later(due_at: datetime, now: datetime, pause_s: float) -> datetime:
    """`due_at`, but not before the `pause_s` seconds that a server asked for are over."""
    return max(due_at, now + timedelta(seconds=pause_s))


def next_recheck(published_at: datetime, checked_at: datetime, until: timedelta = RECHECK_UNTIL) -> datetime | None:
    """When to look at a stored article again; None once it is older than `until`.

    Due when the time since the last check reaches a fifth of the article's age: for an age `a` at the
    check that is after `a / 4`. So a fresh article is looked at often and an old one seldom.
    """
    age = max(checked_at - published_at, timedelta())
    due_at = checked_at + max(age / 4, MIN_RECHECK)
    return due_at if due_at - published_at <= until else None
