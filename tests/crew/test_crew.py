"""Workers at one PostgreSQL database: never two at a site, pauses kept between them, and nothing lost with a dead one."""

import asyncio
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import schema
from db.engine import open_engine, reading
from db.upgrading import upgrade
from pipelines import crew
from pipelines import run as pipeline
from pipelines.crew import Crew
from pipelines.lock import Locked, held
from pipelines.run import Job
from pipelines.settings import Settings
from scraper.errors import SettingsError
from tests.conftest import lent
from tests.crew.paper_sites import PaperSites, follow

DELAY_S = 0.2
COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]


@pytest.fixture
def address(postgresql: str) -> Iterator[str]:
    yield from lent(postgresql)


def job(engine: Engine, folder: Path) -> Job:
    settings = Settings(db="", archive=str(folder), allow_addresses=("127.0.0.0/8",), min_delay_s=DELAY_S)
    return Job(engine=engine, settings=settings)


def drain(engine: Engine, folder: Path, **options: Any) -> list[str]:
    """Lets a worker in this process take all tasks; the sites it told of."""
    told = []
    asyncio.run(
        crew.work(Crew(job=job(engine, folder), is_draining=True, tell=lambda site, _: told.append(site), **options))
    )
    return told


def begin(address: str, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environ = dict(os.environ, NEWSDESK_DB=address, NEWSDESK_ARCHIVE=str(folder), PYTHONPATH=str(Path.cwd()))
    environ |= {"NEWSDESK_ALLOW_ADDRESSES": "127.0.0.0/8", "NEWSDESK_MIN_DELAY_S": str(DELAY_S)}
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
        by_host = defaultdict(list)
        for one in sorted(sites.asked, key=lambda asked: asked.began):
            by_host[one.host].append(one)
        assert len(by_host) == 7
        for asked in by_host.values():
            assert all(later.began - former.ended >= DELAY_S - 0.02 for former, later in pairwise(asked))
    found = crew.standing(engine)
    assert (found.waiting, found.at_work, found.stalled, found.failed) == ((), (), (), ())


def test_sigterm_puts_back_what_is_left(address: str, engine: Engine, tmp_path: Path):
    """The worker ends soon with status 0; its sites wait again, and the next worker brings them home."""
    with PaperSites(n_sites=2, n_pages=8, pause_s=0.1) as sites:
        follow(engine, sites)
        crew.enqueue(engine, datetime.now(UTC))
        worker = begin(address, tmp_path)
        wait_for(sites, 8)
        worker.terminate()
        assert worker.wait(60) == 0
        found = crew.standing(engine)
        assert len(found.waiting) == 2
        assert found.workers == ()
        drain(engine, tmp_path)
        assert len(content(engine)["articles"]) == 16
        assert len({asked.path for asked in sites.asked if asked.path != "/robots.txt"}) == 9


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
