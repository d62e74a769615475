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
_ASCII = {code: _FOLDED[code] for code in range(128)}  # a plain table of single characters takes a tenth of the time


def words(text: str) -> list[str]:
    """The words of `text` as they are indexed, in order."""
    if text.isascii():
        found = text.translate(_ASCII).split()
    else:
        found = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_FOLDED)).split()
    return found if max(map(len, found), default=0) <= MAX_WORD_CHARS else [word[:MAX_WORD_CHARS] for word in found]
