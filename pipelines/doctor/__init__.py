"""doctor: is everything as a daily run needs it? Each check is one finding with what to do about it.

Looks and changes nothing. Damage deep in the database is for `newsdesk db check`, records of the archive are for
`newsdesk archive verify`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

from sqlalchemy.engine import Engine

from db import condition, shelf, sources
from db.engine import HEAD, check_not_newer, exists, open_engine, reading, version
from pipelines import browsing
from pipelines.doctor import places, rows
from pipelines.doctor.finding import Finding, Level, failure, fine, warning
from pipelines.settings import Settings
from scraper.errors import NewsError, StoreError
from scraper.fetching.browser import why_not
from scraper.values import SourceRecord

PARTS = (
    ("postgresql", "psycopg", "databases on PostgreSQL"),
    ("parquet", "pyarrow", "exports to Parquet"),
    ("browser", "playwright", "pages that scripts draw"),
)
"""Optional extra, the module it brings, and what it is for."""
COMPILED = (
    "scraper.fast_scan",
    "scraper.extraction.fast_walk",
    "scraper.extraction.fast_features",
    "scraper.extraction.fast_forest",
)
"""What is compiled on installation, where that can be done; each does what a module in Python does."""
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://\S", re.IGNORECASE)


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The findings that need no network, in the order in which a person would look."""
    yield who(settings.user_agent)
    engine = open_engine(settings.db)
    try:
        database = _database(engine)
        yield database
        yield from places.folders(engine, shelf.at(settings.archive))
        if database.level is Level.OK:
            with reading(engine) as connection:
                yield places.disk(engine, shelf.at(settings.archive), condition.growth(connection, now), now)
                yield from rows.examine(connection, now)
        else:
            yield places.disk(engine, shelf.at(settings.archive), None, now)
    finally:
        engine.dispose()
    yield from _parts()
    yield _compiled()
    if not browsing.wish(settings).is_idle and (reason := why_not()):
        yield failure("rendering", f"set, but it can't be done: {reason}", "install it, or set render to never")


def known_sources(settings: Settings) -> list[SourceRecord]:
    """The sources that are asked; none where there is no database that can be used."""
    engine = open_engine(settings.db)
    try:
        if not exists(engine) or version(engine) != HEAD:
            return []
        with reading(engine) as connection:
            return [record for record in sources.get_sources(connection) if not record.is_paused]
    except StoreError:
        return []
    finally:
        engine.dispose()


def who(user_agent: str) -> Finding:
    """Whether a publisher could write to us."""
    if _CONTACT.search(user_agent):
        return fine("user agent", user_agent)
    advice = "`newsdesk init` asks for it, or set user_agent to a name with a mail address or web page"
    return warning("user agent", f"names no contact: {user_agent}", advice)


def _database(engine: Engine) -> Finding:
    shown = engine.url.render_as_string(hide_password=True)
    try:
        if not exists(engine):
            return warning("database", f"there is none yet: {shown}", "`newsdesk add URL` makes it")
        check_not_newer(engine)
        if (found := version(engine)) != HEAD:
            return warning("database", f"schema {found}, this newsdesk needs {HEAD}", "run `newsdesk db upgrade`")
        with reading(engine) as connection:
            fault = condition.quick_fault(connection)
        if fault:
            return failure("database", f"damaged: {fault}", "see `newsdesk db check`, then restore a backup")
        condition.check_writable(engine)
    except NewsError as error:
        return failure("database", f"{error.detail}: {shown}", "see that it is there and running, and may be written")
    return fine("database", f"sound, can be written: {shown}")


def _parts() -> Iterator[Finding]:
    for extra, module, use in PARTS:
        if find_spec(module) is not None:
            yield fine(extra, f"installed, for {use}")
        else:
            yield fine(extra, f"not installed; only for {use}: pip install 'newsdesk[{extra}]'")


def _compiled() -> Finding:
    missing = [name.rpartition(".")[2] for name in COMPILED if not _can_import(name)]
    if not missing:
        return fine("compiled", "all that can be")
    text = f"without {', '.join(missing)}: pages are read alike, but slower"
    return fine("compiled", f"{text}; for speed, install newsdesk anew where there is a C compiler")


def _can_import(name: str) -> bool:
    try:
        import_module(name)
    except ImportError:
        return False
    return True
