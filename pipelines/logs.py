"""Log lines: one JSON object a line, with time, level and event; for machines that run newsdesk unattended."""

from __future__ import annotations

from typing import Any, TextIO

import structlog

from pipelines.outcomes import GOOD
from scraper.values import Outcome, OutcomeKind


def logger(stream: TextIO) -> Any:
    """A structlog logger that writes to `stream`; nothing is configured for anybody else."""
    processors: list[structlog.types.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    return structlog.wrap_logger(structlog.PrintLogger(stream), processors=processors)


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
