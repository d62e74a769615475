"""Which of a page's dates is its publication, which its last change.

Every candidate votes for its day with the trust its vocabulary has earned; the day with most votes wins and the most
exact reading of it is taken. Does not read dates (`scraper.dates`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from scraper import dates
from scraper.values import Candidate, Moment, Precision

SLACK = timedelta(days=1)
"""A server's clock may run ahead, and a zone may be missing."""

FIRST_YEAR_OF_WEB = 1990

_TRUST = (
    ("jsonld:webpage", 2.2),
    ("jsonld:website", 0.5),
    ("jsonld", 3.0),
    ("opengraph:article:published", 3.0),
    ("opengraph", 2.0),
    ("meta", 2.0),
    ("microdata", 2.5),
    ("rdfa", 2.0),
    ("feed", 2.0),
    ("script", 1.0),
    ("url", 1.6),
    ("dom:time[datetime] after", 1.5),
    ("dom:time after", 1.4),
    ("dom:dated after", 1.2),
    ("dom:text", 2.0),
    ("dom", 0.6),
)
_EXACTNESS = {Precision.SECOND: 2, Precision.MINUTE: 1, Precision.DAY: 0}


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment and the candidate it was read from."""

    moment: Moment
    origin: str


def decide(candidates: Sequence[Candidate], field: str, latest: datetime, language: str | None) -> Dated | None:
    """The best of `candidates` for `field`, none later than `latest` and a day; None if there is none."""
    read = [d for c in candidates if c.field == field and (d := _read(c, latest, language))]
    if not read:
        return None
    days: dict[str, set[date]] = {}
    for dated in read:
        days.setdefault(dated.origin, set()).add(_day(dated, read))
    votes: dict[date, float] = {}
    n_of: dict[str, int] = {}
    for dated in read:
        n = n_of[dated.origin] = n_of.get(dated.origin, 0) + 1
        day = _day(dated, read)
        # Only the first of several dates in the same place is likely the article's own; many days are a list's.
        many = 1 if dated.origin.startswith("dom") else len(days[dated.origin])
        votes[day] = votes.get(day, 0.0) + _trust(dated.origin) / (n**2 * many)
    best = max(votes, key=lambda day: votes[day])
    return max((d for d in read if d.moment.at.date() == best), key=_exactness)


def _day(dated: Dated, others: Sequence[Dated]) -> date:
    """The calendar day where the page is made: that of a reading in a zone of its own, if one is the same instant."""
    moment = dated.moment
    if not moment.has_zone or moment.at.utcoffset():
        return moment.at.date()
    same = (o.moment.at for o in others if o.moment.has_zone and o.moment.at == moment.at and o.moment.at.utcoffset())
    return next(same, moment.at).date()


def _read(candidate: Candidate, latest: datetime, language: str | None) -> Dated | None:
    value = candidate.value
    if isinstance(value, Moment):
        moment: Moment | None = value
    else:
        reference = latest if candidate.origin.startswith("dom") else None
        moment = dates.parse(str(value), reference=reference, language=language)
    if moment is None or moment.at > latest + SLACK or moment.at.year < FIRST_YEAR_OF_WEB:
        return None
    return Dated(moment, candidate.origin)


@lru_cache(maxsize=512)
def _trust(origin: str) -> float:
    origin = origin.lower()
    return next((trust for start, trust in _TRUST if origin.startswith(start)), 1.0)


def _exactness(dated: Dated) -> tuple[bool, bool, int, float]:
    at = dated.moment.at
    is_midnight = at.hour == at.minute == at.second == 0
    return not is_midnight, dated.moment.has_zone, _EXACTNESS[dated.moment.precision], _trust(dated.origin)
