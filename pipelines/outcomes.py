"""Every input ends in exactly one outcome; the report is their sum.

The one place where exceptions become outcomes: a `NewsError` of its kind, anything else `crashed` with
its traceback, and the run goes on. Only a database that can't be used (`StoreError`) ends the run. The
stages' loops catch, since they must know the failure itself to say when to try again.
"""

from __future__ import annotations

import traceback
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from scraper import errors
from scraper.values import Outcome, OutcomeKind

GOOD = frozenset(
    {
        OutcomeKind.STORED,
        OutcomeKind.UNCHANGED,
        OutcomeKind.REVISED,
        OutcomeKind.REEXTRACTED,
        OutcomeKind.DUPLICATE,
        OutcomeKind.GONE,
        OutcomeKind.PUT_OFF,
    }
)
NO_PAGE = frozenset(
    {
        OutcomeKind.ROBOTS,
        OutcomeKind.UNSAFE_ADDRESS,
        OutcomeKind.HTTP_ERROR,
        OutcomeKind.TIMEOUT,
        OutcomeKind.UNREACHABLE,
        OutcomeKind.TOO_LARGE,
        OutcomeKind.INCOMPLETE,
        OutcomeKind.UNSUPPORTED_TYPE,
        OutcomeKind.PARSE_ERROR,
        OutcomeKind.CRASHED,
    }
)
NO_ARTICLE = frozenset(OutcomeKind) - GOOD - NO_PAGE

_KINDS: tuple[tuple[type[errors.NewsError], OutcomeKind], ...] = (
    (errors.RobotsDisallowed, OutcomeKind.ROBOTS),
    (errors.Refused, OutcomeKind.UNSAFE_ADDRESS),
    (errors.Timeout, OutcomeKind.TIMEOUT),
    (errors.BadStatus, OutcomeKind.HTTP_ERROR),
    (errors.Incomplete, OutcomeKind.INCOMPLETE),
    (errors.TooLarge, OutcomeKind.TOO_LARGE),
    (errors.WrongType, OutcomeKind.UNSUPPORTED_TYPE),
    (errors.FetchError, OutcomeKind.UNREACHABLE),
    (errors.ParseError, OutcomeKind.PARSE_ERROR),
    (errors.ExtractionError, OutcomeKind.PARSE_ERROR),
    (errors.DamagedRecord, OutcomeKind.INCOMPLETE),
)
_MAX_REASON_CHARS = 2000


def of_error(stage: str, url: str, error: Exception, elapsed_s: float = 0.0) -> Outcome:
    """The outcome an exception stands for. Raises it again when the database can't be used."""
    kind = next((kind for cls, kind in _KINDS if isinstance(error, cls)), OutcomeKind.CRASHED)
    if kind is OutcomeKind.CRASHED and isinstance(error, errors.StoreError):
        raise error
    reason = error.detail if isinstance(error, errors.NewsError) else "".join(traceback.format_exception(error))
    return Outcome(stage=stage, url=url, kind=kind, reason=reason[-_MAX_REASON_CHARS:], elapsed_s=elapsed_s)


@dataclass(slots=True)
class Report:
    """The sum of a run: outcomes by kind, and what discovery saw; filled in at the end of the run."""

    kinds: Counter[OutcomeKind] = field(default_factory=Counter)
    n_sources: int = 0
    n_sources_failed: int = 0
    n_announced: int = 0
    n_new: int = 0
    n_too_old: int = 0
    new_sites: set[str] = field(default_factory=set)
    """The sites to which the new addresses belong; not kept with the run."""
    n_left: int = 0
    """Addresses due that are beyond their site's budget and wait for a later run."""
    stopped: str = ""
    """Why the run ended before its work was done; empty where it did not."""

    def summary(self) -> dict[str, Any]:
        """Counts under plain names, in the order of the closed list of outcomes; zeros are left out of the kinds."""
        head: dict[str, Any] = {
            "sources": self.n_sources,
            "sources_failed": self.n_sources_failed,
            "announced": self.n_announced,
        }
        head |= {"new": self.n_new, "too_old": self.n_too_old}
        head |= {"left": self.n_left} if self.n_left else {}
        head |= {"stopped": self.stopped} if self.stopped else {}
        return head | {kind.value: self.kinds[kind] for kind in OutcomeKind if self.kinds[kind]}

    def line(self) -> str:
        """The sum on one line for a person."""
        failed = f" ({self.n_sources_failed} failed)" if self.n_sources_failed else ""
        too_old = f", {self.n_too_old} too old" if self.n_too_old else ""
        sources = "1 source" if self.n_sources == 1 else f"{self.n_sources} sources"
        found = f"{sources}{failed}: {self.n_announced} announced, {self.n_new} new{too_old}"
        counts = ", ".join(f"{self.kinds[kind]} {kind.value}" for kind in OutcomeKind if self.kinds[kind])
        parts = (
            found if self.n_sources else "",
            counts or "nothing to do",
            f"{self.n_left} left for later runs" if self.n_left else "",
            self.stopped and f"stopped: {self.stopped}",
        )
        return "; ".join(part for part in parts if part)
