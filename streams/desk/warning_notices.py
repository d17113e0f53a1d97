"""What is told of a warning beside the alert itself, as bodies of
:class:`messages.warning_notice.WarningNotice`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from messages.cloudevents import rfc3339_text
from messages.model import SCHEMA_VERSION, Body
from messages.warning import Alert

_NAMED = 20
"""So many grids are named; the others are counted."""


class Teller:
    """``names``: of the city's units. ``zone``: of its clocks. ``now``: epoch seconds."""

    def __init__(self, names: Mapping[str, str], zone: tzinfo, now: float) -> None:
        self._names = names
        self._zone = zone
        self._at = rfc3339_text(now)

    def drafted(self, alert: Alert, area: str, sign_by: float) -> Body:
        """An alert waits for a signature."""
        clock = self._clock(sign_by)
        zh = f"{alert.zh.headline}。拟{alert.level}级，请有权签发人于{clock}前签发或撤回"
        en = f"{alert.en.headline}. Level {alert.level} is proposed; sign or withdraw it by {clock}"
        return self._staff("drafted", alert, "drafted", (area,), zh, en, level=alert.level)

    def unsigned(self, alert: Alert, to: Sequence[str], number: int) -> Body:
        """Nobody has signed yet; ``to``: who hears of it now. ``number``: of the reminder."""
        zh = f"{alert.zh.headline}：仍未签发（第{number}次提醒）"
        en = f"{alert.en.headline}: nobody has signed it (reminder {number})"
        return self._staff("unsigned", alert, f"unsigned-{number}", to, zh, en, level=alert.level)

    def lapsed(self, alert: Alert, to: Sequence[str]) -> Body:
        """Its time is over, and nobody has signed."""
        zh, en = f"{alert.zh.headline}：未签发，已失效", f"{alert.en.headline}: lapsed unsigned"
        return self._staff("lapsed", alert, "lapsed", to, zh, en)

    def withdrawn(self, alert: Alert, to: Sequence[str], actor: str, note: str) -> Body:
        """An officer has dropped the draft."""
        why, why_en = (f"，事由：{note}", f": {note}") if note else ("", "")
        zh = f"{alert.zh.headline}：{actor}撤回{why}"
        en = f"{alert.en.headline}: withdrawn by {actor}{why_en}"
        return self._staff("withdrawn", alert, "withdrawn", to, zh, en)

    def mode_proposed(self, alert: Alert, area: str, scenario: str, names: tuple[str, str]) -> Body:
        """An officer may want to start a mode there. ``names``: of the scenario, in two tongues."""
        name = self._names.get(area, area)
        zh = f"建议{name}启动{names[0]}（{scenario}）：{alert.zh.description}"
        en = f"Mode {names[1]} ({scenario}) is proposed for {name}, {area}: {alert.en.description}"
        return self._staff(
            "mode_proposed", alert, f"mode-{scenario}", (area,), zh, en, scenario=scenario
        )

    def issued(self, alert: Alert, unit: str, grids: int, *, residents: str) -> Body:
        """Staff of a unit hear of a signed alert. ``grids``: of theirs. ``residents``: ``told`` by
        drafts that wait there, ``enough`` for today, or ``none``."""
        zh, en = told(alert)
        if residents == "told":
            zh += f"{grids}个网格的居民通知待网格员确认。"
            en += f" Notices for the residents of {grids} grids wait for the grid workers."
        elif residents == "enough":
            zh += "今日居民通知已达上限，不再发送。"
            en += " Residents are not told again today: the day's limit is reached."
        what = f"issued/{unit}"
        return self._staff("issued", alert, what, (unit,), zh, en, level=alert.level)

    def residents(self, alert: Alert, street: str, grid: str, confirm_by: float | None) -> Body:
        """A draft for the residents of a grid, in their grid worker's list."""
        zh, en = told(alert)
        body = self._body("residents", alert.alert_id, _of(grid), (street,), zh, en)
        body |= {"audience": "residents", "status": "draft", "grid": grid, "level": alert.level}
        if confirm_by is not None:
            body["confirm_by"] = rfc3339_text(confirm_by)
        return body

    def confirmed(
        self, alert_id: str, by: str, street: str, grid: str, text: tuple[str, str]
    ) -> Body:
        """The residents of a grid have been told. ``text``: what, in two tongues."""
        body = self._body("residents", alert_id, _of(grid), (street,), *text)
        return body | {"audience": "residents", "status": "confirmed", "grid": grid, "by": by}

    def unconfirmed(self, alert_id: str, to: str, street: str, grids: Sequence[str]) -> Body:
        """Grids whose residents nobody says have been told."""
        name = self._names.get(street, street)
        more = "…" if len(grids) > _NAMED else ""
        listed = ", ".join(grids[:_NAMED]) + more
        zh = f"{alert_id}：{name}有{len(grids)}个网格未确认已通知居民：{listed}"
        en = f"{alert_id}: {len(grids)} grids of {street} {name} have not confirmed: {listed}"
        return self._body("unconfirmed", alert_id, f"unconfirmed/{street}", (to,), zh, en)

    def _staff(
        self,
        kind: str,
        alert: Alert,
        what: str,
        to: Sequence[str],
        zh: str,
        en: str,
        **more: object,
    ) -> Body:
        return {**self._body(kind, alert.alert_id, what, to, zh, en), **more}

    def _body(
        self, kind: str, alert_id: str, what: str, to: Sequence[str], zh: str, en: str
    ) -> Body:
        return {
            "schema_version": SCHEMA_VERSION,
            "notice_id": f"{alert_id}/{what}",
            "kind": kind,
            "audience": "internal",
            "status": "sent",
            "alert_id": alert_id,
            "area": list(to),
            "at": self._at,
            "text": zh,
            "text_en": en,
        }

    def _clock(self, moment: float) -> str:
        return f"{datetime.fromtimestamp(moment, self._zone):%Y-%m-%d %H:%M}"


def told(alert: Alert) -> tuple[str, str]:
    """An alert as people are told it, in Chinese and English."""
    zh, en = alert.zh, alert.en
    parts = (zh.headline, zh.description, zh.instruction)
    parts_en = (en.headline, en.description, en.instruction)
    return (
        "".join(f"{part.rstrip('。')}。" for part in parts if part),
        " ".join(f"{part.rstrip('.')}." for part in parts_en if part),
    )


def _of(grid: str) -> str:
    return f"residents/{grid}"
