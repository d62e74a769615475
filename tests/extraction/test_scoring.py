"""The trained model: that file and code belong together, and what it says of plain cases."""

from __future__ import annotations

import json

import numpy as np

from scraper import dom
from scraper.extraction import blocks, model, scoring
from scraper.extraction.agreement import Hints
from scraper.extraction.table import Table
from tests.benchmarks import sample


def test_model_file_and_features_belong_together():
    """A feature that changed without a new training would be read by a model that learned something else."""
    origin = json.loads(model.FILE.read_text("utf-8"))["origin"]
    assert sample.digest(model.shipped()) == origin["sample_digest"]


def test_the_model_file_states_its_origin():
    """Whoever finds the file can see what it was learned from, how well it does and how to make it again."""
    origin = json.loads(model.FILE.read_text("utf-8"))["origin"]
    assert origin["command"].startswith("python tests/benchmarks/train_body.py")
    assert origin["cross_validated_by_site"]["fundus"]["f1"] > 0.95


def test_a_forest_survives_its_file():
    """What is packed is what is read, but for the last bits of the leaves."""
    before = model.shipped()
    after = model.parse(model.dump(before, {}))
    assert after.first.names == before.first.names
    assert np.array_equal(after.first.feature, before.first.feature)
    assert np.abs(after.second.leaf - before.second.leaf).max() < 1e-3


def test_an_oblivious_tree_is_a_table_of_answers():
    """Answers are bits, the first question the lowest."""
    forest = model.Forest(
        names=("a", "b"),
        feature=np.array([[0, 1]]),
        border=np.array([[0.5, 10]], dtype=np.float32),
        leaf=np.array([[1.0, 2.0, 3.0, 4.0]]),
        bias=0.5,
    )
    table = Table.of({"a": np.array([0.0, 1.0, 0.0, 1.0]), "b": np.array([0.0, 0.0, 11.0, 11.0])}, 4)
    assert forest.log_odds(table).tolist() == [1.5, 2.5, 3.5, 4.5]
    assert forest.reasons(table, 3, 1) == [("b", 1.0)]


def test_article_and_footer_are_told_apart():
    """The shipped model gives the paragraphs of a plain page a high chance and its menu a low one."""
    layout = blocks.read(dom.parse(sample.PAGE.read_text("utf-8")))
    scores = scoring.score(layout, sample.HINTS)
    chance = {block.text[:14]: value for block, value in zip(layout.blocks, scores.chance, strict=True)}
    assert chance["At six in the "] > 0.8
    assert chance["“We were told "] > 0.8
    assert chance["© The Quay · I"] < 0.2
    assert len(scores.reasons(3)) == 3


def test_the_same_page_gets_the_same_scores():
    """Nothing depends on order, time or hashing."""
    page = sample.PAGE.read_text("utf-8")
    first, second = (scoring.score(blocks.read(dom.parse(page)), sample.HINTS).chance.tolist() for _ in range(2))
    assert first == second


def test_a_page_without_blocks_has_no_scores():
    """Empty in, empty out."""
    assert len(scoring.score(blocks.read(dom.parse("")), Hints()).chance) == 0
