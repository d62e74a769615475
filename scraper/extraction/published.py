"""Which of a page's dates is its publication, which its last change.

Every candidate votes for its day with the trust its vocabulary has earned; the day with most votes wins and the most
exact reading of it is taken. Does not read dates (`scraper.dates`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    ("url", 1.6),
    ("dom:time[datetime] after", 1.5),
    ("dom:time after", 1.4),
    ("dom:dated after", 1.2),
    ("dom:text", 1.0),
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
    votes: dict[object, float] = {}
    seen: set[tuple[object, str]] = set()
    for dated in read:
        day = dated.moment.at.date()
        if (day, dated.origin) in seen:
            continue
        seen.add((day, dated.origin))
        votes[day] = votes.get(day, 0.0) + _trust(dated.origin) / (1 + sum(o == dated.origin for _, o in seen) - 1)
    best = max(votes, key=lambda day: votes[day])
    return max((d for d in read if d.moment.at.date() == best), key=_exactness)


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


def _trust(origin: str) -> float:
    origin = origin.lower()
    return next((trust for start, trust in _TRUST if origin.startswith(start)), 1.0)


def _exactness(dated: Dated) -> tuple[bool, bool, int, float]:
    at = dated.moment.at
    is_midnight = at.hour == at.minute == at.second == 0
    return not is_midnight, dated.moment.has_zone, _EXACTNESS[dated.moment.precision], _trust(dated.origin)
