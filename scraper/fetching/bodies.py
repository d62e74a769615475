"""The body of one answer, kept twice while it comes: as it is sent, for the archive, and decoded, to be read."""

from __future__ import annotations

from scraper.codings import Decoding


class Body:
    """The body of one answer, growing as pieces arrive."""

    def __init__(self, url: str, codings: str, limit_bytes: int) -> None:
        self._decoding = Decoding(url, codings, limit_bytes)
        self._pieces: list[bytes] = []
        self._raw: list[bytes] = []

    @property
    def n_raw_bytes(self) -> int:
        """How many bytes came, before decompression."""
        return self._decoding.n_raw_bytes

    @property
    def raw(self) -> bytes | None:
        """The body as it came, None where nothing was compressed."""
        return b"".join(self._raw) if self._decoding.is_needed else None

    def feed(self, data: bytes) -> None:
        """Take the next piece as it came. Raises `TooLarge`, `Incomplete`."""
        if self._decoding.is_needed:
            self._raw.append(data)
        for piece in self._decoding.feed(data):
            self._pieces.append(piece)

    def whole(self) -> bytes:
        """The body, after its last piece. Raises `Incomplete` if the compression did not come to its end."""
        self._decoding.check_end()
        return self.so_far()

    def so_far(self) -> bytes:
        """What has come until now, complete or not."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
