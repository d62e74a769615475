"""XML from strangers: no entities of its own, nothing from outside, bounded depth and size.

Two doors: `check` refuses documents that another parser should not see; `records` streams the elements a
sitemap is made of, without a tree. Entity declarations are refused wherever they stand (billion laughs,
quadratic blow-up, external entities); a plain DOCTYPE is not.

Does not know sitemaps or feeds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from scraper.errors import ParseError

MAX_DEPTH = 100
MAX_TEXT_CHARS = 64 * 1024
"""Text of one element beyond this is cut."""

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_DOCTYPE_REACH = 64 * 1024
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_PIECE_BYTES = 256 * 1024
_IS_LAST = True

Record = dict[str, str]


def check(body: bytes, url: str) -> None:
    """Return if `body` declares no entities. Raises `ParseError`."""
    head = body[:_DOCTYPE_REACH].replace(b"\x00", b"")  # UTF-16 too
    if _ENTITY.search(head):
        raise ParseError("entity declarations are refused", url=url)


class Records:
    """Streams the elements named in `wanted`, each as the texts of what it holds, by local name.

    A name met twice in one element keeps its first text. Names are without namespace: sitemaps use wrong ones,
    old ones and none. `root` is the local name of the outermost element once it was met.
    """

    def __init__(self, url: str, wanted: frozenset[str]) -> None:
        self.root = ""
        self._url = url
        self._wanted = wanted
        self._depth = 0
        self._current: Record | None = None
        self._within = ""
        self._name = ""
        self._text: list[str] = []
        self._done: list[tuple[str, Record]] = []
        self._parser = self._make()

    def read(self, pieces: Iterator[bytes]) -> Iterator[tuple[str, Record]]:
        """(name, record) for each element in order. Raises `ParseError` for entities, depth and what is no XML."""
        try:
            for piece in pieces:
                self._parser.Parse(piece)
                yield from self._taken()
            self._parser.Parse(b"", _IS_LAST)
            yield from self._taken()
        except expat.ExpatError as error:
            yield from self._taken()
            raise ParseError(f"damaged XML: {error}", url=self._url) from error

    def _make(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._entity
        return parser

    def _taken(self) -> Iterator[tuple[str, Record]]:
        done, self._done = self._done, []
        yield from done

    def _start(self, tag: str, _: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ParseError(f"nested deeper than {MAX_DEPTH}", url=self._url)
        name = local_name(tag)
        self.root = self.root or name
        if self._current is None and name in self._wanted:
            self._current, self._within = {}, name
            return
        self._name = name
        self._text = []

    def _characters(self, text: str) -> None:
        if self._current is not None and self._name:
            self._text.append(text[:MAX_TEXT_CHARS])

    def _end(self, tag: str) -> None:
        self._depth -= 1
        name = local_name(tag)
        if self._current is None:
            return
        if name == self._name:
            text = "".join(self._text).strip()
            # image:loc and video:title are about the picture, not the page.
            if text and not tag.startswith(("image:", "video:")):
                self._current.setdefault(name, text[:MAX_TEXT_CHARS])
            self._name = ""
        elif name == self._within:
            self._done.append((name, self._current))
            self._current = None

    def _entity(self, *_: object) -> None:
        raise ParseError("entity declarations are refused", url=self._url)


def local_name(tag: str) -> str:
    """`tag` without its prefix, lower-case."""
    return tag.rpartition(":")[2].lower()


def pieces_of(body: bytes) -> Iterator[bytes]:
    """`body` in pieces, so that what a parser holds at once stays small."""
    for start in range(0, len(body), _PIECE_BYTES):
        yield body[start : start + _PIECE_BYTES]


def mended(body: bytes) -> bytes:
    """`body` with the two faults that break most sitemaps put right: bare ampersands and control characters."""
    return _BARE_AMPERSAND.sub(b"&amp;", _CONTROL.sub(b"", body))
