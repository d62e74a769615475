"""The words of a text as they are indexed and searched for: the same on every database.

Compatibility-normalised, case- and accent-folded; scripts without spaces cut into single characters. What a
character becomes does not depend on its neighbours, so a text is folded by one pass over a table: a text of 3 kB
takes 0.04 ms in English, 0.2 ms in others.
"""

from __future__ import annotations

import re
import unicodedata

MAX_WORD_CHARS = 200  # PostgreSQL refuses words of more than 2,046 bytes

# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, Han.
UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_UNSPACED = re.compile(f"({UNSPACED})")
_NO_WORD = re.compile(r"[\W_]")


class _Folded(dict[int, str]):
    """What a character becomes: nothing, itself or others, a blank where it is in no word. Filled as they are met."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code).casefold())
        bare = unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))
        self[code] = _UNSPACED.sub(r" \1 ", _NO_WORD.sub(" ", bare))
        return self[code]


_FOLDED = _Folded()
_WESTERN = "cp1252"  # most texts fit into it: a table of bytes takes a fifth of the time
_CHARACTERS = bytes(range(256)).decode(_WESTERN, "replace")
_SINGLE = "".join(_FOLDED[ord(c)] if len(_FOLDED[ord(c)]) == 1 and c != "µ" else c for c in _CHARACTERS)
_TABLE = _SINGLE.replace("\ufffd", " ").encode(_WESTERN)
_OTHERS = [(c, _FOLDED[ord(c)]) for c in _CHARACTERS if len(_FOLDED[ord(c)]) != 1 or c == "µ"]  # ß, ½; µ leads to Greek


def words(text: str) -> list[str]:
    """The words of `text` as they are indexed, in order."""
    found = _folded(text).split()
    return found if max(map(len, found), default=0) <= MAX_WORD_CHARS else [word[:MAX_WORD_CHARS] for word in found]


def _folded(text: str) -> str:
    """The words with blanks between them."""
    try:
        bare = text.encode(_WESTERN).translate(_TABLE).decode(_WESTERN)
    except UnicodeEncodeError:
        return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_FOLDED))
    if not bare.isascii():
        for one, several in _OTHERS:
            bare = bare.replace(one, several)
    return bare
