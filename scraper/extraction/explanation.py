"""Why the article is what it is: every block with its score and fate, every field with its candidates.

    explanation = explain(page, context)

Taken from the very parts that `extract` puts the article together from, so that the two can't disagree; only the
features that decided each block are computed here, on top. Pure. Prints nothing and does not say whether the
article is good enough to be stored (`pipelines.quality`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from scraper import extraction
from scraper.extraction import attribution, body, feature_words, junk, scoring
from scraper.extraction.metadata import Fields
from scraper.extraction.model import Forest
from scraper.extraction.table import Table
from scraper.text import fold
from scraper.values import Article, Candidate, Context, Page, SiteMemory

N_WEIGHTS = 5
"""Features told for each block."""

_N_ASKED = 12  # several features may say the same in words
_FIRST_LOOK = "odds"
_N_GROUNDS = 2

_ONE = re.compile(r"\b(1 (?:side )?(?:probable )?(?:block|box|link|letter|line break|punctuation mark))e?s\b")

BYLINE = "byline or date"

# Which candidates speak for a field besides those of its own name.
_SOURCES: dict[str, tuple[str, ...]] = {
    "section": ("breadcrumb",),
    "site_name": ("publisher",),
    "kind": ("article_kind", "is_opinion", "og_type"),
    "access": ("content_tier", "is_accessible_for_free"),
    "licence": ("license",),
    "opt_outs": ("robots",),
}
_LAST_RESORT = {"published_at": ("created_at", "modified_at")}
_FIELDS = (
    *("title", "authors", "published_at", "modified_at", "language", "description", "section", "tags", "image"),
    *("site_name", "canonical_url", "kind", "access"),
)


class TextSource(StrEnum):
    """Where the paragraphs come from."""

    PAGE = "page"
    RULE = "rule"
    DATA = "data"
    SECOND_OPINION = "second_opinion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A feature that decided: its value, what it adds to the log odds of being article, and both in words."""

    name: str
    value: float
    weight: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockExplanation:
    """One block in the page's order. `fate.is_kept` and `fate.reason` are final; `reads_like` is a class of `junk`."""

    fate: body.Fate
    weights: tuple[Weight, ...]
    reads_like: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldExplanation:
    """What was decided for a field, and what stood for choice. `winner` is an index, None for what was worked out.

    `value` None is a field that is absent, or one that only serves others.
    """

    name: str
    value: Any
    origin: str
    candidates: tuple[Candidate, ...]
    winner: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The article and all that led to it. `memory` is what was known of the site, None if nothing was."""

    article: Article
    source: TextSource
    blocks: tuple[BlockExplanation, ...]
    fields: tuple[FieldExplanation, ...]
    memory: SiteMemory | None


def explain(page: Page, context: Context = extraction.NO_CONTEXT) -> Explanation:
    """Why `extract(page, context)` gives what it gives. Raises `ExtractionError` when the page is empty."""
    parts = extraction.take_apart(page, context)
    return Explanation(
        article=extraction.article(page, parts),
        source=_source(parts),
        blocks=tuple(_blocks(parts)),
        fields=tuple(_fields(parts.fields)),
        memory=context.memory if context.memory is not None and context.memory.n_pages else None,
    )


def _source(parts: extraction.Parts) -> TextSource:
    if parts.is_rescued and parts.paragraphs:
        return TextSource.SECOND_OPINION
    if parts.is_ruled:
        return TextSource.RULE
    return TextSource.PAGE if parts.reading.scores is not None else TextSource.DATA


# ---------------------------------------------------------------- blocks


def _blocks(parts: extraction.Parts) -> Iterator[BlockExplanation]:
    scores = parts.reading.scores
    fates = _final(parts)
    weights = _weights(scores) if scores is not None else [()] * len(fates)
    for fate, own in zip(fates, weights, strict=True):
        yield BlockExplanation(fate=fate, weights=own, reads_like=junk.reason(fate.text, parts.fields.language))


def _final(parts: extraction.Parts) -> list[body.Fate]:
    """The fates with what was taken from the text after they had been decided."""
    fates = list(parts.reading.blocks)
    left = set(map(id, parts.paragraphs))
    for gone in (paragraph for paragraph in parts.reading.paragraphs if id(paragraph) not in left):
        at = next((at for at, f in enumerate(fates) if f.is_kept and f.text == gone.text), -1)
        if at >= 0:
            fates[at] = replace(fates[at], is_kept=False, reason=BYLINE)
    return fates


def _weights(scores: scoring.Scores) -> list[tuple[Weight, ...]]:
    """For each block the features that decided, strongest first."""
    if not len(scores.chance):
        return []
    found = _told(scores.model.first, scores.first, is_second=False)
    if scores.candidates:
        second = _told(scores.model.second, scores.second, is_second=True)
        for at, own in zip(scores.candidates, second, strict=True):
            found[at] = tuple(_grounded(weight, found[at]) for weight in own)
    return found


def _told(forest: Forest, table: Table, *, is_second: bool) -> list[tuple[Weight, ...]]:
    """For each block the features that decided, strongest first; those that say the same in words are one."""
    weights = attribution.weights(forest, table)
    values = [table[name].tolist() for name in forest.names]
    strongest = np.argsort(-np.abs(weights), axis=0)[:_N_ASKED].T.tolist()
    told = []
    for block, features in enumerate(strongest):
        found: dict[str, Weight] = {}
        for feature in features:
            name, value, weight = forest.names[feature], values[feature][block], float(weights[feature, block])
            words = in_words(name, value, is_second=is_second)
            weight += found[words].weight if words in found else 0.0
            found[words] = Weight(name=name, value=value, weight=weight, words=words)
        told.append(tuple(sorted(found.values(), key=lambda weight: -abs(weight.weight))[:N_WEIGHTS]))
    return told


def _grounded(weight: Weight, first: Sequence[Weight]) -> Weight:
    """The first look's judgement with the features that spoke loudest for it; any other weight as it is."""
    if weight.name != _FIRST_LOOK:
        return weight
    is_for = weight.value > 0
    if (weight.weight > 0) != is_for:  # less sure than of other blocks of the page
        return replace(weight, words=weight.words.replace("say ", "say only " if is_for else "say as much as "))
    loudest = [other.words for other in first if (other.weight > 0) == is_for][:_N_GROUNDS]
    return replace(weight, words=f"{weight.words} ({', '.join(loudest)})") if loudest else weight


def in_words(name: str, value: float, *, is_second: bool) -> str:
    """What it means that a feature has that value. `is_second` is for features of the second look."""
    if special := feature_words.SPECIAL.get((name, value)):
        return special
    if flag := _flag(name):
        return flag[value <= 0]
    if name in feature_words.NEGATIVE and value < 0:
        return _filled(feature_words.NEGATIVE[name], -value)
    template = (feature_words.SECOND_LOOK.get(name) if is_second else None) or feature_words.NUMBERS.get(name)
    box, _, measure = name.partition("_")
    if template is None and box in feature_words.BOXES:
        template = feature_words.BOX[measure].replace("{box}", feature_words.BOXES[box])
    return _filled(template or f"{name} {{n}}", value)


def _filled(template: str, value: float) -> str:
    number = f"{value:.0f}" if value == int(value) or abs(value) >= 10 else f"{value:.2g}"
    chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
    words = template.format(n=number, p=f"{value:.0%}", c=f"{chance:.0%}")
    return _ONE.sub(r"\1", words)


def _flag(name: str) -> tuple[str, str] | None:
    """The two phrases of a feature that is true or false."""
    for start, phrases in (
        ("apart_tag_", feature_words.APART_TAG),
        ("under_tag_", feature_words.UNDER_TAG),
        ("apart_", feature_words.APART),
        ("near_", feature_words.NEAR),
        ("is_", feature_words.IS_TAG),
        ("in_", feature_words.IN_TAG),
    ):
        if name.startswith(start) and name not in feature_words.FLAGS and name not in feature_words.NUMBERS:
            label = feature_words.CLASS_GROUPS if start in ("apart_", "near_") else {}
            own = name.removeprefix(start)
            return phrases[0].format(name=label.get(own, own)), phrases[1].format(name=label.get(own, own))
    return feature_words.FLAGS.get(name)


# ---------------------------------------------------------------- fields


def _fields(fields: Fields) -> Iterator[FieldExplanation]:
    """Every field that an article may have, then the rarer ones, then what the page says that no field takes."""
    told = set()
    for name in (*_FIELDS, *fields.details):
        value = getattr(fields, name) if name in _FIELDS else fields.details[name]
        names = [name, *_SOURCES.get(name, ())]
        found = _field(name, value, fields, names)
        if found.winner is None and name in _LAST_RESORT:
            names += _LAST_RESORT[name]
            found = _field(name, value, fields, names)
        told.update(names)
        yield found
    for name in dict.fromkeys(c.field for c in fields.candidates):
        if name not in told:
            yield _field(name, None, fields, [name])


def _field(name: str, value: Any, fields: Fields, names: Sequence[str]) -> FieldExplanation:
    """A field with the candidates of those names, each once."""
    types = Candidate(field="types", value=fields.types, origin="jsonld:@type")
    everything = (*fields.candidates, *((types,) if name == "kind" and fields.types else ()))
    candidates = [c for wanted in (*names, types.field) for c in everything if c.field == wanted]
    unique: dict[tuple[str, str], Candidate] = {}
    for candidate in candidates:
        unique.setdefault((candidate.origin, repr(candidate.value)), candidate)
    found, origin = tuple(unique.values()), fields.origins.get(name, "")
    value = None if value == () else value
    winner = _winner(value, origin, found)
    return FieldExplanation(name=name, value=value, origin=origin, candidates=found, winner=winner)


def _winner(value: Any, origin: str, candidates: Sequence[Candidate]) -> int | None:
    """The candidate of the winning origin; of several there, the one that says most of what was decided."""
    likely = [at for at, c in enumerate(candidates) if c.origin == origin and value is not None]
    return max(likely, key=lambda at: (_likeness(candidates[at].value, value), -at), default=None)


def _likeness(said: Any, decided: Any) -> float:
    said_words, decided_words = set(fold(_text(said)).split()), set(fold(_text(decided)).split())
    return len(said_words & decided_words) / max(1, len(said_words | decided_words))


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(map(_text, value.values()))
    if isinstance(value, tuple | list):
        return " ".join(map(_text, value))
    return str(getattr(value, "raw", "") or value)
