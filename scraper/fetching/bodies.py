"""Bodies taken apart: content codings undone, limits kept, cuts noticed (RFC 9110 8.4).

Whole or not at all: a compressed body that ends early, is damaged or fails its checksum is `Incomplete`.
Knows gzip and deflate, at most two of them stacked; others were never asked for.

Does not guess encodings of characters (`scraper.encoding`) and does not look inside files that are
compressed themselves (`scraper.discovery.sitemap` does).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from scraper.errors import Incomplete, TooLarge, WrongType

ACCEPT_ENCODING = "gzip, deflate"
MAX_CODINGS = 2
PIECE_BYTES = 256 * 1024
"""The most that is decompressed at once, and so the most by which a limit can be overshot."""

_GZIP = {"gzip", "x-gzip"}


class Inflater:
    """One gzip or deflate stream, fed piece by piece."""

    def __init__(self, coding: str) -> None:
        self._is_gzip = coding in _GZIP
        self._stream = zlib.decompressobj(wbits=31) if self._is_gzip else None

    @property
    def is_whole(self) -> bool:
        """Whether the stream has come to its end, checksum included."""
        return self._stream is not None and self._stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decompressed bytes, in pieces of at most `PIECE_BYTES`. Raises `zlib.error` for damaged ones."""
        if self._stream is None:
            # Half of the servers that say deflate send it without the zlib wrapper that the standard asks for.
            self._stream = zlib.decompressobj(wbits=15 if data[0] & 0x8F == 0x08 else -15)
        while data:
            if self._stream.eof and not self._next_member(data):
                return
            out = self._stream.decompress(data, PIECE_BYTES)
            while out:
                yield out
                data = self._stream.unconsumed_tail
                out = self._stream.decompress(data, PIECE_BYTES) if len(out) == PIECE_BYTES else b""
            data = self._stream.unused_data if self._stream.eof else b""

    def _next_member(self, data: bytes) -> bool:
        # gzip files may be joined end to end (RFC 1952 2.2); anything else behind the end is padding.
        if not self._is_gzip or not data.startswith(b"\x1f\x8b"):
            return False
        self._stream = zlib.decompressobj(wbits=31)
        return True


class Body:
    """The body of one answer, growing as pieces arrive."""

    def __init__(self, url: str, codings: str, limit_bytes: int) -> None:
        self._url = url
        self._limit = limit_bytes
        self._inflaters = [Inflater(name) for name in reversed(_names(codings, url))]
        self._counts = [0] * (len(self._inflaters) + 1)
        self._pieces: list[bytes] = []

    @property
    def n_raw_bytes(self) -> int:
        """How many bytes came, before decompression."""
        return self._counts[0]

    def feed(self, data: bytes) -> None:
        """Take the next piece as it came. Raises `TooLarge`, `Incomplete`."""
        try:
            self._take(data, 0)
        except zlib.error as error:
            raise Incomplete(f"damaged compression: {error}", url=self._url) from error

    def whole(self) -> bytes:
        """The body, after its last piece. Raises `Incomplete` if the compression did not come to its end."""
        if self.n_raw_bytes and not all(inflater.is_whole for inflater in self._inflaters):
            raise Incomplete("the compressed body ends early", url=self._url)
        return self.so_far()

    def so_far(self) -> bytes:
        """What has come until now, complete or not."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def _take(self, data: bytes, level: int) -> None:
        self._counts[level] += len(data)
        # On every level: a bomb inside a bomb is large in between and small at both ends.
        if self._counts[level] > self._limit:
            if level == len(self._inflaters):
                self._pieces.append(data[: self._limit - self._counts[level]])
            raise TooLarge(f"larger than {self._limit} bytes", url=self._url)
        if level == len(self._inflaters):
            self._pieces.append(data)
            return
        for piece in self._inflaters[level].feed(data) if data else ():
            self._take(piece, level + 1)


def _names(codings: str, url: str) -> list[str]:
    names = [name for part in codings.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(names) > MAX_CODINGS:
        raise WrongType(f"{len(names)} stacked content codings", url=url)
    for name in names:
        if name not in _GZIP and name != "deflate":
            raise WrongType(f"content coding {name!r} was not asked for", url=url)
    return names
