"""Settings come from a file, variables and options, in rising order."""

from pathlib import Path

import pytest

from pipelines.settings import load
from scraper.errors import SettingsError


def test_defaults_lie_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Without any setting, database and archive stand side by side in the data folder."""
    monkeypatch.chdir(tmp_path)
    found = load({}, {})
    assert found.db.endswith("newsdesk/newsdesk.db")
    assert found.archive.endswith("newsdesk/newsdesk.archive")
    assert found.min_delay_s == 1.0
    assert found.allow_addresses == ()


def test_options_beat_variables_beat_the_file(tmp_path: Path):
    """Each later place wins over the former, setting by setting."""
    config = tmp_path / "newsdesk.toml"
    config.write_text('db = "file.db"\nconcurrency = 3\nmin_delay_s = 2\nallow_addresses = ["a:1", "b:2"]\n')
    environ = {"NEWSDESK_DB": "variable.db", "NEWSDESK_CONCURRENCY": "4", "HOME": "/nowhere"}
    found = load(environ, {"db": "option.db", "concurrency": None}, config)
    assert (found.db, found.concurrency, found.min_delay_s) == ("option.db", 4, 2.0)
    assert found.allow_addresses == ("a:1", "b:2")


def test_the_file_of_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`newsdesk.toml` needs no option."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "newsdesk.toml").write_text('user_agent = "Courier archive (desk@courier.example)"')
    assert load({}, {}).user_agent.startswith("Courier")


def test_lists_in_variables_are_separated_by_commas():
    """`NEWSDESK_ALLOW_ADDRESSES` takes several."""
    found = load({"NEWSDESK_ALLOW_ADDRESSES": "127.0.0.1:8000, 10.0.0.0/8:443,"}, {})
    assert found.allow_addresses == ("127.0.0.1:8000", "10.0.0.0/8:443")


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"NEWSDESK_CONCURENCY": "4"}, "unknown setting 'concurency'"),
        ({"NEWSDESK_CONCURRENCY": "many"}, "expected a whole number from 1 to 1000"),
        ({"NEWSDESK_CONCURRENCY": "0"}, "expected a whole number"),
        ({"NEWSDESK_MIN_DELAY_S": "-1"}, "expected a number of seconds"),
        ({"NEWSDESK_MIN_DELAY_S": "nan"}, "expected a number of seconds"),
        ({"NEWSDESK_SECOND_OPINION": "perhaps"}, "expected true or false"),
        ({"NEWSDESK_USER_AGENT": "two\nlines"}, "expected one line"),
    ],
)
def test_a_wrong_setting_names_itself(environ: dict[str, str], message: str):
    """The error says which setting, where it stands, and what was expected."""
    with pytest.raises(SettingsError, match=message) as caught:
        load(environ, {})
    assert next(iter(environ)) in str(caught.value)


@pytest.mark.parametrize("text", ["db = ", "dbb = 'x'", "concurrency = 1.5", "allow_addresses = [1]"])
def test_a_wrong_file_is_named(tmp_path: Path, text: str):
    """The error names the file."""
    config = tmp_path / "newsdesk.toml"
    config.write_text(text)
    with pytest.raises(SettingsError, match=r"newsdesk\.toml"):
        load({}, {}, config)


def test_a_missing_file_is_named(tmp_path: Path):
    """A file asked for by name must be there."""
    with pytest.raises(SettingsError, match="can't be read"):
        load({}, {}, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("1", True), ("yes", True), ("False", False), ("0", False)]
)
def test_flags(tmp_path: Path, text: str, expected: bool):
    """True and false are written as in TOML, or as people write them into variables."""
    assert load({"NEWSDESK_SECOND_OPINION": text}, {}).second_opinion is expected
    (tmp_path / "newsdesk.toml").write_text(f"second_opinion = {str(expected).lower()}")
    assert load({}, {}, tmp_path / "newsdesk.toml").second_opinion is expected
