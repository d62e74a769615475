"""The trained part: two forests of oblivious trees, one a look (`scoring`), read from `model.json`, and its evaluation.

An oblivious tree asks the same question of every row at each of its levels, so that the answers of all rows are
bits of an index into its leaves: the whole forest is one comparison, one product, one look-up and one sum.

Knows nothing of pages. The file is written by `tests/benchmarks/train_body.py`, which also states its origin in it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scraper.extraction.table import Table

try:
    from scraper.extraction.fast_forest import log_odds as _compiled
except ImportError:
    _compiled = None  # type: ignore[assignment]

FILE = Path(__file__).with_name("model.json")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """`feature` and `border` are trees x levels, `leaf` trees x 2**levels; a block's sum plus `bias` is its log odds.

    Eight levels at most: the answers of one tree make one byte.
    """

    names: tuple[str, ...]
    feature: npt.NDArray[np.int64]
    border: npt.NDArray[np.float32]
    leaf: Floats
    bias: float

    def log_odds(self, table: Table) -> Floats:
        """The log odds of each column of the table."""
        if _compiled is not None and table.width:
            rows = np.array([table.names[name] for name in self.names])
            return _compiled(table.values, rows, self.feature, self.border, self.leaf, self.bias)
        return self.log_odds_in_python(table)

    def log_odds_in_python(self, table: Table) -> Floats:
        """The same where nothing is compiled."""
        places = self._leaves(table.rows(self.names)) + (np.arange(len(self.leaf)) * self.leaf.shape[1])[:, None]
        return np.asarray(np.add.accumulate(self.leaf.take(places), axis=0)[-1] + self.bias)  # added up in order

    def reasons(self, table: Table, column: int, n: int = 3) -> list[tuple[str, float]]:
        """The features that decided a column, strongest first: how far its log odds would move without each answer."""
        index = self._leaves(table.rows(self.names)[:, column : column + 1])[:, 0]
        trees = np.arange(len(self.leaf))
        here = self.leaf[trees, index]
        weight = dict.fromkeys(self.names, 0.0)
        for level in range(self.feature.shape[1]):
            moved = (here - self.leaf[trees, index ^ (1 << level)]) / 2
            for feature, change in zip(self.feature[:, level].tolist(), moved.tolist(), strict=True):
                weight[self.names[feature]] += change
        return sorted(weight.items(), key=lambda item: -abs(item[1]))[:n]

    def _leaves(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
        """Trees x columns: the leaf each column comes to."""
        answers = values[self.feature.ravel()] > self.border.ravel()[:, None]
        bits = answers.reshape(*self.feature.shape, values.shape[1]).view(np.uint8)
        leaves = bits[:, 0].copy()
        for level in range(1, bits.shape[1]):
            leaves |= bits[:, level] << level
        return leaves.astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What the file holds: the forest of the first look at every block, and that of the second at candidates."""

    first: Forest
    second: Forest


def parse(text: str) -> Model:
    """The model in the text of a model file."""
    content = json.loads(text)
    return Model(first=read_forest(content["first"]), second=read_forest(content["second"]))


def dump(model: Model, origin: Mapping[str, Any]) -> str:
    """The text of a model file: `origin` in words, the numbers packed."""
    content = {"origin": origin, "first": packed(model.first), "second": packed(model.second)}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


@cache
def shipped() -> Model:
    """The model that comes with the package."""
    return parse(FILE.read_text("utf-8"))


def read_forest(content: Mapping[str, Any]) -> Forest:
    """The forest in its part of a file."""
    shape = (content["trees"], content["levels"])
    return Forest(
        names=tuple(content["names"]),
        feature=_numbers(content["feature"], "u1").astype(np.int64).reshape(shape),
        border=_numbers(content["border"], "<f4").reshape(shape),
        leaf=(_numbers(content["leaf"], "<i2") * content["leaf_unit"]).reshape(shape[0], -1),
        bias=content["bias"],
    )


def packed(forest: Forest) -> dict[str, Any]:
    """A forest's part of the file. Leaves lose what is below 1/32000 of the largest."""
    unit = float(np.abs(forest.leaf).max()) / 32000
    return {
        "names": forest.names,
        "trees": forest.feature.shape[0],
        "levels": forest.feature.shape[1],
        "bias": forest.bias,
        "leaf_unit": unit,
        "feature": _packed(forest.feature, "u1"),
        "border": _packed(forest.border, "<f4"),
        "leaf": _packed(np.round(forest.leaf / unit), "<i2"),
    }


def _numbers(packed: str, kind: str) -> npt.NDArray[Any]:
    return np.frombuffer(base64.b64decode(packed), dtype=kind)


def _packed(numbers: npt.NDArray[Any], kind: str) -> str:
    return base64.b64encode(numbers.astype(kind).tobytes()).decode("ascii")
