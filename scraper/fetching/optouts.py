"""Which machines that learn from texts a robots.txt keeps away from a page, whatever it says to us.

Reads the groups (RFC 9309 2.2.1) that name a learning machine, and the `Content-Signal` lines for everybody
(contentsignals.org), which say what an answer may be used for. Parsing of rules and matching are protego's. Decides
nothing: what is found goes along with the page. Groups for everybody are not counted: they are about crawling.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from protego import Protego

from scraper.learning_machines import TOKENS

SIGNALS = frozenset({"ai-train", "ai-input"})

_LINE = re.compile(r"\s*(user[-\s]?agent|allow|disallow|content-signal)\s*:\s*(.*)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class OptOuts:
    """The tokens of each set of rules that speaks to any, and what everybody is asked not to do."""

    groups: tuple[tuple[Protego, tuple[str, ...]], ...] = ()
    signals: tuple[str, ...] = ()

    def names(self, url: str) -> tuple[str, ...]:
        """The tokens that may not fetch `url`, in lower case, and the signals that say no; sorted."""
        kept_out = [name for rules, names in self.groups if not rules.can_fetch(url, "*") for name in names]
        return tuple(sorted((*kept_out, *self.signals)))


NONE = OptOuts()


def read(text: str) -> OptOuts:
    """What the robots.txt `text` says to the tokens. Never fails."""
    rules_of: defaultdict[str, list[str]] = defaultdict(list)
    signals: set[str] = set()
    for agents, name, value in _lines(text):
        if name == "content-signal":
            signals.update(_denied(value) if "*" in agents else ())
            continue
        for agent in agents & TOKENS:
            rules_of[agent].append(f"{name}: {value}")
    same: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for agent, rules in rules_of.items():
        same[tuple(rules)].append(agent)
    groups = ((Protego.parse("\n".join(("user-agent: *", *rules))), tuple(names)) for rules, names in same.items())
    return OptOuts(tuple(groups), tuple(sorted(signals)))


def _lines(text: str) -> Iterator[tuple[set[str], str, str]]:
    """The agents that a line is for, its name and its value."""
    agents: set[str] = set()
    is_open = False  # the group is still being named
    for line in text.splitlines():
        found = _LINE.match(line.partition("#")[0])
        if found is None:
            continue
        name, value = found[1].lower(), found[2].strip()
        if not name.startswith("user"):
            is_open = False
            yield agents, name, value
            continue
        token = _TOKEN.match(value)
        agents = (agents if is_open else set()) | {"*" if value.startswith("*") else token[0].lower() if token else ""}
        is_open = True


def _denied(value: str) -> set[str]:
    """The signals that say no: `search=yes, ai-train=no`."""
    pairs = (part.partition("=") for part in value.lower().split(","))
    return {name.strip() for name, _, answer in pairs if answer.strip() == "no"} & SIGNALS
