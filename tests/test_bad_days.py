"""What goes wrong around newsdesk ends in one clear line and no damage, and the next run goes on."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db.engine import open_engine, writing
from pipelines import bystanders
from pipelines.demo_site.server import DemoSite
from pipelines.lock import held
from scraper.errors import StoreError
from tests.benchmarks import kills

NAMES = ("new", "calm", "gone")


@pytest.fixture
def trial(postgresql: str, tmp_path: Path) -> Iterator[kills.Trial]:
    """Databases on PostgreSQL; `calm` is what an undisturbed run makes of the site."""
    with DemoSite(now=datetime.now(UTC)) as site:
        environ = kills.environment(site)
        yield kills.prepare(site, kills.Trial(folder=tmp_path, environ=environ, server=postgresql))
    with server(postgresql) as connection:
        for name in NAMES:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def server(address: str) -> sa.Connection:
    engine = sa.create_engine(open_engine(address).url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    return engine.connect()


def test_a_database_that_goes_away_in_the_middle(trial: kills.Trial):
    """The run ends with one line and status 4; when the database is back, the next one finishes what was begun."""
    kills.copy(trial, "gone")
    process = trial.start("gone", "run")
    time.sleep(trial.took_s / 2)
    with server(trial.server) as connection:
        connection.exec_driver_sql("ALTER DATABASE gone ALLOW_CONNECTIONS false")
        connection.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'gone'")
        errors = [line for line in process.communicate()[1].splitlines() if not line.startswith("{")]
        assert (process.returncode, len(errors)) == (4, 1), errors
        assert "postgresql" in errors[0]
        connection.exec_driver_sql("ALTER DATABASE gone ALLOW_CONNECTIONS true")
    assert kills.faults(trial, "gone", set()) == []
    last = trial.start("gone", "run")
    assert "Traceback" not in last.communicate()[1]
    assert kills.faults(trial, "gone", set()) == []
    assert kills.content(trial, "gone") == kills.content(trial, "calm")


@pytest.mark.parametrize(("hours", "side"), [(1, "ahead of"), (-1, "behind")])
def test_a_clock_wrong_by_an_hour(engine: Engine, hours: int, side: str):
    """On a machine whose clock is not the database server's nothing begins; with SQLite there is but one clock."""
    now = datetime.now(UTC)
    bystanders.check(engine, now)
    if engine.dialect.name == "sqlite":
        bystanders.check(engine, now + timedelta(hours=hours))
        return
    with pytest.raises(
        StoreError, match=f"this machine's is 60 minutes {side} the database's: set this machine's clock"
    ):
        bystanders.check(engine, now + timedelta(hours=hours))


def test_an_upgrade_waits_for_runs(engine: Engine):
    """A newer newsdesk does not upgrade the database under a run that is at work; afterwards it does."""
    bystanders.check_idle(engine)
    with held(engine, "run", lambda: None), pytest.raises(StoreError, match="is at work with an older newsdesk"):
        bystanders.check_idle(engine)
    bystanders.check_idle(engine)


def test_an_old_process_after_an_upgrade(engine: Engine):
    """A process that began before the upgrade writes nothing after it, and says that it has to be updated."""
    try:
        with writing(engine) as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(StoreError, match="update newsdesk"):
            bystanders.check(engine, datetime.now(UTC))
    finally:
        engine.dispose()
