"""The zone of a site: what the offsets on its dates say of dates that have none.

By half of the year, so that summer time is told apart and nothing has to be learned anew each spring; in March and
October, when clocks change, only a site whose offset never changes is known. UTC says nothing: it is what programs
write. Does not read dates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta, timezone

from scraper.values import Moment, Precision

_HALVES = {**dict.fromkeys((4, 5, 6, 7, 8, 9), "middle"), **dict.fromkeys((11, 12, 1, 2), "end")}


def keys(moment: Moment) -> Iterator[str]:
    """The key of the site's zone that a date with an offset shows."""
    offset = moment.at.utcoffset()
    half = _HALVES.get(moment.at.month)
    if moment.has_zone and offset and half:
        yield f"zone:{half}:{round(offset.total_seconds() / 60)}"


def settle(moment: Moment, known: Collection[str]) -> Moment:
    """The moment in the site's zone where it has a time and no zone, and exactly one offset is `known` for it."""
    if moment.has_zone or moment.precision is Precision.DAY or not known:
        return moment
    halves = [_HALVES[moment.at.month]] if moment.at.month in _HALVES else ["middle", "end"]
    offsets = [{key.rpartition(":")[2] for key in known if key.startswith(f"zone:{half}:")} for half in halves]
    if len(offsets[0]) != 1 or offsets[0] != offsets[-1]:
        return moment
    zone = timezone(timedelta(minutes=int(offsets[0].pop())))
    return replace(moment, at=moment.at.replace(tzinfo=zone), has_zone=True)
