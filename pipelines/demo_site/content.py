"""The demo site's articles and furniture, read from the data files beside this module. Sets no HTML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

ZONE = timezone(timedelta(hours=1))
"""The zone in which the site states its times."""

INLINE = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<href>[^)]+)\)|\*(?P<stressed>[^*]+)\*")
"""The marks inside a paragraph: [words](/path) and *stressed words*."""

_HERE = Path(__file__).parent
_MARKS = {
    "## ": "heading",
    "- ": "list_item",
    "> ": "quote",
    "| ": "table_row",
    "^ ": "caption",
    "? ": "question",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article of the site. `paragraphs` are (kind, text), cells of a table row parted by a bar.

    `webinar` says where the promotion stands, if at all: middle or end. `only` names the one kind of source
    that announces it (feed or sitemap), empty for both. `is_paid`: only its beginning is shown.
    """

    path: str
    language: str
    template: str
    section: str
    title: str
    lead: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    published_at: datetime
    modified_at: datetime
    paragraphs: tuple[tuple[str, str], ...]
    webinar: str = ""
    only: str = ""
    is_paid: bool = False

    @property
    def body(self) -> tuple[str, ...]:
        """The texts a reader wants, in order: the lead, then the paragraphs but captions."""
        texts = tuple(plain(text.replace("|", " | ")) for kind, text in self.paragraphs if kind != "caption")
        return (self.lead, *texts) if self.lead else texts

    @property
    def captions(self) -> tuple[str, ...]:
        """The captions, with their credits."""
        return tuple(plain(text) for kind, text in self.paragraphs if kind == "caption")


def pieces(edition: int, now: datetime) -> list[Piece]:
    """The articles of an edition (1 or 2), newest first; ages count from `now`, when the first edition appeared."""
    data = _table("articles.toml")
    found = [_piece(row, now) for row in data["article"] if row.get("edition", 1) <= edition]
    if edition > 1:
        found = [_revised(piece, data["revision"], now) for piece in found]
    return sorted(found, key=lambda piece: piece.published_at, reverse=True)


def teaser(now: datetime) -> Piece:
    """The paid article, as far as it is shown."""
    return replace(_piece(_table("articles.toml")["teaser"], now), is_paid=True)


def furniture(language: str) -> Mapping[str, Any]:
    """What every page of a language carries besides its article."""
    found: Mapping[str, Any] = _table("furniture.toml")[language]
    return found


def plain(text: str) -> str:
    """`text` without the marks of links and stress."""
    return INLINE.sub(lambda match: match["words"] or match["stressed"], text)


@cache
def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))


def _piece(row: Mapping[str, Any], now: datetime) -> Piece:
    published_at = _round(now - timedelta(hours=row["hours"]))
    return Piece(
        path=row["path"],
        language=row["language"],
        template=row["template"],
        section=row["section"],
        title=row["title"],
        lead=row["lead"],
        authors=tuple(row["authors"]),
        tags=tuple(row["tags"]),
        published_at=published_at,
        modified_at=published_at,
        paragraphs=tuple(_paragraph(text) for text in row["paragraphs"]),
        webinar=row.get("webinar", ""),
        only=row.get("only", ""),
    )


def _round(at: datetime) -> datetime:
    """Down to five minutes, as an editor's clock shows it, in the site's zone."""
    return at.astimezone(ZONE).replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)


def _paragraph(text: str) -> tuple[str, str]:
    for mark, kind in _MARKS.items():
        if text.startswith(mark):
            cells = [cell.strip() for cell in text.removeprefix(mark).split("|")]
            return kind, "|".join(cells)
    return "text", text


def _revised(piece: Piece, change: Mapping[str, Any], now: datetime) -> Piece:
    if piece.path != change["path"]:
        return piece
    paragraphs = list(piece.paragraphs)
    paragraphs[change["replaced"]] = ("text", change["paragraph"])
    paragraphs.append(("text", change["note"]))
    return replace(
        piece, title=change["title"], lead=change["lead"], paragraphs=tuple(paragraphs), modified_at=_round(now)
    )
