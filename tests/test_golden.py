"""Golden pages: the whole article of each page in `fixtures/pages`, field by field and paragraph by paragraph.

`pytest tests/test_golden.py --accept` writes what is read now into `expected.json`; the diff is the review.
"""

import json
from datetime import datetime
from pathlib import Path

import pytest

from scraper.extraction import extract
from scraper.record import to_record
from scraper.values import Page

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
FOLDERS = sorted(path.parent for path in PAGES.glob("*/page.html"))
# These change with every version or page byte and say nothing of the reading.
LEFT_OUT = ("extractor", "confidence", "id", "first_seen_at")


def read(folder: Path) -> dict:
    answer = json.loads((folder / "response.json").read_text(encoding="utf-8"))
    page = Page(
        url=answer["url"],
        final_url=answer["final_url"],
        status=answer["status"],
        headers=tuple((name, value) for name, value in answer["headers"]),
        body=(folder / "page.html").read_bytes(),
        fetched_at=datetime.fromisoformat(answer["fetched_at"]),
    )
    return {name: value for name, value in to_record(extract(page)).items() if name not in LEFT_OUT}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_page(folder: Path, request: pytest.FixtureRequest):
    """The article is exactly the one that was reviewed."""
    found = read(folder)
    path = folder / "expected.json"
    if request.config.getoption("--accept"):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_note(folder: Path):
    """Each page has a note that says which difficulty it stands for, and where it comes from."""
    assert len((folder / "note.md").read_text(encoding="utf-8")) > 40


def test_there_are_golden_pages():
    """The folder is not empty."""
    assert len(FOLDERS) >= 5
