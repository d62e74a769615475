"""Runs the command as a person would, in this process: arguments in, status and output out."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pipelines.cli.main import run


@dataclass
class Result:
    status: int
    out: str
    err: str


Newsdesk = Callable[..., Result]


@pytest.fixture
def newsdesk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path) -> Newsdesk:
    """`newsdesk("show", 1)`: the result of that command, with settings of its own in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["newsdesk", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            run()
        captured = capsys.readouterr()
        status = ended.value.code
        return Result(status if isinstance(status, int) else 0, captured.out, captured.err)

    return call
