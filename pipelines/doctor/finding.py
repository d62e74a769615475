"""What a check of doctor found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding is meant; only failures make the exit status 1."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found, and what to do about it (empty: nothing)."""

    check: str
    level: Level
    text: str
    advice: str = ""


def fine(check: str, text: str) -> Finding:
    """A finding that is as it should be."""
    return Finding(check=check, level=Level.OK, text=text)


def warning(check: str, text: str, advice: str) -> Finding:
    """A finding with which runs still work."""
    return Finding(check=check, level=Level.WARNING, text=text, advice=advice)


def failure(check: str, text: str, advice: str) -> Finding:
    """A finding with which runs do not work, or not for long."""
    return Finding(check=check, level=Level.FAILURE, text=text, advice=advice)
