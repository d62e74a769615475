"""Bylines -> names of people, organisations and agencies.

Takes any written byline apart: leads ("By", "Von"), roles, places, dates, e-mail and handles go, several names in one
string are split, "Lastname, Firstname" is turned round. Does not choose between vocabularies (`authorship`) and does
not check whether a person exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from scraper import dates
from scraper.extraction.byline_words import (
    AGENCIES,
    LEAD_WORDS,
    NEVER_IN_NAMES,
    NO_NAMES,
    ORGANISATION_WORDS,
    PARTICLES,
    ROLE_WORDS,
    SUFFIXES,
)
from scraper.months import MONTHS
from scraper.text import fold, squash

MAX_BYLINE_CHARS = 300
MAX_NAME_CHARS = 60
MAX_NAMES = 30

# Most bylines are a plain name and need none of the patterns below.
_PLAIN = re.compile(r"[A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20}){1,2}")
_UNPLAIN = (
    ORGANISATION_WORDS | ROLE_WORDS | NO_NAMES | NEVER_IN_NAMES | SUFFIXES | PARTICLES | LEAD_WORDS | frozenset(MONTHS)
)
_LEAD = re.compile(
    r"^\W{0,5}(?:(?:article|story|post|text|words|report|guest post|written|posted|published|updated|authored|submitted"
    r"|created|contributed|edited|compiled|insights)\s+(?:and\s\w+\s)?(?:by|from)\b"
    r"|by(?=[\s:])|from(?=:)|(?:the\s)?authors?(?=\s?:|\s+[A-Z]|$)|about the author|written"
    r"|ein(?:e)? \w{4,20} von|interview von|von(?=\s)|te?xt(?:\s(?:&|und|and|et|y)\s\w{1,15})?(?=\s?:)"
    r"|aut(?:o|eu)r(?:in|en|e)?(?=\s?:)|autoren(?=\s+[A-Z])"
    r"|verfasst von|geschrieben von|erstellt von|écrit par|rédigé par|publié par|propos recueillis par|par(?=\s)"
    r"|escrito por|publicado por|por(?=\s)|scritto da|a cura di|di(?=\s[A-Z])|da(?=\s[A-Z])"
    r"|door(?=\s)|geschreven door|av(?=\s)"
    r"|skrevet av|skrevet af|af(?=\s)|tekst(?=:)|redaktion(?=:)|napisał\w?|autor(?=\s)|oleh(?=\s)"
    r"|od(?=\s)|автор\w?(?=\s?:)|текст(?=:)"
    r"|yazar(?=\s?:)|haber(?=\s?:)|作者|文(?=[:：／/|])|著者|執筆|撰文|责任编辑|編輯|记者|記者|取材・文|글)\s?[:：/／|]?\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:記者|기자|특파원|记者|報道|さん|외\s?\d+명|\((?:[^()]{1,60})\)|\[[^\]]{1,60}\]|/\s?[A-Z][A-Z-]{1,12})\s*$"
)
_CLAUSE = re.compile(r"\s(?:for|at|of|in|from|is|has|was|as|für|aus|pour|para|ist)\s.{2,200}$")
_OTHERS = re.compile(
    r"(?:^|\s)(?:(?:medically|clinically|technically|expertly)\s)?(?:reviewed|edited|fact[- ]?checked|verified"
    r"|translated|photographed|illustrated|photos?|photography|illustrations?|fotos?|bilder)\s?(?:by|von|par|por|:)\s.*$",
    re.IGNORECASE,
)
_DATE_TAIL = re.compile(
    r"\s+(?:on\s|am\s)?(?:\d{1,2}\.?\s*)?(?:jan|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)"
    r"[a-zé]{0,7}\.?\s+\d.*$"
    r"|\s+(?:on\s|am\s)?\d{1,4}[./-]\d{1,2}.*$"
    r"|\s+\d{1,2}(?:st|nd|rd|th)\b.*$|\s+\d{4}\s?[年년].*$",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}")
_HANDLE = re.compile(r"(?<!\w)@\w{2,30}")
_URL = re.compile(r"https?://\S{1,300}|www\.\S{1,200}", re.IGNORECASE)
_BREAK = re.compile(r"\s*(?:[|•·●;\n／、，]|\s/\s|\s[-–—]\s|—|//)\s*")
_AND = re.compile(
    r"\s+(?:&|and|und|et|y|e|og|och|en|i|ja|a|и|та|ve|dan|és|și|with|mit|avec|con|và)\s+|\s?&\s?|(?<=\w)/(?=\w)",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"(?:^|\s)(?:published|updated|posted|last updated?|on (?=\w+day|\d|[A-Z]\w+ \d)|am (?=\w+tag|\d)"
    r"|\d+ minutes?|\d+ min|aktualisiert|stand:|veröffentlicht|publié|mis à jour|view all|all posts)\b.*",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SPREAD = re.compile(r"(?<=^[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff]$)")
"""Names of two characters are often set apart."""
_DOMAIN = re.compile(
    r"^[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|de|be|nl|fr|co|io|tr|ch|at|eu|info|news|uk)$", re.IGNORECASE
)
_WITH_SITE = re.compile(r"\((?:https?://)?(?:[\w-]{1,60}\.){1,4}[a-z]{2,6}/?\)\s*$", re.IGNORECASE)
"""A name with its site in brackets is the site's."""
_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})
_KEPT = _GENERATIONS | {"md", "phd"}
_ORGANISATIONS = ("organization", "newsmediaorganization", "corporation", "educationalorganization")


@dataclass(frozen=True, slots=True)
class Name:
    """One name in a byline; `kind` is person, organisation or agency."""

    text: str
    kind: str = "person"


def parse(byline: str, *, kind: str = "") -> tuple[Name, ...]:
    """The names in `byline` in order. `kind` is what the page says they are (`person`, `organization` or empty)."""
    return _parse(byline[:MAX_BYLINE_CHARS], kind)


def looks_like_name(text: str) -> bool:
    """Whether a visible text has the shape of a person's name: two to five capitalised words, or a few characters."""
    words = text.split()
    if _EAST_ASIAN.search(text):
        return len(text) <= 12 and len(words) <= 3
    if not 2 <= len(words) <= 5 or len(text) > 45 or any(map(str.isdigit, text)):
        return False
    if not NEVER_IN_NAMES.isdisjoint(word.lower().strip(".,:") for word in words):
        return False
    capital = sum(word[:1].isupper() or not word[:1].isascii() for word in words)
    return capital >= 2 and all(
        word[:1].isupper() or not word[:1].isascii() or word.lower() in PARTICLES for word in words
    )


def is_small_talk(text: str) -> bool:
    """Whether a visible text holds a word that no name holds, such as "Full Bio"."""
    return not NEVER_IN_NAMES.isdisjoint(word.lower().strip(".,:") for word in text.split())


@lru_cache(maxsize=1024)
def _parse(byline: str, kind: str) -> tuple[Name, ...]:
    if kind in ("", "person") and _PLAIN.fullmatch(byline) and _UNPLAIN.isdisjoint(byline.lower().split()):
        return (Name(byline, "agency" if byline.lower() in AGENCIES else "person"),)
    if not kind and _WITH_SITE.search(byline):
        kind = _ORGANISATIONS[0]
    text = squash(_HANDLE.sub(" ", _EMAIL.sub(" ", _URL.sub(" ", byline))))
    text = _OTHERS.sub("", _LEAD.sub("", text))
    found: dict[str, Name] = {}
    for piece in _pieces(text):
        name = _name(piece, kind)
        if name is not None:
            found.setdefault(fold(name.text), name)
    return tuple(found.values())[:MAX_NAMES]


def _pieces(text: str) -> Iterator[str]:
    """Parts of the byline that hold at most one name each."""
    for part in _BREAK.split(text):
        part = _LEAD.sub("", _LEAD.sub("", part)).strip(" ,:-–—")
        by_comma: list[str] = []
        for piece in re.split(r",\s*", part):
            if by_comma and (suffix := fold(piece).replace(" ", "")) in _KEPT:
                by_comma[-1] += f" {piece}" if suffix in _GENERATIONS else f", {piece}"
            elif piece.strip():
                by_comma.append(piece.strip())
        if _is_reversed(by_comma):
            yield f"{by_comma[1]} {by_comma[0]}"
            continue
        has_full_name = any(" " in piece for piece in by_comma)
        for piece in by_comma:
            if has_full_name and _is_place(piece):
                continue
            yield from _by_and(piece)


def _is_place(piece: str) -> bool:
    """Whether what stands beside full names is one plain word, as a place does: "Jane Roe, Hamburg"."""
    return piece.isalpha() and piece[0].isupper() and not _EAST_ASIAN.search(piece) and fold(piece) not in AGENCIES


def _is_reversed(pieces: list[str]) -> bool:
    """Whether "Lastname, Firstname" is one person: one word, then one to three that are no title."""
    if len(pieces) != 2:
        return False
    last, first = pieces[0].split(), pieces[1].split()
    if len(last) > 1 and last[0].lower() not in PARTICLES:
        return False
    words = {word.lower().strip(".") for word in last + first}
    if not words.isdisjoint(SUFFIXES | ROLE_WORDS | ORGANISATION_WORDS):
        return False
    if fold(pieces[0]) in AGENCIES or fold(pieces[1]) in AGENCIES:
        return False
    is_title = any(word.isupper() and len(word) > 2 for word in first) and not pieces[0].isupper()
    is_capital = pieces[0][:1].isupper() or last[0].lower() in PARTICLES
    return 1 <= len(first) <= 3 and is_capital and pieces[1][:1].isupper() and not is_title


def _by_and(piece: str) -> Iterator[str]:
    if not ORGANISATION_WORDS.isdisjoint(fold(piece).split()):
        yield piece
        return
    parts = [p for p in (_LEAD.sub("", p) for p in _AND.split(piece)) if p]
    # "Ortega y Gasset" is one person, "Ana Ruiz y Juan Gil" are two.
    is_list = all(len(p.split()) >= 2 or _EAST_ASIAN.search(p) for p in parts)
    if len(parts) > 1 and (is_list or re.search(r"\s(?:and|und|&)\s", piece)):
        yield from parts
    else:
        yield piece


def _name(piece: str, kind: str) -> Name | None:
    """The name in a piece, or None if there is none."""
    if fold(piece) in AGENCIES:
        return Name(piece.strip(" ."), "agency")
    text = _UPDATED.sub("", _DATE_TAIL.sub("", _TAIL.sub("", _LEAD.sub("", piece))))
    text = _SPREAD.sub("", text.strip(" ,:;-–—|/\"'“”()[]+"))
    if ORGANISATION_WORDS.isdisjoint(fold(_CLAUSE.sub("", text)).split()):
        text = _person_alone(text)
    folded = fold(text)
    words = folded.split()
    if not words or len(text) > MAX_NAME_CHARS or len(words) > 7 or len(folded) < 2 or _is_no_name(text, folded, words):
        return None
    if folded in AGENCIES:
        return Name(text, "agency")
    n_roles = sum(word in ROLE_WORDS for word in words)
    if n_roles * 2 >= len(words) and kind != "person":
        return None
    is_site = any(_DOMAIN.match(word.strip("()")) for word in piece.split())  # alone, or beside a name
    if kind in _ORGANISATIONS or is_site or not ORGANISATION_WORDS.isdisjoint(words):
        return Name(text, "organisation")
    return Name(text)


def _person_alone(text: str) -> str:
    """The name without a clause ("at Example Corp"), a role or an avatar's initials beside it."""
    shorter = _CLAUSE.sub("", text)
    words = (shorter if " " in shorter else text).split()
    role = next((i for i, word in enumerate(words) if i >= 2 and word.lower().strip(".,") in ROLE_WORDS), len(words))
    words = words[:role]
    initials = "".join(word[:1] for word in words[1:])
    if len(words) > 2 and words[0].isupper() and len(words[0]) > 1 and words[0] in (initials, initials[:2]):
        words = words[1:]
    return " ".join(words).strip(" ,")


def has_lead(text: str) -> bool:
    """Whether the text says that a name follows ("By", "Von")."""
    return bool(_LEAD.match(text.strip()))


def _is_no_name(text: str, folded: str, words: list[str]) -> bool:
    if (len(words) == 1 and folded in NO_NAMES) or folded in SUFFIXES or "".join(words) in SUFFIXES:
        return True
    n_digits = sum(map(str.isdigit, text))
    if not n_digits:
        return False
    is_day = not MONTHS.keys().isdisjoint(words) or dates.parse(text) is not None
    return is_day or 2 * n_digits >= sum(map(str.isalpha, text))
