"""Ray does the same steps, and the same bytes come of them."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.bulk import on_pool
from pipelines.bulk.job import Bulk, run
from tests.bulk.crawls import contents, courier, crawl, rows
from tests.pipelines.test_bounds import HANGING

# In a process of its own: Ray leaves threads and open files behind, and warns of them.
CODE = """
import sys
from pathlib import Path
from pipelines.bulk import on_ray
from pipelines.bulk.job import Bulk, run
with on_ray.joined(None) as each:
    print(run(Bulk(inputs=[sys.argv[1]], folder=Path(sys.argv[2]), page_deadline_s=1.0), each).line())
"""


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs newsdesk[ray]")
def test_the_same_files_byte_for_byte(tmp_path: Path):
    """Both engines, with a page that hangs among the others."""
    inputs = tmp_path / "in"
    for i in range(2):
        courier(inputs / f"{i}.warc.gz", range(10 * i, 10 * i + 5))
    crawl(inputs / "2.warc.gz", [("https://other.example/a", HANGING)])
    job = Bulk(inputs=[str(inputs)], folder=tmp_path / "pool", page_deadline_s=1.0)
    line = run(job, on_pool.each).line()
    assert line == "10 stored, 1 parse_error"
    command = [sys.executable, "-c", CODE, inputs, tmp_path / "ray"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.splitlines() == [line], done.stderr
    assert contents(tmp_path / "ray") == contents(tmp_path / "pool")
    assert len(rows(tmp_path / "ray", "articles")) == 10
