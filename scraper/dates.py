"""Any written date -> `Moment`.

Reads ISO 8601 and its everyday relatives, RFC 822 (5.1) and RFC 3339, Unix epochs, `Date.toString()` of browsers,
East Asian forms with era years, month names of some fifty languages (`scraper.months`) and numeric dates. Words such
as "yesterday" count only when the caller says what they refer to (`scraper.ago`).

Does not guess: where day and month cannot be told apart the answer is None, and a missing year is never invented.
Does not know which of a page's dates is the right one (`scraper.extraction.published`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from scraper import ago, clock
from scraper.months import IN_LANGUAGE, MONTHS, TWO_WORDS
from scraper.text import squash
from scraper.values import Moment, Precision

MAX_CHARS = 200
"""Longer text is cut before any pattern sees it."""

FIRST_YEAR, LAST_YEAR = 1800, 2200
_BUDDHIST = 543
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911}

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?([-/.\u2010-\u2013])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):([0-5]\d)(?::([0-5]\d)(?:[.,]\d{1,9})?)?(?:(Z)|([+-]\d\d):?(\d\d))?)?"
)
"""What nearly all data say (RFC 3339); anything else goes the long way."""
_DIGITS = re.compile(r"\s*(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?)?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?\s*")
_EPOCH = re.compile(r"\s*(?:/Date\()?(\d{10}|\d{13}|\d{16})(?:\.\d+)?(?:\)/)?\s*")
_EAST_ASIAN = re.compile(r"(令和|平成|昭和|大正)?\s?(\d{1,4}|元)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号]?")
_VIETNAMESE = re.compile(r"(\d{1,2})\s(tháng)\s(\d{1,2})(?:\snăm|,)?\s(\d{4})")
_NUMERIC = re.compile(r"(?<![\d.,:])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d\d)(?![\d:])")
_TOKEN = re.compile(r"\d+|[^\W\d_][^\s\d,.;:|/()\[\]<>\"'’·•–—-]*")
_FILLERS = frozenset({
    "de", "del", "of", "the", "th", "st", "nd", "rd", "er", "ter", "den", "di", "d", "el", "la", "le", "lo", "en",
    "a", "al", "os", "às", "as", "à", "e", "i", "na", "no", "in", "on", "ngày", "tháng", "năm",
})  # fmt: skip
_MONTH_FIRST = ("en-us", "fil", "en-ph")
_DAY_FIRST_ENGLISH = ("en-gb", "en-au", "en-nz", "en-ie", "en-in", "en-za", "en-ng", "en-ke", "en-sg", "en-my")


class _Day(NamedTuple):
    """A calendar day and where in the text it stands."""

    day: date
    start: int
    end: int


def parse(text: str, *, reference: datetime | None = None, language: str | None = None) -> Moment | None:
    """The first date in `text` with the time and zone that go with it, or None.

    `language` (BCP 47) decides between 3/5 and 5/3 and between months of the same name; without one only
    unambiguous dates are read. `reference` (aware) is the moment that "2 hours ago" refers to.
    """
    text = squash(text[:MAX_CHARS]) if text else ""
    if not text:
        return None
    return _parse(text, reference, (language or "").casefold().replace("_", "-"))


@lru_cache(maxsize=4096)
def _parse(text: str, reference: datetime | None, language: str) -> Moment | None:
    try:
        if match := _ISO.fullmatch(text):
            return _of_iso(match)
        if moment := _all_digits(text):
            return moment
        for found in _days(text, language):
            return _with_clock(text, found)
        return ago.read(text, reference) if reference else None
    except (ValueError, OverflowError):
        return None


def _of_iso(match: re.Match[str]) -> Moment | None:
    day = _made(*map(int, match.group(1, 2, 3)))
    if day is None or not match[4] or int(match[4]) > 23:
        return None if day is None else _moment(day, None, match[0])
    zone = clock.zone(f"{match[8]}:{match[9]}", day) if match[8] else UTC if match[7] else None
    return _moment(day, clock.Clock(int(match[4]), int(match[5]), int(match[6]) if match[6] else None, zone), match[0])


def _days(text: str, language: str) -> Iterator[_Day]:
    """Every reading of `text` as a day, the surest first."""
    if not any(map(str.isdigit, text)):
        return
    for reader in (_year_first, _east_asian, _named, _numeric):
        if found := reader(text, language):
            yield found


def _made(year: int, month: int, day: int) -> date | None:
    if year > LAST_YEAR + _BUDDHIST - 300 and year - _BUDDHIST >= FIRST_YEAR:
        year -= _BUDDHIST
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _all_digits(text: str) -> Moment | None:
    """`20240503`, `20240503T101112Z`, or a Unix epoch in seconds, milli- or microseconds."""
    if not text[:1].isdigit() and not text.startswith("/Date("):
        return None
    if match := _EPOCH.fullmatch(text):
        seconds = int(match[1]) / 10 ** (len(match[1]) - 10)
        at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(seconds))
        return Moment(at=at, precision=Precision.SECOND, has_zone=True, raw=text)
    match = _DIGITS.fullmatch(text)
    if not match:
        return None
    day = _made(*map(int, match.group(1, 2, 3)))
    if day is None:
        return None
    if not match[4]:
        return _moment(day, None, text)
    hour, minute, second = (int(part) if part else None for part in match.group(4, 5, 6))
    time = clock.Clock(hour or 0, minute or 0, second, clock.zone(match[7] or "", day))
    return _moment(day, time, text)


def _year_first(text: str, _: str) -> _Day | None:
    for match in _YEAR_FIRST.finditer(text):
        if day := _made(int(match[1]), int(match[3]), int(match[4])):
            return _Day(day, match.start(), match.end())
    return None


def _east_asian(text: str, _: str) -> _Day | None:
    for match in _EAST_ASIAN.finditer(text):
        year = 1 if match[2] == "元" else int(match[2])
        year += _ERAS.get(match[1] or "", 0)
        if year < 100:  # 24年5月3日
            year += 2000
        if day := _made(year, int(match[3]), int(match[4])):
            return _Day(day, match.start(), match.end())
    return None


def _numeric(text: str, language: str) -> _Day | None:
    for match in [*_NUMERIC.finditer(text), *_VIETNAMESE.finditer(text)]:
        a, b = int(match[1]), int(match[3])
        year = int(match[4]) if len(match[4]) == 4 else _century(int(match[4]))
        order = _is_day_first(a, b, match[2], language)
        if order is None:
            continue
        if day := _made(year, b, a) if order else _made(year, a, b):
            return _Day(day, match.start(), match.end())
    return None


def _is_day_first(a: int, b: int, separator: str, language: str) -> bool | None:
    """Whether `a` is the day; None if that cannot be known."""
    if a > 12 or b > 12:
        return a > 12
    if separator == "tháng":
        return True
    if a == b or separator == ".":  # no country writes the month first with dots
        return True
    if language.startswith(_MONTH_FIRST):
        return False
    if language.startswith("en") or not language:
        return True if language.startswith(_DAY_FIRST_ENGLISH) else None
    return True


def _century(two_digits: int) -> int:
    return two_digits + (2000 if two_digits < 70 else 1900)


def _named(text: str, language: str) -> _Day | None:
    """The first day with a month's name, such as `3rd of May 2024`, `May 3, 2024` or `2024 May 3`."""
    for long, short in TWO_WORDS.items():
        if long in text:
            text = text.replace(long, short.ljust(len(long)))
    tokens = list(_TOKEN.finditer(text))
    own = IN_LANGUAGE.get(language[:2], {})
    for i, token in enumerate(tokens):
        name = token[0].casefold()
        month = own.get(name) or MONTHS.get(name)
        if month and (found := _around(tokens, i, month)):
            return found
    return None


def _around(tokens: Sequence[re.Match[str]], i: int, month: int) -> _Day | None:
    """The day that the numbers about the month's name at `i` make."""
    before = _number(tokens, range(i - 1, max(-1, i - 4), -1))
    after = _number(tokens, range(i + 1, min(len(tokens), i + 4)))
    later = next((t for t in tokens[i + 2 : i + 8] if len(t[0]) == 4 and t[0].isdigit() and t is not after), None)
    orders = ((after, before, 4), (later, after, 4), (before, after, 4), (after, before, 2))
    for year, day, n_digits in orders:
        if year is None or day is None or len(year[0]) != n_digits or len(day[0]) > 2:
            continue
        number = int(year[0]) if n_digits == 4 else _century(int(year[0]))
        if made := _made(number, month, int(day[0])):
            spots = (year, day, tokens[i])
            return _Day(made, min(t.start() for t in spots), max(t.end() for t in spots))
    return None


def _number(tokens: Sequence[re.Match[str]], places: range) -> re.Match[str] | None:
    """The first number in `places` with nothing but filling words before it."""
    for place in places:
        word = tokens[place][0]
        if word.isdigit():
            return tokens[place]
        if word.casefold() not in _FILLERS:
            return None
    return None


def _with_clock(text: str, found: _Day) -> Moment:
    # After the date most often, before it sometimes, inside it in asctime ("May 3 10:11:12 2024").
    inside = text[found.start : found.end]
    for part in (text[found.end :], inside if ":" in inside else "", text[: found.start]):
        if time := clock.read(part, found.day):
            return _moment(found.day, time, text)
    return _moment(found.day, None, text)


def _moment(day: date, time: clock.Clock | None, raw: str) -> Moment:
    if time is None:
        return Moment(
            at=datetime(day.year, day.month, day.day, tzinfo=UTC), precision=Precision.DAY, has_zone=False, raw=raw
        )
    at = datetime(day.year, day.month, day.day, time.hour, time.minute, time.second or 0, tzinfo=time.zone or UTC)
    precision = Precision.MINUTE if time.second is None else Precision.SECOND
    return Moment(at=at, precision=precision, has_zone=time.zone is not None, raw=raw)
