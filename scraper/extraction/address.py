"""The page's own address -> candidates: the day in its path, the section, the name of the site.

Does not fetch and does not normalise addresses (`scraper.urls`).
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from scraper.values import Candidate

_DAY = re.compile(r"(?<!\d)(20[0-3]\d|19[89]\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_DAY_SPARSE = re.compile(r"/(20[0-3]\d|19[89]\d)[/-](\d{1,2})[/-](\d{1,2})(?!\d)")
_NAMED_DAY = re.compile(
    r"/(20[0-3]\d|19[89]\d)/(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}/(\d{1,2})(?!\d)"
)


def read(url: str) -> list[Candidate]:
    """What the address says about its page."""
    try:
        path = unquote(urlsplit(url[:2000]).path)
    except ValueError:
        return []
    found = []
    if match := _DAY.search(path) or _DAY_SPARSE.search(path) or _NAMED_DAY.search(path.lower()):
        found.append(
            Candidate(
                field="published_at",
                value=" ".join(match.groups()) if match.re is _NAMED_DAY else "-".join(match.groups()),
                origin="url:path",
            )
        )
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and parts[0].isascii() and parts[0].replace("-", "").isalpha() and 3 < len(parts[0]) <= 20:
        found.append(Candidate(field="section", value=parts[0].replace("-", " "), origin="url:path"))
    return found
