"""prune: what is old leaves the archive, file by file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy.engine import Engine

from db import pruning, shelf
from db.engine import reading, writing
from db.pruning import Rule
from db.remote import Remote
from db.shelf import Shelf
from pipelines.lock import held
from pipelines.stopping import Stop

BUSY_S = 3600
"""Files written to within the last hour are left alone: an import may be at work on them, which takes no lock."""

_OURS = re.compile(r"[a-z]+-\d{14}-\d{6,}(-(gathered|pruned|\d{4,}|[0-9a-f]{16}))*-\d{4,}\.warc\.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was taken out of the archive, and how many bytes that gave back."""

    n_records: int
    n_bytes: int


def prune(engine: Engine, folder: Shelf, rule: Rule, stop: Stop) -> Pruned:
    """What was done; stopped or killed, it goes on when called again. Raises `Locked` where a run is at work."""
    with held(engine, "run", lambda: stop.request("another run took over")):
        return take_out(engine, folder, rule, stop)


def take_out(engine: Engine, folder: Shelf, rule: Rule, stop: Stop) -> Pruned:
    """The same for a caller that holds the lock of the run."""
    before = _bytes(folder)
    with reading(engine) as connection:
        files = pruning.old_files(connection, rule)
    idle = (file for file in files if not stop.reason and not _grows(folder, file))
    n_records = sum(_prune_file(engine, folder, file, rule) for file in idle)
    _remove_forgotten(engine, folder)
    return Pruned(n_records=n_records, n_bytes=before - _bytes(folder))


def _prune_file(engine: Engine, folder: Shelf, file: str, rule: Rule) -> int:
    with writing(engine) as connection:
        n_records = pruning.prune_file(connection, folder, file, rule)
    shelf.remove(folder, file)
    return n_records


def _remove_forgotten(engine: Engine, folder: Shelf) -> None:
    """Removes files of ours that no row points into, as a pruning leaves them that was killed."""
    with reading(engine) as connection:
        known = pruning.known_files(connection)
    for file in shelf.sizes(folder):
        if file not in known and _OURS.fullmatch(file) and not shelf.is_younger(folder, file, BUSY_S):
            shelf.remove(folder, file)


def _grows(folder: Shelf, file: str) -> bool:
    return not isinstance(folder, Remote) and shelf.is_younger(folder, file, BUSY_S)


def _bytes(folder: Shelf) -> int:
    return sum(shelf.sizes(folder).values())
