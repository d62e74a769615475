"""An explanation as JSON, and the words both ways of showing it to a person share.

What the pages say is cleaned here, once: no control character and nothing that turns the direction of writing
leaves this module. Does not explain anything itself (`scraper.extraction.explanation`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pipelines import quality
from scraper.extraction.explanation import BlockExplanation, Explanation, FieldExplanation, TextSource, Weight
from scraper.record import FIELDS, to_record
from scraper.text import clean
from scraper.values import Candidate, Moment, OutcomeKind, Paragraph

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")

_REASONS = {
    "article": "likely article",
    "not article": "unlikely article",
    "article, like the blocks it belongs to": "goes with the list, table or text around it",
    "not article, like the blocks it belongs to": "goes with the list, table or text around it",
    "standfirst": "the standfirst",
    "title": "the title, which has a field of its own",
    "caption": "caption of a picture inside the article, kept apart from the body",
    "amid promotions": "stands amid promotions",
    "promotional lines": "most of its lines are promotions",
    "repeated on the site": "other pages of the site have it too",
    "twice on the page": "stands on the page a second time",
    "heading of nothing": "a heading that no kept text follows",
    "byline or date": "byline or date above the text, which has a field of its own",
}
BLOCKS_HEAD = "The text, block by block"
BLOCKS_LEGEND = (
    "In the page's order: kept or out, its score (from 0.50 on it is likely article), and why. Numbers say how far"
    " something spoke for it (+) or against it (-), compared with the page's other blocks. A box is an element of the"
    " page that holds others."
)
FIELDS_HEAD = "The fields, one by one"
FIELDS_LEGEND = (
    "What was decided, then every place that says something: * won, = says the same, - says otherwise. jsonld,"
    " opengraph, meta and microdata are the page's data, dom is what it shows, feed what announced it."
)
FOREIGN = "from another extractor (trafilatura)"

BY_SCORE = ("article", "not article")
"""Reasons that say nothing but which side of the line the score is."""

_UNNAMED = ("url", "name")  # parts of a value that need no label
_N_FOR, _N_AGAINST, _MIN_TOLD = 2, 1, 0.05  # features told in a sentence
_SOURCES = {
    TextSource.PAGE: "what the page shows",
    TextSource.RULE: "the part of the page that the site's rule names",
    TextSource.DATA: "the page's data or scripts, for what it shows holds no article",
    TextSource.SECOND_OPINION: "another extractor (trafilatura), for the page says it is an article and we found none",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of an explanation in sentences: the verdict, and what it rests on."""

    verdict: str
    evidence: tuple[str, ...]


def plain(value: Any) -> str:
    """A value of a field as a person reads it, on one line; nothing for an absent one."""
    if value is None:
        return ""
    if isinstance(value, Moment):
        return value.iso() + (" (the page names no zone)" if not value.has_zone and "T" in value.iso() else "")
    if isinstance(value, Mapping):
        parts = ((name, plain(part)) for name, part in value.items() if name not in ("type", "origin"))
        return ", ".join(text if name in _UNNAMED else f"{name} {text}" for name, text in parts if text)
    if isinstance(value, tuple | list):
        return "; ".join(plain(part) for part in value)
    return line(value.isoformat() if isinstance(value, datetime) else str(value))


def line(text: str) -> str:
    """Text of a page, fit for a terminal, on one line."""
    return " ".join(_TURNING.sub("", clean(text)).split())


def reason(block: BlockExplanation) -> str:
    """Why the block was kept or dropped, in words."""
    words = _REASONS.get(block.fate.reason, block.fate.reason)
    return f"{words} (reads like: {block.reads_like.replace('_', ' ')})" if block.reads_like else words


def because(block: BlockExplanation) -> str:
    """The same with what made the score."""
    spoke_for, spoke_against = ([w for w in side if abs(w.weight) >= _MIN_TOLD] for side in sided(block))
    told = "; ".join(f"{weight.words} {weight.weight:+.1f}" for weight in spoke_for[:_N_FOR])
    but = "; ".join(f"{weight.words} {weight.weight:+.1f}" for weight in spoke_against[:_N_AGAINST])
    sentence = " but ".join(part for part in (f"{told};" if told and but else told, but) if part)
    joint = ": " if block.fate.reason in BY_SCORE else ". Its score: "
    return f"{reason(block)}{joint}{sentence}" if sentence else reason(block)


def decided(field: FieldExplanation) -> str:
    """The value of a field, or that it has none."""
    if field.value is None:
        return "(none)" if field.name in FIELDS else "(no field of its own)"
    if field.winner is not None or any(agrees(field, candidate) for candidate in field.candidates):
        return plain(field.value)
    return f"{plain(field.value)} (put together from {line(field.origin) or 'other fields'})"


def agrees(field: FieldExplanation, candidate: Candidate) -> bool:
    """Whether the candidate says just what was decided."""
    said = candidate.value.get("url") if isinstance(candidate.value, Mapping) else candidate.value
    return field.value is not None and plain(said) == plain(field.value)


def foreign(explanation: Explanation) -> tuple[Paragraph, ...]:
    """The paragraphs that come from none of the blocks."""
    return explanation.article.paragraphs if explanation.source is TextSource.SECOND_OPINION else ()


def sided(block: BlockExplanation) -> tuple[list[Weight], list[Weight]]:
    """The features that spoke for the block's score, and those that spoke against it, strongest first."""
    is_high = block.fate.score >= 0.5
    agreeing = [weight for weight in block.weights if (weight.weight > 0) == is_high]
    return agreeing, [weight for weight in block.weights if weight not in agreeing]


def summary(explanation: Explanation) -> Summary:
    """What the page was taken for, and why."""
    article = explanation.article
    verdict = quality.judge(article)
    n_kept = 0 if explanation.source is TextSource.SECOND_OPINION else sum(b.fate.is_kept for b in explanation.blocks)
    amount = f"{n_kept} of {len(explanation.blocks)} blocks kept, {len(article.body)} characters of text"
    said = f"{article.state.value.replace('_', ' ')}; a run would "
    said += "store it" if verdict.is_accepted else f"not store it ({verdict.outcome.value})"
    evidence = [
        line(verdict.evidence or str(article.details.get("state_evidence", "")))
        or "nothing speaks against its being an article",
        f"{amount}, confidence {article.confidence:.2f}",
        f"the text comes from {_SOURCES[explanation.source]}",
        _remembered(explanation),
    ]
    return Summary(said, tuple(evidence))


def _remembered(explanation: Explanation) -> str:
    memory = explanation.memory
    if memory is None:
        return "nothing is known of other pages of this site"
    n_dropped = sum(block.fate.reason == "repeated on the site" for block in explanation.blocks)
    n_known = len(memory.repeated)
    known = "1 block is" if n_known == 1 else f"{n_known} blocks are"
    where = f"from {memory.n_pages} pages of {line(memory.site)}"
    return f"{where}, {known} known that the site repeats; {n_dropped} dropped here for that alone"


def to_json(explanation: Explanation) -> dict[str, Any]:
    """Everything, as JSON values."""
    verdict, memory = quality.judge(explanation.article), explanation.memory
    known = {"site": memory.site, "n_pages": memory.n_pages, "n_repeated": len(memory.repeated)} if memory else None
    is_article = verdict.outcome is OutcomeKind.STORED
    found = {
        "url": explanation.article.url,
        "verdict": {
            "state": explanation.article.state,
            "evidence": explanation.article.details.get("state_evidence") or verdict.evidence,
            "is_accepted": verdict.is_accepted,
            "outcome": None if is_article else verdict.outcome,
            "confidence": explanation.article.confidence,
        },
        "text_from": explanation.source,
        "site_memory": known,
        "blocks": [_block(at, block) for at, block in enumerate(explanation.blocks)],
        "fields": [_field(field) for field in explanation.fields],
        "article": to_record(explanation.article),
    }
    cleaned: dict[str, Any] = _cleaned(found)
    return cleaned


def _block(at: int, block: BlockExplanation) -> dict[str, Any]:
    fate = block.fate
    weights = [
        {"name": w.name, "value": w.value, "weight": round(w.weight, 4), "words": w.words} for w in block.weights
    ]
    return {
        "order": at,
        "is_kept": fate.is_kept,
        "score": round(fate.score, 4),
        "reason": fate.reason,
        "reads_like": block.reads_like,
        "kind": fate.kind,
        "path": fate.path,
        "text": fate.text,
        "features": weights,
    }


def _field(field: FieldExplanation) -> dict[str, Any]:
    candidates = [
        {"field": c.field, "origin": c.origin, "value": c.value, "is_winner": at == field.winner}
        for at, c in enumerate(field.candidates)
    ]
    return {"field": field.name, "value": field.value, "origin": field.origin or None, "candidates": candidates}


def _cleaned(value: Any) -> Any:
    if isinstance(value, Moment):
        return value.iso()
    if isinstance(value, Mapping):
        return {_cleaned(str(name)): _cleaned(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_cleaned(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | float):
        return value
    return clean(str(value))
