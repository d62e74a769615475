"""Whether to ask again, and when. Pure decisions.

Asks again after what may pass: 408, 429, 5xx, connections that fail and bodies that are cut. Never after
any other status. Does not wait itself: `scraper.fetching.politeness` does, for the whole site.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scraper.errors import BadStatus, FetchError

FIRST_PAUSE_S = 1.0
MAX_PAUSE_S = 60.0
MAX_RETRY_AFTER_S = 300.0
"""A server that wants a longer rest is left alone until a later run."""


def pause_s(error: FetchError, n_tried: int, draw: Callable[[], float]) -> float | None:
    """Seconds to wait before the next try after `n_tried` failed ones; None: do not try again.

    `draw` gives a number between 0 and 1. The pause doubles with each try and is spread by half to either
    side, so that clients which failed together do not come back together. `Retry-After` is a lower bound.
    """
    if not error.is_retryable:
        return None
    spread = 0.5 + draw()
    pause = min(FIRST_PAUSE_S * 2.0 ** (n_tried - 1) * spread, MAX_PAUSE_S)
    wanted = error.retry_after_s if isinstance(error, BadStatus) else None
    if wanted is None:
        return pause
    return None if wanted > MAX_RETRY_AFTER_S else max(wanted, pause)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds from `now` that a `Retry-After` header asks for (RFC 9110 10.2.3: seconds or a date), or None."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())
