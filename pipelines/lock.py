"""One run at a time, or one a site: a lock in the database that its owner renews while at work, and that expires when
it can't.

A run killed on this machine leaves its lock to the next one at once; one that died elsewhere, after `TERM_S`.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy.engine import Engine

from db import locks
from db.engine import writing
from db.locks import Lock
from scraper.errors import StoreError

TERM_S = 300.0
_RENEWALS = 5  # in a term: a database gone for a minute costs no lock


class Locked(Exception):
    """Another run is at work; `lock` says whose and since when."""

    def __init__(self, lock: Lock) -> None:
        super().__init__(f"another run is at work: {lock.owner} since {lock.taken_at:%Y-%m-%d %H:%M} UTC")
        self.lock = lock


@contextmanager
def held(engine: Engine, name: str, lost: Callable[[], None], term_s: float = TERM_S) -> Iterator[None]:
    """Holds the lock as long as the block lasts. Raises `Locked` when another owner has it.

    `lost` is called from another thread when the lock was taken over, as after a night of suspended machine.
    """
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    _take(engine, name, owner, term_s)
    is_over = threading.Event()
    renewer = threading.Thread(target=_renew, args=(engine, name, owner, term_s, is_over, lost), daemon=True)
    renewer.start()
    try:
        yield
    finally:
        is_over.set()
        renewer.join()
        with writing(engine) as connection:
            locks.release(connection, name, owner)


def _take(engine: Engine, name: str, owner: str, term_s: float) -> None:
    with writing(engine) as connection:
        while (other := locks.take(connection, name, owner, term_s)) is not None and is_dead(other.owner):
            locks.release(connection, other.name, other.owner)
    if other is not None:
        raise Locked(other)


def is_dead(owner: str) -> bool:
    """Whether the owner was a process of this machine that is no more. A number given anew counts as alive."""
    host, pid, _ = owner.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _renew(
    engine: Engine, name: str, owner: str, term_s: float, is_over: threading.Event, lost: Callable[[], None]
) -> None:
    while not is_over.wait(term_s / _RENEWALS):
        try:
            with writing(engine) as connection:
                is_ours = locks.renew(connection, name, owner, term_s)
        except StoreError:  # the database is away; the run itself finds out
            continue
        if not is_ours:
            lost()
            return
