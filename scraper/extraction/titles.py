"""The headline a reader sees: one decision from heading, tags and `<title>`.

Every title and every title with a piece cut off (site name, section, date) is an option; an option is the better, the
more places agree on it. What each agreement counts was learned from the development pages with
`tests/benchmarks/metadata_titles.py` (conditional logit, cross-validated by site).

Does not remove the headline from the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scraper.extraction.title_weights import WEIGHTS
from scraper.text import fold
from scraper.values import Candidate

MAX_TITLE_CHARS = 300
MAX_OPTIONS = 60

_SEPARATOR = re.compile(r"\s+[|–—―·•»«:›>/~-]+\s+|\s?[|｜ㅣ»_]+\s?|\s?::\s?|(?<=\w)-(?=[가-힣一-龥])|\s[-–—](?=[A-Z])")
_NO_WORD = re.compile(r"[\W_]+")
_MAIN = ("h1", "og", "headline", "title")
_SECOND = ("twitter", "meta", "microdata", "name")
_DASH = re.compile(r"\s[-–—]\s")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"20[12]\d")
_SOURCES = (
    ("dom:h1", "h1"),
    ("opengraph", "og"),
    ("meta:twitter", "twitter"),
    ("meta:<title>", "title"),
    ("meta", "meta"),
    ("microdata", "microdata"),
    ("rdfa", "meta"),
    ("feed", "feed"),
)


@dataclass(slots=True)
class Option:
    """One possible headline and what speaks for it: the names of true features."""

    text: str
    origin: str
    features: dict[str, float] = field(default_factory=dict)


def score(option: Option) -> float:
    """The sum of the weights of what speaks for and against the option."""
    return sum(WEIGHTS.get(name, 0.0) * value for name, value in option.features.items())


def options(candidates: Sequence[Candidate], own_names: Iterable[str], headline: str, path: str) -> list[Option]:
    """All options, titles that differ only in case and punctuation as one."""
    titles = [c for c in candidates if c.field == "title" and isinstance(c.value, str) and c.value]
    names = {flat for name in own_names if (flat := fold(name).replace(" ", ""))}
    found: dict[str, Option] = {}
    present: set[str] = set()
    cut: dict[str, list[tuple[str, str, str]]] = {}
    # Cut pieces are looked up among whole titles, so the visible heading comes first.
    for candidate in sorted(titles[:MAX_OPTIONS], key=lambda c: c.origin != "dom:h1"):
        source = _source(candidate.origin)
        text = candidate.value[:MAX_TITLE_CHARS]
        is_repeated = source in present
        present.add(source)
        if text not in cut:  # places that agree are taken apart once
            cut[text] = [(variant, how, fold(variant)) for variant, how in _variants(text, names)]
        for variant, how, key in cut[text]:
            # What follows a dash is a headline only if something else says so; what precedes it may be one alone.
            if not key or (how == "tail" and key not in found):
                continue
            option = found.setdefault(key, Option(variant, candidate.origin))
            option.features[f"{source} {how}{' again' if is_repeated and source == 'h1' else ''}"] = 1.0
    is_news = any(c.field == "types" and any(t.endswith("NewsArticle") for t in c.value) for c in candidates)
    headline, slug = fold(headline), frozenset(_NO_WORD.split(path.lower()[-300:]))
    for key, option in found.items():
        _add_shape(key, option, headline, slug, names)
        _add_agreement(option, present, is_news=is_news)
        _add_look(option)
    _add_likeness(found)
    _add_rank(found, present)
    return list(found.values())


def _add_shape(key: str, option: Option, headline: str, slug: frozenset[str], names: set[str]) -> None:
    words = key.split()
    flat = key.replace(" ", "")
    features = option.features
    if flat in names:
        features["is site"] = 1.0
    elif any(len(name) > 3 and (flat.endswith(name) or flat.startswith(name)) for name in names):
        features["has site"] = 1.0
    if key == headline:
        features["is headline"] = 1.0
    if len(flat) < 12 and len(words) < 3:
        features["is short"] = 1.0
    features["in path"] = sum(word in slug for word in words) / len(words)


def _add_look(option: Option) -> None:
    text, features = option.text, option.features
    looks = (
        ("colon", ":" in text),
        ("pipe", "|" in text),
        ("dash", bool(_DASH.search(text))),
        ("question", "?" in text),
        ("digits", bool(_DIGIT.search(text))),
        ("year", bool(_YEAR.search(text))),
        ("dots", text.endswith(("...", "…"))),
    )
    features.update((name, 1.0) for name, is_so in looks if is_so)
    features["length"] = min(len(text), 150) / 150


def _said(option: Option) -> list[str]:
    """The places that say the option as a whole, but for the site's name."""
    return list(dict.fromkeys(n.split()[0] for n in option.features if n.endswith((" whole", " trimmed", " again"))))


def _add_rank(found: dict[str, Option], present: set[str]) -> None:
    """How the option compares with the page's others: in votes, in length, as a part of one."""
    said = {key: _said(option) for key, option in found.items()}
    stated = [f" {key} " for key, places in said.items() if places]
    most = max(map(len, said.values()), default=0)
    longest = max((len(option.text) for option in found.values()), default=1)
    for key, option in found.items():
        features, places, padded = option.features, said[key], f" {key} "
        if any(padded in other and padded != other for other in stated):
            features["part of another"] = 1.0
        if any(other in padded and padded != other for other in stated):
            features["holds another"] = 1.0
        features["votes"] = len(places) / max(1, len(present))
        features["most votes"] = float(len(places) == most)
        features["share of longest"] = len(option.text) / longest
        features["longest"] = float(len(option.text) == longest)
        pattern = "+".join(place for place in _MAIN if place in places)
        features.update((f"{place} with {pattern}", 1.0) for place in _SECOND if place in places)


def _add_agreement(option: Option, present: set[str], *, is_news: bool) -> None:
    """Who says exactly this, together; a missing source is unknown, which is not the same as disagreeing."""
    said = set(_said(option))
    pattern = "+".join(source for source in _MAIN if source in said)
    option.features[f"by {pattern}"] = 1.0
    if is_news:
        option.features[f"news by {pattern}"] = 1.0
    for source in present - said:
        option.features[f"not {source}"] = 1.0


def _add_likeness(found: dict[str, Option]) -> None:
    """How many words the option shares with what each main source says as a whole."""
    sources: dict[str, set[str]] = {}
    for key, option in found.items():
        for name in option.features:
            source, _, how = name.partition(" ")
            if source in _MAIN and how in ("whole", "trimmed"):
                sources[source] = set(key.split())
    for key, option in found.items():
        own = set(key.split())
        for source, theirs in sources.items():
            if f"{source} whole" not in option.features and f"{source} trimmed" not in option.features:
                option.features[f"like {source}"] = len(own & theirs) / len(own | theirs)


def _source(origin: str) -> str:
    if origin.startswith("jsonld"):
        return "headline" if origin.endswith(".headline") else "name"
    return next((name for start, name in _SOURCES if origin.startswith(start)), "meta")


def _variants(text: str, names: set[str]) -> Iterator[tuple[str, str]]:
    """The title whole, without the pieces that name the site, and cut at each separator."""
    yield text, "whole"
    trimmed = without_site(text, names)
    if trimmed and trimmed != text:
        yield trimmed, "trimmed"
    for match in list(_SEPARATOR.finditer(trimmed))[:6]:
        yield trimmed[: match.start()].strip(), "head"
        yield trimmed[match.end() :].strip(), "tail"


def without_site(title: str, names: set[str]) -> str:
    """`title` without leading and trailing pieces that name the site."""
    pieces = list(_SEPARATOR.finditer(title))
    while pieces and _names_site(title[pieces[-1].end() :], names):
        title = title[: pieces.pop().start()]
    if pieces and _names_site(title[: pieces[0].start()], names):
        title = title[pieces[0].end() :]
    return title.strip()


def _names_site(piece: str, names: set[str]) -> bool:
    flat = fold(piece).replace(" ", "")
    if not flat:
        return True
    return any(
        flat == name or (min(len(flat), len(name)) > 3 and (flat in name or name in flat) and len(flat) < 3 * len(name))
        for name in names
    )
