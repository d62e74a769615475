"""Content codings undone in bounded steps: gzip, deflate, br and zstd, at most two of them stacked (RFC 9110 8.4).

Whole or not at all: a body that ends early, is damaged or fails its checksum is `Incomplete`. What comes out is
counted on every level while it comes out, so that no bomb needs more memory than the limit and a little.

A leaf that knows bytes only, so that `scraper.fetching` and `db.archive` read with the same hand. Does not guess
encodings of characters (`scraper.encoding`) and does not look inside files that are compressed themselves
(`scraper.discovery.sitemap` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast

import brotli
import zstandard
from isal import isal_zlib

from scraper.errors import Incomplete, TooLarge, WrongType

ACCEPT_ENCODING = "gzip, deflate"
"""What is asked for. br and zstd are decoded where they come all the same, but gzip costs half of what they do (0.21,
0.44 and 0.31 ms for a page of 113 kB), and is what every WARC tool can undo."""
MAX_CODINGS = 2
PIECE_BYTES = 256 * 1024
"""The most that is decompressed at once; brotli may double it, zstd has 1 MiB near the limit and 4 MiB before."""

_GZIP = frozenset({"gzip", "x-gzip"})
_ZSTD_WINDOW_BYTES = 8 << 20  # what a content coding may ask for at most, RFC 9659
_ZSTD_BLOCK_BYTES = 128 << 10  # the most that comes out of one block, RFC 8878 3.1.1.2.4
_ZSTD_LEAST_BYTES = 4  # the least that goes into one
_ZSTD_MAX_BLOCKS = 32
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_IsalError = cast(type[Exception], isal_zlib.error)  # its stub takes the class for an instance
DAMAGED: tuple[type[Exception], ...] = (_IsalError, brotli.error, zstandard.ZstdError)


class Decoder(Protocol):
    """One coded stream, fed piece by piece."""

    @property
    def is_whole(self) -> bool:
        """Whether the stream has come to its end, checksum included."""

    def feed(self, data: bytes, room: int) -> Iterator[bytes]:
        """The decoded bytes in pieces; `room` is how much more may come. Raises one of `DAMAGED`."""


class _Deflate:
    """gzip (RFC 1952) or deflate (RFC 1950)."""

    def __init__(self, coding: str) -> None:
        self._is_gzip = coding in _GZIP
        self._stream = isal_zlib.decompressobj(wbits=31) if self._is_gzip else None

    @property
    def is_whole(self) -> bool:
        return self._stream is not None and bool(self._stream.eof)

    def feed(self, data: bytes, room: int) -> Iterator[bytes]:
        if self._stream is None:
            # Half of the servers that say deflate send it without the zlib wrapper that the standard asks for.
            self._stream = isal_zlib.decompressobj(wbits=15 if data[0] & 0x8F == 0x08 else -15)
        while data:
            if self._stream.eof and not self._next_member(data):
                return
            out = self._stream.decompress(data, PIECE_BYTES)
            while out:
                yield out
                data = self._stream.unconsumed_tail
                out = self._stream.decompress(data, PIECE_BYTES) if not self._stream.eof else b""
            data = self._stream.unused_data if self._stream.eof else b""

    def _next_member(self, data: bytes) -> bool:
        # gzip files may be joined end to end (RFC 1952 2.2); anything else behind the end is padding.
        if not self._is_gzip or not data.startswith(b"\x1f\x8b"):
            return False
        self._stream = isal_zlib.decompressobj(wbits=31)
        return True


class _Brotli:
    """br (RFC 7932). The format has no checksum: only a cut or nonsense can be noticed."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def is_whole(self) -> bool:
        return bool(self._stream.is_finished())

    def feed(self, data: bytes, room: int) -> Iterator[bytes]:
        if self.is_whole:
            return
        out = self._stream.process(data, output_buffer_limit=PIECE_BYTES)
        while out or not self._stream.can_accept_more_data():
            yield out
            out = self._stream.process(b"", output_buffer_limit=PIECE_BYTES)


class _Zstd:
    """zstd (RFC 8878)."""

    def __init__(self) -> None:
        self._maker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
        self._stream = self._maker.decompressobj()
        self._head = b""

    @property
    def is_whole(self) -> bool:
        return self._stream.eof and not self._head

    def feed(self, data: bytes, room: int) -> Iterator[bytes]:
        # The library has no limit for what comes out, so no more goes in than can fit into the room.
        data = self._head + data
        self._head = b""
        at = 0
        while at < len(data):
            if self._stream.eof and not self._next_frame(data[at : at + 4]):
                return
            n_blocks = max(6, min(room // _ZSTD_BLOCK_BYTES, _ZSTD_MAX_BLOCKS))
            piece = data[at : at + n_blocks * _ZSTD_LEAST_BYTES]
            out = self._stream.decompress(piece)
            at += len(piece) - len(self._stream.unused_data)
            room -= len(out)
            if out:
                yield out

    def _next_frame(self, head: bytes) -> bool:
        # Frames may be joined end to end; anything else behind the end is padding.
        if not _ZSTD_MAGIC.startswith(head):
            return False
        if len(head) < len(_ZSTD_MAGIC):  # the rest of it comes with the next piece
            self._head = head
            return False
        self._stream = self._maker.decompressobj()
        return True


class Decoding:
    """One coded body on its way through its decoders."""

    def __init__(self, url: str, codings: str, limit_bytes: int) -> None:
        self._url = url
        self._limit = limit_bytes
        self._decoders = [_decoder(name) for name in reversed(_names(codings, url))]
        self._counts = [0] * (len(self._decoders) + 1)

    @property
    def is_needed(self) -> bool:
        """Whether there is any coding at all."""
        return bool(self._decoders)

    @property
    def n_raw_bytes(self) -> int:
        """How many bytes came, before decoding."""
        return self._counts[0]

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bytes that `data`, the next piece as it came, decodes to. Raises `TooLarge`, `Incomplete`.

        Before `TooLarge` comes what is still within the limit.
        """
        try:
            yield from self._take(data, 0)
        except DAMAGED as error:
            raise Incomplete(f"damaged compression: {error}", url=self._url) from error

    def check_end(self) -> None:
        """Nothing; raises `Incomplete` if a stream has not come to its end."""
        if self.n_raw_bytes and not all(decoder.is_whole for decoder in self._decoders):
            raise Incomplete("the compressed body ends early", url=self._url)

    def _take(self, data: bytes, level: int) -> Iterator[bytes]:
        room = self._limit - self._counts[level]
        self._counts[level] += len(data)
        # On every level: a bomb inside a bomb is large in between and small at both ends.
        if len(data) > room:
            if level == len(self._decoders):
                yield data[:room]
            raise TooLarge(f"larger than {self._limit} bytes", url=self._url)
        if level == len(self._decoders):
            yield data
            return
        if data:
            for piece in self._decoders[level].feed(data, self._limit - self._counts[level + 1]):
                yield from self._take(piece, level + 1)


def decoded(raw: bytes, codings: str, limit_bytes: int, url: str = "") -> bytes:
    """The body behind `raw`, coded as a `Content-Encoding` header says. Raises `BadBody`."""
    decoding = Decoding(url, codings, limit_bytes)
    if not decoding.is_needed:
        return raw
    body = b"".join(decoding.feed(raw))
    decoding.check_end()
    return body


def _names(codings: str, url: str) -> list[str]:
    names = [name for part in codings.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(names) > MAX_CODINGS:
        raise WrongType(f"{len(names)} stacked content codings", url=url)
    for name in names:
        if name not in _GZIP and name not in ("deflate", "br", "zstd"):
            raise WrongType(f"content coding {name[:40]!r} is not known", url=url)
    return names


def _decoder(name: str) -> Decoder:
    if name == "br":
        return _Brotli()
    return _Zstd() if name == "zstd" else _Deflate(name)
