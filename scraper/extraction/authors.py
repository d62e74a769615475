"""Bylines -> names of people, organisations and agencies.

Takes any written byline apart: leads ("By", "Von"), roles, places, dates, e-mail and handles go, several names in one
string are split, "Lastname, Firstname" is turned round. Does not choose between vocabularies (`credits`) and does not
check whether a person exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from scraper import dates
from scraper.extraction.agencies import AGENCIES, NO_NAMES, ORGANISATION_WORDS, ROLE_WORDS, SUFFIXES
from scraper.text import fold, squash

MAX_BYLINE_CHARS = 300
MAX_NAME_CHARS = 60
MAX_NAMES = 30

_LEAD = re.compile(
    r"^\W{0,5}(?:(?:article|story|post|text|words|report|written|posted|published|updated|reviewed|authored|submitted|created|contributed|edited|compiled)\s+(?:and\s\w+\s)?by"
    r"|by(?=[\s:A-Z])|from(?=:)|authors?(?=\s?:|\s+[A-Z])|about the author|written|ein(?:e)? \w{4,20} von|interview von|von(?=\s)|text(?=:)|autor(?:in|en)?(?=\s?:)"
    r"|verfasst von|geschrieben von|erstellt von|écrit par|rédigé par|publié par|propos recueillis par|par(?=\s)"
    r"|escrito por|publicado por|por(?=\s)|scritto da|a cura di|di(?=\s)|da(?=\s)|door(?=\s)|geschreven door|av(?=\s)"
    r"|skrevet av|skrevet af|af(?=\s)|tekst(?=:)|redaktion(?=:)|napisał\w?|autor(?=\s)|oleh(?=\s)|od(?=\s)|автор\w?(?=\s?:)|текст(?=:)"
    r"|yazar(?=\s?:)|haber(?=\s?:)|作者|文|著者|執筆|撰文|责任编辑|編輯|记者|取材・文|글|기자)\s?[:：/／|]?\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:記者|기자|특파원|记者|報道|さん|외\s?\d+명|\((?:[^()]{1,60})\)|\[[^\]]{1,60}\]|/\s?[A-Z]{2,12}|\b(?:for|at|of|in|from|is|has|was|und|and) .{3,120}|,? aktualisiert.*)\s*$"
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}")
_HANDLE = re.compile(r"(?<!\w)@\w{2,30}")
_URL = re.compile(r"https?://\S{1,300}|www\.\S{1,200}", re.IGNORECASE)
_BREAK = re.compile(r"\s*(?:[|•·●;\n/／、，]|\s[-–—]+\s|—|\s{3,})\s*")
_AND = re.compile(r"\s+(?:&|and|und|et|y|e|og|och|en|i|ja|a|и|та|ve|dan|és|și|și|with|mit|avec|con|và)\s+|\s?&\s?", re.IGNORECASE)
_UPDATED = re.compile(
    r"\b(?:published|updated|posted|last|on|date|read|minutes?|min|aktualisiert|stand|veröffentlicht|publié|mis à jour|view|all posts)\b.*",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Name:
    """One name in a byline; `kind` is person, organisation or agency."""

    text: str
    kind: str = "person"


def parse(byline: str, *, kind: str = "") -> tuple[Name, ...]:
    """The names in `byline` in order. `kind` is what the page says they are (`person`, `organization` or empty)."""
    return _parse(byline[:MAX_BYLINE_CHARS], kind)


@lru_cache(maxsize=1024)
def _parse(byline: str, kind: str) -> tuple[Name, ...]:
    text = squash(_HANDLE.sub(" ", _EMAIL.sub(" ", _URL.sub(" ", byline))))
    found: dict[str, Name] = {}
    for piece in _pieces(text):
        name = _name(piece, kind)
        if name is not None:
            found.setdefault(fold(name.text), name)
    return tuple(found.values())[:MAX_NAMES]


def _pieces(text: str) -> Iterator[str]:
    """Parts of the byline that hold at most one name each."""
    for part in _BREAK.split(text):
        part = _LEAD.sub("", part).strip(" ,:-–—")
        by_comma = [piece.strip() for piece in re.split(r",\s*", part) if piece.strip()]
        if _is_reversed(by_comma):
            yield f"{by_comma[1]} {by_comma[0]}"
            continue
        for piece in by_comma:
            yield from _by_and(piece)


def _is_reversed(pieces: list[str]) -> bool:
    """Whether "Lastname, Firstname" is one person: one word, then one or two that are no title."""
    if len(pieces) != 2:
        return False
    last, first = pieces[0].split(), pieces[1].split()
    if len(last) > 1 and last[0].lower() not in ("de", "van", "von", "der", "del", "di", "da", "la", "le", "dos"):
        return False
    words = {word.lower().strip(".") for word in last + first}
    is_plain = words.isdisjoint(SUFFIXES | ROLE_WORDS | ORGANISATION_WORDS) and fold(pieces[0]) not in AGENCIES and fold(pieces[1]) not in AGENCIES
    return bool(last) and 1 <= len(first) <= 2 and is_plain and pieces[0][:1].isupper() and pieces[1][:1].isupper() and not any(w.isupper() and len(w) > 2 for w in first)


def _by_and(piece: str) -> Iterator[str]:
    parts = [p for p in (_LEAD.sub("", p) for p in _AND.split(piece)) if p]
    # "Ortega y Gasset" is one person, "Ana Ruiz y Juan Gil" are two.
    if len(parts) > 1 and (all(len(p.split()) >= 2 or _HAN.search(p) for p in parts) or re.search(r"\s(?:and|und|&)\s", piece)):
        yield from parts
    else:
        yield piece


def _name(piece: str, kind: str) -> Name | None:
    """The name in a piece, or None if there is none."""
    if fold(piece) in AGENCIES:
        return Name(piece.strip(" ."), "agency")
    text = _UPDATED.sub("", _TAIL.sub("", _LEAD.sub("", piece))).strip(" ,:;-–—|/.\"'“”()[]")
    folded = fold(text)
    words = folded.split()
    if not words or len(text) > MAX_NAME_CHARS or len(words) > 7 or len(folded) < 2:
        return None
    if folded in AGENCIES:
        return Name(text, "agency")
    if (len(words) == 1 and folded in NO_NAMES) or folded in SUFFIXES or "".join(words) in SUFFIXES:
        return None
    if any(map(str.isdigit, text)) and (dates.parse(text) or sum(map(str.isdigit, text)) > 2):
        return None
    n_roles = sum(word in ROLE_WORDS for word in words)
    if n_roles and (n_roles * 2 >= len(words)) and kind != "person":
        return None
    if kind in ("organization", "newsmediaorganization", "corporation") or not ORGANISATION_WORDS.isdisjoint(words):
        return Name(text, "organisation")
    return Name(text)


def people(names: Iterable[Name]) -> tuple[str, ...]:
    """The people among `names`, in order."""
    return tuple(name.text for name in names if name.kind == "person")
