"""One run at a time, on both databases, through kills and suspended machines."""

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import locks, schema
from db.engine import reading, writing
from pipelines import run as pipeline
from pipelines.lock import Locked, held
from pipelines.run import Job
from pipelines.settings import Settings
from tests.builders import NOW


def ignored() -> None:
    raise AssertionError("the lock was not lost")


def owners(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(sa.select(schema.locks.c.owner)).scalars())


def test_the_second_is_told_and_the_third_may_go_on(engine: Engine):
    """While one holds it nobody else does; afterwards no trace is left."""
    told = pytest.raises(Locked, match=f"another run is at work: {socket.gethostname()}:")
    with held(engine, "run", ignored), told, held(engine, "run", ignored):
        pass
    assert owners(engine) == []
    with held(engine, "run", ignored), held(engine, "other", ignored):
        assert len(owners(engine)) == 2


@pytest.mark.parametrize(("host", "expires_in_s", "is_free"), [("elsewhere", 60, False), ("elsewhere", -1, True)])
def test_a_lock_of_another_machine_holds_until_it_expires(engine: Engine, host: str, expires_in_s: int, is_free: bool):
    """Nobody here can see whether that process lives."""
    with writing(engine) as connection:
        assert locks.take(connection, "run", f"{host}:1:abc", expires_in_s) is None
    if is_free:
        with held(engine, "run", ignored):
            assert len(owners(engine)) == 1
    else:
        with pytest.raises(Locked), held(engine, "run", ignored):
            pass


def test_a_dead_process_of_this_machine_holds_nothing(engine: Engine):
    """kill -9 leaves the lock to the next run at once."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with writing(engine) as connection:
        locks.take(connection, "run", f"{socket.gethostname()}:{process.pid}:abc", 300)
    with held(engine, "run", ignored):
        assert f":{os.getpid()}:" in owners(engine)[0]


def test_a_run_at_work_keeps_its_lock(engine: Engine):
    """It is renewed several times a term, so that it outlasts it."""
    with held(engine, "run", ignored, term_s=0.4):
        time.sleep(0.9)
        with pytest.raises(Locked), held(engine, "run", ignored):
            pass


def test_who_lost_the_lock_is_told(engine: Engine):
    """As when a machine wakes up after another one has taken over."""
    told = []
    with held(engine, "run", lambda: told.append(1), term_s=0.3):
        with writing(engine) as connection:
            connection.execute(schema.locks.update().values(owner="elsewhere:1:abc"))
        time.sleep(0.3)
    assert told
    assert owners(engine) == ["elsewhere:1:abc"]


def test_a_run_does_nothing_while_another_is_at_work(engine: Engine, tmp_path: Path):
    """Neither a row of `runs` nor an archive file."""
    job = Job(engine=engine, settings=Settings(db="", archive=str(tmp_path / "archive")), now=lambda: NOW)
    with held(engine, "run", ignored), pytest.raises(Locked):
        pipeline.run(job)
    with reading(engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.runs)).scalar() == 0
    assert not (tmp_path / "archive").exists()


def test_expiry_goes_by_the_database_clock(engine: Engine):
    """What the lock says lies a term after the database's own time."""
    with writing(engine) as connection:
        locks.take(connection, "run", "a:1:b", 300)
        other = locks.take(connection, "run", "c:2:d", 300)
    assert other is not None
    assert abs(other.expires_at - datetime.now(UTC) - timedelta(seconds=300)) < timedelta(seconds=30)
