"""Features as the forests read them: named rows of one matrix, a column for each block.

Knows nothing of what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Table:
    """`values` is rows x columns; `names` says which row is which."""

    names: Mapping[str, int]
    values: npt.NDArray[np.float32]

    @classmethod
    def empty(cls) -> Table:
        """No rows, no columns."""
        return cls({}, np.zeros((0, 0), dtype=np.float32))

    @classmethod
    def of(cls, rows: Mapping[str, npt.NDArray[np.float64]], n: int) -> Table:
        """The rows as a table of `n` columns."""
        values = np.concatenate(list(rows.values()), dtype=np.float32, casting="same_kind").reshape(len(rows), n)
        return cls({name: at for at, name in enumerate(rows)}, values)

    def extended(self, names: Sequence[str], values: npt.NDArray[np.float32]) -> Table:
        """The same table with more rows."""
        start = len(self.names)
        added = {name: start + at for at, name in enumerate(names)}
        return Table({**self.names, **added}, np.concatenate((self.values, values)))

    def __getitem__(self, name: str) -> npt.NDArray[np.float32]:
        return np.asarray(self.values[self.names[name]])

    def rows(self, names: Sequence[str]) -> npt.NDArray[np.float32]:
        """The rows of these names, in that order."""
        return self.values[[self.names[name] for name in names]]

    @property
    def width(self) -> int:
        """The number of columns."""
        return int(self.values.shape[1])
