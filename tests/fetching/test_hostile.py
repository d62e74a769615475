"""Redirects that lead inwards reach nothing: tried where nothing but loopback exists."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNSHARE = shutil.which("unshare")


def has_namespaces() -> bool:
    return UNSHARE is not None and subprocess.run([UNSHARE, "-rn", "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not has_namespaces(), reason="needs `unshare -rn`")
def test_redirects_inwards() -> None:
    """Of 51 redirect targets on inner networks, in every spelling and by name, not one is connected to."""
    command = [UNSHARE, "-rn", sys.executable, "-m", "tests.fetching.hostile"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["outcomes"]) == 51
    assert found["reached"] == []
    # "http:127.0.0.1" is relative to an address of the same scheme, and so leads back to where it came from.
    assert sorted(found["outcomes"]) == ["http_error"] + ["unsafe_address"] * 50
    assert len(found["reached_by_plain_httpx"]) > 15
