"""What a person sets for one site: `sites/*.toml`, a file a site, read once and handed on as values.

Never needed for the ordinary site. Does not fetch and does not extract.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scraper import dom, urls
from scraper.errors import NewsError, SettingsError
from scraper.fetching.politeness import Manners
from scraper.values import SiteRule

FOLDER = "sites"
_RULE = frozenset({"body", "drop", "title", "authors", "published_at", "time_zone"})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # RFC 9110 5.6.2
_NOT_SETTABLE = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "cookie", "range"}
    | {"if-none-match", "if-modified-since"}
)
_MANNERS = frozenset({"min_delay_s", "concurrency", "headers", "cookies"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What is set for one site. `rule` is for its pages, `manners` for its server; None and empty: as for all.

    `include` and `exclude` are patterns of paths (`/news/*`) for addresses that are taken up; `sources` are followed
    by `newsdesk add` in place of what it would find; `max_pages` bounds what one run fetches, 0: all.
    """

    site: str
    rule: SiteRule | None = None
    manners: Manners | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    max_pages: int | None = None
    render: str | None = None

    def wants(self, url: str) -> bool:
        """Whether an address of the site is to be taken up."""
        path = urlsplit(url).path or "/"
        is_included = not self.include or any(fnmatchcase(path, pattern) for pattern in self.include)
        return is_included and not any(fnmatchcase(path, pattern) for pattern in self.exclude)


BySite = Mapping[str, SiteSettings]


def load(folder: Path) -> BySite:
    """Site -> what is set for it, by the files of a folder. Raises `SettingsError` naming file, key and expectation."""
    found: dict[str, SiteSettings] = {}
    for path in sorted(folder.glob("*.toml")):
        settings = read(path)
        if settings.site in found:
            raise SettingsError(f"another file speaks of {settings.site} already", url=str(path))
        found[settings.site] = settings
    return found


def read(path: Path) -> SiteSettings:
    """What one file sets. Raises `SettingsError`."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"can't be read: {error.strerror}", url=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not valid TOML: {error}", url=str(path)) from error
    read_values = {name: _value(name, value, path) for name, value in values.items()}
    if "site" not in read_values:
        raise SettingsError('no site: the file says for which site it is (site = "news.example")', url=str(path))
    own = {name: read_values.pop(name) for name in _RULE & read_values.keys()}
    manners = {name: read_values.pop(name) for name in _MANNERS & read_values.keys()}
    rule = SiteRule(**own) if own else None
    return SiteSettings(rule=rule, manners=Manners(**manners) if manners else None, **read_values)


def rule_of(by_site: BySite, url: str) -> SiteRule | None:
    """The rule for the pages of the site that an address belongs to, if there is one."""
    if not by_site:
        return None
    try:
        found = by_site.get(urls.site(url))
    except NewsError:  # a file's address
        return None
    return found.rule if found is not None else None


def sources_of(by_site: BySite, url: str) -> tuple[str, ...]:
    """The sources a person named for the site that an address belongs to."""
    try:
        found = by_site.get(urls.site(url))
    except NewsError:
        return ()
    return found.sources if found is not None else ()


def rules(by_site: BySite) -> dict[str, SiteRule]:
    """Site -> rule for its pages."""
    return {site: found.rule for site, found in by_site.items() if found.rule is not None}


def manners(by_site: BySite) -> dict[str, Manners]:
    """Site -> how its server is asked."""
    return {site: found.manners for site, found in by_site.items() if found.manners is not None}


def _value(name: str, value: Any, path: Path) -> Any:
    if name not in _READERS:
        raise SettingsError(f"unknown key {name!r}; the keys are {', '.join(_READERS)}", url=str(path))
    try:
        return _READERS[name](value)
    except ValueError as error:
        # The value itself is not told: it may be a secret.
        raise SettingsError(f"{name}: expected {error}", url=str(path)) from None


def _site(value: Any) -> str:
    expected = "a site as `newsdesk sources list` shows it, such as example.co.uk"
    try:
        site = urls.site(f"https://{value}/")
    except NewsError:
        raise ValueError(expected) from None
    if site != value:
        raise ValueError(f"{expected}; here {site}")
    return site


def _selector(value: Any) -> str:
    if not isinstance(value, str) or not dom.is_selector(value):
        raise ValueError("a CSS selector")
    return value


def _listed(read_one: Callable[[Any], str], value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(read_one(one) for one in values)


def _pattern(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("/"):
        raise ValueError("a pattern of paths such as /news/*")
    return value


def _address(value: Any) -> str:
    try:
        return urls.canonical(str(value))
    except NewsError:
        raise ValueError("a web address") from None


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (KeyError, ValueError, OSError):
        raise ValueError("the name of a time zone, such as Europe/Berlin") from None


def _number(highest: float, what: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
        raise ValueError(f"{what} from 0 to {highest:g}")
    return value


def _whole(lowest: int, highest: int, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise ValueError(f"a whole number from {lowest} to {highest}")
    return value


def _one_of(words: tuple[str, ...], value: Any) -> str:
    if value not in words:
        raise ValueError(f"one of {', '.join(words)}")
    return str(value)


def _headers(value: Any) -> tuple[tuple[str, str], ...]:
    pairs = _pairs(value)
    if bad := next((name for name, _ in pairs if name.lower() in _NOT_SETTABLE or not _TOKEN.fullmatch(name)), None):
        raise ValueError(f"header names, and {bad} can't be set")
    return pairs


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    is_table = isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    if not is_table or not all(_is_line(part) for pair in value.items() for part in pair):
        raise ValueError("a table of names and texts, each one line of ASCII")
    return tuple(value.items())


def _is_line(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable()


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "site": _site,
    **dict.fromkeys(("body", "title", "authors", "published_at"), _selector),
    "drop": partial(_listed, _selector),
    "time_zone": _zone,
    "min_delay_s": partial(_number, 3600, "a number of seconds"),
    "concurrency": partial(_whole, 1, 100),
    "max_pages": partial(_whole, 0, 1_000_000),
    "headers": _headers,
    "cookies": _pairs,
    "render": partial(_one_of, ("never", "when_needed", "always")),
    "include": partial(_listed, _pattern),
    "exclude": partial(_listed, _pattern),
    "sources": partial(_listed, _address),
}
