"""When to ask again, and after how long."""

from datetime import UTC, datetime

import pytest

from scraper.errors import BadStatus, FetchError, Incomplete, RobotsDisallowed, Timeout, TooLarge, UnsafeAddress
from scraper.fetching.retries import pause_s, retry_after_s

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Mon, 04 May 2026 12:02:00 GMT", 120.0),
        ("Monday, 04-May-26 12:02:00 GMT", 120.0),
        ("Mon May  4 12:02:00 2026", 120.0),
        ("Mon, 04 May 2026 11:00:00 GMT", 0.0),
        ("Mon, 04 May 2026 14:02:00 +0200", 120.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("9" * 30, 999999999.0),
    ],
)
def test_retry_after(value: str | None, expected: float | None) -> None:
    """Retry-After is read in both forms; what is neither says nothing."""
    assert retry_after_s(value, NOW) == expected


@pytest.mark.parametrize(
    ("error", "n_tried", "draw", "expected"),
    [
        (Incomplete("x"), 1, 0.0, 0.5),
        (Incomplete("x"), 1, 1.0, 1.5),
        (Timeout("x"), 2, 0.5, 2.0),
        (BadStatus("x", status=500), 3, 0.5, 4.0),
        (BadStatus("x", status=500), 20, 0.5, 60.0),
        (BadStatus("x", status=429, retry_after_s=20), 1, 0.5, 20.0),
        (BadStatus("x", status=429, retry_after_s=0), 1, 0.5, 1.0),
        (BadStatus("x", status=503, retry_after_s=300), 1, 0.5, 300.0),
        (BadStatus("x", status=503, retry_after_s=301), 1, 0.5, None),
        (BadStatus("x", status=404, retry_after_s=1), 1, 0.5, None),
        (TooLarge("x"), 1, 0.5, None),
        (UnsafeAddress("x"), 1, 0.5, None),
        (RobotsDisallowed("x"), 1, 0.5, None),
    ],
)
def test_pause(error: FetchError, n_tried: int, draw: float, expected: float | None) -> None:
    """The pause doubles, is spread, respects Retry-After up to five minutes; final failures have none."""
    assert pause_s(error, n_tried, lambda: draw) == expected
