"""The characters of many texts at once, as bits in one array: marks, capitals or digits are counted in one operation.

Knows kinds of characters, not words. Beyond U+1FFF nothing counts as upper or lower case: no script there has case in
running text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

GLANCE = 30  # characters at the beginning of a text that `share_at_start` looks at


class Mark:
    """What a character may be; one bit each."""

    PUNCTUATION: Final = 1
    UPPER: Final = 2
    LOWER: Final = 4
    DIGIT: Final = 8
    BAR: Final = 16
    CONTACT: Final = 32
    NEWLINE: Final = 64
    UNSPACED: Final = 128
    END: Final = 256
    COLON: Final = 512


_SIGNS = {
    Mark.PUNCTUATION: ".,;:!?…。，、！？；：؟،۔।",
    Mark.BAR: "|»›·",
    Mark.CONTACT: "@©",
    Mark.NEWLINE: "\n",
    Mark.END: '.!?…。！？؟۔।”"»“',
    Mark.COLON: ":：…",
}
# Lao, Thai, Burmese, Khmer, kana and Han: written without blanks between words.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
_CASED = 0x2000
_LAST = 0xFFFF


def _table() -> npt.NDArray[np.uint16]:
    table = np.zeros(_LAST + 1, dtype=np.uint16)
    for code in range(_CASED):
        char = chr(code)
        table[code] |= Mark.UPPER * char.isupper() | Mark.LOWER * char.islower() | Mark.DIGIT * char.isdigit()
    for bit, signs in _SIGNS.items():
        for sign in signs:
            table[ord(sign)] |= bit
    for first, last in _UNSPACED:
        table[first : last + 1] |= Mark.UNSPACED
    return table


_TABLE = _table()


class Characters:
    """The bits of every character of some texts, none of them empty. `n` is their lengths."""

    def __init__(self, texts: Sequence[str]) -> None:
        joined = "".join(texts).encode("utf-32-le", "replace")
        self.n: npt.NDArray[np.int64] = np.array([len(text) for text in texts], dtype=np.int64)
        self._starts = np.cumsum(self.n) - self.n
        self._bits = _TABLE[np.minimum(np.frombuffer(joined, dtype=np.uint32), _LAST)]

    def count(self, mark: int) -> npt.NDArray[np.int64]:
        """How many characters of each text are of that kind."""
        return np.add.reduceat((self._bits & mark) > 0, self._starts, dtype=np.int64)

    def share_at_start(self, mark: int) -> npt.NDArray[np.float64]:
        """The share of that kind among the first characters of each text."""
        seen = np.minimum(self.n, GLANCE)
        running = np.concatenate(([0], np.cumsum((self._bits & mark) > 0)))
        return np.asarray((running[self._starts + seen] - running[self._starts]) / seen)

    def begins(self, mark: int) -> npt.NDArray[np.float64]:
        """1 for each text whose first character is of that kind."""
        return np.asarray((self._bits[self._starts] & mark) > 0, dtype=np.float64)

    def ends(self, mark: int) -> npt.NDArray[np.float64]:
        """1 for each text whose last character is of that kind."""
        return np.asarray((self._bits[self._starts + self.n - 1] & mark) > 0, dtype=np.float64)
