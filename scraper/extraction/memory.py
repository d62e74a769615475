"""What the pages of one site repeat, so that extraction can leave it out: lines, and what poses as a field.

A key counts once per article, whatever the number of fetches or addresses, and counts are judged by era: the
articles, in the order of their fetching, between the first sighting of a key and the last, without a long gap.
What few articles of an era share is a refrain (a quoted law, a column's opening) and stays; what many share is
the site's own furniture. So a new layout is known as soon as a few articles have it, what it replaced stays
known for the older pages, and a line that comes back long after is judged anew. Our clock plays no part.

A line is known by its text or, with digits and names masked, by its text and its path on the page. Only hashes
are kept, no text. Pure: `observation` sees the keys on a page, `db.memory` keeps the sightings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from scraper.extraction.line_keys import MAX_CHARS, digest, masked_keys
from scraper.text import fingerprint
from scraper.values import Candidate, Period, SiteMemory

MIN_PAGES = 3
"""Distinct articles a key must have been seen with in one era before it counts as repeated."""

MIN_SHARE = {
    "": 0.2,
    "digits": 0.2,
    "names": 0.2,
    "number": 0.5,
    "zone": 0.5,
    "title": 0.4,
    "image": 0.4,
    "description": 0.4,
}
"""Share of an era's articles that must have the key, by its kind ("": a line's very text). By hand: the law quoted
by 3 of 40 pages and the weekly column stay, a promotion that takes turns with three others goes
(tests/benchmarks/memory_sites.py)."""

AUTHOR_SHARE, AUTHOR_PAGES = 0.6, 5  # a writer may sign much of a small site; a publisher signs most of it

GAP = 20
"""Articles without a sighting that end an era; shorter eras are judged as if they had this length."""

HISTORY = 500
"""Sightings by which a site is judged, the latest: 0.1 to 0.2 s for a site that has them all, 200 keys each."""

_MAX_MASKED_SHARE = 1 / 3  # of a page's text: more is such a report, sentence by sentence
_MAX_ADDRESSES = 5  # that share a canonical address; where more do, it is broken
_MIN_TITLE_CHARS = 10
_MASKED = ("digits:", "number:", "names:")

_JOINT = re.compile(r"\s+(?:[-|–—·•»«:]+|::|//)\s+|\s*[|»]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one page shows: which article it is (its own address first, then other marks), and its keys."""

    fetched_at: datetime
    identity: tuple[str, ...]
    keys: tuple[str, ...]


# ---------------------------------------------------------------- keys


def candidate_keys(candidate: Candidate) -> Iterator[str]:
    """The keys of what a vocabulary says about a field: its picture, description, authors, its title's ends."""
    field, value = candidate.field, candidate.value
    if field == "title" and isinstance(value, str):
        yield from (key for key, _ in _title_ends(value))
    elif field == "image" and isinstance(value, Mapping) and value.get("url"):
        yield f"image:{digest(str(value['url']))}"
    elif field == "description" and isinstance(value, str) and value:
        yield f"description:{fingerprint(value)}"
    elif field == "authors":
        yield f"author:{fingerprint(_names(value))}"


def _names(value: Any) -> str:
    if isinstance(value, str):
        return value
    return " ".join(str(item.get("name", "")) if isinstance(item, Mapping) else str(item) for item in value)


def _title_ends(title: str) -> Iterator[tuple[str, str]]:
    """For what stands after the last joint and before the first: its key, and the title without it."""
    joints = list(_JOINT.finditer(title))
    if joints:
        first, last = joints[0], joints[-1]
        yield f"title:after-{fingerprint(title[last.end() :])}", title[: last.start()]
        yield f"title:before-{fingerprint(title[: first.start()])}", title[first.end() :]


# ---------------------------------------------------------------- recalling


def recall(former: SiteMemory, sightings: Sequence[Sighting]) -> SiteMemory:
    """The memory that follows from the sightings, in whatever order; its generation steps when it would remove other
    things than the former.
    """
    articles = _articles(sightings)
    seen: defaultdict[str, list[int]] = defaultdict(list)
    for at, article in enumerate(articles):
        for key in article.keys:
            seen[key].append(at)
    counts: dict[str, int] = {}
    periods: dict[str, tuple[Period, ...]] = {}
    for key, places in sorted(seen.items()):
        if len(places) >= MIN_PAGES:
            n, when = _judged(key, places, articles)
            counts |= {key: n} if n else {}
            periods |= {key: when} if when else {}
    is_same = counts.keys() == former.repeated.keys() and periods == dict(former.periods)
    return SiteMemory(
        site=former.site,
        generation=former.generation if is_same else former.generation + 1,
        n_pages=len(articles),
        repeated=counts,
        periods=periods,
        kept=former.kept,
    )


def needed(key: str, n_era: int, n_pages: int) -> int:
    """The number of articles that must have the key, of `n_era` in its era and `n_pages` in all."""
    kind = key.partition(":")[0] if ":" in key else ""
    least, share = (AUTHOR_PAGES, AUTHOR_SHARE) if kind == "author" else (MIN_PAGES, MIN_SHARE[kind])
    return max(least, round(share * max(n_era, min(n_pages, GAP))))


def _judged(key: str, places: list[int], articles: Sequence[Sighting]) -> tuple[int, tuple[Period, ...]]:
    """In how many articles of its eras the key is furniture; and when, where it was not so at all times."""
    eras = [[places[0]]]
    for place in places[1:]:
        if place - eras[-1][-1] > GAP:
            eras.append([])
        eras[-1].append(place)
    passed = [len(era) >= needed(key, era[-1] - era[0] + 1, len(articles)) for era in eras]
    n = sum(len(era) for era, ok in zip(eras, passed, strict=True) if ok)
    if n == 0 or all(passed):
        return n, ()
    periods = []
    for at, era in enumerate(eras):
        if passed[at]:
            since = articles[era[0]].fetched_at if at and not passed[at - 1] else None
            until = articles[era[-1]].fetched_at if at + 1 < len(eras) and not passed[at + 1] else None
            periods.append(Period(since=since, until=until))
    return n, tuple(periods)


def _articles(sightings: Sequence[Sighting]) -> list[Sighting]:
    """One sighting an article, its latest, in the order of fetching."""
    claims: defaultdict[str, set[str]] = defaultdict(set)
    for one in sightings:
        for mark in one.identity:
            claims[mark].add(one.identity[0])
    first: dict[str, str] = {}

    def find(mark: str) -> str:
        while first.setdefault(mark, mark) != mark:
            mark = first[mark]
        return mark

    for one in sightings:
        for mark in one.identity[1:]:
            if mark.startswith("text:") or len(claims[mark]) <= _MAX_ADDRESSES:
                first[find(mark)] = find(one.identity[0])
    latest: dict[str, Sighting] = {}
    for one in sorted(sightings, key=_when):
        latest[find(one.identity[0])] = one
    return sorted(latest.values(), key=_when)


def _when(one: Sighting) -> tuple[datetime, tuple[str, ...], tuple[str, ...]]:
    return one.fetched_at, one.identity, one.keys


# ---------------------------------------------------------------- applying


def repeats(memory: SiteMemory | None, fetched_at: datetime) -> Repeats:
    """What the memory says of pages fetched at that time."""
    if memory is None or not memory.repeated:
        return NOTHING
    limits = memory.periods
    if not limits:
        return Repeats(frozenset(memory.repeated), memory.kept)
    return Repeats(
        frozenset(
            key for key in memory.repeated if key not in limits or any(fetched_at in period for period in limits[key])
        ),
        memory.kept,
    )


def is_kept(memory: SiteMemory, line: str) -> bool:
    """Whether a person wants the line kept."""
    return bool(memory.kept) and fingerprint(line) in memory.kept


@dataclass(frozen=True, slots=True)
class Repeats:
    """What a site repeats at one time, by key; `kept` are fingerprints of lines that stay all the same."""

    keys: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.keys)

    def find(self, lines: Sequence[tuple[str, str]]) -> set[int]:
        """The places of those `lines` (text and path, a page's whole text) that the site repeats."""
        found = self._found(lines)
        return {at for at in found if fingerprint(lines[at][0]) not in self.kept} if self.kept else found

    def _found(self, lines: Sequence[tuple[str, str]]) -> set[int]:
        found = {at for at, (text, _) in enumerate(lines) if len(text) <= MAX_CHARS and fingerprint(text) in self.keys}
        if not any(key.startswith(_MASKED) for key in self.keys):
            return found
        rest = [at for at in range(len(lines)) if at not in found]
        masked = [at for at in rest if not self.keys.isdisjoint(masked_keys(*lines[at]))]
        n_chars = sum(len(lines[at][0]) for at in rest)
        if sum(len(lines[at][0]) for at in masked) <= _MAX_MASKED_SHARE * n_chars:
            found.update(masked)
        return found

    def without(self, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
        """The candidates without what the site says on every page; the publisher goes where another author is named."""
        offered = tuple(candidates)
        if not any(":" in key for key in self.keys):
            return offered
        known = {at for at, c in enumerate(offered) if not self.keys.isdisjoint(candidate_keys(c))}
        has_author = any(c.field == "authors" and at not in known for at, c in enumerate(offered))
        found = []
        for at, candidate in enumerate(offered):
            if at not in known or (candidate.field == "authors" and not has_author):
                found.append(candidate)
            elif candidate.field == "title":
                found.append(replace(candidate, value=self._title(candidate.value)))
        return tuple(found)

    def _title(self, title: str) -> str:
        for _ in range(2):
            cut = (rest for key, rest in _title_ends(title) if key in self.keys and len(rest) >= _MIN_TITLE_CHARS)
            title = next(cut, title)
        return title


NOTHING = Repeats()
"""Of a site that is not known."""
