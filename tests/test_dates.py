"""Every written form of a date we claim to read, and those we must not guess."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper import dates
from scraper.values import Precision

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)

READ = [
    ("2024-05-03", "2024-05-03"),
    ("2024/05/03 12:30", "2024-05-03T12:30:00"),
    ("2024.05.03", "2024-05-03"),
    ("2024. 5. 3. 오후 3:20", "2024-05-03T15:20:00"),
    ("2024-05-03T12:30:00Z", "2024-05-03T12:30:00+00:00"),
    ("2024-05-03T12:30:00.123456789Z", "2024-05-03T12:30:00+00:00"),
    ("2024-05-03T12:30:00+0200", "2024-05-03T12:30:00+02:00"),
    ("2024-05-03 12:30:00 -0500", "2024-05-03T12:30:00-05:00"),
    ("2024-05-03T12:30:00+02:00[Europe/Berlin]", "2024-05-03T12:30:00+02:00"),
    ("20240503", "2024-05-03"),
    ("20240503T123000Z", "2024-05-03T12:30:00+00:00"),
    ("202405031230", "2024-05-03T12:30:00"),
    ("1714732200", "2024-05-03T10:30:00+00:00"),
    ("1714732200000", "2024-05-03T10:30:00+00:00"),
    ("/Date(1714732200000)/", "2024-05-03T10:30:00+00:00"),
    ("Fri, 03 May 2024 12:30:00 GMT", "2024-05-03T12:30:00+00:00"),
    ("Fri, 3 May 24 12:30 EST", "2024-05-03T12:30:00-05:00"),
    ("Fri May 03 2024 12:30:00 GMT+0200 (CEST)", "2024-05-03T12:30:00+02:00"),
    ("Sat May  4 10:11:12 2024", "2024-05-04T10:11:12"),
    ("May 3, 2024 at 5:30 p.m. ET", "2024-05-03T17:30:00-04:00"),
    ("4:32 PM EDT, Mon March 2, 2026", "2026-03-02T16:32:00-04:00"),
    ("Updated: May 3, 2024, 12:15 AM IST", "2024-05-03T00:15:00+05:30"),
    ("Tuesday 3rd of May 2022", "2022-05-03"),
    ("3-May-24", "2024-05-03"),
    ("03.05.24", "2024-05-03"),
    ("13/05/2024", "2024-05-13"),
    ("12/31/2024", "2024-12-31"),
    ("05/05/2024", "2024-05-05"),
    ("3. Mai 2024, 14.30 Uhr", "2024-05-03T14:30:00"),
    ("3. März 2024 um 9 Uhr", "2024-03-03T09:00:00"),
    ("1 Jänner 2024", "2024-01-01"),
    ("le 1er février 2024 à 8h05", "2024-02-01T08:05:00"),
    ("3 de mayo de 2024 - 14:30 h", "2024-05-03T14:30:00"),
    ("12. desember 2024 kl. 09:14", "2024-12-12T09:14:00"),
    ("3 мая 2024 в 12:30", "2024-05-03T12:30:00"),
    ("2024. május 3.", "2024-05-03"),
    ("3 Mayıs 2024", "2024-05-03"),
    ("ngày 3 tháng 5 năm 2024", "2024-05-03"),
    ("١٣ مايو ٢٠٢٤", "2024-05-13"),
    ("13 كانون الثاني 2024", "2024-01-13"),
    ("3 พฤษภาคม 2567", "2024-05-03"),
    ("2024年5月3日 12時30分", "2024-05-03T12:30:00"),
    ("2024年05月03日12:30:15", "2024-05-03T12:30:15"),
    ("令和6年5月3日(金) 午後3:05", "2024-05-03T15:05:00"),
    ("2024년 5월 3일 15시 20분", "2024-05-03T15:20:00"),
    ("Published 10:15, 3 May 2024", "2024-05-03T10:15:00"),
    ("12 listopada 2024", "2024-11-12"),
]


@pytest.mark.parametrize(("text", "iso"), READ)
def test_a_written_date_is_read(text: str, iso: str) -> None:
    """Each form gives its day, its time only if stated, its zone only if stated, and keeps its text."""
    moment = dates.parse(text)
    assert moment is not None
    assert moment.iso() == iso
    assert moment.raw == text.replace("  ", " ")


@pytest.mark.parametrize(
    "text",
    ["", " ", "May 3", "May 2024", "2024", "yesterday", "2 hours ago", "0000-00-00", "99999-01-01", "Feb. 29, 2023",
     "2024-13-40", "03/05/2024", "3/4/2025", "1/2", "12:30", "call 2024-0503-12", "-1", "9" * 400, "\x00",
     "version 1.2.3", "99999999999"],
)  # fmt: skip
def test_what_is_no_certain_date_is_none(text: str) -> None:
    """Without year, without certainty about day and month, or out of any calendar there is no date."""
    assert dates.parse(text) is None


@pytest.mark.parametrize(
    ("language", "iso"),
    [("en-US", "2024-03-05"), ("en_US", "2024-03-05"), ("en-GB", "2024-05-03"), ("fr", "2024-05-03"), ("en", None)],
)
def test_the_language_tells_day_from_month(language: str, iso: str | None) -> None:
    """3 May and 5 March are told apart by the language's country, and by nothing else."""
    moment = dates.parse("03/05/2024", language=language)
    assert (moment.iso() if moment else None) == iso


def test_a_month_is_read_in_its_own_language() -> None:
    """Croatian listopad is October, Polish and Czech listopad November."""
    found = {language: dates.parse("3 listopad 2024", language=language) for language in ("hr", "pl")}
    assert {language: moment.at.month for language, moment in found.items() if moment} == {"hr": 10, "pl": 11}


@pytest.mark.parametrize(
    ("text", "iso"),
    [("yesterday", "2026-05-03"), ("gestern um 12:00", "2026-05-03"), ("2 hours ago", "2026-05-04T10:00:00+00:00"),
     ("vor 3 Stunden", "2026-05-04T09:00:00+00:00"), ("hace 2 días", "2026-05-02"), ("3日前", "2026-05-01"),
     ("il y a une heure", "2026-05-04T11:00:00+00:00"), ("30 min ago", "2026-05-04T11:30:00+00:00")],
)  # fmt: skip
def test_relative_words_need_a_reference(text: str, iso: str) -> None:
    """ "Two hours ago" is read from the moment it refers to; days have day precision."""
    moment = dates.parse(text, reference=NOW)
    assert moment is not None
    assert moment.iso() == iso


@pytest.mark.parametrize(
    ("text", "precision", "has_zone"),
    [("3 May 2024", Precision.DAY, False), ("3 May 2024 12:30", Precision.MINUTE, False),
     ("3 May 2024 12:30:15 CET", Precision.SECOND, True)],
)  # fmt: skip
def test_precision_and_zone_are_what_the_text_gives(text: str, precision: Precision, *, has_zone: bool) -> None:
    """Nothing is claimed that the text does not say."""
    moment = dates.parse(text)
    assert moment is not None
    assert (moment.precision, moment.has_zone) == (precision, has_zone)


def test_long_text_is_cut_before_it_is_read() -> None:
    """A date beyond the first 200 characters is not seen."""
    assert dates.parse("x" * 300 + " 2024-05-03") is None
