"""Answers go to where an address leads, in files put there whole, and come back as they were."""

import asyncio
import gzip
import pickle
import re
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from db import shelf
from db.archive import ArchiveWriter, copied, read_page, wipe
from db.remote import Remote
from scraper.errors import DamagedRecord, SettingsError, StoreError
from scraper.values import NotModified, RecordPlace
from tests.builders import NOW, make_page
from tests.db.test_archive import make_record

TEXT = b"<p>The ferry sails again</p>" * 900


@pytest.fixture(params=["s3", "local"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Remote:
    """A store of objects, and one of files that have to be put aside and renamed."""
    address = request.getfixturevalue("s3").archive() if request.param == "s3" else f"local://{tmp_path}/archive/"
    found = shelf.at(address)
    assert isinstance(found, Remote)
    return found


def records(remote: Remote, file: str) -> list[str]:
    """The kinds of the records that warcio finds in the file."""
    stream = BytesIO(remote.get_all([file])[file])
    return [record.rec_type for record in ArchiveIterator(stream, check_digests="raise")]


def test_a_page_comes_back_as_it_went(remote: Remote):
    """Each record is read alone, by its range, by this process and by one that the archive was sent to."""
    page = make_page(body=TEXT, raw=gzip.compress(TEXT), headers=(("content-encoding", "gzip"),))
    with ArchiveWriter(remote, "run") as writer:
        places = [writer.write(make_page(body=body)) for body in (b"", b"one", TEXT * 9)]
        place = writer.write(page)
        again = writer.write_revisit(page, place)
        same = writer.write_not_modified(NotModified(url=page.url, fetched_at=NOW), place)
    sent = pickle.loads(pickle.dumps(remote))
    assert read_page(sent, make_record(page, place)).body == TEXT
    assert [
        read_page(remote, make_record(make_page(body=b), p)).body for b, p in zip((b"", b"one"), places, strict=False)
    ]
    assert [records(remote, one.file) for one in (place, again, same)] == [
        ["warcinfo", "response"],
        ["warcinfo", "revisit"],
        ["warcinfo", "revisit"],
    ]
    assert shelf.sizes(remote)[place.file] == place.offset + place.length


def test_answers_of_one_moment_share_a_file(remote: Remote):
    """Twenty sites answer at once: one file is put there, whole, before any of them is told where its record lies."""

    async def keep_all() -> list[RecordPlace]:
        with ArchiveWriter(remote, "run") as writer:
            return await asyncio.gather(*(writer.keep(make_page(body=b"%d" % n), None) for n in range(20)))

    places = asyncio.run(keep_all())
    (file,) = {place.file for place in places}
    assert list(shelf.sizes(remote)) == [file]
    assert records(remote, file) == ["warcinfo"] + ["response"] * 20
    assert [read_page(remote, make_record(make_page(body=b"%d" % n), places[n])).body for n in range(20)]


def test_nothing_is_there_before_it_is_whole(remote: Remote, tmp_path: Path):
    """What is not settled is given up with its writer; no file of it is ever seen, nor one half put."""
    with ArchiveWriter(remote, "run") as writer:
        writer.copy(b"half")
    assert shelf.sizes(remote) == {}
    with pytest.raises(StoreError, match="can't write"):
        remote.put(tmp_path / "gone", "run.warc.gz")
    assert shelf.sizes(remote) == {}


def test_two_writers_never_share_a_file(remote: Remote):
    """Not even of the same name, begun by two machines in the same second."""
    with ArchiveWriter(remote, "run") as one, ArchiveWriter(remote, "run") as other:
        files = {writer.write(make_page()).file for writer in (one, other, one, other)}
    assert len(files) == 4
    assert all(re.fullmatch(r"run-[0-9a-f]{16}-000[12]\.warc\.gz", file) for file in files)


def test_wiping_and_copying(remote: Remote):
    """A wiped record's bytes are gone, the others keep their places; a copy of them is one new file."""
    with ArchiveWriter(remote, "run") as writer:
        pages = [make_page(body=body) for body in (b"first", b"secret" * 99, b"last")]
        members = [shelf.read(remote, writer.write(page)) for page in pages]
        places = [writer.copy(member) for member in members]
        writer.settle()
    wipe(remote, [places[1], RecordPlace(file="lost.warc.gz", offset=0, length=300)])
    assert records(remote, places[0].file) == ["warcinfo", "response", "metadata", "response"]
    with pytest.raises(DamagedRecord):
        read_page(remote, make_record(pages[1], places[1]))
    new = copied(remote, [places[0], places[2]], "run-0001-pruned")
    assert [read_page(remote, make_record(page, place)).body for page, place in zip(pages[::2], new, strict=True)] == [
        b"first",
        b"last",
    ]
    assert records(remote, new[0].file) == ["warcinfo", "response", "response"]
    shelf.remove(remote, places[0].file)
    shelf.remove(remote, places[0].file)
    assert places[0].file not in shelf.sizes(remote)


@pytest.mark.parametrize("damage", ["missing", "beyond the end"])
def test_a_damaged_record_is_said(remote: Remote, damage: str):
    """One record that is not there is one damaged record, and no more."""
    page = make_page()
    with ArchiveWriter(remote, "run") as writer:
        place = writer.write(page)
    file = place.file if damage != "missing" else "lost.warc.gz"
    lost = RecordPlace(file=file, offset=10**6, length=300)
    with pytest.raises(DamagedRecord):
        read_page(remote, make_record(page, lost))


def test_an_archive_that_is_not_there(remote: Remote, tmp_path: Path):
    """Then nothing is concluded about its records: the whole archive is said to be away, not one record damaged."""
    place = RecordPlace(file="run-0001.warc.gz", offset=0, length=300)
    elsewhere = "s3://no-such-bucket/archive" if str(remote).startswith("s3:") else f"local://{tmp_path}/none"
    for address in (elsewhere, f"file://{tmp_path}/none"):
        with pytest.raises(StoreError) as caught:
            shelf.read(shelf.at(address), place)
        assert not isinstance(caught.value, DamagedRecord)
        assert "the archive" in str(caught.value)
        assert "not there" in str(caught.value)


def test_addresses(tmp_path: Path):
    """A path and `file:` name a folder; what no package reaches is a wrong setting; passwords are not shown."""
    assert shelf.at("desk/a b") == Path("desk/a b")
    assert shelf.at("file:///srv/a%20b") == shelf.at("file://localhost/srv/a%20b") == Path("/srv/a b")
    for wrong in ("file://elsewhere/srv", "file:///"):
        with pytest.raises(SettingsError, match="no folder of this machine"):
            shelf.at(wrong)
    with pytest.raises(SettingsError, match="no address that fsspec knows"):
        shelf.sizes(shelf.at("nosuch://desk/archive"))
    assert str(shelf.at("sftp://desk:secret@host/srv/")) == "sftp://desk:***@host/srv"
