"""Who wrote the article: one decision from all bylines and author tags.

Prefers the list that most vocabularies agree on, weighted by how often each was right on the development pages. Does
not take names apart (`authors`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scraper.extraction import authors
from scraper.extraction.authors import Name
from scraper.text import fold
from scraper.values import Candidate

_TRUST = (
    ("jsonld:webpage", 1.0),
    ("jsonld", 3.0),
    ("meta:twitter:data", 1.5),
    ("meta:dc.contributor", 0.5),
    ("meta", 2.2),
    ("opengraph", 2.0),
    ("microdata", 2.2),
    ("rdfa", 1.0),
    ("dom:byline link after", 2.0),
    ("dom:rel=author after", 2.0),
    ("dom:byline after", 1.6),
    ("dom", 0.8),
)


@dataclass(frozen=True, slots=True)
class Credits:
    """The authors, the agencies and organisations beside them, and where the authors were found."""

    people: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    origin: str = ""


def decide(candidates: Sequence[Candidate], own_names: Iterable[str]) -> Credits:
    """The credits in `candidates`; `own_names` are the site's and publisher's, which are nobody's byline."""
    publisher = {fold(name) for name in own_names} | {fold(name).replace(" ", "") for name in own_names}
    lists = _lists(candidates)
    agencies = tuple(dict.fromkeys(n.text for _, names in lists for n in names if n.kind == "agency"))
    organisations = tuple(dict.fromkeys(n.text for _, names in lists for n in names if n.kind == "organisation"))
    scored = []
    for origin, names in lists:
        people = tuple(p for p in authors.people(names) if fold(p) not in publisher and fold(p).replace(" ", "") not in publisher)
        if people:
            agreement = sum(bool({fold(p) for p in people} & {fold(n.text) for n in others}) for o, others in lists if o != origin)
            scored.append((_trust(origin) + 0.8 * agreement, origin, people))
    if not scored:
        others = tuple(o for o in organisations if fold(o) not in publisher)
        return Credits(others[:3], agencies, organisations, lists[0][0] if others else "")
    _, origin, people = max(scored, key=lambda entry: entry[0])
    return Credits(people, agencies, organisations, origin)


def _lists(candidates: Sequence[Candidate]) -> list[tuple[str, tuple[Name, ...]]]:
    """One list of names per place; tags that repeat, such as citation_author, are one list."""
    found: dict[str, dict[str, Name]] = {}
    for candidate in candidates:
        if candidate.field != "authors":
            continue
        names = _names(candidate.value)
        if candidate.origin.startswith("dom") and candidate.origin in found:
            continue  # the first byline is the article's, later ones are teasers'
        place = found.setdefault(candidate.origin, {}) if names else {}
        for name in names:
            place.setdefault(fold(name.text), name)
    return [(origin, tuple(names.values())) for origin, names in found.items()]


def _names(value: object) -> tuple[Name, ...]:
    if isinstance(value, str):
        return authors.parse(value)
    if isinstance(value, tuple):
        return tuple(name for item in value for name in authors.parse(item["name"], kind=item["type"]))
    return ()


def _trust(origin: str) -> float:
    origin = origin.lower()
    return next((trust for start, trust in _TRUST if origin.startswith(start)), 1.0)
