"""bulk: inputs behind fsspec addresses, S3 and its likes. A file is copied to this machine while it is read.

So nothing has to be read twice or in pieces over the network, and what reads a file need not know where it came from.
Keys and endpoints are found where `db.remote` finds them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from db import remote
from scraper.errors import SettingsError

_PATTERN = frozenset("*?[")
_WEB = ("http", "https")
_STATES = ("ETag", "etag", "md5Hash", "mtime", "LastModified", "last_modified", "updated", "modified")
"""What file systems say of a file that is another one when its content is."""


def is_address(text: str) -> bool:
    """Whether `text` names something that is not of this machine's folders."""
    return "://" in text


def files(text: str) -> dict[str, tuple[int, str]]:
    """Address -> bytes and state, for the file, each file below the folder, or each that the pattern matches.

    Raises `SettingsError` for an address that nothing installed reaches, and `OSError`, or what else the package behind
    fsspec raises, where the store does not answer.
    """
    if text.partition("://")[0].lower() in _WEB:
        message = "pages of the web are fetched by `newsdesk run`, with its guards; name files, folders or stores"
        raise SettingsError(message, url=text)
    system, path = remote.opened(text)
    if _PATTERN.isdisjoint(path):
        found = system.find(path, detail=True)
    else:
        found = {name: info for name, info in system.glob(path, detail=True).items() if info["type"] == "file"}
    beginning = text.rstrip("/").removesuffix(path)  # with the host and whom it knows, which paths don't tell
    is_whole = beginning + path == text.rstrip("/")
    return {
        beginning + name if is_whole else system.unstrip_protocol(name): (int(info["size"] or 0), _state(info))
        for name, info in found.items()
    }


def _state(info: dict[str, Any]) -> str:
    return next((f"{name} {info[name]}" for name in _STATES if info.get(name) is not None), "")


@contextmanager
def copied(address: str) -> Iterator[Path]:
    """A copy of the file, of the same name and time, in a folder of its own that goes with it."""
    system, path = remote.opened(address)
    with tempfile.TemporaryDirectory(prefix="newsdesk-") as folder:
        target = Path(folder, PurePosixPath(path).name)
        system.get_file(path, os.fspath(target))
        with suppress(NotImplementedError):  # a saved page counts as fetched at the time of its file
            modified = system.modified(path).timestamp()
            os.utime(target, (modified, modified))
        yield target
