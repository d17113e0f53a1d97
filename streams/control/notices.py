"""What modes have to tell, and when: pure, from what is in force and what was told already.

A notice's id is the order and what there is to say of it. What concerns the end names it: an
emergency start that is approved has another end than before, and warns of that one too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from messages.notice import Notice, NoticeKind
from rules.masking import mask
from rules.modes import WARNED_MINUTES, Mode
from streams.city import City

TOLD_LATE_S: Final = 24 * 3600.0
"""What is older than a day is no news: nobody was there to tell it, and nobody is told."""
_NAMED: Final = 5
"""A text names so many units of an area and counts the others."""


class Occasion(NamedTuple):
    """``what``: of which order's notices it is this one. ``at``: when it falls due, epoch s."""

    at: float
    what: str
    kind: NoticeKind


@dataclass(frozen=True, slots=True)
class Names:
    """How a city's people call its units and scenarios, and the zone of their clocks.
    ``scenarios``: Chinese and English by code."""

    units: Mapping[str, str]
    scenarios: Mapping[str, tuple[str, str]]
    zone: tzinfo = UTC

    @classmethod
    def of(cls, city: City) -> Names:
        """Those of a city's pack."""
        modes = city.pack.modes.items()
        scenarios = {code: (mode.name, mode.name_en or code) for code, mode in modes}
        return cls(city.unit_names, scenarios, ZoneInfo(city.pack.city.time_zone))


def due(
    modes: Iterable[Mode], sent: Collection[str], now: float, names: Names
) -> tuple[Notice, ...]:
    """Every notice whose time has come and that was not sent, the oldest first. ``sent``: ids of
    notices; ``now``: epoch seconds."""
    found = [
        _notice(mode, occasion, names)
        for mode in modes
        for occasion in occasions(mode)
        if now - TOLD_LATE_S < occasion.at <= now
        and not _stale(mode, occasion, now)
        and f"{mode.order_id}/{occasion.what}" not in sent
    ]
    return tuple(sorted(found, key=lambda notice: (notice.at, notice.notice_id)))


def occasions(mode: Mode) -> Iterator[Occasion]:
    """Everything there will be to tell of a mode, as far as is known now, by time."""
    if mode.starts < mode.ends:
        yield Occasion(mode.starts, "started", "started")
        if not mode.approved:
            yield Occasion(mode.starts, "waiting", "waiting")
        for minutes in WARNED_MINUTES:
            at = mode.ends - minutes * 60
            if at > mode.starts:
                yield Occasion(at, f"ending-{minutes}@{mode.ends:.0f}", "ending")
    elif mode.ending != "ended":
        return  # it was approved when its time was over
    kind: NoticeKind = "ended" if mode.ending == "ended" else "expired"
    yield Occasion(mode.ends, f"{kind}@{mode.ends:.0f}", kind)


def _stale(mode: Mode, occasion: Occasion, now: float) -> bool:
    """A warning is told late only as long as the next one, or the end, has not come."""
    if occasion.kind == "waiting":
        return mode.ends <= now
    if occasion.kind != "ending":
        return False
    later = [o.at for o in occasions(mode) if o.at > occasion.at]
    return any(at <= now for at in later)


def _notice(mode: Mode, occasion: Occasion, names: Names) -> Notice:
    chinese, english = _words(mode, occasion, names)
    return Notice(
        notice_id=f"{mode.order_id}/{occasion.what}",
        kind=occasion.kind,
        order_id=mode.order_id,
        scenario=mode.scenario,
        area=tuple(sorted(mode.area)),
        at=datetime.fromtimestamp(occasion.at, UTC),
        text=chinese,
        text_en=english,
    )


def _words(mode: Mode, occasion: Occasion, names: Names) -> tuple[str, str]:
    name, name_en = names.scenarios.get(mode.scenario, (mode.scenario, mode.scenario))
    area, area_en = _area(mode.area, names)
    ends, starts = _clock(mode.ends, names.zone), _clock(mode.starts, names.zone)
    what, what_en = f"{area}{name}（{mode.order_id}）", f"{name_en} in {area_en} ({mode.order_id})"
    reason, change = mask(mode.reason), mask(mode.change)
    match occasion.kind:
        case "started":
            return (
                f"{what}自{starts}起执行，至{ends}止。发布人{mode.author}，事由：{reason}",
                f"{what_en} is in force from {starts} to {ends}. By {mode.author}: {reason}",
            )
        case "waiting":
            return (
                f"{what}为紧急启动，须由另一人在{ends}前批准，否则自动终止",
                f"{what_en} was started as an emergency: another officer must approve it, "
                f"or it ends at {ends}",
            )
        case "ending":
            left = occasion.what.removeprefix("ending-").partition("@")[0]
            unless, unless_en = ("，如未获批准", ", unless approved") if _lapses(mode) else ("", "")
            return (
                f"{what}将于{ends}终止（剩余不足{left}分钟）{unless}",
                f"{what_en} ends at {ends}, in at most {left} minutes{unless_en}",
            )
        case "expired":
            why, why_en = ("，未按时批准", ": not approved in time") if _lapses(mode) else ("", "")
            return (
                f"{what}已于{ends}到期{why}。期间立案的案件保持原处置时限，须列入交接",
                f"{what_en} expired at {ends}{why_en}. Cases opened under it keep their policy "
                "and stand on the handover list",
            )
        case "ended":
            return (
                f"{what}已于{ends}终止（{change}）。期间立案的案件保持原处置时限，须列入交接",
                f"{what_en}: {change}, at {ends}. Cases opened under it keep their policy "
                "and stand on the handover list",
            )


def _lapses(mode: Mode) -> bool:
    return mode.ending == "unapproved"


def _area(area: Iterable[str], names: Names) -> tuple[str, str]:
    units = sorted(area)
    shown, left = units[:_NAMED], len(units) - _NAMED
    chinese = "、".join(names.units.get(unit, unit) for unit in shown)
    english = ", ".join(f"{unit} {names.units.get(unit, '')}".rstrip() for unit in shown)
    if left > 0:
        chinese, english = f"{chinese}等{len(units)}处", f"{english} and {left} more"
    return chinese, english


def _clock(moment: float, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%Y-%m-%d %H:%M}"
