"""bulk: what it reads, cut into the units of work that are finished or not.

A WARC file is a unit; so are the saved HTML pages of a place, up to a thousand of them. Does not read what
`pipelines.importing` does not.
"""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from db import remote
from pipelines import importing
from pipelines.bulk import elsewhere
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
        return _shown(self.files[0]) + more


@dataclass(frozen=True, slots=True, order=True)
class _File:
    """A file, by its path or address; `state` is another one when its content is."""

    name: str
    n_bytes: int
    state: str


def units(inputs: Sequence[str]) -> list[Unit]:
    """The units of files, folders and patterns (`*`, `?`, `[a-c]`, `**`), in the order of their names, each file once.

    They are paths, or addresses that fsspec knows. Raises `Unreadable` for an input that is not there.
    """
    files = sorted(set(chain.from_iterable(map(_files, inputs))))
    alone = [(file,) for file in files if not importing.is_page(file.name)]
    saved = [file for file in files if importing.is_page(file.name)]
    together = [tuple(saved[at : at + _PAGES_A_UNIT]) for at in range(0, len(saved), _PAGES_A_UNIT)]
    return [_unit(number, group) for number, group in enumerate([*alone, *together])]


def _files(text: str) -> list[_File]:
    place = text.removeprefix(_SCHEME)
    found = _files_elsewhere(place) if elsewhere.is_address(place) else _files_here(place)
    if not found:
        raise Unreadable("no such file or folder", url=_shown(text))
    return found


def _files_here(place: str) -> list[_File]:
    found = [Path(place)] if Path(place).exists() else list(map(Path, glob.glob(place, recursive=True)))  # noqa: PTH207
    files = chain.from_iterable(importing.files(path) if path.is_dir() else [path] for path in found)
    stats = [(file.resolve(), file.stat()) for file in files]
    return [_File(str(path), stat.st_size, f"{stat.st_size} {stat.st_mtime_ns}") for path, stat in stats]


def _files_elsewhere(place: str) -> list[_File]:
    try:
        found = elsewhere.files(place)
    except NewsError:
        raise
    except Exception as error:  # packages of every kind stand behind fsspec, each with failures of its own
        raise Unreadable(f"can't be listed: {error}", url=_shown(place)) from error
    is_named = list(found) == [place]
    return [
        _File(name, n_bytes, f"{n_bytes} {state}")
        for name, (n_bytes, state) in found.items()
        if is_named or importing.is_taken(name)
    ]


def _unit(number: int, group: tuple[_File, ...]) -> Unit:
    state = "\n".join(f"{file.name} {file.state}" for file in group)
    digest = hashlib.blake2b(state.encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
    files = tuple(file.name for file in group)
    return Unit(name=f"{number:06}-{digest}", files=files, n_bytes=sum(file.n_bytes for file in group))


def pages(unit: Unit) -> Iterator[tuple[str, Page | Exception]]:
    """Each address with its page, or with why that can't be read; a file, with why it can't be read on.

    Raises `Unreadable` for a file that can't be opened or read: the disk's or the network's fault, not the file's.
    """
    for file in unit.files:
        with _here(file) as path:
            yield from _pages(_shown(file), path)


def _pages(file: str, path: Path) -> Iterator[tuple[str, Page | Exception]]:
    for url, page in importing.read_all(path):
        if isinstance(page, OSError):
            raise Unreadable(f"can't be read: {page.strerror or page}", url=file) from page
        if isinstance(page, NewsError) and page.url == str(path):
            page = type(page)(page.detail, url=file, reason=page.reason)
        yield file if url == str(path) else url, page


@contextmanager
def _here(file: str) -> Iterator[Path]:
    """Where the file can be read on this machine."""
    if not elsewhere.is_address(file):
        yield Path(file)
        return
    with ExitStack() as stack:
        try:
            path = stack.enter_context(elsewhere.copied(file))
        except Exception as error:  # as above
            raise Unreadable(f"can't be read: {error}", url=_shown(file)) from error
        yield path


def _shown(name: str) -> str:
    return remote.shown(name) if elsewhere.is_address(name) else name
