"""XML from strangers: no entities of its own, nothing from outside, bounded depth and size.

Three doors: `check` refuses documents that another parser should not see; `Records` streams the elements a
sitemap is made of, `Tags` the attributes that OPML is made of, without a tree. Entity declarations are refused
wherever they stand (billion laughs, quadratic blow-up, external entities); a plain DOCTYPE is not.

Does not know sitemaps or feeds.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.parsers import expat

from scraper.errors import ParseError

MAX_DEPTH = 100
MAX_TEXT_CHARS = 64 * 1024
"""Text of one element beyond this is cut."""

_MAX_FIELDS = 1000
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_DOCTYPE_REACH = 64 * 1024
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_REFERENCE = 12
PIECE_BYTES = 64 * 1024
_IS_LAST = True

Record = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What `Records` looks for: elements by local name, and the fields of theirs that are kept.

    A field is the local name of a child, or `parent.child` for what lies deeper: `loc`, `news.title`.
    """

    elements: frozenset[str]
    fields: frozenset[str]


def check(body: bytes, url: str) -> None:
    """Return if `body` declares no entities. Raises `ParseError`."""
    head = body[:_DOCTYPE_REACH].replace(b"\x00", b"")  # UTF-16 too
    if _ENTITY.search(head):
        raise ParseError("entity declarations are refused", url=url)


class Records:
    """Streams the wanted elements, each as the texts of its wanted fields.

    A field met twice in one element keeps its first text. Names are without namespace: sitemaps use wrong ones,
    old ones and none. `root` is the local name of the outermost element once it was met.
    """

    def __init__(self, url: str, wanted: Wanted, encoding: str | None = None) -> None:
        self.root = ""
        self.is_cut = False
        self._url = url
        self._wanted = wanted
        self._n_open = 0  # outside of a wanted element
        self._current: Record | None = None
        self._within = ""
        self._path: list[str] = []
        self._fields: dict[tuple[str, ...], str] = {}
        self._field = ""
        self._text: list[str] = []
        self._n_chars = 0
        self._done: list[tuple[str, Record]] = []
        self._parser = self._make(encoding)

    def read(self, pieces: Iterable[bytes]) -> Iterator[tuple[str, Record]]:
        """(name, record) for each element in order. Raises `ParseError` for entities, depth and what is no XML.

        Afterwards `is_cut` says whether the only fault was that the document ends early.
        """
        try:
            for piece in pieces:
                self._parser.Parse(piece)
                yield from self._taken()
            self.is_cut = True
            self._parser.Parse(b"", _IS_LAST)
            self.is_cut = False
            yield from self._taken()
        except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: encodings expat can't read
            yield from self._taken()
            raise ParseError(f"damaged XML: {error}", url=self._url) from error

    def _make(self, encoding: str | None) -> expat.XMLParserType:
        parser = expat.ParserCreate(encoding)
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
        path = self._path
        if self._current is not None:
            path.append(tag)
            if self._text:
                self._text = []
                self._n_chars = 0
            key = tuple(path[-2:])
            field = self._fields.get(key)
            self._field = self._learned(key) if field is None else field
            if len(path) + self._n_open > MAX_DEPTH:
                raise ParseError(f"nested deeper than {MAX_DEPTH}", url=self._url)
            return
        name = local_name(tag)
        self.root = self.root or name
        self._n_open += 1
        if self._n_open > MAX_DEPTH:
            raise ParseError(f"nested deeper than {MAX_DEPTH}", url=self._url)
        if name in self._wanted.elements:
            self._current, self._within = {}, name

    def _characters(self, text: str) -> None:
        if self._field and self._n_chars < MAX_TEXT_CHARS:
            self._text.append(text)
            self._n_chars += len(text)

    def _end(self, _: str) -> None:
        if self._path:
            self._path.pop()
            if self._field:
                self._keep()
            return
        self._n_open -= 1
        if self._current is not None:
            self._done.append((self._within, self._current))
            self._current = None

    def _keep(self) -> None:
        text = "".join(self._text).strip()
        if text and self._current is not None:
            self._current.setdefault(self._field, text[:MAX_TEXT_CHARS])
        self._text = []
        self._n_chars = 0
        self._field = ""

    def _learned(self, path: tuple[str, ...]) -> str:
        """The wanted field that stands at the end of `path`, or nothing; remembered, but not without bound."""
        tag = path[-1]
        if len(path) > 1:
            field = f"{local_name(path[0])}.{local_name(tag)}"
        else:
            # image:loc and video:title are about the picture, not the page, wherever they stand.
            field = tag.replace(":", ".").lower() if tag.startswith(("image:", "video:")) else local_name(tag)
        if len(self._fields) < _MAX_FIELDS:
            self._fields[path] = field if field in self._wanted.fields else ""
        return field if field in self._wanted.fields else ""

    def _entity(self, *_: object) -> None:
        raise ParseError("entity declarations are refused", url=self._url)


class Tags:
    """Streams the attributes of all elements of one local name, whatever they stand in; for documents without text.

    `root` is the local name of the outermost element once it was met.
    """

    def __init__(self, url: str, name: str, encoding: str | None = None) -> None:
        self.root = ""
        self._url = url
        self._name = name
        self._n_open = 0
        self._done: list[Record] = []
        self._parser = expat.ParserCreate(encoding)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._entity

    def read(self, pieces: Iterable[bytes]) -> Iterator[Record]:
        """The attributes of each element in order, by lower-case local name. Raises `ParseError` as `Records.read`."""
        try:
            for piece in pieces:
                self._parser.Parse(piece)
                done, self._done = self._done, []
                yield from done
            self._parser.Parse(b"", _IS_LAST)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise ParseError(f"damaged XML: {error}", url=self._url) from error
        yield from self._done

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or local_name(tag)
        self._n_open += 1
        if self._n_open > MAX_DEPTH:
            raise ParseError(f"nested deeper than {MAX_DEPTH}", url=self._url)
        if local_name(tag) == self._name:
            self._done.append({local_name(name): value for name, value in attributes.items()})

    def _end(self, _: str) -> None:
        self._n_open -= 1

    def _entity(self, *_: object) -> None:
        raise ParseError("entity declarations are refused", url=self._url)


def local_name(tag: str) -> str:
    """`tag` without its prefix, lower-case."""
    return tag.rpartition(":")[2].lower()


def pieces_of(body: bytes) -> Iterator[bytes]:
    """`body` in pieces, so that what a parser holds at once stays small."""
    for start in range(0, len(body), PIECE_BYTES):
        yield body[start : start + PIECE_BYTES]


def mended(pieces: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """`pieces`, written in `codec`, as UTF-8 with the faults put right that break most sitemaps.

    Those are bare ampersands, control characters, bytes that are no characters, and encodings expat can't read.
    """
    decoder = codecs.getincrementaldecoder(codec)("replace")
    kept = b""
    for piece in pieces:
        text = kept + _CONTROL.sub(b"", decoder.decode(piece).encode("utf-8", "replace"))
        cut = text.rfind(b"&", max(0, len(text) - _LONGEST_REFERENCE))
        kept = text[cut:] if cut >= 0 else b""
        yield _BARE_AMPERSAND.sub(b"&amp;", text[: len(text) - len(kept)])
    yield _BARE_AMPERSAND.sub(b"&amp;", kept)
