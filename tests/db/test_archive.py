"""Answers go into WARC files and come back as they were."""

import gzip
import zlib
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import brotli
import pytest
import zstandard
from warcio.archiveiterator import ArchiveIterator

from db.archive import ArchiveWriter, read_page, wipe
from scraper.errors import DamagedRecord, StoreError
from scraper.values import NotModified, Page, PageRecord, RecordPlace
from tests.builders import NOW, make_link, make_page


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


CODED = {"gzip": gzip.compress, "deflate": zlib.compress}
TEXT = b"<p>The ferry sails again</p>" * 9000


@pytest.mark.parametrize("coding", CODED)
def test_a_compressed_body_is_kept_as_it_came(tmp_path: Path, coding: str):
    """The record holds the server's own bytes and its Content-Encoding; what is read from it is the body."""
    raw = CODED[coding](TEXT)
    headers = (("content-type", "text/html"), ("content-encoding", coding), ("transfer-encoding", "chunked"))
    page = make_page(body=TEXT, raw=raw, headers=headers)
    with ArchiveWriter(tmp_path, "run") as writer:
        place = writer.write(page)
    assert raw[:65000] in (tmp_path / place.file).read_bytes()
    assert place.length < len(raw) + 700
    found = read_page(tmp_path, make_record(page, place))
    assert (found.body, found.header("content-encoding")) == (TEXT, coding)
    assert found.header("content-length") == str(len(raw))
    assert found.header("transfer-encoding") is None
    (record,) = replayed(tmp_path)[1:]
    assert (record.raw, record.body) == (raw, TEXT)


@pytest.mark.parametrize(("coding", "raw"), [("br", brotli.compress(TEXT)), ("zstd", zstandard.compress(TEXT))])
def test_codings_that_tools_do_not_know_are_undone(tmp_path: Path, coding: str, raw: bytes):
    """warcio fails on br and does not know zstd; nobody asked for them, and such a body is kept decoded."""
    page = make_page(body=TEXT, raw=raw, headers=(("content-encoding", coding), ("x-a", "1")))
    with ArchiveWriter(tmp_path, "run") as writer:
        place = writer.write(page)
    assert read_page(tmp_path, make_record(page, place)).body == TEXT
    (record,) = replayed(tmp_path)[1:]
    assert (record.body, record.headers) == (TEXT, {"x-a": "1", "content-length": str(len(TEXT))})


def test_large_bodies_are_split_into_blocks(tmp_path: Path):
    """Stored blocks hold 64 KiB; a body of any size comes back, compressed by the server or not."""
    body = bytes((i * 7919 + i // 255) % 251 for i in range(200_000))
    raw = gzip.compress(body, 0)
    for n_bytes in (65_531, 65_535, 65_536, len(raw)):
        page = make_page(body=body[:n_bytes], raw=gzip.compress(body[:n_bytes], 0))
        page = replace(page, headers=(("content-encoding", "gzip"),))
        with ArchiveWriter(tmp_path, "run") as writer:
            place = writer.write(page)
        assert read_page(tmp_path, make_record(page, place)).body == body[:n_bytes]


class Seen(NamedTuple):
    kind: str
    fields: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    body: bytes


def replayed(folder: Path) -> list[Seen]:
    """The records of the folder's one file as warcio sees them, digests checked."""
    (path,) = folder.glob("*.warc.gz")
    found = []
    for is_raw in (True, False):
        with path.open("rb") as file:
            records = [
                (
                    r.rec_type,
                    dict(r.rec_headers.headers),
                    dict(r.http_headers.headers) if r.http_headers else {},
                    (r.raw_stream if is_raw else r.content_stream()).read(),
                )
                for r in ArchiveIterator(file, check_digests="raise")
            ]
        found.append(records)
    return [Seen(*raw, plain[-1]) for raw, plain in zip(*found, strict=True)]


def test_other_tools_can_replay_the_file(tmp_path: Path):
    """warcio reads every record in order; a repeated body refers to the first, with that one's coding."""
    gz = make_page(body=TEXT, raw=gzip.compress(TEXT), headers=(("content-encoding", "gzip"), ("x-a", "1")))
    br = make_page(body=TEXT, raw=brotli.compress(TEXT), headers=(("content-encoding", "br"), ("x-a", "2")))
    with ArchiveWriter(tmp_path, "run") as writer:
        place = writer.write(gz)
        again = writer.write_revisit(br, place)
        writer.write_not_modified(NotModified(url=gz.url, fetched_at=NOW, headers=(("etag", '"1"'),)), place)
    assert again.length < 900
    info, first, revisit, not_modified = replayed(tmp_path)
    assert [info.kind, first.kind, revisit.kind] == ["warcinfo", "response", "revisit"]
    assert info.fields["WARC-Filename"] == place.file
    assert revisit.headers == {"x-a": "2", "content-encoding": "gzip", "content-length": str(len(gz.raw or b""))}
    assert revisit.fields["WARC-Profile"].endswith("identical-payload-digest")
    assert not_modified.fields["WARC-Profile"].endswith("server-not-modified")
    assert not_modified.headers == {"etag": '"1"'}
    for record in (revisit, not_modified):
        assert record.fields["WARC-Refers-To"] == first.fields["WARC-Record-ID"]
        assert record.fields["WARC-Refers-To-Date"] == first.fields["WARC-Date"]
        assert record.fields["WARC-Refers-To-Target-URI"] == record.fields["WARC-Target-URI"] == gz.url
        assert record.fields["WARC-Payload-Digest"] == first.fields["WARC-Payload-Digest"]


def test_a_repeated_body_whose_first_is_lost_is_kept_whole(tmp_path: Path):
    """A record that refers to nothing would be worth nothing."""
    page = make_page(body=TEXT)
    with ArchiveWriter(tmp_path, "run") as writer:
        place = writer.write(page)
        wipe(tmp_path, [place])
        again = writer.write_revisit(page, place)
    assert read_page(tmp_path, make_record(page, again)).body == TEXT


def test_files_are_rotated_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A file that has reached its size is closed, and the next begins with a warcinfo of its own."""
    monkeypatch.setattr("db.archive_files.MAX_FILE_BYTES", 2000)
    with ArchiveWriter(tmp_path, "run") as writer:
        places = [writer.write(make_page(body=bytes((i * 31 + n) % 251 for i in range(900)))) for n in range(6)]
    assert len({place.file for place in places}) > 1
    for file in {place.file for place in places}:
        with (tmp_path / file).open("rb") as stream:
            assert next(iter(ArchiveIterator(stream))).rec_type == "warcinfo"


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
