"""Dates relative to now: "2 hours ago", "gestern", "3日前".

Does not run without a moment to refer to, and does not read weekday names: they say too little.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from scraper.values import Moment, Precision

_DAYS_BACK: dict[int, str] = {
    0: (
        "today heute aujourd'hui hoy oggi hoje vandaag idag i dag tänään dziś dzisiaj сегодня сьогодні dnes "
        "ma bugün azi 今天 今日 오늘 اليوم "
    ),
    1: (
        "yesterday gestern hier ayer ieri ontem gisteren igår i går eilen wczoraj вчера вчора včera tegnap "
        "dün 昨天 昨日 어제 أمس "
    ),
}
_SECONDS: dict[int, str] = {
    60: (
        "min mins minute minutes minuten minuto minutos minuti minuut minuter minutter minuttia минут минуты "
        "минуту 分 分钟 分鐘 분 "
    ),
    3600: (
        "h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur timmar timer tuntia час "
        "часа часов 小时 小時 時間 시간 "
    ),
    86400: (
        "d day days tag tage tagen jour jours día días dia dias giorni giorno dag dagen dagar dage день дня "
        "дней 天 日 일 "
    ),
    604800: "week weeks woche wochen semaine semaines semana semanas settimana settimane weken veckor 周 週間 주",
}
_UNIT = {name: seconds for seconds, names in _SECONDS.items() for name in names.split()}
_WORD_DAYS = {name: days for days, names in _DAYS_BACK.items() for name in names.split()}
_AGO = re.compile(
    r"(?:\b(?:vor|il y a|hace|há|for|för)\s+)?(?P<n>\d{1,3}|an?|einer?|einem|une?|un[ao]?)\s?"
    r"(?P<unit>[^\W\d_]{1,9}?)\.?\s?(?P<ago>ago|fa|geleden|sedan|siden|sitten|назад|atrás|temu|önce|前|전)?(?![^\W\d_])",
    re.IGNORECASE,
)
_LEADS = ("vor ", "il y a ", "hace ", "há ", "for ", "för ")


def read(text: str, reference: datetime) -> Moment | None:
    """The moment that `text` names seen from `reference` (aware), or None. Days have day precision."""
    folded = text.casefold()
    for match in _AGO.finditer(folded):
        seconds = _UNIT.get(match["unit"])
        if not seconds or not (match["ago"] or match[0].startswith(_LEADS)):
            continue
        n = int(match["n"]) if match["n"].isdigit() else 1
        return _moment(reference - timedelta(seconds=n * seconds), text, is_exact=seconds < 86400)
    for word in re.findall(r"[^\W\d_][\w']*", folded):
        if word in _WORD_DAYS:
            return _moment(reference - timedelta(days=_WORD_DAYS[word]), text, is_exact=False)
    return None


def _moment(at: datetime, raw: str, *, is_exact: bool) -> Moment:
    if not is_exact:
        at = at.replace(hour=0, minute=0)
    precision = Precision.MINUTE if is_exact else Precision.DAY
    return Moment(at=at.replace(second=0, microsecond=0), precision=precision, has_zone=is_exact, raw=raw)
