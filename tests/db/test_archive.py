"""Answers go into WARC files and come back as they were."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from db.archive import ArchiveWriter, read_page, wipe
from scraper.errors import DamagedRecord, StoreError
from scraper.values import Page, PageRecord, RecordPlace
from tests.builders import make_link, make_page


def make_record(page: Page, place: RecordPlace) -> PageRecord:
    return PageRecord(
        id=1,
        link_id=1,
        site="courier.example",
        link=make_link(),
        url=page.url,
        final_url=page.final_url,
        status=page.status,
        sha256=page.sha256,
        fetched_at=page.fetched_at,
        place=place,
    )


@pytest.mark.parametrize(
    "page",
    [
        make_page(),
        make_page(body=b""),
        make_page(body=bytes(range(256)) * 400),
        make_page(body=b"x" * 3_000_000),
        make_page(url="https://courier.example/a b\u00e4\n?q=\u0444"),
        make_page(status=404, headers=(("content-type", "text/html; charset=utf-8"), ("etag", '"1"'))),
    ],
)
def test_a_page_comes_back_as_it_went(tmp_path: Path, page: Page):
    """Body, status and headers survive; only the length of what was kept is added."""
    with ArchiveWriter(tmp_path, "run") as writer:
        writer.write(make_page(body=b"another"))
        place = writer.write(page)
        writer.write(make_page(body=b"one more"))
    found = read_page(tmp_path, make_record(page, place))
    length = ("content-length", str(len(page.body)))
    assert replace(found, headers=()) == replace(page, headers=())
    assert found.headers == (*page.headers, length)


def test_other_tools_can_replay_the_file(tmp_path: Path):
    """warcio reads every record of the file in order, transfer headers adjusted to the body kept."""
    page = make_page(headers=(("content-encoding", "gzip"), ("content-length", "7"), ("x-a", "1")))
    with ArchiveWriter(tmp_path, "run") as writer:
        writer.write(page)
        writer.write_revisit(page)
    (path,) = tmp_path.glob("*.warc.gz")
    with path.open("rb") as file:
        records = [(r.rec_type, r.rec_headers.get_header("WARC-Target-URI")) for r in ArchiveIterator(file)]
    assert records == [("warcinfo", None), ("response", page.url), ("revisit", page.url)]
    assert b"content-encoding" not in gzip.decompress(path.read_bytes())


def test_two_writers_never_share_a_file(tmp_path: Path):
    """A second writer of the same name (after a crash) begins a file of its own."""
    places = []
    for _ in range(2):
        with ArchiveWriter(tmp_path, "run") as writer:
            places.append(writer.write(make_page()))
    assert places[0].file != places[1].file


@pytest.mark.parametrize("damage", ["missing", "cut", "changed"])
def test_a_damaged_record_is_said(tmp_path: Path, damage: str):
    """Nothing that is not what was archived ever comes back."""
    page = make_page(body=b"<p>The ferry</p>" * 200)
    with ArchiveWriter(tmp_path, "run") as writer:
        place = writer.write(page)
    path = tmp_path / place.file
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-40])
    else:
        raw = bytearray(path.read_bytes())
        raw[place.offset + place.length // 2] ^= 0xFF
        path.write_bytes(raw)
    with pytest.raises(DamagedRecord):
        read_page(tmp_path, make_record(page, place))


@pytest.mark.parametrize("n_bytes", [0, 1, 50, 5_000, 70_000, 1_000_000])
def test_wiping_leaves_the_others_readable(tmp_path: Path, n_bytes: int):
    """A wiped record's bytes are gone, its file's length is the same, and any tool still reads the rest."""
    secret = gzip.compress(b"secret", mtime=0) + bytes((i * 7919) % 251 for i in range(n_bytes))
    with ArchiveWriter(tmp_path, "run") as writer:
        first, wiped, last = (writer.write(make_page(body=body)) for body in (b"first", secret, b"last"))
    path = tmp_path / wiped.file
    size = path.stat().st_size
    wipe(tmp_path, [wiped])
    assert path.stat().st_size == size
    with pytest.raises(DamagedRecord):
        read_page(tmp_path, make_record(make_page(body=secret), wiped))
    for place, body in ((first, b"first"), (last, b"last")):
        assert read_page(tmp_path, make_record(make_page(body=body), place)).body == body
    with path.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds == ["warcinfo", "response", "metadata", "response"]
    assert secret not in gzip.decompress(path.read_bytes())


def test_wiping_again_or_a_lost_file_is_no_error(tmp_path: Path):
    """Deleting can be repeated after a crash."""
    with ArchiveWriter(tmp_path, "run") as writer:
        place = writer.write(make_page())
    wipe(tmp_path, [place, place])
    wipe(tmp_path, [RecordPlace(file="lost.warc.gz", offset=0, length=300)])


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path):
    """The archive's folder being a file is a StoreError."""
    (tmp_path / "archive").write_text("in the way")
    with ArchiveWriter(tmp_path / "archive", "run") as writer, pytest.raises(StoreError, match="can't write"):
        writer.write(make_page())
