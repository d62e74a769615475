"""What newsdesk ought to make of each address that the demo site announces. For tests and for the demo's reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.demo_site import addresses
from pipelines.demo_site.content import Piece, furniture, pieces, teaser
from pipelines.demo_site.templates import NAME

MIN_QUOTED = 20
"""Characters from which on a junk line is not part of any article's own words (so on all pages of this site)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One announced address. `outcomes`: the names of the outcomes that are right for it in a first run, best first.

    `paragraphs` are the article's texts in order, cells of a table row joined by " | ", captions apart. No
    paragraph of an article may equal a line of `junk`, nor contain one of `MIN_QUOTED` characters or more.
    `canonical_path` is the address that the page calls its own. Fields of a page that is no article are empty.
    """

    path: str
    outcomes: tuple[str, ...]
    canonical_path: str = ""
    language: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    paragraphs: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    junk: tuple[str, ...] = ()


def expected(edition: int, now: datetime) -> list[Expected]:
    """One record for each announced address, articles first, newest first.

    The shipyard's article is stored at whichever of its two addresses is read first.
    """
    found, first = pieces(edition, now), pieces(1, now)
    shipyard = next(piece for piece in found if piece.path == addresses.FIRST_PATH)
    twice = ("stored", "duplicate")
    return [
        *(_record(piece, piece.path, twice if piece is shipyard else ("stored",), first) for piece in found),
        _record(shipyard, addresses.SECOND_PATH, twice[::-1], first),
        _record(teaser(now), addresses.TEASER_PATH, ("teaser", "paywall"), first),
        Expected(path=addresses.INDEX_PATH, outcomes=("index_page", "not_article")),
        Expected(path=addresses.LOST_PATH, outcomes=("soft_404",)),
        Expected(path=addresses.GONE_PATH, outcomes=("http_error", "gone")),
        Expected(path=addresses.HIDDEN_PATH, outcomes=("robots",)),
    ]


def _record(piece: Piece, path: str, outcomes: tuple[str, ...], first: Sequence[Piece]) -> Expected:
    return Expected(
        path=path,
        outcomes=outcomes,
        canonical_path=piece.path,
        language=piece.language,
        title=piece.title,
        authors=piece.authors,
        published_at=piece.published_at,
        paragraphs=piece.body,
        captions=piece.captions,
        junk=(*_junk(piece, furniture(piece.language)), *(other.title for other in addresses.related(piece, first))),
    )


def _junk(piece: Piece, around: Mapping[str, Any]) -> tuple[str, ...]:
    """The lines of the page's furniture, without names of the menu and tags."""
    author_box = f"{(piece.authors or (NAME,))[0]} {around['author_box']}"
    lines = [around["consent"], *around["newsletter"], *around["share"], around["related_label"], *around["related"]]
    lines += [author_box, around["comments_label"], *around["comments"], around["footer"]]
    lines += [around["pitch"]] if piece.is_paid else [around["read_also"]] if piece.webinar != "middle" else []
    lines += [*around["webinar"], *around["sections"]] if piece.webinar else []
    return tuple(lines)
