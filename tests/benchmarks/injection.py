"""Copies of training pages with promotions set into them, so that the model learns what no corpus labels.

The lines are our own (`promotions.json`) and the titles of other pages as "read also" lists. Every choice follows
from the page's id, so that the training stays reproducible.
"""

from __future__ import annotations

import hashlib
import html
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from scraper import dom
from scraper.text import fold

_LINES = json.loads(Path(__file__).with_name("promotions.json").read_text("utf-8"))
_BOXES = ("promo", "newsletter-box", "teaser", "infobox", "related", "widget", "c-embed", "x1y2", "row", "cta")
PLAIN = "plain"


def _wrapped(tag: str) -> Callable[[Sequence[str], random.Random], str]:
    def build(lines: Sequence[str], rng: random.Random) -> str:
        inner = "".join(f"<{tag}>{line}</{tag}>" for line in lines)
        return f'<div class="{rng.choice(_BOXES)}">{inner}</div>'

    return build


def _plain(lines: Sequence[str], rng: random.Random) -> str:
    tag = rng.choice(("p", "p", "p", "div"))
    return "".join(f"<{tag}>{line}</{tag}>" for line in lines)


def _links(lines: Sequence[str], _: random.Random) -> str:
    return "".join(f'<p><a href="/aktion">{line}</a></p>' for line in lines)


def _linked_list(lines: Sequence[str], _: random.Random) -> str:
    return "<ul>" + "".join(f'<li><a href="/n">{line}</a></li>' for line in lines) + "</ul>"


def _aside(lines: Sequence[str], _: random.Random) -> str:
    return f"<aside><h3>{lines[0]}</h3>" + "".join(f"<p>{line}</p>" for line in lines[1:]) + "</aside>"


def _bold(lines: Sequence[str], _: random.Random) -> str:
    return "".join(f"<p><strong>{line}</strong></p>" for line in lines)


_STYLES = {
    PLAIN: _plain,
    "links": _links,
    "list": _linked_list,
    "aside": _aside,
    "bold": _bold,
    "box": _wrapped("p"),
    "divs": _wrapped("div"),
}


def inject(source: str, page: Any, titles: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    """The page with one or two promotions, and each injected line (folded) with its style; None where none fits."""
    known = _LINES.get((page.language or "")[:2])
    if known is None:
        return None
    rng = random.Random(int(hashlib.sha256(page.id.encode()).hexdigest()[:8], 16))
    tree = dom.parse(source)
    gold = f" {fold(page.gold)} "
    anchors = [p for p in tree.css("p") if len(t := fold(p.text(separator=" "))) >= 60 and t in gold]
    if len(anchors) < 4:
        return None
    injected: dict[str, str] = {}
    snippets = []
    for at, spot in enumerate(sorted({rng.randrange(1, len(anchors)), len(anchors) - 1})):
        style = rng.choice((PLAIN, PLAIN, *_STYLES))
        lines = _lines(known, titles, style, rng)
        injected.update((fold(line), style) for line in lines)
        snippets.append(_STYLES[style]([html.escape(line, quote=False) for line in lines], rng))
        anchors[spot].insert_after(f"promotionmark{at}")
    text = tree.html or ""
    for at, snippet in enumerate(snippets):
        text = text.replace(f"promotionmark{at}", snippet, 1)
    return text, injected


def _lines(known: dict[str, Any], titles: Sequence[str], style: str, rng: random.Random) -> list[str]:
    if style == "list" or (style == "links" and rng.random() < 0.5):
        return rng.sample(list(titles), min(4, len(titles)))
    if rng.random() < 0.3:
        return list(rng.choice(known["groups"]))
    return rng.sample(known["lines"], rng.randint(1, 4))
