"""Lines that change by themselves: how long ago, how many read, shared or commented.

They say nothing of what the publisher changed. Only whole short lines count; a number inside a sentence is news.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from scraper import ago

MAX_CHARS = 60
_COUNTED = (
    "views?|reads?|readers?|shares?|likes?|comments?|repl(?:y|ies)|reactions?|votes?|followers?|watching|"
    "aufrufe?|leser|kommentare?|reaktionen|vues?|lectures?|partages?|commentaires?|visitas?|lecturas?|comentarios?|"
    "compartidos?|visualizzazioni|letture|commenti|condivisioni|visualizações|leituras|comentários|reacties|weergaven|"
    "visningar|kommentarer|visninger|wyświetle(?:ń|nia)|komentarz[ye]?|komentář[eů]|просмотр(?:а|ов)?|"
    "комментари(?:й|я|ев)|阅读|浏览|评论|閲覧|コメント|조회|댓글"
)
_COUNT = re.compile(rf"\D{{0,20}}\d[\d.,\s]*[km]?\s*(?:{_COUNTED})\W*", re.I)
_COUNT_BEHIND = re.compile(rf"(?:{_COUNTED})\W{{0,5}}\d[\d.,\s]*[km]?\W*", re.I)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MAX_WORDS_OF_A_TIME = 6  # "Last updated 5 minutes ago" and no more


def is_restless(line: str) -> bool:
    """Whether a whole line is a count of readers or a relative time."""
    if len(line) > MAX_CHARS or not any(char.isdigit() for char in line):
        return False
    if _COUNT.fullmatch(line) or _COUNT_BEHIND.fullmatch(line):
        return True
    return len(line.split()) <= _MAX_WORDS_OF_A_TIME and ago.read(line, _EPOCH) is not None
