"""The words of a text as they are indexed and searched for: the same on every database.

Compatibility-normalised, case- and accent-folded; scripts without spaces cut into single characters.
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
_WORD = re.compile(r"\w+")
_LAST_COMBINING = 0x1E94A  # Unicode 15; beyond it stand ideographs
_COMBINING = dict.fromkeys(code for code in range(_LAST_COMBINING + 1) if unicodedata.combining(chr(code)))


def words(text: str) -> list[str]:
    """The words of `text` as they are indexed, in order."""
    if text.isascii():
        bare = text.lower()
    else:
        bare = unicodedata.normalize("NFC", unicodedata.normalize("NFKD", text.casefold()).translate(_COMBINING))
        bare = _UNSPACED.sub(r" \1 ", bare)
    found = _WORD.findall(bare.replace("_", " "))
    return found if max(map(len, found), default=0) <= MAX_WORD_CHARS else [word[:MAX_WORD_CHARS] for word in found]
