"""Brings a database to the present schema by Alembic's migrations, making it where there is none.

Stands apart from `db.engine` because Alembic is slow to import and only writers need it.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Engine

from db import engine as engines
from db import search
from scraper.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Nothing; afterwards the database has the present schema. Does nothing where it has it already.

    Raises `StoreError` when the database is newer than this code, or can't be made or reached.
    """
    _make_folder(engine)
    if engines.is_present(engine):
        return
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engines.writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        search.fill(connection)


def _make_folder(engine: Engine) -> None:
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    folder = Path(engine.url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder can't be made: {error.strerror}", url=str(folder)) from error
