"""Blocks that look like a paragraph and are none: promotions, calls to the reader, notices, credits, labels.

What is known lies in `junk_tables/`, one reviewed file a language, as parts (requests, objects, lures, openers,
labels), not as sentences; here the parts found in one block are added up, so that a line nobody has seen is recognised
by what it is made of. Knows nothing of the site, of markup or of links, and does not decide what stays in an article.

A block without any telling word is done after one look at its words. Parts are weighed only with parts of the same
language (plus the words common to all), because a word of one language may be a harmless one of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from scraper.extraction import junk_tables
from scraper.extraction.junk_tables import Gate, Key, Tables, Term
from scraper.text import word_lists

__all__ = ["labels", "reason", "score", "spans"]

# Weights and limits: tests/benchmarks/junk_measure.py, on the development lines and all gold of the corpora.
_WEIGHTS = {"sure": 3.0, "opener": 4.0, "object": 2.0, "topic": 1.0, "call": 1.5, "you": 0.5, "we": 1.0, "lure": 0.5}
_AT_MOST = {"sure": 2, "object": 2, "lure": 3, "report": 3}  # how many of a role count; one of the others
_REPORT = -2.0
_DEMANDING = ("sure", "opener", "call")
_ADDRESSING = ("call", "you", "we", "opener")
_DEMANDS_NOTHING = -1.5  # nouns and lures only: articles are full of them
_MAX_CHARS = 420
_NEEDED = ((90, 4.0), (160, 4.5), (240, 6.0), (_MAX_CHARS, 7.5))
_LABEL_CHARS = 60
_GLANCE = 120  # of longer blocks the beginning and the end are looked at before the whole
# What less a line that addresses the reader needs in other languages than in English, whose gold is full of guides.
_ELSEWHERE = 1.5
_FRAGMENT_CHARS = 60
_FRAGMENT_WIDE = 24
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔", '."', ".”", ".“", ".»", "!“", "?“")
_LONG_RUN = 6  # lines from which on the line before the first promotional one is taken for its title
_HALF_SURE = 0.25  # the score of a line that counts as promotional beside a recognised one
_SPEECH_STARTS = ('"', "“", "„", "”", "«", "»", "‘", "「", "『", "◆", "◇")
_ROUNDS = 2
_AMID = -3.0  # the margin that is enough beside or between two recognised blocks
_NEIGHBOUR_CHARS = 160
_HEADING_WORDS = 2
_REACH = 7  # lines a promotional line speaks for, in both directions
_FOREIGN = 1.0  # what more is asked of a block in another language than the page's
# The classes of which a run of promotional fragments is made; a "read also" or a credit starts none.
_PROMOTIONS = frozenset(("newsletter", "webinar", "subscription", "donation", "app", "download", "competition"))
_CLASSLESS = ("call", "you", "we", "lure", "any", "report")
_NAME = re.compile(r"[^\W\d_]{1,3}|\d+")


@dataclass(slots=True)
class _Evidence:
    found: dict[str, set[str]] = field(default_factory=dict)
    kinds: dict[str, float] = field(default_factory=dict)

    def add(self, term: Term) -> None:
        self.found.setdefault(term.role, set()).add(term.kind if term.role in ("object", "topic") else term.pattern)
        self.kinds[term.kind] = self.kinds.get(term.kind, 0.0) + _WEIGHTS.get(term.role, 0.0)


def _collect(found: list[Term]) -> dict[str, _Evidence]:
    """What was found, by language; the words common to all languages stand under every language and alone under ""."""
    by_code: dict[str, _Evidence] = {"": _Evidence()}
    for term in sorted(found, key=lambda term: (not term.code, term)):  # the same order whatever the hashes
        if term.code:
            by_code.setdefault(term.code, _Evidence()).add(term)
        else:
            for evidence in by_code.values():
                evidence.add(term)
    return by_code


def _sum(evidence: _Evidence) -> float:
    total = sum(
        [_WEIGHTS.get(role, 0.0) * min(len(parts), _AT_MOST.get(role, 1)) for role, parts in evidence.found.items()]
    )
    if evidence.found.keys().isdisjoint(_DEMANDING) and not {"we", "you"} <= evidence.found.keys():
        total += _DEMANDS_NOTHING
    return total + _REPORT * min(len(evidence.found.get("report", ())), _AT_MOST["report"])


def _allowance(code: str, hint: str, evidence: _Evidence) -> float:
    """What a language's sum is raised or lowered by before it is compared with what is needed."""
    if code in ("en", ""):
        return 0.0
    if code == hint:
        return 0.0 if evidence.found.keys().isdisjoint(_ADDRESSING) else _ELSEWHERE
    return -_FOREIGN if hint else 0.0


def _needed(text: str) -> float:
    """The sum a text of this length needs; wide scripts say more in fewer signs."""
    length = len(text) * (2.5 if text[len(text) // 2] >= junk_tables.WIDE else 1)
    return next((needed for limit, needed in _NEEDED if length <= limit), 99.0)


def _credit(words: list[str], tables: Tables) -> str | None:
    """The class of a block of nothing but agencies and initials."""
    hits = [word for word in words if word in tables.credits]
    if not 0 < len(words) <= 6 or not hits or any(w not in tables.credits and not _NAME.fullmatch(w) for w in words):
        return None
    return tables.credits[hits[0]]


def _decides(words: list[str], gate: Gate) -> bool:
    """Whether a text of these words holds anything that could make it junk."""
    return not (
        gate.words.isdisjoint(words)
        and (gate.pair_starts.isdisjoint(words) or gate.pairs.isdisjoint(pairwise(words)))
        and gate.stems.isdisjoint([word[: junk_tables.STEM] for word in words])
    )


def _found(text: str, gate: Gate, tables: Tables) -> list[Term]:
    """The terms that stand in the text; none if none of them could decide."""
    words = junk_tables.words(text)
    if not words:
        return []
    first = words[0] if words[0][0] < junk_tables.WIDE else words[0][:2]
    normal = junk_tables.normal(text) if first in tables.openers else ""
    found = [term for term in tables.openers.get(first, ()) if normal.startswith(term.pattern)]
    if not found and not _decides(words, gate):
        return []
    normal = normal or junk_tables.normal(text)
    keys: set[Key] = {key for key in ("€", *words) if key in tables.terms}
    if not tables.pair_starts.isdisjoint(words):
        keys |= {pair for pair in pairwise(words) if pair in tables.terms}
    stems = {word[: junk_tables.STEM] for word in words} | {word[: junk_tables.STEM - 1] for word in words}
    keys |= {stem + "*" for stem in stems & tables.stems}
    terms = (term for key in keys for term in tables.terms[key])
    return found + [term for term in terms if term.pattern in normal]


def _whole(text: str, hint: str, tables: Tables) -> str | None:
    """The class of a text that is a label or a credit from its first to its last word."""
    words = junk_tables.words(text)
    label = tables.labels.get(" ".join(words))
    if label and hint in tables.gates:
        return label.get(hint) or label.get("en") or label.get("")
    if label:
        return next(iter(label.values()))
    return _credit(words, tables)


def labels(texts: Sequence[str], language: str | None) -> list[str | None]:
    """For each text its class if it is nothing but a label ("Related articles", "Comments (12)"), else None."""
    tables = junk_tables.load()
    known = tables.labels
    short = [at for at, text in enumerate(texts) if len(text) <= _LABEL_CHARS]
    found: list[str | None] = [None] * len(texts)
    hint = _hint(language)
    for at, words in zip(short, word_lists([texts[at] for at in short], _LABEL_CHARS), strict=True):
        if tables.label_words.isdisjoint(words):
            continue
        classes = known.get(" ".join([word for word in words if not word.isdigit()]))
        if classes:
            found[at] = classes.get(hint) or classes.get("en") or next(iter(classes.values()))
    return found


def _hint(language: str | None) -> str:
    """The page's language as the tables name it, empty if unknown."""
    code = (language or "")[:2].lower()
    return junk_tables.ALIASES.get(code, code)


@lru_cache(maxsize=4096)  # a body is looked at line by line and again as a whole; sites repeat their lines
def _weigh(text: str, language: str | None) -> tuple[float, str | None]:
    """How far beyond (positive) or below what is needed the block is, and the class that speaks loudest."""
    text = text.strip()
    if len(text) > _MAX_CHARS or not any(map(str.isalnum, text[:_LABEL_CHARS])):
        return -9.0, None
    tables = junk_tables.load()
    hint = _hint(language)
    if len(text) <= _LABEL_CHARS and (kind := _whole(text, hint, tables)):
        return 1.0, kind
    gates = tables.gates if len(text) > _GLANCE else tables.wide_gates
    gate = gates.get(hint) or gates[""]
    if len(text) > _GLANCE and not _decides(junk_tables.words(text[: _GLANCE - 40] + " " + text[-40:]), gate):
        return -9.0, None
    best: tuple[float, str | None] = (-9.0, None)
    found = _found(text, gate, tables)
    if not found:
        return best
    needed = _needed(text)
    for code, evidence in _collect(found).items():
        margin = _sum(evidence) - needed + _allowance(code, hint, evidence)
        if margin > best[0]:
            classes = {kind: weight for kind, weight in evidence.kinds.items() if kind not in _CLASSLESS}
            best = margin, max(classes, key=lambda kind: classes[kind]) if classes else None
    return best


def reason(text: str, language: str | None = None) -> str | None:
    """The class of junk this block is (newsletter, webinar, read_also ...), or None: it may be part of an article.

    `language` is the page's (ISO 639-1, regions ignored), None if unknown; other languages are recognised too.
    """
    margin, kind = _weigh(text, language)
    return kind if margin >= 0 else None


def score(text: str, language: str | None = None) -> float:
    """From 0 (nothing promotional) to 1 for one block; `reason` names a class from .5 on."""
    margin, kind = _weigh(text, language)
    return 0.0 if kind is None else min(1.0, max(0.0, 0.5 + margin / 8))


def _is_fragment(text: str) -> bool:
    """Whether the block is a label, name, price or line of a list rather than a sentence."""
    text = text.strip()
    limit = _FRAGMENT_WIDE if text and text[len(text) // 2] >= junk_tables.WIDE else _FRAGMENT_CHARS
    return len(text) <= limit and not text.endswith(_SENTENCE_ENDS) and not text.startswith(_SPEECH_STARTS)


def _runs(texts: Sequence[str], reasons: Sequence[str | None]) -> Iterator[tuple[int, int]]:
    """(first, after last) of every stretch of fragments and recognised lines with no paragraph between."""
    start = 0
    for at, text in enumerate(texts):
        if reasons[at] is None and not _is_fragment(text):
            if start < at:
                yield start, at
            start = at + 1
    if start < len(texts):
        yield start, len(texts)


def _beginning(texts: Sequence[str], start: int, anchor: int, language: str | None) -> int:
    """Where a long promotion begins: at the line before the lines that sound like one, which is its title."""
    while anchor > start and score(texts[anchor - 1], language) >= _HALF_SURE:
        anchor -= 1
    return max(start, anchor - 1)


def _amid(texts: Sequence[str], language: str | None) -> list[str | None]:
    """`reason` of every block; a short one beside or between two recognised ones needs less."""
    reasons = [reason(text, language) for text in texts]
    for _ in range(_ROUNDS):
        before = [None, None, *reasons, None, None]
        for at, text in enumerate(texts):
            near = before[at : at + 2], before[at + 1 : at + 4 : 2], before[at + 3 : at + 5]
            if reasons[at] or len(text) > _NEIGHBOUR_CHARS or not any(all(pair) for pair in near):
                continue
            margin, kind = _weigh(text, language)
            reasons[at] = kind if margin >= _AMID else None
    return reasons


def spans(texts: Sequence[str], language: str | None = None) -> list[str | None]:
    """For each block of one body, in order, its class of junk or None; fragments amid promotions count as such.

    A stretch of short lines (names, roles, prices, sections) is a promotion as a whole if it holds two promotional
    lines, or if it ends the body and holds one. In the middle of a body the line before the next paragraph stays if it
    may be that paragraph's heading, and what stands before the first promotional line stays as well, but for one line.
    """
    reasons = _amid(texts, language)
    marked = list(reasons)
    for start, end in _runs(texts, reasons):
        anchors = [at for at in range(start, end) if reasons[at] in _PROMOTIONS]
        is_tail = end == len(texts)
        if start == 0 or len(anchors) < (1 if is_tail else 2):
            continue
        stop = end if is_tail or len(texts[end - 1].split()) < _HEADING_WORDS else end - 1
        first = (
            _beginning(texts, start, anchors[0], language)
            if len(anchors) >= 2 and end - start >= _LONG_RUN
            else anchors[0]
        )
        for at in range(first, stop):
            if min(abs(at - anchor) for anchor in anchors) <= _REACH:
                marked[at] = marked[at] or reasons[anchors[0]]
    return marked
