"""import: saved pages enter the database as if they had been fetched.

Takes a list of JSON lines: `url`, `html_path` (relative to the list), and `fetched_at` (ISO 8601; the
file's time where it is missing); a WARC file; or a folder of WARC and HTML files, of which the latter say their
address in `link rel=canonical`. The same bytes of the same address again change nothing, so that an import which
was stopped is begun again.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from db import links, pages, runs
from db.archive import ArchiveWriter
from db.engine import writing
from pipelines.outcomes import of_error
from pipelines.warcs import pages_of
from scraper import urls
from scraper.errors import ExtractionError, TooLarge
from scraper.fetching.client import MAX_PAGE_BYTES
from scraper.text import clean
from scraper.values import Link, Outcome, OutcomeKind, Page, PageRecord

_WARC = (".warc", ".warc.gz")
_HTML = (".html", ".htm")
_SUFFIXES = (*_WARC, *_HTML)
_HEAD_BYTES = 1 << 17
_CANONICAL = re.compile(
    rb"""<link\b(?=[^>]{0,2000}\brel=["']?canonical\b)[^>]{0,2000}?\bhref=(?:["']([^"'>]{1,2000})["']|([^\s"'>]{1,2000}))""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Where imported pages go."""

    engine: Engine
    writer: ArchiveWriter
    run_id: int
    now: Callable[[], datetime]


Saved = Iterator[tuple[str, Callable[[], Page]]]
"""Addresses, or places in a file, each with what reads the page there, at once."""


def take_all(intake: Intake, path: Path) -> Iterator[Outcome]:
    """The outcomes of what brings no page to digest: unchanged, deleted, or unreadable."""
    for url, page in read_all(path):
        if isinstance(page, OSError):
            page = ExtractionError(f"can't be read: {page.strerror}", url=url)
        if (outcome := take_in(intake, url, page)) is not None:
            yield outcome


def take_in(intake: Intake, url: str, page: Page | Exception) -> Outcome | None:
    """What became of a page that brings nothing to digest; None of one that does."""
    try:
        if isinstance(page, Exception):
            raise page
        taken = take(intake, page)
        outcome = taken if isinstance(taken, Outcome) else None
    except Exception as error:  # noqa: BLE001 - of_error raises what must end the run
        outcome = of_error("import", getattr(error, "url", "") or url, error)
    if outcome is not None:
        with writing(intake.engine) as connection:
            runs.add_outcome(connection, intake.run_id, outcome, intake.now())
    return outcome


def read_all(path: Path) -> Iterator[tuple[str, Page | Exception]]:
    """Each address with its page, or with why that can't be read; the file, with why it can't be read on."""
    found = saved(path)
    while True:
        url = str(path)
        try:
            url, read = next(found)
            page: Page | Exception = read()
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001 - handed on
            page = error
        yield url, page


def files(folder: Path) -> list[Path]:
    """The WARC and HTML files in the folder and below, in the order of their names."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and is_taken(file.name))


def is_taken(name: str) -> bool:
    """Whether the name is that of a WARC or HTML file."""
    return name.lower().endswith(_SUFFIXES)


def is_page(name: str) -> bool:
    """Whether the name is that of a page saved alone."""
    return name.lower().endswith(_HTML)


def saved(path: Path) -> Saved:
    """The pages of a list, a WARC file, or a folder of WARC and HTML files."""
    if path.is_dir():
        return chain.from_iterable(saved(file) for file in files(path))
    name = path.name.lower()
    if name.endswith(_WARC):
        return pages_of(path)
    return iter([(str(path), partial(_html_page, path))]) if name.endswith(_HTML) else _listed(path)


def _html_page(path: Path) -> Page:
    """A page saved alone, which has to say its address itself."""
    found = _CANONICAL.search(read_page({"url": str(path), "html_path": str(path)}, Path()).body[:_HEAD_BYTES])
    url = html.unescape((found[1] or found[2]).decode("utf-8", "replace")) if found else ""
    if not url.lower().startswith(("http://", "https://")) or clean(url) != url:
        raise ExtractionError("the page has no link rel=canonical that says its address", url=str(path))
    return read_page({"url": url, "html_path": str(path)}, Path())


def _listed(path: Path) -> Saved:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield f"line {number}", partial(_listed_page, line, path.parent)


def _listed_page(line: bytes, folder: Path) -> Page:
    return read_page(_saved_row(line), folder)


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
            reason = links.why_deleted(connection, url)
            return Outcome(stage="import", url=page.url, kind=OutcomeKind.GONE, reason=reason)
        if pages.has_page(connection, page, link_id):
            return Outcome(stage="import", url=page.url, kind=OutcomeKind.UNCHANGED, reason="same bytes")
        place = intake.writer.write(page)
        page_id = pages.add_page(connection, page, link_id, place, same_as_id=None, run_id=intake.run_id)
        links.save_answer(connection, link_id, page, None)
        return pages.get_page(connection, page_id)
