"""The tables of what junk lines are made of, one file a language (`en.toml` says what the roles are), ready to look up.

Reads the files once and splits a text into words the way the entries are split. Judges nothing: see `junk`.
Entries are found by a key (a word, two words in a row, the beginning of a word), so that a text is compared only with
entries it shares a key with.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from scraper.text import word_lists

STEM = 5  # letters of a word that are looked up for an entry like "word*"
ALIASES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "sk": "cs"}
WIDE = "\u0e00"  # from here on scripts without blanks (and Korean, whose words grow): keys are pairs of signs
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0e31-\u0e4e\u200c\u200d"
_MONEY = "€$£%¥₽₹₴"
_COLONS = ":–—→►▶»›："
_TOKEN = re.compile(rf"[©\w{_MARKS}]+|[{_MONEY}]|[{_COLONS}]|[!?;…•·|।۔؟。！？]|\.(?=\s|$)")
_ENTRY = re.compile(rf"[©€\w{_MARKS}]+\*?|[|:]")
_BETWEEN = "\"'()*,-./:;?!|>&"
_BETWEEN_WIDE = _BETWEEN + "’“”„«»–—…•·→►▶›|¿¡‘®✓✅👉➡️🔴📲。，、！？：；（）「」『』【】《》・।،؛؟۔"


# What is looked up to find an entry: a word, two words in a row, or the beginning of a word and "*".
Key = str | tuple[str, str]


class Term(NamedTuple):
    """One entry: what to look for in a normal text, its role, its class of junk and its language ("" for all)."""

    pattern: str
    role: str
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The keys of which a text must hold one to be worth weighing."""

    words: frozenset[str]
    stems: frozenset[str]
    pairs: frozenset[Key]
    pair_starts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables, ready to be looked up. `stems` are the beginnings of words among the keys of `terms`, without the
    asterisk, `pair_starts` the first words of the pairs, `label_words` of the labels.
    """

    terms: dict[Key, list[Term]]
    stems: frozenset[str]
    pair_starts: frozenset[str]
    openers: dict[str, list[Term]]
    labels: dict[str, dict[str, str]]
    label_words: frozenset[str]
    credits: dict[str, str]
    gates: dict[str, Gate]
    wide_gates: dict[str, Gate]


def normal(text: str) -> str:
    """The words of `text` between blanks, "|" at its ends and where a clause ends, ": |" after a colon or dash."""
    parts = ["|"]
    for part in _TOKEN.findall(text.casefold().replace("i\u0307", "i")):
        if part in _MONEY:
            parts.append("€")
        elif len(part) > 1 or part.isalnum() or part == "©":
            parts.append(part)
        elif part in _COLONS:
            parts += (":", "|")
        elif parts[-1] != "|":
            parts.append("|")
    if parts[-1] != "|":
        parts.append("|")
    return f" {' '.join(parts)} "


def words(text: str) -> list[str]:
    """The words of `text`, case-folded; what is written without blanks as pairs of signs."""
    text = text.casefold()
    for mark in _BETWEEN if text.isascii() else _BETWEEN_WIDE:
        if mark in text:
            text = text.replace(mark, " ")
    found = text.split()
    if text.isascii() or max(text) < WIDE:
        return found
    wide = [word for word in found if word[0] >= WIDE]
    return found + [word[at : at + 2] for word in wide for at in range(len(word) - 1)]


def _term(entry: str, role: str, kind: str, code: str) -> tuple[Key, Term]:
    """The key of the entry and what is to be looked for in a normal text."""
    parts = _ENTRY.findall(entry.casefold())
    plain = [part for part in parts if part not in ("|", ":")]
    pattern = " ".join(parts)
    pattern = f" {pattern[:-1]}" if pattern.endswith("*") else f" {pattern} "
    if plain[0][0] >= WIDE:
        return plain[0][:2], Term((" | " if role == "opener" else "") + " ".join(parts), role, kind, code)
    if role == "opener":
        return plain[0].rstrip("*"), Term(" |" + pattern, role, kind, code)
    pairs = [pair for pair in pairwise(plain) if not pair[1].endswith("*")]
    if pairs:
        return max(pairs, key=lambda pair: len("".join(pair))), Term(pattern, role, kind, code)
    key = max(plain, key=len)
    if key.endswith("*"):
        key = key[:-1][:STEM] + "*"
    return key, Term(pattern, role, kind, code)


def _entries(table: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """(role, class, entry) of one file."""
    for role, content in table.items():
        if isinstance(content, list):
            yield from ((role, role, entry) for entry in content)
        elif isinstance(content, dict):
            yield from ((role, kind, entry) for kind, entries in content.items() for entry in entries)


def _gates(deciding: dict[str, set[Key]]) -> dict[str, Gate]:
    """By language: its own words, the English ones and those common to all; under "" the words of every language."""
    pairs = frozenset(key for keys in deciding.values() for key in keys if isinstance(key, tuple))

    def gate(codes: Iterable[str]) -> Gate:
        keys = {key for code in codes for key in deciding.get(code, ()) if isinstance(key, str)}
        return Gate(frozenset(keys), frozenset(key[:-1] for key in keys if key.endswith("*")), pairs, _starts(pairs))

    return {"": gate(deciding)} | {code: gate((code, "en", "")) for code in deciding if code}


def _starts(keys: Iterable[Key]) -> frozenset[str]:
    """The first words of the pairs among the keys."""
    return frozenset(key[0] for key in keys if isinstance(key, tuple))


def _add_label(labels: dict[str, dict[str, str]], entry: str, kind: str, code: str) -> None:
    """Put a label where both ways of splitting a text into words find it."""
    for name in {" ".join(words(entry)), *map(" ".join, word_lists([entry], len(entry)))}:
        labels.setdefault(name, {}).setdefault(code, kind)


@cache
def load() -> Tables:
    """All tables; read at the first call, the same value ever after."""
    terms: dict[Key, list[Term]] = {}
    openers: dict[str, list[Term]] = {}
    labels: dict[str, dict[str, str]] = {}
    credit: dict[str, str] = {}
    deciding: dict[str, set[Key]] = {}
    hinting: dict[str, set[Key]] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        code = table.pop("code")
        for role, kind, entry in _entries(table):
            if role == "label":
                _add_label(labels, entry, kind, code)
                continue
            if role == "credit":
                credit[entry] = kind
                continue
            key, term = _term(entry, role, kind, code)
            if role == "opener":
                openers.setdefault(str(key), []).append(term)
                continue
            terms.setdefault(key, []).append(term)
            if role in ("object", "sure", "call", "topic"):
                hinting.setdefault(code, set()).add(key)
            if role in ("object", "sure"):
                deciding.setdefault(code, set()).add(key)
    stems = frozenset(key[:-1] for key in terms if isinstance(key, str) and key.endswith("*"))
    first_words = frozenset(label.partition(" ")[0] for label in labels)
    return Tables(terms, stems, _starts(terms), openers, labels, first_words, credit, _gates(deciding), _gates(hinting))
