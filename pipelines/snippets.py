"""The part of a text that shows best why a search found it, its hits marked. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from db.query import Term
from db.tokens import UNSPACED, words

N_WORDS = 32
_TOKEN = re.compile(rf"{UNSPACED}|(?:(?!{UNSPACED})\w)+")
_MAX_CHARS = 200_000  # of a text that are looked through

Run = tuple[str, bool]


def snippet(text: str, terms: Sequence[Term]) -> tuple[Run, ...]:
    """Runs of text, each with whether it is a hit; the beginning of the text where it holds none."""
    text = text[:_MAX_CHARS]
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return ()
    hits = [_hit(words(token[0]), terms) for token in tokens]
    start = _best(hits)
    shown = range(start, min(len(tokens), start + N_WORDS))
    runs: list[Run] = [("… ", False)] if start else []
    at = tokens[start].start()
    for i in shown:
        if hits[i] is not None:
            runs += [(_line(text[at : tokens[i].start()]), False), (tokens[i][0], True)]
            at = tokens[i].end()
    end = tokens[shown[-1]].end()
    runs.append((_line(text[at:end]) + (" …" if shown[-1] + 1 < len(tokens) else text[end : end + 1].strip()), False))
    return tuple(run for run in runs if run[0])


def _hit(found: list[str], terms: Sequence[Term]) -> str | None:
    """The word of a term that a token matches, alone: that it stands in a phrase is not looked at."""
    for term in terms:
        for wanted in term.words:
            is_begin = term.is_prefix and wanted == term.words[-1]
            if wanted in found or (is_begin and any(word.startswith(wanted) for word in found)):
                return wanted
    return None


def _best(hits: Sequence[str | None]) -> int:
    """Where a window with the most different hits begins, a few words before its first; 0 without any."""
    places = [i for i, hit in enumerate(hits) if hit is not None]
    best, best_at = (0, 0), 0
    for i in places:
        inside = [hits[j] for j in range(i, min(len(hits), i + N_WORDS - 6)) if hits[j] is not None]
        worth = (len(set(inside)), len(inside))
        if worth > best:
            best, best_at = worth, i
    return max(0, best_at - 6)


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
