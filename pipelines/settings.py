"""The settings: read once, frozen, handed on as a value.

`newsdesk.toml`, then `NEWSDESK_*` variables, then options, each over the former. The file is looked
for in the working folder, then in the user's configuration folder.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path

from pipelines import site_rules
from pipelines.site_rules import BySite
from scraper.errors import SettingsError

PREFIX = "NEWSDESK_"
FILE_NAME = "newsdesk.toml"
VERSION = "0.1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default.

    `db` is a database address or an SQLite file; `archive` a folder. `min_delay_s` is the pause in
    seconds between two requests to a site, `concurrency` the number of requests in flight in all.
    `allow_addresses` names what the address guard lets through besides public addresses:
    `host:port` or `network:port`, such as `127.0.0.1:8000` or `10.0.0.0/8:443`. `second_opinion` reports of every
    page how far another extractor agrees with its text. `recheck_days` is the age until which articles are looked at
    again. `max_pages_per_site` bounds what one run fetches of a site; 0: all. `keep_*_days` say after how many days
    texts, rows of pages and archive records go; 0: never. `render` says which pages a browser shows (never,
    when_needed), `max_renders_per_site` how many of a site in one run. `sites` is the folder of what is set for single
    sites, and `by_site` what its files say.
    """

    db: str
    archive: str
    user_agent: str = f"newsdesk/{VERSION} (news archive; set user_agent to say who you are)"
    min_delay_s: float = 1.0
    concurrency: int = 32
    concurrency_per_site: int = 1
    allow_addresses: tuple[str, ...] = ()
    second_opinion: bool = False
    recheck_days: int = 14
    max_pages_per_site: int = 1000
    keep_texts_days: int = 0
    keep_pages_days: int = 0
    keep_archive_days: int = 0
    render: str = "never"
    max_renders_per_site: int = 20
    sites: str = ""
    by_site: BySite = field(default_factory=dict)


def load(environ: Mapping[str, str], options: Mapping[str, Any], config: Path | None = None) -> Settings:
    """The settings in force. `options` are those of the command line; None means not given.

    Raises `SettingsError` naming the setting, where it stands, and what was expected.
    """
    found: dict[str, Any] = {}
    if (path := config or config_file()) is not None:
        found["sites"] = str(path.parent / site_rules.FOLDER)
        found |= {name: _value(name, value, str(path)) for name, value in _read(path).items()}
    for variable, value in environ.items():
        if variable.startswith(PREFIX):
            name = variable.removeprefix(PREFIX).lower()
            found[name] = _value(name, value, variable)
    found |= {name: _value(name, value, f"--{name}") for name, value in options.items() if value is not None}
    found.setdefault("db", str(user_data_path("newsdesk", appauthor=False) / "newsdesk.db"))
    found.setdefault("archive", str(_default_archive(found["db"])))
    return Settings(**found, by_site=site_rules.load(Path(found["sites"])) if found.get("sites") else {})


def _default_archive(db: str) -> Path:
    file = db.removeprefix("sqlite:///")
    if "://" in file:
        return user_data_path("newsdesk", appauthor=False) / "archive"
    return Path(file).with_suffix(".archive")


def config_file() -> Path | None:
    """The settings file in force where none is named, None where there is none."""
    for folder in (Path(), user_config_path("newsdesk", appauthor=False)):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"can't be read: {error.strerror}", url=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not valid TOML: {error}", url=str(path)) from error


def _value(name: str, value: Any, where: str) -> Any:
    readers: dict[str, Callable[[Any], Any]] = {
        "db": str,
        "archive": str,
        "user_agent": _line,
        "min_delay_s": _seconds,
        "concurrency": _whole(1, 1000),
        "concurrency_per_site": _whole(1, 1000),
        "allow_addresses": _addresses,
        "second_opinion": _flag,
        "recheck_days": _whole(0, 3650, "number of days"),
        "max_pages_per_site": _whole(0, 1_000_000),
        "keep_texts_days": _whole(0, 3650, "number of days"),
        "keep_pages_days": _whole(0, 3650, "number of days"),
        "keep_archive_days": _whole(0, 3650, "number of days"),
        "render": _rendering,
        "max_renders_per_site": _whole(0, 1_000_000),
        "sites": _folder,
    }
    if name not in readers:
        known = ", ".join(readers)
        raise SettingsError(f"unknown setting {name!r}; the settings are {known}", url=where)
    try:
        return readers[name](value)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{name} is {value!r}, expected {error}", url=where) from None


def _line(value: Any) -> str:
    text = str(value).strip()
    if not text or not text.isprintable() or not text.isascii():
        raise ValueError("one line of ASCII text")
    return text


def _rendering(value: Any) -> str:
    if value not in ("never", "when_needed"):
        raise ValueError("never or when_needed; always is for single sites")
    return str(value)


def _folder(value: Any) -> str:
    if not Path(str(value)).is_dir():
        raise ValueError("a folder")
    return str(value)


def _seconds(value: Any) -> float:
    expected = "a number of seconds from 0 to 3600"
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise ValueError(expected) from None
    if not 0 <= seconds <= 3600:
        raise ValueError(expected)
    return seconds


def _whole(lowest: int, highest: int, what: str = "number") -> Callable[[Any], int]:
    """A reader of whole numbers within these bounds."""

    def read(value: Any) -> int:
        expected = f"a whole {what} from {lowest} to {highest}"
        try:
            count = int(value)
        except (TypeError, ValueError):
            raise ValueError(expected) from None
        if isinstance(value, float) or not lowest <= count <= highest:
            raise ValueError(expected)
        return count

    return read


def _flag(value: Any) -> bool:
    flags = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    found = flags.get(str(value).strip().lower())
    if found is None:
        raise ValueError("true or false")
    return found


def _addresses(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("host:port or network:port, several separated by commas")
    return tuple(part.strip() for part in parts if part.strip())
