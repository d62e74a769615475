"""import: saved pages enter the database as if they had been fetched.

Takes a list of JSON lines: `url`, `html_path` (relative to the list), and `fetched_at` (ISO 8601; the
file's time where it is missing). The same bytes of the same address again change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from db import links, pages, runs
from db.archive import ArchiveWriter
from db.engine import writing
from pipelines.outcomes import of_error
from scraper import urls
from scraper.errors import ExtractionError, TooLarge
from scraper.fetching.client import MAX_PAGE_BYTES
from scraper.text import clean
from scraper.values import Link, Outcome, OutcomeKind, Page, PageRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Where imported pages go."""

    engine: Engine
    writer: ArchiveWriter
    run_id: int
    now: Callable[[], datetime]


def take_list(intake: Intake, lines: Iterable[bytes], folder: Path) -> Iterator[Outcome]:
    """The outcomes of lines that bring no page to digest: unchanged, deleted, or unreadable."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        url = f"line {number}"
        try:
            row = _saved_row(line)
            url = row["url"]
            taken = take(intake, read_page(row, folder))
            outcome = taken if isinstance(taken, Outcome) else None
        except Exception as error:  # noqa: BLE001 - of_error raises what must end the run
            outcome = of_error("import", url, error)
        if outcome is not None:
            with writing(intake.engine) as connection:
                runs.add_outcome(connection, intake.run_id, outcome, intake.now())
            yield outcome


def read_row(line: bytes) -> dict[str, Any]:
    """The object of a JSON line: `url`, and `html_path` where a page is saved. Raises `ExtractionError`."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ExtractionError(f"not a JSON line: {error}") from error
    if not isinstance(row, dict) or not isinstance(row.get("url"), str):
        raise ExtractionError('expected {"url": ..., "html_path": ...}')
    if not isinstance(row.get("html_path", ""), str):
        raise ExtractionError("html_path is no text", url=row["url"])
    return row


def _saved_row(line: bytes) -> dict[str, Any]:
    row = read_row(line)
    if not row.get("html_path"):
        raise ExtractionError("html_path is missing", url=row["url"])
    if clean(row["url"]) != row["url"]:
        raise ExtractionError("the address holds control characters")
    return row


def read_page(row: dict[str, Any], folder: Path) -> Page:
    """The saved page a row speaks of. Raises `ExtractionError` when its file or time can't be read."""
    path = folder / row["html_path"]
    try:
        if not path.is_file():
            raise ExtractionError(f"{path} is no file", url=row["url"])
        with path.open("rb") as file:
            body = file.read(MAX_PAGE_BYTES + 1)
        if len(body) > MAX_PAGE_BYTES:
            raise TooLarge(f"the file is larger than {MAX_PAGE_BYTES} bytes", url=row["url"])
        fetched_at = _time(row.get("fetched_at")) or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ExtractionError(f"{path} can't be read: {error}", url=row["url"]) from error
    return Page(url=row["url"], final_url=row["url"], status=200, body=body, fetched_at=fetched_at)


def _time(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ExtractionError(f"fetched_at is {value!r}, expected ISO 8601") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def take(intake: Intake, page: Page) -> PageRecord | Outcome:
    """The row of a page that is new and waits to be digested, else what became of it."""
    url = urls.canonical(page.final_url)
    link = Link(url=url, source_url="")
    with writing(intake.engine) as connection:
        link_id = links.get_link_id(connection, link, urls.site(url), page.fetched_at)
        if link_id is None:
            return Outcome(stage="import", url=page.url, kind=OutcomeKind.GONE, reason="deleted on request")
        if pages.has_page(connection, page, link_id):
            return Outcome(stage="import", url=page.url, kind=OutcomeKind.UNCHANGED, reason="same bytes")
        place = intake.writer.write(page)
        page_id = pages.add_page(connection, page, link_id, place, same_as_id=None, run_id=intake.run_id)
        links.save_answer(connection, link_id, page, None)
        return pages.get_page(connection, page_id)
