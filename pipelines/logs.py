"""Log lines: one JSON object a line, with time, level and event; for machines that run newsdesk unattended."""

from __future__ import annotations

import re
from typing import Any, TextIO

import structlog

from pipelines.outcomes import GOOD
from scraper.values import Outcome, OutcomeKind

_LOGIN = re.compile(r"(://)[^/@\s]+@")
_TOKEN = re.compile(
    r"([?&;](?:[\w-]*(?:token|secret|password|passwd|signature)|api[_-]?key|key|auth|sig|session(?:id)?)=)[^&#\s\"']+",
    re.I,
)
_HEADER = re.compile(r"\b((?:set-)?cookie|authorization)(\s*[:=]\s*)[^\n]+", re.I)


def logger(stream: TextIO) -> Any:
    """A structlog logger that writes to `stream`; nothing is configured for anybody else."""
    processors: list[structlog.types.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redacted,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    return structlog.wrap_logger(structlog.PrintLogger(stream), processors=processors)


def _redacted(_log: Any, _level: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}


def redact(text: str) -> str:
    """`text` without the passwords and tokens that addresses and headers in it may hold."""
    text = _LOGIN.sub(r"\1***@", text)
    return _HEADER.sub(r"\1\2***", _TOKEN.sub(r"\1***", text))


def log_outcome(log: Any, outcome: Outcome) -> None:
    """One line for one outcome: errors for crashes, warnings for what is not good, else info."""
    level = log.info if outcome.kind in GOOD else log.warning
    if outcome.kind is OutcomeKind.CRASHED:
        level = log.error
    level(
        outcome.kind.value,
        stage=outcome.stage,
        url=outcome.url,
        reason=outcome.reason,
        elapsed_s=round(outcome.elapsed_s, 3),
    )
