"""Which of the sources that a site has are followed? The cheapest that together announce its articles. Pure decisions.

Of all that announce recent articles a set is taken that together announces each of them, with its title where any
does. That is set cover by the greedy rule: again and again the source that brings most for its bytes, and in the end
none that the others make superfluous.

Does not fetch: `pipelines.adding` does, and hands in what each source announces at present.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scraper.values import Source, SourceKind

REQUEST_BYTES = 20_000
"""What a request costs besides the bytes of its answer; about those of a small feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A source that was looked at, whether it is taken, and why."""

    source: Source
    is_taken: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a source announces at present: its recent articles, and the bytes that asking it costs."""

    source: Source
    n_bytes: int = 0
    n_announced: int = 0
    recent: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    """The recent articles, and once more those of which the title is told: what covering is about."""
    n_older: int = 0
    """Articles of the last two months of a feed that has nothing recent."""
    note: str = ""
    """Why it can't be taken, or what there is to say of it besides."""

    @property
    def says(self) -> str:
        """How much it announces."""
        n_links = f"{self.n_announced} links" if self.n_announced != 1 else "1 link"
        said = f"{n_links}, {len(self.recent) or 'none'} recent"
        return f"{self.note}: {said}" if self.note and self.n_announced else self.note or said


def judged(sights: list[Sight], *, is_deep: bool = False) -> list[Finding]:
    """Which sources are taken, and why, taken ones first; `is_deep`: sitemaps are wanted for what is past, too."""
    taken = cover(sights)
    if is_deep:
        taken += [s for s in sights if s.source.kind is SourceKind.SITEMAP and s.recent and s not in taken]
    findings = []
    covered: set[str] = set()
    for sight in taken or _quiet(sights):
        findings.append(Finding(source=sight.source, is_taken=True, note=f"{sight.says}, {_why_taken(sight, covered)}"))
        covered |= sight.facts
    chosen = {finding.source for finding in findings}
    left = (sight for sight in sights if sight.source not in chosen)
    return findings + [Finding(source=s.source, is_taken=False, note=_why_left(s, taken)) for s in left]


def cover(sights: Iterable[Sight]) -> list[Sight]:
    """A cheap set of sources that together announce every recent article that any of them announces.

    Greedy, the most new articles for the bytes first, equals in the order seen; then what the others cover is
    dropped, the costliest first. In order of what each brings for its bytes by itself.
    """
    taken: list[Sight] = []
    covered: set[str] = set()
    todo = [sight for sight in sights if sight.facts]
    while todo:
        best = max(todo, key=lambda sight: _worth(sight, covered))
        if best.facts <= covered:
            break
        taken.append(best)
        covered |= best.facts
        todo.remove(best)
    for sight in sorted(taken, key=lambda one: one.n_bytes, reverse=True):
        others = [one for one in taken if one is not sight]
        if sight.facts <= frozenset().union(*(one.facts for one in others)):
            taken = others
    return sorted(taken, key=lambda sight: _worth(sight, set()), reverse=True)


def _worth(sight: Sight, covered: set[str]) -> float:
    """What a source brings for its bytes besides what is covered."""
    return len(sight.facts - covered) / (REQUEST_BYTES + sight.n_bytes)


def _quiet(sights: list[Sight]) -> list[Sight]:
    """Where nothing is recent: the feed that has most of the last two months, the first of equals, if any."""
    return sorted((sight for sight in sights if sight.n_older), key=lambda sight: -sight.n_older)[:1]


def _why_taken(sight: Sight, covered: set[str]) -> str:
    """What the source has before those that are taken first, or besides them."""
    if not sight.facts:
        return f"{sight.n_older} of the last two months"
    if not covered:
        return "the most for its bytes"
    n_more, n_titles = len(sight.recent - covered), len(sight.facts - sight.recent - covered)
    if n_more:
        return f"{n_more} of them not announced above"
    return f"{n_titles} of them not told with title above" if n_titles else "for what is past"


def _why_left(sight: Sight, taken: list[Sight]) -> str:
    if not sight.recent:
        return sight.says
    for one in taken:
        if one.recent == sight.recent:
            return f"{sight.says}, the same as {one.source.url}"
    return f"{sight.says}, all announced by what is taken"
