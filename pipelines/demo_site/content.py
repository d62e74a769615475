"""The demo site's articles and furniture, read from the data files beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_MARKS = {"## ": "heading", "- ": "list_item", "> ": "quote", "| ": "table_row", "^ ": "caption"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article of the site. `paragraphs` are (kind, text); `webinar` says where the promotion stands, if at all.

    `only` names the one announcement that lists it (feed or sitemap), empty for both.
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

    @property
    def body(self) -> tuple[str, ...]:
        """The texts a reader wants, in order: the lead, then the paragraphs but captions."""
        texts = tuple(text.replace("|", " | ") for kind, text in self.paragraphs if kind != "caption")
        return (self.lead, *texts) if self.lead else texts


def pieces(edition: int, now: datetime) -> list[Piece]:
    """The articles of an edition (1 or 2), newest first; ages count from `now`, when the first edition appeared."""
    data = tomllib.loads((_HERE / "articles.toml").read_text(encoding="utf-8"))
    found = [_piece(row, now) for row in data["article"] if row.get("edition", 1) <= edition]
    if edition > 1:
        found = [_revised(piece, data["revision"], now) for piece in found]
    return sorted(found, key=lambda piece: piece.published_at, reverse=True)


def furniture(language: str) -> Mapping[str, Any]:
    """What every page of a language carries besides its article."""
    data = tomllib.loads((_HERE / "furniture.toml").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = data[language]
    return found


def _piece(row: Mapping[str, Any], now: datetime) -> Piece:
    published_at = (now - timedelta(hours=row["hours"])).replace(minute=30, second=0, microsecond=0)
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
    modified_at = now.replace(microsecond=0) + timedelta(hours=5)
    return replace(piece, title=change["title"], paragraphs=tuple(paragraphs), modified_at=modified_at)
