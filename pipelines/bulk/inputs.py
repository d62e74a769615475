"""bulk: what it reads, cut into the units of work that are finished or not.

A WARC file is a unit; so are the saved HTML pages of a place, up to a thousand of them. Does not read what
`pipelines.importing` does not.
"""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pipelines import importing
from scraper.errors import NewsError
from scraper.values import Page

_PAGES_A_UNIT = 1000  # of pages in files of their own: as long as a minute's work, and no Parquet file a page
_SCHEME = "file://"


class Unreadable(NewsError):
    """An input can't be read, now at least: it is not finished."""

    reason = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Files that are read together, in order. `name` tells them and their state from all others of the job."""

    name: str
    files: tuple[str, ...]
    n_bytes: int

    @property
    def key(self) -> str:
        """The part of the name that says what is in it, whatever is read besides."""
        return self.name.partition("-")[2]

    @property
    def title(self) -> str:
        """What a person calls it."""
        more = f" and {len(self.files) - 1} more" if len(self.files) > 1 else ""
        return self.files[0] + more


def units(inputs: Sequence[str]) -> list[Unit]:
    """The units of files, folders and patterns (`*`, `?`, `[a-c]`, `**`), in the order of their names, each file once.

    Raises `Unreadable` for an input that is not there.
    """
    files = sorted(set(chain.from_iterable(map(_files, inputs))))
    alone = [(file,) for file in files if not importing.is_page(file)]
    saved = [file for file in files if importing.is_page(file)]
    together = [tuple(saved[at : at + _PAGES_A_UNIT]) for at in range(0, len(saved), _PAGES_A_UNIT)]
    return [_unit(number, group) for number, group in enumerate([*alone, *together])]


def _files(text: str) -> Iterable[Path]:
    place = text.removeprefix(_SCHEME)
    if "://" in place:
        raise Unreadable("only files, folders and file:// addresses can be read", url=text)
    found = [Path(place)] if Path(place).exists() else list(map(Path, glob.glob(place, recursive=True)))  # noqa: PTH207
    if not found:
        raise Unreadable("no such file or folder", url=text)
    return chain.from_iterable(importing.files(path) if path.is_dir() else [path] for path in found)


def _unit(number: int, group: tuple[Path, ...]) -> Unit:
    stats = [(file.resolve(), file.stat()) for file in group]
    state = "\n".join(f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in stats)
    digest = hashlib.blake2b(state.encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
    files = tuple(str(path) for path, _ in stats)
    return Unit(name=f"{number:06}-{digest}", files=files, n_bytes=sum(stat.st_size for _, stat in stats))


def pages(unit: Unit) -> Iterator[tuple[str, Page | Exception]]:
    """Each address with its page, or with why that can't be read; a file, with why it can't be read on.

    Raises `Unreadable` for a file that can't be opened or read: the disk's or the network's fault, not the file's.
    """
    for url, page in chain.from_iterable(importing.read_all(Path(file)) for file in unit.files):
        if isinstance(page, OSError):
            raise Unreadable(f"can't be read: {page.strerror or page}", url=url) from page
        yield url, page
