"""The same page gives the same answer in every process: nothing hangs on the order of a set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import hashlib, pathlib
from datetime import UTC, datetime
from scraper.errors import ExtractionError
from scraper.extraction import extract
from scraper.values import Page

address, now = "https://news.example/a/1", datetime(2026, 1, 1, tzinfo=UTC)
for file in sorted(pathlib.Path("fixtures").rglob("*.html")):
    page = Page(url=address, final_url=address, status=200, body=file.read_bytes(), fetched_at=now)
    try:
        print(file, hashlib.sha256(repr(extract(page)).encode()).hexdigest())
    except ExtractionError as error:
        print(file, error)
"""


def answers(seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_hashes_decide_nothing():
    """Two processes with other hashes of strings give the same articles of all fixture pages."""
    first, second = answers("1"), answers("2")
    assert first == second
    assert len(first.splitlines()) > 10
