"""The files a writer makes in the archive: in a folder one that grows, elsewhere a new one for every few records.

In a folder a record is handed to the operating system before the row that points at it is written, and to the disk
once a second. Elsewhere the file is put there whole before that row is written. Either way no writer ever appends to
a file that it has not begun, and a killed process loses no record that a row points at. Does not know records.
"""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from db import warc
from db.remote import Remote
from scraper.errors import StoreError
from scraper.values import RecordPlace

MAX_FILE_BYTES = 1 << 30  # 1 GiB, the customary size of a WARC file
SYNC_S = 1.0
"""So long a record may wait for the disk; an fsync takes 1 to 30 ms, a hundred times what writing a record does."""
WAIT_S = 0.1
"""So long a record waits for others to be put elsewhere with it: less than the pause between two requests to a site."""


class GrowingFiles:
    """Files in a folder; what is appended is safe from a kill at once."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._number = 0
        self._file: io.BufferedWriter | None = None
        self._file_name = ""
        self._synced_s = time.monotonic()

    def append(self, member: bytes) -> RecordPlace:
        """Where the record now lies, whole and handed to the operating system."""
        try:
            file = self._open()
            offset = file.tell()
            file.write(member)
            file.flush()
            if time.monotonic() - self._synced_s >= SYNC_S:
                os.fsync(file.fileno())
                self._synced_s = time.monotonic()
            return RecordPlace(file=self._file_name, offset=offset, length=len(member))
        except OSError as error:
            raise self._failure(error) from error

    def settle(self) -> None:
        """Nothing; what was appended may be pointed at."""

    async def settled(self) -> None:
        """The same."""

    def close(self) -> None:
        """Nothing; afterwards the records have reached the disk."""
        file, self._file = self._file, None
        if file is None:
            return
        try:
            with file:
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> StoreError:
        return StoreError(f"can't write to the archive: {error.strerror}", url=str(self._folder))

    def _open(self) -> io.BufferedWriter:
        if self._file is not None and self._file.tell() >= MAX_FILE_BYTES:
            self.close()
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = self._new_file()
            self._file_name = Path(self._file.name).name
            self._file.write(warc.info_member(self._file_name, datetime.now(UTC)))
        return self._file

    def _new_file(self) -> io.BufferedWriter:
        while True:
            self._number += 1
            path = self._folder / f"{self._name}-{self._number:04}.warc.gz"
            try:
                file = path.open("xb")
            except FileExistsError:  # an earlier run of the same name was killed; its file stays as it is
                continue
            _sync_folder(self._folder)
            return file


def _sync_folder(folder: Path) -> None:
    """Nothing; afterwards the names in the folder outlast a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class WholeFiles:
    """Files elsewhere; what is appended may be pointed at when it is settled, and is lost if it never is."""

    def __init__(self, place: Remote, name: str) -> None:
        self._place = place
        # Names are chosen on several machines, by databases that know nothing of each other.
        self._name = f"{name}-{secrets.token_hex(8)}"
        self._number = 0
        self._begun: _Begun | None = None
        self._settling: asyncio.Task[None] | None = None

    def append(self, member: bytes) -> RecordPlace:
        """Where the record will lie as soon as it is settled."""
        if self._begun is None:
            self._number += 1
            self._begun = _Begun(f"{self._name}-{self._number:04}.warc.gz")
        return self._begun.append(member)

    def settle(self) -> None:
        """Nothing; afterwards what was appended lies where it was said to."""
        begun, self._begun = self._begun, None
        if begun is not None:
            begun.put(self._place)

    async def settled(self) -> None:
        """The same, together with what others append within a moment."""
        if self._settling is None:
            self._settling = asyncio.create_task(self._settle_soon())
            self._settling.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(self._settling)

    async def _settle_soon(self) -> None:
        await asyncio.sleep(WAIT_S)
        begun, self._begun, self._settling = self._begun, None, None
        if begun is not None:
            await asyncio.to_thread(begun.put, self._place)

    def close(self) -> None:
        """Nothing; what is not settled is given up."""
        begun, self._begun = self._begun, None
        if begun is not None:
            begun.close()


class _Begun:
    """A file that is not yet there, kept on this machine until it is."""

    def __init__(self, name: str) -> None:
        self._name = name
        try:
            self._file: IO[bytes] = tempfile.NamedTemporaryFile(suffix=".warc.gz")  # noqa: SIM115 - closed by put
        except OSError as error:
            raise _no_room(error) from error
        self.append(warc.info_member(name, datetime.now(UTC)))

    def append(self, member: bytes) -> RecordPlace:
        try:
            offset = self._file.tell()
            self._file.write(member)
        except OSError as error:
            raise _no_room(error) from error
        return RecordPlace(file=self._name, offset=offset, length=len(member))

    def put(self, place: Remote) -> None:
        try:
            self._file.flush()
            place.put(Path(self._file.name), self._name)
        except OSError as error:
            raise _no_room(error) from error
        finally:
            self.close()

    def close(self) -> None:
        try:
            self._file.close()
        except OSError:  # what could not be written is given up
            return


def _no_room(error: OSError) -> StoreError:
    return StoreError(f"can't write to the archive: {error.strerror}", url=tempfile.gettempdir())
