"""Blocks that look like a paragraph and are none: promotions, calls to the reader, notices, credits, labels.

What is known lies in `junk_tables/`, one reviewed file a language, as parts (requests, objects, lures, openers, labels), not
as sentences; here the parts found in one block are added up, so that a line nobody has seen is recognised by what it
is made of. Knows nothing of the site, of markup or of links, and does not decide what stays in an article.

A block without any telling word is done after one look at its words. Parts are weighed only with parts of the same
language (plus the words common to all), because a word of one language may be a harmless one of another.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["reason", "score", "spans"]

_TABLES = Path(__file__).parent / "junk_tables"
# Weights and limits: tests/benchmarks/junk_measure.py, on the development lines and all gold paragraphs of the corpora.
_WEIGHTS = {"sure": 3.0, "opener": 4.0, "label": 5.0, "object": 2.0, "topic": 1.0, "call": 1.5, "you": 0.5, "we": 1.0, "lure": 0.5}
_AT_MOST = {"sure": 2, "opener": 1, "label": 1, "object": 2, "topic": 1, "call": 1, "you": 1, "we": 1, "lure": 3, "report": 3}
_REPORT = -1.5
_MAX_CHARS = 420
_NEEDED = ((90, 4.0), (160, 4.5), (240, 5.5), (_MAX_CHARS, 6.5))
_FOREIGN = 1.0  # what more is asked of a block in another language than the page's
_KEY = 5
_WIDE = "\u0e00"  # from here on scripts without blanks (and Korean, whose words grow): keys are pairs of signs
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0e31-\u0e4e\u200c\u200d"
_TOKEN = re.compile(rf"[©\w{_MARKS}]+|[:–—→►▶»›：]|[!?;…•·|।۔؟。！？]|\.(?=\s|$)")
_NAME = re.compile(r"[^\W\d_]{1,3}|\d+")


@dataclass(frozen=True, slots=True)
class _Term:
    pattern: str
    role: str
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """The tables, by key: the first letters of one word that must stand in the text."""

    terms: dict[str, list[_Term]]
    labels: dict[str, dict[str, str]]
    credits: dict[str, str]
    triggers: frozenset[str]


@dataclass(slots=True)
class _Evidence:
    found: dict[str, set[str]] = field(default_factory=dict)
    kinds: dict[str, float] = field(default_factory=dict)

    def add(self, term: _Term) -> None:
        self.found.setdefault(term.role, set()).add(term.kind if term.role in ("object", "topic") else term.pattern)
        self.kinds[term.kind] = self.kinds.get(term.kind, 0.0) + _WEIGHTS.get(term.role, 0.0)


def _normal(text: str) -> str:
    """Words of `text` between blanks, "|" where a clause ends, ": |" after a colon or dash; "| " first and " |" last."""
    tokens = ["|"]
    for token in _TOKEN.findall(text.casefold().replace("i\u0307", "i")):
        if len(token) > 1 or token.isalnum() or token == "©":
            tokens.append(token)
        elif token in ":–—→►▶»›：":
            tokens += (":", "|")
        elif tokens[-1] != "|":
            tokens.append("|")
    if tokens[-1] != "|":
        tokens.append("|")
    return f" {' '.join(tokens)} "


def _keys(normal: str) -> set[str]:
    keys = set()
    for word in normal.split():
        if word[0] >= _WIDE:
            keys.update(word[at : at + 2] for at in range(len(word)))
        keys.add(word[:_KEY])
    return keys


def _term(entry: str, role: str, kind: str, code: str) -> tuple[str, _Term]:
    """The key under which the entry is found, and the entry as a string to be looked for in a normal text."""
    is_open = entry.endswith("*")
    words = [word for word in re.sub(r"[^\w©|:*\s" + _MARKS + "]", " ", entry.casefold()).split() if word]
    plain = [word.strip("*") for word in words if word not in ("|", ":")]
    longest = max(plain, key=len)
    if longest[0] >= _WIDE:
        return longest[:2], _Term(longest if len(words) == 1 else " ".join(plain), role, kind, code)
    pattern = " " + " ".join(words).rstrip("*") + ("" if is_open else " ")
    if role == "opener":
        pattern = " |" + pattern
    return longest[:_KEY], _Term(pattern, role, kind, code)


def _entries(table: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """(role, class, entry) of one file."""
    for role, content in table.items():
        if isinstance(content, list):
            yield from ((role, role, entry) for entry in content)
        elif isinstance(content, dict):
            yield from ((role, kind, entry) for kind, entries in content.items() for entry in entries)


@cache
def _knowledge() -> _Knowledge:
    terms: dict[str, list[_Term]] = {}
    labels: dict[str, dict[str, str]] = {}
    credit: dict[str, str] = {}
    triggers: set[str] = set()
    for path in sorted(_TABLES.glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        code = table.pop("code")
        for role, kind, entry in _entries(table):
            if role == "label":
                labels.setdefault(_normal(entry), {}).setdefault(code, kind)
            elif role == "credit":
                credit[entry] = kind
            else:
                key, term = _term(entry, role, kind, code)
                terms.setdefault(key, []).append(term)
                if role in ("object", "topic", "sure", "opener"):
                    triggers.add(key)
    return _Knowledge(terms, labels, credit, frozenset(triggers))


def _collect(normal: str, keys: set[str], knowledge: _Knowledge) -> dict[str, _Evidence]:
    """What was found, by language; the words common to all languages stand under every language and alone under ""."""
    by_code: dict[str, _Evidence] = {"": _Evidence()}
    common = []
    for key in keys & knowledge.terms.keys():
        for term in knowledge.terms[key]:
            if term.pattern not in normal or (term.role == "opener" and not normal.startswith(term.pattern)):
                continue
            if term.code:
                by_code.setdefault(term.code, _Evidence()).add(term)
            else:
                common.append(term)
    for evidence in by_code.values():
        for term in common:
            evidence.add(term)
    return by_code


def _sum(evidence: _Evidence) -> float:
    total = sum(
        weight * min(len(evidence.found.get(role, ())), _AT_MOST[role]) for role, weight in _WEIGHTS.items()
    )
    return total + _REPORT * min(len(evidence.found.get("report", ())), _AT_MOST["report"])


def _needed(text: str) -> float:
    """The sum a text of this length needs; wide scripts say more in fewer signs."""
    length = len(text) * (2.5 if text[len(text) // 2] >= _WIDE else 1)
    return next((needed for limit, needed in _NEEDED if length <= limit), 99.0)


def _credit(normal: str, knowledge: _Knowledge) -> str | None:
    """The class of a block of nothing but agencies and initials."""
    words = [word for word in normal.split() if word not in ("|", ":")]
    hits = [word for word in words if word in knowledge.credits]
    if not 0 < len(words) <= 6 or not hits or any(w not in knowledge.credits and not _NAME.fullmatch(w) for w in words):
        return None
    return knowledge.credits[hits[0]]


def _weigh(text: str, language: str | None) -> tuple[float, str | None]:
    """How far beyond (positive) or below what is needed the block is, and the class that speaks loudest."""
    text = text.strip()
    if not text or len(text) > _MAX_CHARS:
        return -9.0, None
    knowledge = _knowledge()
    normal = _normal(text)
    hint = (language or "")[:2].lower()
    if len(text) <= 60:
        label = knowledge.labels.get(normal)
        if label:
            return 1.0, label.get(hint) or label.get("en") or next(iter(label.values()))
        credit = _credit(normal, knowledge)
        if credit:
            return 1.0, credit
    keys = _keys(normal)
    if keys.isdisjoint(knowledge.triggers):
        return -9.0, None
    needed, best = _needed(text), (-9.0, None)
    for code, evidence in _collect(normal, keys, knowledge).items():
        if not evidence.kinds:
            continue
        margin = _sum(evidence) - needed - (_FOREIGN if hint and code not in (hint, "en", "") else 0.0)
        if margin > best[0]:
            classes = {k: w for k, w in evidence.kinds.items() if k not in ("call", "you", "we", "lure", "any", "report")}
            best = margin, max(classes, key=lambda k: classes[k]) if classes else None
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


def spans(texts: Sequence[str], language: str | None = None) -> list[str | None]:
    """For each block of one body, in order, its class of junk or None; fragments amid promotions count as such."""
    return [reason(text, language) for text in texts]
