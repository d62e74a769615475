"""init: the settings file of a new desk, and the lines with which cron or systemd do the daily run.

Everything is written with absolute paths, since cron starts in another folder with another PATH. Nothing is
installed here; `install_crontab` is asked for by name.

Follows crontab(5) (in a command `%` is a newline unless escaped) and systemd.service(5) (`%` begins a specifier).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import VERSION
from scraper.errors import SettingsError

MINUTES = (5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440)
"""How often cron can run evenly: what divides an hour or a day."""
_CONTACT = re.compile(r"(?:mailto:)?[^\s@]+@[^\s@]+\.[^\s@]+|https?://[^\s/]+\.[^\s/]\S*", re.IGNORECASE)
_ENDS_BEFORE_NEXT_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """The runs of a desk. `every` is in minutes, one of `MINUTES`; paths are absolute."""

    every: int
    config: Path
    program: str

    @property
    def log(self) -> Path:
        """Where cron's output goes."""
        return self.config.with_name("newsdesk.log")

    @property
    def arguments(self) -> list[str]:
        """The command of a daily run. A run may outlast its turn: the next one then sees the lock and ends."""
        limit = "50m" if self.every <= 60 else f"{self.every * 60 - _ENDS_BEFORE_NEXT_S}s"
        return [self.program, "--config", str(self.config), "run", "--quiet", "--max-runtime", limit]

    @property
    def minute(self) -> int:
        """The minute at which runs start: not everybody's full hour, and the same whenever `init` is called."""
        return zlib.crc32(str(self.config).encode()) % min(self.every, 60)


def user_agent(who: str) -> str:
    """The honest user agent of `who`, a name and a contact in any order. Raises `SettingsError` without a contact."""
    words = [word.strip(",;()<>") for word in who.split()]
    contact = next((word for word in words if _CONTACT.fullmatch(word)), None)
    plain = unicodedata.normalize("NFKD", " ".join(word for word in words if word and word != contact))
    name = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if contact is None:
        expected = "a name and a mail address or web page, such as: Harbour Institute, news@harbour.example"
        raise SettingsError(f"expected {expected}", url=who)
    comment = "; ".join(part for part in (name.replace("(", "").replace(")", ""), contact) if part)
    if not comment.isascii() or not comment.isprintable():
        raise SettingsError("expected letters that HTTP can carry (ASCII)", url=who)
    return f"newsdesk/{VERSION} ({comment})"


def minutes(text: str) -> int:
    """The minutes in `15m`, `1h`, `24h` or `15`. Raises `SettingsError` for what cron can't do evenly."""
    match = re.fullmatch(r"(\d{1,4})\s*(m|min|h|d)?", text.strip().lower())
    n_minutes = int(match[1]) * {"h": 60, "d": 1440}.get(match[2] or "m", 1) if match else 0
    if n_minutes not in MINUTES:
        known = ", ".join(f"{n}m" if n < 60 else f"{n // 60}h" for n in MINUTES)
        raise SettingsError(f"expected one of {known}", url=text)
    return n_minutes


def database(text: str, folder: Path) -> str:
    """The database's address with an absolute path; `folder` is where relative ones begin."""
    text = text.strip()
    path = text.removeprefix("sqlite:///")
    if "://" in path:
        return text
    found = (folder / Path(path).expanduser()).absolute()
    return str(found / "newsdesk.db" if found.is_dir() else found)


def program() -> str:
    """The absolute path of the command `newsdesk`: that of this Python, else the first on the PATH."""
    own = Path(sys.executable).with_name("newsdesk")
    return str(own) if own.is_file() else shutil.which("newsdesk") or "newsdesk"


def settings_text(agent: str, db: str) -> str:
    """The settings file. The README lists what else may stand in it."""
    return (
        "# Settings of newsdesk. NEWSDESK_* variables and options of the command line go before them.\n\n"
        "# Who you are, told to every site: publishers write to you before they block you.\n"
        f"user_agent = {_quoted(agent)}\n\n"
        "# An SQLite file, or postgresql://user:password@host/name. The archive lies beside it, unless set here.\n"
        f"db = {_quoted(db)}\n"
        '# archive = "/large/disk/archive"\n'
    )


def _quoted(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_settings(path: Path, text: str) -> None:
    """Nothing; afterwards the settings file is there, readable by its owner alone, for it may hold a password.

    Raises `SettingsError` where it can't be written. Replaces what is there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new")
        new.touch(mode=0o600)
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise SettingsError(f"can't be written: {error.strerror}", url=str(path)) from error


def crontab_line(daily: Daily) -> str:
    """The line; what a run has to say goes to the log, and nothing by mail."""
    every, first = daily.every, daily.minute
    if every < 60:
        when = f"{first}-59/{every} * * * *"
    else:
        hours = "*" if every == 60 else "5" if every == 1440 else f"*/{every // 60}"
        when = f"{first} {hours} * * *"
    command = f"{shlex.join(daily.arguments)} >> {shlex.quote(str(daily.log))} 2>&1"
    return f"{when} {command}".replace("%", r"\%")


def systemd_units(daily: Daily) -> dict[str, str]:
    """File name -> text of a service and its timer, for the user's own systemd."""
    command = " ".join(_unit_quoted(argument) for argument in daily.arguments)
    every, first = daily.every, daily.minute
    hours = "*" if every <= 60 else "05" if every == 1440 else f"00/{every // 60}"
    when = f"*:{first:02}/{every}" if every < 60 else f"{hours}:{first:02}"
    return {
        "newsdesk.service": (
            "[Unit]\nDescription=newsdesk run\n\n"
            f"[Service]\nType=oneshot\nExecStart={command}\nSuccessExitStatus=1\nTimeoutStopSec=15\n"
        ),
        "newsdesk.timer": (
            f"[Unit]\nDescription=newsdesk, every {daily.every} minutes\n\n"
            f"[Timer]\nOnCalendar={when}\nRandomizedDelaySec=60\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
        ),
    }


def _unit_quoted(argument: str) -> str:
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if re.search(r"[\s\"'\\]", argument) else escaped


def units_folder() -> Path:
    """Where the user's own units lie."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "systemd" / "user"


def write_unit(path: Path, text: str) -> None:
    """Nothing; afterwards the unit is there. Raises `SettingsError` where it can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"can't be written: {error.strerror}", url=str(path)) from error


def install_crontab(daily: Daily) -> bool:
    """Whether the user's crontab changed: it now has this desk's line once, and all its other lines as they were.

    Raises `SettingsError` where there is no crontab to be had.
    """
    mark = shlex.join(["--config", str(daily.config), "run"]).replace("%", r"\%")
    before = _crontab("-l").splitlines()
    line = crontab_line(daily)
    if line in before:
        return False
    kept = [one for one in before if mark not in one or one.lstrip().startswith("#")]
    _crontab("-", text="\n".join([*kept, line]) + "\n")
    return True


def _crontab(argument: str, text: str | None = None) -> str:
    """What `crontab` answers; empty where the user has none yet."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own crontab, on the user's word
            ["crontab", argument],  # noqa: S607 - as the shell would find it
            input=text,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SettingsError("can't be called; is cron installed? --systemd is the other way", url="crontab") from error
    if done.returncode and "no crontab" not in done.stderr.lower():
        raise SettingsError(done.stderr.strip() or f"status {done.returncode}", url=f"crontab {argument}")
    return done.stdout
