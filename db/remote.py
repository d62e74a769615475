"""An archive behind an fsspec address: S3 and its likes, SFTP, whatever fsspec reaches.

A file is put there whole, under a name that no other writer can choose, and is never appended to. Records are read
by range. What fsspec and the packages beneath raise becomes `StoreError` here and nowhere else; only a file that is
not there, while its archive is, stays a `FileNotFoundError`. Keys and endpoints are read from where those packages
look for them (for S3 the environment and ~/.aws), never from our settings. Does not know records.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scraper.errors import SettingsError, StoreError

_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss", "oci", "memory"})
"""Where a file appears with its last byte and folders are mere names; elsewhere it is put beside and then renamed."""
_S3 = frozenset({"s3", "s3a"})
_S3_CONFIG = {"connect_timeout": 5, "read_timeout": 10, "retries": {"total_max_attempts": 1}}
"""s3fs tries five times by itself: a store that is away or hangs is told of after 2 to 52 s, before the workers that
read pages are given up (after 57 s), which would be held against the page."""
_SUFFIX = ".warc.gz"
_PASSWORD = re.compile(r"(?<=:)[^:@/]+(?=@)")


class Remote:
    """The archive at an address. What it has opened stays in its process; it can be sent to another one."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._scheme = address.partition(":")[0]
        self._opened: tuple[Any, str] | None = None

    def __reduce__(self) -> tuple[type[Remote], tuple[str]]:
        return Remote, (self._address,)

    def __str__(self) -> str:
        return shown(self._address)

    def read(self, file: str, offset: int, length: int) -> bytes:
        """Those bytes of a file, fewer where it ends before. Raises `FileNotFoundError`."""
        try:
            with self._reached("read from", file) as (system, path):
                found: bytes = system.cat_file(path, start=offset, end=offset + length)
                return found
        except StoreError as error:
            if getattr(error.__cause__, "errno", 0) == errno.EINVAL:  # S3's "InvalidRange": the file ends before
                return b""
            raise

    def get(self, file: str, target: Path) -> None:
        """Nothing; afterwards `target` is a copy of the file. Raises `FileNotFoundError`."""
        with self._reached("read from", file) as (system, path):
            system.get_file(path, str(target))

    def get_all(self, files: list[str]) -> dict[str, bytes]:
        """File -> what is in it, for those that are there; fetched side by side where that can be."""
        with self._reached("read from", "") as (system, root):
            answers = system.cat([f"{root}/{file}" for file in files], on_error="return")
            found = {path.rpartition("/")[2]: answer for path, answer in answers.items()}
            for answer in found.values():
                if isinstance(answer, Exception) and not isinstance(answer, FileNotFoundError):
                    raise answer
            return {file: answer for file, answer in found.items() if isinstance(answer, bytes)}

    def put(self, source: Path, file: str) -> None:
        """Nothing; afterwards the file is there whole; before, it is not there, or as it was."""
        try:
            with self._reached("write to", file) as (system, path):
                if self._scheme in _OBJECT_STORES:
                    system.put_file(str(source), path)
                    return
                system.makedirs(path.rpartition("/")[0], exist_ok=True)
                system.put_file(str(source), path + ".part")
                system.mv(path + ".part", path)
        except FileNotFoundError as error:
            raise StoreError(f"can't write to the archive: {_reason(error)}", url=str(self)) from error

    def sizes(self) -> dict[str, int]:
        """File name -> bytes, by name."""
        try:
            with self._reached("list", "") as (system, root):
                if self._scheme not in _OBJECT_STORES and not system.exists(root):
                    return {}
                rows = system.ls(root, detail=True)
        except FileNotFoundError:  # nothing was put there yet
            return {}
        found = {row["name"].rpartition("/")[2]: int(row["size"] or 0) for row in rows if row["type"] == "file"}
        return {name: found[name] for name in sorted(found) if name.endswith(_SUFFIX)}

    def remove(self, file: str) -> None:
        """Nothing; the file is not there afterwards."""
        try:
            with self._reached("delete from", file) as (system, path):
                system.rm_file(path)
        except FileNotFoundError:
            return

    def is_younger(self, file: str, seconds: float) -> bool:
        """Whether the file was put there within that time, or the store can't tell."""
        try:
            with self._reached("read from", file) as (system, path):
                at: datetime = system.modified(path)
        except FileNotFoundError:
            return False
        except StoreError as error:
            if isinstance(error.__cause__, NotImplementedError):
                return True
            raise
        return (at if at.tzinfo else at.replace(tzinfo=UTC)) > datetime.now(UTC) - timedelta(seconds=seconds)

    @contextmanager
    def _reached(self, verb: str, file: str) -> Iterator[tuple[Any, str]]:
        """The file system and the file's path in it (that of the archive for no file)."""
        system, root = self._open()
        try:
            yield system, f"{root}/{file}" if file else root
        except FileNotFoundError as error:
            if not self._is_there(system, root):
                message = f"can't {verb} the archive: it is not there"
                raise StoreError(message, url=str(self)) from error
            raise
        except Exception as error:  # packages of every kind stand behind fsspec, each with failures of its own
            raise StoreError(f"can't {verb} the archive: {_reason(error)}", url=str(self)) from error

    def _is_there(self, system: Any, root: str) -> bool:
        place = root.partition("/")[0] if self._scheme in _OBJECT_STORES else root
        try:
            return bool(system.exists(place))
        except Exception as error:  # as above
            raise StoreError(f"can't reach the archive: {_reason(error)}", url=str(self)) from error

    def _open(self) -> tuple[Any, str]:
        if self._opened is None:
            self._opened = opened(self._address)
        return self._opened


def shown(address: str) -> str:
    """The address without its password."""
    return _PASSWORD.sub("***", address)


def opened(address: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it. Raises `SettingsError` where nothing installed reaches it."""
    scheme = address.partition(":")[0]
    try:
        from fsspec.core import url_to_fs
    except ModuleNotFoundError as error:
        raise _missing(address, scheme) from error
    options = {"config_kwargs": _S3_CONFIG} if scheme in _S3 else {}
    try:
        system, root = url_to_fs(address, use_listings_cache=False, **options)
    except ImportError as error:
        raise _missing(address, scheme) from error
    except ValueError as error:
        raise SettingsError(f"no folder and no address that fsspec knows: {error}", url=shown(address)) from error
    if (loop := getattr(system, "loop", None)) is not None:
        # The failure itself is raised; what asyncio says besides, of what nobody waited for, would only be noise.
        loop.set_exception_handler(lambda _loop, _context: None)
    return system, str(root).rstrip("/")


def _missing(address: str, scheme: str) -> SettingsError:
    extra = "newsdesk[s3]" if scheme in _S3 else "newsdesk[remote]"
    more = "" if scheme in _S3 else f", with the package that brings {scheme}:// to fsspec"
    return SettingsError(f"what lies there needs an extra: pip install '{extra}'{more}", url=shown(address))


def _reason(error: BaseException) -> str:
    text = next(iter(str(error).strip().splitlines()), "")
    return text or type(error).__name__
