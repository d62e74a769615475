"""Articles as a folder of Markdown files with front matter, for note takers and static sites.

One file an article, `SITE/YYYY-MM/ID-title.md`; exporting again writes what changed and leaves the rest alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from scraper.record import to_stored_record
from scraper.rendering import to_markdown
from scraper.text import fold
from scraper.values import PageState, StoredArticle

_HEAD = ("id", "url", "title", "authors", "published_at", "modified_at", "site", "site_name", "language", "section")
_HEAD_TOO = ("tags", "kind", "fetched_at")
_MAX_NAME_CHARS = 60
_UNSAFE = re.compile(r"[^\w.-]+")


def write_folder(articles: Iterable[StoredArticle], folder: Path) -> int:
    """The number of files written; the file of what is no article any more goes."""
    n_written = 0
    for stored in articles:
        path = folder / _name(stored)
        for former in path.parent.glob(f"{stored.id}-*.md"):
            if former != path or stored.article.state is not PageState.ARTICLE:
                former.unlink()
        if stored.article.state is PageState.ARTICLE:
            n_written += _write(path, _front_matter(stored) + to_markdown(stored.article))
    return n_written


def _write(path: Path, text: str) -> bool:
    """Whether the file had to be written."""
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(data)
    unfinished.replace(path)
    return True


def _name(stored: StoredArticle) -> Path:
    moment = stored.article.published_at
    at = moment.at if moment is not None else stored.first_seen_at
    site = _UNSAFE.sub("_", stored.article.site).strip(".") or "unknown"
    title = fold(stored.article.title or "untitled").replace(" ", "-")[:_MAX_NAME_CHARS].strip("-")
    return Path(site) / f"{at:%Y-%m}" / f"{stored.id}-{title or 'untitled'}.md"


def _front_matter(stored: StoredArticle) -> str:
    """YAML, of which every JSON value is a part."""
    record = to_stored_record(stored)
    lines = [f"{name}: {json.dumps(record[name], ensure_ascii=False)}" for name in (*_HEAD, *_HEAD_TOO)]
    return "\n".join(["---", *lines, "---", "", ""])
