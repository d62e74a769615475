"""Workers at one PostgreSQL database: never two at a site, pauses kept between them, and nothing lost with a dead one."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import schema
from db.engine import open_engine, reading, writing
from db.upgrading import upgrade
from pipelines import crew
from pipelines import run as pipeline
from pipelines.crew import Crew
from pipelines.lock import Locked, held
from pipelines.run import Job
from pipelines.settings import Settings
from pipelines.stopping import Stop
from scraper.errors import SettingsError, StoreError
from tests.conftest import lent
from tests.crew.paper_sites import PaperSites, follow

DELAY_S = 0.2
COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]


@pytest.fixture
def address(postgresql: str) -> Iterator[str]:
    yield from lent(postgresql)


def job(engine: Engine, folder: Path, delay_s: float = DELAY_S) -> Job:
    settings = Settings(db="", archive=str(folder), allow_addresses=("127.0.0.0/8",), min_delay_s=delay_s)
    return Job(engine=engine, settings=settings)


def drain(engine: Engine, folder: Path, delay_s: float = DELAY_S, stalled_s: float = crew.STALLED_S) -> list[str]:
    """Lets a worker in this process take all tasks; the sites it told of."""
    told = []
    own = job(engine, folder, delay_s)
    asyncio.run(crew.work(Crew(job=own, is_draining=True, stalled_s=stalled_s, tell=lambda site, _: told.append(site))))
    return sorted(set(told))


def begin(address: str, folder: Path, *arguments: str, delay_s: float = DELAY_S) -> subprocess.Popen[bytes]:
    environ = dict(os.environ, NEWSDESK_DB=address, NEWSDESK_ARCHIVE=str(folder), PYTHONPATH=str(Path.cwd()))
    environ |= {"NEWSDESK_ALLOW_ADDRESSES": "127.0.0.0/8", "NEWSDESK_MIN_DELAY_S": str(delay_s)}
    command = [*COMMAND, "worker", "--stalled-after", "3s", "--sites", "3", *arguments]
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def content(engine: Engine) -> dict[str, Any]:
    """What the database says of articles and addresses, whatever their numbers and times."""
    a, n = schema.articles.c, schema.links.c
    with reading(engine) as connection:
        return {
            "articles": connection.execute(
                sa.select(a.url, a.title, a.body, a.state, a.n_revisions).order_by(a.url)
            ).all(),
            "links": connection.execute(sa.select(n.url, n.outcome, n.reason).order_by(n.url)).all(),
        }


def undisturbed(sites: PaperSites, folder: Path) -> dict[str, Any]:
    """What a plain run makes of the sites."""
    engine = open_engine(str(folder / "calm.db"))
    upgrade(engine)
    follow(engine, sites)
    pipeline.run(job(engine, folder / "calm"))
    found = content(engine)
    engine.dispose()
    sites.asked.clear()
    return found


def wait_for(sites: PaperSites, n_asked: int) -> None:
    for _ in range(1200):
        if len(sites.asked) >= n_asked:
            return
        time.sleep(0.05)
    raise AssertionError("the workers do nothing")


def release(engine: Engine) -> None:
    """Every lock is free."""
    with writing(engine) as connection:
        connection.execute(schema.locks.delete())


def shortest_pause_s(sites: PaperSites) -> float:
    """Between the end of a request and the beginning of the next one to the same site."""
    by_host = defaultdict(list)
    for one in sorted(sites.asked, key=lambda asked: asked.began):
        by_host[one.host].append(one)
    return min(later.began - former.ended for asked in by_host.values() for former, later in pairwise(asked))


def test_three_workers_one_of_them_killed(address: str, engine: Engine, tmp_path: Path):
    """One request at a time to a site, with its pause, whoever asks; the end is that of an undisturbed run."""
    with PaperSites(n_sites=7, n_pages=3, pause_s=0.05, is_neighbourly=True) as sites:
        calm = undisturbed(sites, tmp_path)
        follow(engine, sites)
        assert len(crew.enqueue(engine, datetime.now(UTC))) == 7
        workers = [begin(address, tmp_path / "archive", "--drain") for _ in range(3)]
        wait_for(sites, 12)
        workers[0].kill()
        assert [worker.wait(120) for worker in workers] == [-9, 0, 0]
        assert content(engine) == calm
        assert len(calm["articles"]) == 7 * 3 + 6
        assert len({one.host for one in sites.asked}) == 7
        assert shortest_pause_s(sites) >= DELAY_S - 0.02
    found = crew.standing(engine)
    assert (found.waiting, found.at_work, found.stalled, found.failed) == ((), (), (), ())


def test_sigterm_puts_back_what_is_left(address: str, engine: Engine, tmp_path: Path):
    """The worker ends soon with status 0; its sites wait again, for no less than the pause they are owed."""
    with PaperSites(n_sites=2, n_pages=4, pause_s=0.1) as sites:
        follow(engine, sites)
        crew.enqueue(engine, datetime.now(UTC))
        worker = begin(address, tmp_path, delay_s=0.7)
        wait_for(sites, 6)
        worker.terminate()
        assert worker.wait(60) == 0
        found = crew.standing(engine)
        assert len(found.waiting) == 2
        assert found.workers == ()
        drain(engine, tmp_path, delay_s=0.7)
        assert len(content(engine)["articles"]) == 8
        assert len({asked.path for asked in sites.asked if asked.path.startswith("/story/")}) == 4
        assert shortest_pause_s(sites) >= 0.68


def test_a_site_waits_once_and_only_when_due(engine: Engine, tmp_path: Path):
    """A second --enqueue before anybody came defers nothing, nor does one when all is done."""
    with PaperSites(n_sites=2, n_pages=1) as sites:
        follow(engine, sites)
        assert len(crew.enqueue(engine, datetime.now(UTC))) == 2
        assert crew.enqueue(engine, datetime.now(UTC)) == []
        assert sorted(drain(engine, tmp_path)) == [f"{host}:{sites.port}" for host in sites.hosts]
        assert crew.enqueue(engine, datetime.now(UTC)) == []
        assert len(crew.enqueue(engine, datetime.now(UTC), include_all=True)) == 2


def test_a_plain_run_and_workers_leave_each_other_alone(engine: Engine, tmp_path: Path):
    """While a site is at work there is no run over all, and the other way round; two sites are no matter."""
    lost = pytest.fail
    with held(engine, "run/a.example", lost), held(engine, "run/b.example", lost):
        with pytest.raises(Locked):
            pipeline.run(job(engine, tmp_path))
        with pytest.raises(Locked), held(engine, "run/a.example", lost):
            pass
    with held(engine, "run", lost), pytest.raises(Locked), held(engine, "run/a.example", lost):
        pass


def test_sqlite_has_no_tasks(tmp_path: Path):
    """The message says what to set."""
    engine = open_engine(str(tmp_path / "n.db"))
    upgrade(engine)
    with pytest.raises(SettingsError, match="PostgreSQL"):
        crew.enqueue(engine, datetime.now(UTC))
    engine.dispose()


def test_without_the_extra(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    """The message says what to install."""
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    with pytest.raises(SettingsError, match=r"newsdesk\[cluster\]"):
        crew.enqueue(engine, datetime.now(UTC))


def test_tables_of_another_version(engine: Engine):
    """A Procrastinate that needs other tables than there are says so before it takes a task."""
    crew.standing(engine)
    with writing(engine) as connection:
        connection.exec_driver_sql("ALTER FUNCTION procrastinate_fetch_job_v2 RENAME TO procrastinate_fetch_job_v1")
    with pytest.raises(StoreError, match="another version"):
        crew.enqueue(engine, datetime.now(UTC))
    with writing(engine) as connection:
        connection.exec_driver_sql("ALTER FUNCTION procrastinate_fetch_job_v1 RENAME TO procrastinate_fetch_job_v2")


def test_a_failed_task_is_kept_until_one_goes_well(engine: Engine, tmp_path: Path):
    """Where the archive can't be written the task counts as failed; when it can, nothing of that is left."""
    (tmp_path / "archive").write_text("in the way")
    with PaperSites(n_sites=1, n_pages=1) as sites:
        follow(engine, sites)
        crew.enqueue(engine, datetime.now(UTC))
        assert drain(engine, tmp_path / "archive") == []
        assert crew.standing(engine).failed == (f"127.0.0.2:{sites.port}",)
        (tmp_path / "archive").unlink()
        crew.enqueue(engine, datetime.now(UTC))
        assert drain(engine, tmp_path / "archive") == [f"127.0.0.2:{sites.port}"]
        assert crew.standing(engine).failed == ()


def test_a_site_at_work_elsewhere_is_waited_for(engine: Engine, tmp_path: Path):
    """A task whose site another run has stays until that is done, and is no failure."""
    with PaperSites(n_sites=1, n_pages=1) as sites:
        follow(engine, sites)
        crew.enqueue(engine, datetime.now(UTC))
        with held(engine, f"run/127.0.0.2:{sites.port}", lambda: None):
            threading.Timer(1.0, release, args=(engine,)).start()
            assert drain(engine, tmp_path) == [f"127.0.0.2:{sites.port}"]


def test_a_database_that_is_gone_for_a_while(address: str, engine: Engine, tmp_path: Path):
    """The worker stays, takes up its tasks when the database is back, and the outcome is that of an undisturbed run."""
    with PaperSites(n_sites=3, n_pages=3) as sites:
        calm = undisturbed(sites, tmp_path)
        follow(engine, sites)
        crew.enqueue(engine, datetime.now(UTC))
        worker = begin(address, tmp_path)
        wait_for(sites, 6)
        engine.dispose()
        elsewhere = sa.create_engine(engine.url.set(database="template1"), isolation_level="AUTOCOMMIT")
        with elsewhere.connect() as connection:
            connection.exec_driver_sql("ALTER DATABASE test ALLOW_CONNECTIONS false")
            connection.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'test'")
            time.sleep(1)
            connection.exec_driver_sql("ALTER DATABASE test ALLOW_CONNECTIONS true")
        elsewhere.dispose()
        for _ in range(600):
            crew.enqueue(engine, datetime.now(UTC))  # as cron does
            if content(engine) == calm:
                break
            time.sleep(0.1)
        worker.terminate()
        assert worker.wait(20) == 0
        assert content(engine) == calm


def test_what_a_dead_worker_found_of_other_sites(engine: Engine, tmp_path: Path):
    """Whoever takes up the task of a dead worker also sees to addresses of which the dead one could tell nobody."""
    with PaperSites(n_sites=2, n_pages=1) as sites:
        follow(engine, sites)
        crew.enqueue(engine, datetime.now(UTC))
        with writing(engine) as connection:
            connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE lock LIKE '127.0.0.3:%%'")
            connection.exec_driver_sql("UPDATE procrastinate_jobs SET status = 'doing'")
        assert sorted(drain(engine, tmp_path, stalled_s=0.6)) == [f"{host}:{sites.port}" for host in sites.hosts]


def test_a_stopped_run_keeps_its_site_for_the_pause(engine: Engine, tmp_path: Path):
    """A run that is asked to stop gives its site free when the next request may be sent, and no sooner."""
    stop = Stop()
    with PaperSites(n_sites=1, n_pages=5) as sites:
        follow(engine, sites)
        own = replace(job(engine, tmp_path, delay_s=0.9), site=f"127.0.0.2:{sites.port}", stop=stop)
        stopper = threading.Thread(target=lambda: (wait_for(sites, 3), stop.request("enough")))
        stopper.start()
        asyncio.run(pipeline.fetch_site(own, crew.STALLED_S))
        assert time.monotonic() - sites.asked[-1].ended >= 0.88
        stopper.join()
    assert len(sites.asked) < 7
