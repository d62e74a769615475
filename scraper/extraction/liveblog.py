"""The dated updates of a live blog, in the page's own order (schema.org/LiveBlogPosting).

    updates = read(tree, story)

Asked of pages that call themselves live in their data, address or title. Three sources, the first that answers counts:
`liveBlogUpdate` of the page's JSON-LD, boxes that repeat with a time in each (`liveboxes`), and lines of the text that
begin with a time of day. Does not decide what belongs to the article: boxes and lines count only if their text does.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from scraper import clock, dates, dom
from scraper.extraction import blocks, brokenjson, liveboxes
from scraper.extraction.jsonld import text as text_of
from scraper.extraction.metadata import Fields
from scraper.text import fold, squash
from scraper.values import ArticleKind, Moment, Paragraph, ParagraphKind, Precision

__all__ = ["Story", "Update", "completed", "read"]

MIN_UPDATES = 3
_MAX_UPDATES = 2000
_MAX_NODES = 5000
_START_CHARS = 40
_LIVE = re.compile(
    r"\blive\b|live-?(?:blog|ticker|update|text|verslag|studio|bericht|rapport)|news-?(?:blog|ticker)|\bticker\b"
    r"|as it happened|minute by minute|en direct\b|\bdirect\s*[:–-]|en (?:vivo|directo)\b|minuto a minuto"
    r"|última hora|ao vivo\b|\bdiretta\b|tempo reale|na żywo|онлайн|хроника|трансляци|прямой эфир|наживо"
    r"|ライブ|速報|直播|滚动|滾動|실시간|مباشر|لحظة بلحظة|בשידור חי|עדכונים שוטפים"
    r"|canlı|ζωντανά|\bsuorana\b|\bdirekte?\b",
    re.IGNORECASE,
)
_TIMED = re.compile(
    r"^\W{0,6}(?P<clock>(?:[01]?\d|2[0-3])[.:h][0-5]\d(?!\d)(?:\s*(?:uhr|[ap]\.?m\.?|h|[A-Z]{2,4}T)\b)?)[\s:–—|+-]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is known of the page: its fields, its address, and the article's paragraphs."""

    fields: Fields
    url: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One entry of a live blog. `text` has a blank line between paragraphs; it may be empty where a picture stood."""

    published_at: Moment | None
    title: str | None
    text: str

    def as_json(self) -> dict[str, Any]:
        """The update as JSON; the time as a record gives times."""
        at = self.published_at.iso() if self.published_at else None
        return {"published_at": at, "title": self.title, "text": self.text}


def read(tree: dom.Tree, story: Story) -> list[Update]:
    """The updates on the page, in its order; empty if it is no live blog."""
    if not _is_announced(story):
        return []
    return _announced(tree) or _boxed(tree, story) or _lined(story)


def completed(updates: Sequence[Update], paragraphs: tuple[Paragraph, ...]) -> tuple[Paragraph, ...]:
    """The article's paragraphs, followed by the updates if it shows none; the updates alone if it has no more."""
    shown = fold(" ".join(p.text for p in paragraphs))
    told = fold(" ".join(update.text for update in updates))
    if all(fold(p.text) in told for p in paragraphs):
        return tuple(_paragraphs(updates))
    if any(update.text and fold(update.text[:_START_CHARS]) in shown for update in updates):
        return paragraphs
    return (*paragraphs, *_paragraphs(updates))


def _paragraphs(updates: Sequence[Update]) -> Iterator[Paragraph]:
    """The updates as headings and paragraphs, each text once."""
    seen: set[str] = set()
    for update in updates:
        texts = [(ParagraphKind.HEADING, update.title or "")]
        texts += [(ParagraphKind.TEXT, text) for text in update.text.split("\n\n")]
        for kind, text in texts:
            if text and text not in seen:
                seen.add(text)
                yield Paragraph(kind=kind, text=text, level=2 if kind is ParagraphKind.HEADING else 0)


def _is_announced(story: Story) -> bool:
    fields = story.fields
    if fields.kind is ArticleKind.LIVE_BLOG or "LiveBlogPosting" in fields.types:
        return True
    path = unquote(urlsplit(story.url).path) if story.url.isprintable() else ""
    return _LIVE.search(f"{fields.title or ''} {fields.section or ''} {path}") is not None


# ---------------------------------------------------------------- by the page's data


def _announced(tree: dom.Tree) -> list[Update]:
    sources = (script.text() for script in tree.css("script[type*='ld+json' i]"))
    values = [value for source in sources if "liveBlogUpdate" in source for value in brokenjson.load(source)]
    updates = map(_entry, _entries(values))
    return [update for update in updates if update.title or update.text][:_MAX_UPDATES]


def _entries(value: Any) -> Iterator[dict[str, Any]]:
    """The objects under any `liveBlogUpdate`, in order; bounded."""
    waiting, n = [value], 0
    while waiting and n < _MAX_NODES:
        at, n = waiting.pop(), n + 1
        if isinstance(at, list):
            waiting += reversed(at[:_MAX_NODES])
        elif isinstance(at, dict):
            given = at.get("liveBlogUpdate")
            if given is None:
                waiting += reversed([child for child in at.values() if isinstance(child, list | dict)])
            else:
                yield from (e for e in (given if isinstance(given, list) else [given]) if isinstance(e, dict))


def _entry(entry: dict[str, Any]) -> Update:
    body = entry.get("articleBody") or entry.get("text")
    text = html.unescape(body) if isinstance(body, str) else ""
    if "<" in text:
        lines = [block.text for block in blocks.read(dom.parse(text)).blocks]
    else:
        lines = [line for raw in text.split("\n") if (line := squash(raw))]
    return Update(
        published_at=dates.parse(text_of(entry.get("datePublished") or entry.get("dateModified"))),
        title=text_of(entry.get("headline") or entry.get("name")) or None,
        text="\n\n".join(lines),
    )


# ---------------------------------------------------------------- by what the page shows


def _boxed(tree: dom.Tree, story: Story) -> list[Update]:
    """The boxes that repeat with a time, if the article's text stands in them."""
    kept = {p.text for p in story.paragraphs if p.kind is not ParagraphKind.CAPTION}
    found: list[Update] = []
    for box in liveboxes.find(tree):
        lines = [line for line in box.lines if line in kept and line != box.title and not _is_time(line)]
        if lines or (box.title and box.title in kept):
            found.append(Update(published_at=_moment(box.stamp, story), title=box.title, text="\n\n".join(lines)))
    return found if sum(bool(update.text) for update in found) >= MIN_UPDATES else []


def _is_time(line: str) -> bool:
    """Whether a line says nothing but a time of day."""
    start = _TIMED.match(line)
    return start is not None and start.end() == len(line)


def _lined(story: Story) -> list[Update]:
    """The text cut where a heading or a paragraph begins with a time of day."""
    found: list[tuple[str, str | None, list[str]]] = []
    for paragraph in story.paragraphs:
        if paragraph.kind is ParagraphKind.CAPTION:
            continue
        if start := _TIMED.match(paragraph.text):
            rest = paragraph.text[start.end() :].rstrip(" +").strip()
            title, lines = (
                (rest or None, []) if paragraph.kind is ParagraphKind.HEADING else (None, [rest] if rest else [])
            )
            found.append((start["clock"], title, lines))
        elif found and paragraph.kind is ParagraphKind.HEADING and not found[-1][1] and not found[-1][2]:
            found[-1] = (found[-1][0], paragraph.text, [])
        elif found:
            found[-1][2].append(paragraph.text)
    if len(found) < MIN_UPDATES:
        return []
    return [
        Update(published_at=_moment(stamp, story), title=title, text="\n\n".join(lines))
        for stamp, title, lines in found
    ]


def _moment(stamp: str, story: Story) -> Moment | None:
    """The time of an update; a bare time of day is of the article's only day, and unknown if it spans several."""
    moment = None if _TIMED.fullmatch(stamp) else dates.parse(stamp, language=story.fields.language)
    if moment is not None:
        return moment
    days = [m for m in (story.fields.published_at, story.fields.modified_at) if m is not None]
    time = clock.read(stamp, days[0].at.date()) if days else None
    if time is None or len({m.at.date() for m in days}) > 1:
        return None
    zone = time.zone or (days[0].at.tzinfo if days[0].has_zone else None)
    at = datetime.combine(days[0].at.date(), datetime.min.time(), zone or UTC)
    at = at.replace(hour=time.hour, minute=time.minute, second=time.second or 0)
    return Moment(at=at, precision=Precision.MINUTE, has_zone=zone is not None, raw=stamp)
