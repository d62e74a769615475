"""Who wrote the article: one decision from all bylines and author tags.

The list that most vocabularies agree on wins, weighted by how often each was right on the development pages. People
come first: agencies, organisations and the site's own name stand as authors only where nobody else is named, and are
told apart in `Credits`. Does not take names apart (`authors`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scraper.extraction import authors
from scraper.extraction.authors import Name
from scraper.text import fold
from scraper.values import Candidate

_TRUST = (
    ("jsonld:webpage", 2.0),
    ("jsonld", 3.0),
    ("meta:dc.contributor", 0.5),
    ("meta", 2.2),
    ("opengraph", 2.0),
    ("microdata", 2.2),
    ("rdfa", 1.0),
    ("dom:profile link after", 2.0),
    ("dom:byline link after", 2.0),
    ("dom:rel=author after", 2.0),
    ("dom:byline after", 1.6),
    ("dom:text", 1.2),
    ("dom", 0.8),
)
_PROFILE = re.compile(
    r"https?://[^/?#]{1,100}/(?:[^?#]{1,60}/)?(?:authors?|profiles?|people|by)/([a-z]{2,20}(?:-[a-z]{1,20}){1,3})/?$"
)
MAX_ORGANISATIONS = 5
MAX_VISIBLE_CHARS = 100
_AGREEMENT = 0.8
_PEOPLE = ("person", "namesake", "handle")
_WORTH = {"person": 1.0, "namesake": 0.95, "organisation": 0.35, "agency": 0.35, "own": 0.3, "handle": 0.5}
"""Shares of trust, by hand, checked on WCXB, Fundus and the trafilatura pages: a visible person outweighs a publisher
in the data, a person in the data outweighs all."""


@dataclass(frozen=True, slots=True)
class Credits:
    """The authors, the agencies and organisations named anywhere, and where the authors were found."""

    people: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    origin: str = ""
    has_person: bool = False
    """Whether `people` holds a full name, not only organisations, the site itself and handles."""


def decide(candidates: Sequence[Candidate], own_names: Iterable[str]) -> Credits:
    """The credits in `candidates`; `own_names` are the site's and publisher's."""
    own = {fold(name).replace(" ", "") for name in own_names}
    stated = _stated_people(candidates)
    lists = {origin: [_marked(name, own, stated) for name in names] for origin, names in _lists(candidates).items()}
    everyone = {fold(n.text): n for names in lists.values() for n in names}.values()
    agencies = tuple(n.text for n in everyone if n.kind == "agency")
    organisations = tuple(n.text for n in everyone if n.kind in ("organisation", "own"))
    if not lists:
        return Credits()
    folded = {origin: {fold(n.text) for n in names} for origin, names in lists.items()}
    origin = max(lists, key=lambda origin: _score(origin, lists[origin], folded))
    people = {fold(n.text): n.text for n in lists[origin] if n.kind in _PEOPLE}
    for other in _fuller(origin, set(people), lists):
        people = {fold(n.text): n.text for n in lists[other] if n.kind in _PEOPLE}
    named = tuple(people.values()) or tuple(n.text for n in lists[origin])[:MAX_ORGANISATIONS]
    return Credits(named, agencies, organisations, origin, has_person=any(n.kind == "person" for n in lists[origin]))


def _fuller(origin: str, people: set[str], lists: dict[str, list[Name]]) -> list[str]:
    """Another place that names the same people and more, if there is one: data often keep only the first.

    Lists of links are left out: they mix editors and reviewers in.
    """
    if not people:
        return []
    found = [
        other
        for other, names in lists.items()
        if other != origin
        and " link" not in other
        and _trust(other) >= 1.6
        and people < {fold(n.text) for n in names if n.kind in _PEOPLE}
    ]
    return found[:1]


def _stated_people(candidates: Sequence[Candidate]) -> set[str]:
    """The names that data call people's and nowhere an organisation's, folded."""
    types: dict[str, set[str]] = {}
    for candidate in candidates:
        if candidate.field == "authors" and isinstance(candidate.value, tuple):
            for item in candidate.value:
                types.setdefault(fold(item["name"]), set()).add(item["type"])
    return {name for name, found in types.items() if "person" in found and found <= {"person", ""}}


def _marked(name: Name, own: set[str], stated: set[str]) -> Name:
    if (folded := fold(name.text)).replace(" ", "") in own and name.kind != "agency":
        # A site may be called like the person who writes it.
        is_person = name.kind == "person" and folded in stated
        is_namesake = is_person and " " in name.text and authors.looks_like_name(name.text)
        return Name(name.text, "namesake" if is_namesake else "own")
    is_handle = name.kind == "person" and " " not in name.text and name.text.isascii()
    return Name(name.text, "handle") if is_handle else name


def _score(origin: str, names: list[Name], folded: dict[str, set[str]]) -> float:
    own = folded[origin]
    worth = max(_WORTH[n.kind] for n in names)
    # A system that fills in its own site does so everywhere; that says nothing of who wrote.
    is_filled_in = all(n.kind == "own" for n in names)
    agreement = sum(
        not own.isdisjoint(others) for other, others in folded.items() if other != origin and not is_filled_in
    )
    return (_trust(origin) + _AGREEMENT * agreement) * worth


def _lists(candidates: Sequence[Candidate]) -> dict[str, tuple[Name, ...]]:
    """One list of names per place; tags that repeat, such as citation_author, are one list."""
    found: dict[str, dict[str, Name]] = {}
    for candidate in candidates:
        if candidate.field != "authors":
            continue
        is_visible = candidate.origin.startswith(("dom", "microdata"))
        if is_visible and candidate.origin in found:
            continue  # the first byline is the article's, later ones are teasers'
        names = _names(candidate)
        place = found.setdefault(candidate.origin, {}) if names else {}
        for name in names:
            place.setdefault(fold(name.text), name)
    return {origin: tuple(names.values()) for origin, names in found.items()}


def _names(candidate: Candidate) -> tuple[Name, ...]:
    """The names in one candidate. What is only visible must look like a name or be announced as one."""
    value, origin = candidate.value, candidate.origin
    if isinstance(value, tuple):
        parsed = tuple(name for item in value for name in authors.parse(item["name"], kind=item["type"]))
    elif slug := _PROFILE.match(value):
        return authors.parse(slug[1].replace("-", " ").title())
    else:
        if origin.startswith("dom") and len(value) > MAX_VISIBLE_CHARS:
            return ()  # a biography; the byline itself stands inside it or after it
        parsed = authors.parse(value)
    if not origin.startswith(("dom", "microdata")):
        return parsed
    is_announced = authors.has_lead(value) if isinstance(value, str) else " link " in origin
    is_announced = is_announced or origin.startswith(("dom:rel", "microdata"))
    return tuple(
        name
        for name in parsed
        if not authors.is_small_talk(
            name.text.lower().removeprefix("the ") if name.kind == "organisation" else name.text
        )
        and (is_announced or name.kind != "person" or authors.looks_like_name(name.text))
    )


@lru_cache(maxsize=512)
def _trust(origin: str) -> float:
    origin = origin.lower()
    return next((trust for start, trust in _TRUST if origin.startswith(start)), 1.0)
