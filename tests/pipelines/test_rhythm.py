"""How often a source is asked, by what it brings."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pipelines import rhythm, schedule
from scraper.values import Rhythm

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def every(gap: timedelta, n: int = 60, until: datetime = NOW) -> Rhythm:
    """The rhythm of a source that has brought one article every `gap`."""
    return rhythm.heard(Rhythm(), [until - gap * i for i in range(n)], until)


def test_a_source_is_asked_about_as_often_as_it_brings_something():
    """Within twice its usual gap, and not much oftener than once a gap."""
    for gap in (timedelta(minutes=20), HOUR, 5 * HOUR):
        assert gap <= rhythm.pause(every(gap), NOW, HOUR) <= 2 * gap


def test_the_pause_is_bounded():
    """A flood is asked every five minutes, a trickle every day."""
    assert rhythm.pause(every(timedelta(seconds=1)), NOW, HOUR) == rhythm.MIN_PAUSE
    assert rhythm.pause(every(9 * DAY, 6), NOW, HOUR) == rhythm.MAX_PAUSE


def by_day(n_days: int) -> Iterator[datetime]:
    """An article every half hour from 8 to 20 o'clock."""
    for i in range(n_days):
        yield from (NOW.replace(hour=8) - i * DAY + timedelta(minutes=30 * k) for k in range(24))


def test_a_source_that_sleeps_at_night_is_asked_seldom_at_night():
    """The pause is at least twice as long in the small hours, and short again in the morning."""
    known = Rhythm()
    for at in sorted(by_day(28)):
        known = rhythm.heard(known, [at], at)
    night = rhythm.pause(known, NOW.replace(hour=1) + DAY, HOUR)
    noon = rhythm.pause(known, NOW.replace(hour=20), HOUR)
    assert night >= 2 * rhythm.pause(known, NOW.replace(hour=12), HOUR)
    assert noon < 3 * HOUR


def test_a_source_that_falls_silent_is_asked_less_and_less_and_is_told():
    """After months without anything once a day; what was usual for it counts."""
    known = every(HOUR)
    pauses = [rhythm.pause(known, NOW + timedelta(days=days), HOUR) for days in (0, 1, 4, 30, 300)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == rhythm.MAX_PAUSE
    assert [rhythm.is_silent(known, NOW + timedelta(days=days)) for days in (1, 59, 61)] == [False, False, True]
    assert not rhythm.is_silent(every(20 * DAY, 5), NOW + timedelta(days=100))


def test_a_source_without_a_rhythm_begins_with_its_interval():
    """Then it is asked twelve times in the time that it has been silent, at least daily."""
    known = rhythm.heard(Rhythm(), [], NOW)
    pauses = [rhythm.pause(known, NOW + timedelta(days=days), HOUR) for days in (0, 1, 6, 60)]
    assert pauses == [HOUR, 2 * HOUR, 12 * HOUR, DAY]
    assert rhythm.pause(Rhythm(), NOW, HOUR) == HOUR


def test_only_what_is_new_counts_and_nothing_of_the_future():
    """Hearing the same again changes nothing; a time to come or long past is not believed."""
    known = every(HOUR)
    assert rhythm.heard(known, known.recent, NOW + DAY) == known
    assert rhythm.heard(known, [NOW + DAY, NOW - 400 * DAY], NOW) == known
    assert len(rhythm.heard(known, [NOW + HOUR], NOW + HOUR).recent) == rhythm.MAX_RECENT


def test_what_has_no_time_is_spread_between_two_looks():
    """The first look tells nothing of when its articles came."""
    assert rhythm.spread(3, NOW - 3 * HOUR, NOW) == [NOW - 2 * HOUR, NOW - HOUR, NOW]
    assert rhythm.spread(3, None, NOW) == []


@pytest.mark.parametrize("gap", [timedelta(minutes=1), HOUR, DAY])
def test_failures_stretch_the_rhythm(gap: timedelta):
    """Each failure doubles the pause, up to a day."""
    known = every(gap)
    dues = [schedule.next_source_check(NOW, 3600, n, known) for n in range(12)]
    assert dues == sorted(dues)
    assert NOW + DAY - timedelta(minutes=1) == dues[-1]
