"""`newsdesk bulk`, as a person meets it."""

from pathlib import Path

from tests.bulk.crawls import courier
from tests.cli.conftest import Newsdesk


def test_the_command(newsdesk: Newsdesk, tmp_path: Path):
    """One line on standard output, one a finished input on standard error; wrong usage is said so."""
    courier(tmp_path / "a.warc.gz", range(3))
    result = newsdesk("bulk", "a.warc.gz", "--out", "out")
    assert (result.status, result.out) == (0, "3 stored\n")
    assert result.err == f"{tmp_path}/a.warc.gz: 3 stored\n"
    result = newsdesk("bulk", "a.warc.gz", "--out", "out", "--buckets", 3)
    assert result.status == 2
    assert result.err.startswith(
        "newsdesk: out: settings_error: the folder holds another job: buckets differ; 16 there"
    )
    assert newsdesk("bulk", "b.warc.gz", "--out", "out").status == 1
