"""bulk: rows on their way into several files, kept on disk, so that memory holds none of them.

A file of JSON lines, and for each part of the result the places of its lines. Does not outlast the process.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Spool:
    """Lines in a file of its own, which is deleted with the end of the block."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w+b")
        self._places: dict[str, array[int]] = {}
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._path.unlink()

    def add(self, part: str, line: bytes) -> None:
        """Keeps a row, as JSON without a line break."""
        self._places.setdefault(part, array("Q")).append(self._end)
        self._end += self._file.write(line + b"\n")

    @property
    def parts(self) -> list[str]:
        """The parts that have rows, in the order of their names."""
        return sorted(self._places)

    def rows(self, part: str) -> Iterator[dict[str, Any]]:
        """The rows of a part, in the order they came."""
        for place in self._places.get(part, ()):
            self._file.seek(place)
            yield json.loads(self._file.readline())
