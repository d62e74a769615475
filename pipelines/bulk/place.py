"""bulk: the folder it writes to, and what of the job is finished there.

    articles/month=2026-11/bucket=07/UNIT.parquet    bucket: the site's hash
    outcomes/UNIT.parquet                            what became of each page
    manifest/job.json, manifest/UNIT.json            what the job is; what is finished
    _work/                                           what the passes leave for each other; gone at the end

A file appears when it is whole. A unit is finished when its line stands in the manifest; what an attempt that was
killed has left is written anew under the same names. Does not know what is in the files.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scraper.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folder of one job: `n_buckets` for its articles' sites, `n_drawers` for what is known of sites meanwhile."""

    folder: Path
    n_buckets: int
    n_drawers: int

    @property
    def work(self) -> Path:
        """What is needed only until the job is finished."""
        return self.folder / "_work"

    def sightings(self, unit: str) -> Path:
        """What the pages of a unit show."""
        return self.work / "sightings" / f"{unit}.parquet"

    def drawer(self, number: int) -> Path:
        """The folder of what is remembered of a share of the sites."""
        return self.work / "memories" / f"{number:04}"

    def memory(self, site: str) -> Path:
        """What is remembered of a site."""
        return self.drawer(hashed(site, self.n_drawers)) / f"{hashed(site, 1 << 64):016x}.json"

    def articles(self, part: str, unit: str) -> Path:
        """The articles of a unit in a part, `month=2026-11/bucket=07`."""
        return self.folder / "articles" / part / f"{unit}.parquet"

    def outcomes(self, unit: str) -> Path:
        """What became of the pages of a unit."""
        return self.folder / "outcomes" / f"{unit}.parquet"

    def line(self, unit: str) -> Path:
        """The line of the manifest that says that the unit is finished."""
        return self.folder / "manifest" / f"{unit}.json"

    def forget(self, unit: str) -> None:
        """Nothing; afterwards the articles are gone that an attempt at the unit left that was killed."""
        for path in (self.folder / "articles").glob(f"*/*/{unit}.parquet"):
            path.unlink()

    @contextmanager
    def unfinished(self, name: str) -> Iterator[Path]:
        """An empty folder on the same disk, which is gone after the block."""
        folder = self.work / "unfinished" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def hashed(site: str, n: int) -> int:
    """A number from 0 to n - 1 that is always the site's."""
    return int.from_bytes(hashlib.blake2b(site.encode("utf-8", "replace"), digest_size=8).digest()) % n


def publish(unfinished: Path, path: Path) -> None:
    """Nothing; afterwards what was written elsewhere on the disk stands, whole, at `path`, and outlasts a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)


def save(path: Path, value: Any) -> None:
    """Nothing; afterwards the file holds the value as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", errors="replace")
    publish(unfinished, path)


def load(path: Path) -> Any:
    """What the file holds."""
    return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def held(place: Place, job: dict[str, Any]) -> Iterator[None]:
    """The folder is this job's, while the block lasts.

    Raises `SettingsError` where it is another's: of other inputs, another extractor, other options; or being worked on.
    """
    manifest = place.folder / "manifest" / "job.json"
    place.work.mkdir(parents=True, exist_ok=True)
    with (place.work / "lock").open("w") as lock:
        try:  # not flock: processes that outlive a killed job by a moment would hold it
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise SettingsError("another job is at work in this folder", url=str(place.folder)) from None
        if manifest.exists():
            _compare(load(manifest), job, place.folder)
        else:
            save(manifest, job)
        yield


def _compare(former: dict[str, Any], job: dict[str, Any], folder: Path) -> None:
    for name, value in job.items():
        if former.get(name) != value:
            detail = f"{former.get(name)} there, {value} here; " if isinstance(value, int | str) else ""
            raise SettingsError(f"the folder holds another job: {name} differ; {detail}choose another", url=str(folder))
