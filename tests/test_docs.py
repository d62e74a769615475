"""The README is true: its commands give the output it shows, and nothing is left out of it.

`pytest tests/test_docs.py --accept` writes the present output into it.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from db.diagram import mermaid
from pipelines.cli.main import app
from pipelines.demo import demo
from pipelines.demo_site.server import DemoSite
from pipelines.settings import VERSION, Settings
from scraper.record import FIELDS
from scraper.values import OutcomeKind

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
SHOWN_ADDRESS = "127.0.0.1:8000"
SHOWN_FOLDER = "/home/jo/desk"
SHOWN_PROGRAMS = "/opt/newsdesk/bin"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
# What differs from day to day and from machine to machine.
VARYING = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:\+00:00)?)?|127\.0\.0\.1:\d+|\b0\.\d+\b|\b\d+-59/"
)


def masked(text: str) -> str:
    return VARYING.sub("*", text)


def commands(block: str) -> list[str]:
    return [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


@contextmanager
def desk(folder: Path) -> Iterator[tuple[DemoSite, dict[str, str]]]:
    """The demo site, and an environment in which `newsdesk` finds it and keeps everything in `folder`."""
    with DemoSite(now=datetime.now(UTC)) as site:
        address = site.url.removeprefix("http://").rstrip("/")
        page = site.answer("/culture/to-palio-theatro")
        assert page is not None
        (folder / "saved.html").write_text(page.body, encoding="utf-8")
        (folder / "saved.jsonl").write_text('{"url": "https://courier.example/theatro", "html_path": "saved.html"}\n')
        environ = {name: os.environ[name] for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        environ |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "80"}
        yield site, environ | {"NEWSDESK_ALLOW_ADDRESSES": address, "NEWSDESK_MIN_DELAY_S": "0"}


def output(block: str, site: DemoSite, environ: dict[str, str], folder: Path) -> str:
    """The block as it would be with the present output."""
    address = site.url.removeprefix("http://").rstrip("/")
    out = []
    for command in commands(block):
        done = subprocess.run(
            ["bash", "-c", command.replace(SHOWN_ADDRESS, address)],
            env=environ,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        shown = done.stdout.replace(address, SHOWN_ADDRESS).replace(str(folder), SHOWN_FOLDER)
        out.append(f"$ {command}\n{shown.replace(str(Path(sys.executable).parent), SHOWN_PROGRAMS)}")
    return "".join(line.rstrip() + "\n" for line in "".join(out).splitlines())


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.skipif(not (Path(sys.executable).parent / "newsdesk").exists(), reason="newsdesk is not installed")
def test_every_command_gives_the_output_shown(tmp_path: Path, request: pytest.FixtureRequest):
    """All console blocks, run in order on one desk, give what stands there."""
    text = TEXT
    with desk(tmp_path) as (site, environ):
        for block in CONSOLE.findall(TEXT):
            present = output(block, site, environ, tmp_path)
            if request.config.getoption("--accept") and masked(present) != masked(block):
                text = text.replace(block, present)
            elif not request.config.getoption("--accept"):
                assert masked(present) == masked(block)
    if text != TEXT:
        README.write_text(text, encoding="utf-8")


def test_the_diagram_is_that_of_the_schema(request: pytest.FixtureRequest):
    """The README draws the tables as they are."""
    block = re.search(r"```mermaid\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    if request.config.getoption("--accept"):
        README.write_text(README.read_text(encoding="utf-8").replace(block[0], f"```mermaid\n{mermaid()}```"))
    else:
        assert block[1] == mermaid()


def names(group: typer.Typer, prefix: str = "") -> Iterator[str]:
    command = typer.main.get_command(group)
    for name, sub in getattr(command, "commands", {}).items():
        subs = getattr(sub, "commands", None)
        yield from ([f"{prefix}{name} {sub_name}" for sub_name in subs] if subs else [prefix + name])


def test_every_command_is_shown():
    """Each command stands in a console block."""
    shown = "\n".join(commands("\n".join(CONSOLE.findall(TEXT))))
    missing = [name for name in names(app) if f"newsdesk {name}" not in shown]
    assert not missing


def test_every_option_is_named():
    """Each option of each command occurs in the README."""
    for name in names(app):
        command = typer.main.get_command(app)
        for part in name.split():
            command = command.commands[part]
        options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        missing = {option for option in options if option not in TEXT} - {"--help", "--limit"}
        assert not missing, name


def test_every_field_setting_and_outcome_is_explained():
    """The tables of the README name exactly what there is."""
    rows = set(re.findall(r"`(\w+)`", "\n".join(line for line in TEXT.splitlines() if line.startswith("| `"))))
    assert set(FIELDS) <= rows
    assert {kind.value for kind in OutcomeKind} <= rows
    settings = set(Settings.__dataclass_fields__) - {"by_site"}  # what the files of `sites` say
    assert settings | {f"NEWSDESK_{name.upper()}" for name in settings} <= rows


def test_the_python_example_runs():
    """The five lines of Python give an article."""
    example = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[0]
    names: dict = {}
    exec(compile(example, "README.md", "exec"), names)
    assert len([line for line in example.splitlines() if line]) == 5
    assert (names["article"].title, names["article"].body) == ("Ferry sails", "The night ferry sails again.")


def test_the_library_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The second block of Python, asked of the database that the demo leaves."""
    example = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[1]
    shown: list[str] = []
    demo(shown.append, tmp_path)
    next(tmp_path.glob("*.db")).rename(tmp_path / "newsdesk.db")
    monkeypatch.chdir(tmp_path)
    address = next(line for line in shown if "http://127" in line).split("http://")[1].split("/")[0]
    names: dict = {}
    exec(compile(example.replace(SHOWN_ADDRESS, address), "README.md", "exec"), names)
    assert names["titles"] == ["Night ferry to sail again from Saturday"]
    assert (names["n_revisions"], names["languages"]) == (1, {"de", "el", "en", "fr"})


def test_the_first_shell_block_is_the_two_commands():
    """Two lines, under the heading Start: the demo and the tests."""
    start = TEXT[TEXT.index("## Start") :]
    block = re.search(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
    assert block is not None
    assert block[0] in start
    lines = block[2].splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("newsdesk demo")
    assert ".venv/bin/pytest" in lines[1]


def test_the_version_is_one():
    """Package and program tell the same version."""
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
