"""The time of day and the zone in a written date.

Does not read days (`scraper.dates`). Zone names follow common use in the news: where a name has several meanings the
one with most newspapers counts (IST is India's, BST London's, CST Chicago's).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

_CLOCK = re.compile(
    r"(?P<early>午前|오전|上午|凌晨|早上)?(?P<late>午後|오후|下午|晚上|晚间)?\s?(?<![\d:.,])(?P<hour>\d{1,2})"
    r"(?:\s?[:.：h]\s?|\s?[時时点點시]\s?)(?P<minute>[0-5]\d)(?!\d)\s?[分분]?"
    r"(?:\s?[:.]?\s?(?P<second>[0-5]\d)(?!\d)[秒초]?(?:[.,]\d{1,9})?)?",
)
_BARE_HOUR = re.compile(
    r"(?P<early>午前|오전)?(?P<late>午後|오후)?\s?(?<![\d:.,])(?P<hour>\d{1,2})\s?(?:(?=[ap]\.?\s?m\b)|Uhr|h\b|[時时点點시])",
    re.IGNORECASE,
)
_HALF = re.compile(r"\s?([ap])\.?\s?m\b\.?", re.IGNORECASE)
_ZONE = re.compile(
    r"(?:\s?(?:Uhr|Hrs?|hrs|hours|น\.))?\s?[(\[]?\s?(?:Z\b|(?:UTC|GMT)?\s?(?P<sign>[+\u2212-])(?P<hours>\d\d?):?(?P<minutes>\d\d)?(?!\d)"
    r"|(?P<place>[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+)|(?P<name>[A-Z]{2,5})\b)"
)
_OFFSETS_H: dict[str, float] = {
    "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "TRT": 3, "SAST": 2, "CAT": 2, "WAT": 1, "EAT": 3, "GST": 4, "PKT": 5, "IST": 5.5, "NPT": 5.75, "BDT": 6,
    "WIB": 7, "ICT": 7, "WITA": 8, "WIT": 9, "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9,
    "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "AST": -4, "ADT": -3,
    "NST": -3.5, "NDT": -2.5, "BRT": -3, "ART": -3, "CLT": -4, "COT": -5, "PET": -5,
}  # fmt: skip
_PLACES = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_MAX_OFFSET_H = 14


class Clock(NamedTuple):
    """A time of day; `second` and `zone` are None where the text gives none."""

    hour: int
    minute: int
    second: int | None
    zone: tzinfo | None


def read(text: str, day: date) -> Clock | None:
    """The first time of day in `text`, or None. `day` tells summer time where a zone's name leaves it open."""
    match = _CLOCK.search(text) or _BARE_HOUR.search(text)
    if not match:
        return None
    parts = match.groupdict()
    hour, minute, second = int(parts["hour"]), int(parts.get("minute") or 0), parts.get("second")
    end = match.end()
    if half := _HALF.match(text, end):
        end = half.end()
    late = bool(parts["late"]) or bool(half and half[1] in "pP")
    early = bool(parts["early"]) or bool(half and half[1] in "aA")
    if late and hour < 12:
        hour += 12
    elif early and hour == 12:
        hour = 0
    if hour > 23:
        return None
    return Clock(hour, minute, int(second) if second else None, zone(text[end:], day))


def zone(text: str, day: date) -> tzinfo | None:
    """The zone that `text` begins with (`Z`, `+02:00`, `GMT-5`, `EST`, `Europe/Berlin`), or None."""
    match = _ZONE.match(text)
    if not match:
        return None
    if match["sign"]:
        hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
        if hours > _MAX_OFFSET_H or minutes > 59:
            return None
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(offset if match["sign"] == "+" else -offset)
    name = match["name"]
    if name in _OFFSETS_H:
        return timezone(timedelta(hours=_OFFSETS_H[name]))
    if name and name not in _PLACES:
        return None
    place = match["place"] or _PLACES.get(name or "")
    return _offset_at(place, day) if place else UTC


def _offset_at(place: str, day: date) -> tzinfo | None:
    """The offset of an IANA zone at noon of `day`, or None where the system does not know it."""
    try:
        offset = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(place)).utcoffset()
    except (KeyError, ValueError, OSError):
        return None
    return timezone(offset) if offset is not None else None
