"""What a publisher changed between two texts of an article, word by word. Pure.

Paragraphs are aligned first, then the words of those that changed; paragraphs that stayed are counted, not shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from scraper.extraction.notices import announces_correction, announces_retraction
from scraper.text import fold
from scraper.values import StoredRevision

_TOKEN = re.compile(r"\s+|[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+|[^\w\s]")
_MAX_TOKENS = 4000  # of a paragraph; longer ones are shown as replaced: word alignment is quadratic
_AHEAD = 10  # paragraphs among which one that changed is looked for
_MIN_RATIO = 0.4  # of common words that make two paragraphs the same one, changed


class Operation(StrEnum):
    """What happened to a run of words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A changed `place` ("title" or "paragraph"): its words as runs, and what it newly announces, if anything."""

    place: str
    runs: tuple[tuple[Operation, str], ...]
    is_correction: bool = False
    is_retraction: bool = False
    """The article is withdrawn; then `is_correction` is not set."""


def changes(before: StoredRevision, after: StoredRevision) -> list[Change]:
    """What changed, the title first, then paragraphs in order."""
    found = []
    if (before.title or "") != (after.title or ""):
        found.append(Change(place="title", runs=_words(before.title or "", after.title or "")))
    old, new = ([p.plain for p in revision.paragraphs] for revision in (before, after))
    for left, right in _pairs(old, new):
        is_retraction = _is_new(announces_retraction, left, right)
        is_correction = not is_retraction and _is_new(announces_correction, left, right)
        runs = _words(left or "", right or "")
        found.append(Change(place="paragraph", runs=runs, is_correction=is_correction, is_retraction=is_retraction))
    return found


def _is_new(announces: Callable[[str], bool], left: str | None, right: str | None) -> bool:
    return right is not None and announces(right) and not (left is not None and announces(left))


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Paragraphs that changed, each beside what became of it; None stands for none."""
    matcher = SequenceMatcher(None, [fold(text) for text in old], [fold(text) for text in new], autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind != "equal":
            yield from _beside(list(old[i1:i2]), list(new[j1:j2]))


def _beside(old: list[str], new: list[str]) -> Iterator[tuple[str | None, str | None]]:
    while old and new:
        if _is_alike(old[0], new[0]):
            yield old.pop(0), new.pop(0)
        elif any(_is_alike(old[0], text) for text in new[1:_AHEAD]):
            yield None, new.pop(0)
        else:
            yield old.pop(0), None
    yield from ((text, None) for text in old)
    yield from ((None, text) for text in new)


def _is_alike(old: str, new: str) -> bool:
    left, right = ([token for token in _tokens(text)[:_MAX_TOKENS] if not token.isspace()] for text in (old, new))
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.real_quick_ratio() >= _MIN_RATIO <= matcher.quick_ratio() and matcher.ratio() >= _MIN_RATIO


def _words(old: str, new: str) -> tuple[tuple[Operation, str], ...]:
    left, right = _tokens(old), _tokens(new)
    if max(len(left), len(right)) > _MAX_TOKENS:
        left, right = [old], [new]
    runs: list[tuple[Operation, str]] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            runs.append((Operation.SAME, "".join(left[i1:i2])))
            continue
        runs.append((Operation.REMOVED, "".join(left[i1:i2])))
        runs.append((Operation.ADDED, "".join(right[j1:j2])))
    return tuple(run for run in runs if run[1])


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)
