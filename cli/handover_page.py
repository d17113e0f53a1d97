"""How ``wangge handover`` shows its page: to a person, and to a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from cli.up_display import wide_console
from incidents.handover import Handover
from incidents.returned import moment
from messages.cloudevents import rfc3339_text
from messages.model import Body
from packs.roster import RosterFile

SHOWN: Final = 10
"""Lines of a section: the page stays one, and says how many more there are."""
CASES: Final = 3
"""Cases that one line names."""


@dataclass(frozen=True, slots=True)
class Duties:
    """The duty roster at one minute of the day."""

    roster: RosterFile | None
    minute: int

    def of(self, office: str) -> str:
        """Who is on duty there, how reached, and who next; empty where nobody is."""
        found = self.roster.on_duty(office, self.minute) if self.roster is not None else ()
        return "; ".join(
            " ".join(filter(None, (duty.name, duty.phone, duty.next and f"→ {duty.next}")))
            for duty in found
        )


def as_row(page: Handover) -> Body:
    """The page for programs, whole; times as they travel. Names and phones are left out: whoever
    keeps it would keep them."""
    return {
        "since": rfc3339_text(page.since),
        "now": rfc3339_text(page.now),
        "p1": [case["incident_id"] for case in page.p1],
        "overdue": {
            stage: [
                {"incident_id": o.case["incident_id"], "of": o.of, "by_s": round(o.by_s)}
                for o in found
            ]
            for stage, found in page.overdue.items()
        },
        "silent": [
            {"unit": one.unit, "waits": rfc3339_text(one.waits), "cases": one.cases}
            for one in page.silent
        ],
        "expiring": None
        if page.expiring is None
        else [
            {
                "order_id": mode.order_id,
                "scenario": mode.scenario,
                "area": sorted(mode.area),
                "ends": rfc3339_text(mode.ends),
                "approved": mode.approved,
            }
            for mode in page.expiring
        ],
        "quarantine": [
            {"code": one.code, "count": one.waiting, "oldest": rfc3339_text(one.oldest)}
            for one in page.quarantine
        ],
        "misrouted": [
            {
                "route": one.route,
                "sent": one.sent,
                "went": one.went,
                "cases": [back.incident_id for back in one.returns],
            }
            for one in page.misrouted
        ],
        "left_over": None
        if page.left_over is None
        else [
            {
                "order_id": one.order_id,
                "scenario": one.scenario,
                "ended": None if one.ended is None else rfc3339_text(one.ended),
                "cases": one.cases,
            }
            for one in page.left_over
        ],
    }


def print_page(
    page: Handover, city: str, names: Mapping[str, str], duties: Duties, zone: ZoneInfo
) -> None:
    """The page in tables, one a section; of an empty section one line. ``names``: of units."""
    console = wide_console()

    def clock(at: float) -> str:
        return f"{datetime.fromtimestamp(at, zone):%m-%d %H:%M}"

    def unit(code: str) -> str:
        return f"{code} {names[code]}" if code in names else code

    def section(title: str, columns: str, rows: Iterable[tuple[str, ...]]) -> None:
        found = list(rows)
        if not found:
            console.print(Text(f"{title}: none"))
            return
        table = Table(title=f"{title} · {len(found):,}", title_justify="left")
        for column in columns.split(", "):
            table.add_column(column, overflow="fold")
        for row in found[:SHOWN]:
            table.add_row(*map(Text, row))
        console.print(table)
        if len(found) > SHOWN:
            console.print(f"and {len(found) - SHOWN:,} more; --json lists all")

    console.print(Text(f"{city} handover 交接班 {clock(page.since)} → {clock(page.now)}"))
    section(
        "P1 open 未结",
        "incident, opened, status, category, unit, accepted by",
        (
            (
                case["incident_id"],
                clock(moment(case["opened_at"])),
                case["status"],
                case["category"],
                unit(case["unit"]),
                case.get("accepted_by") or "nobody",
            )
            for case in page.p1
        ),
    )
    section(
        "Overdue 超期, by stage",
        "stage, cases, longest first",
        (
            (
                stage or "(none reached)",
                f"{len(found):,}",
                _some([f"{o.case['incident_id']} {o.of} +{_span(o.by_s)}" for o in found]),
            )
            for stage, found in page.overdue.items()
        ),
    )
    section(
        "Silent units 无动作",
        "unit, cases, since, which, on duty",
        (
            (
                unit(one.unit),
                f"{len(one.cases):,}",
                clock(one.waits),
                _some(one.cases),
                duties.of(one.unit),
            )
            for one in page.silent
        ),
    )
    if page.expiring is None:
        console.print("Modes 平/战: not known, a run records no orders; see --brokers")
    else:
        section(
            "Modes that expire within 12 h 即将到期",
            "order, scenario, area, ends, left, approved",
            (
                (
                    mode.order_id,
                    mode.scenario,
                    ", ".join(sorted(mode.area)),
                    clock(mode.ends),
                    _span(mode.ends - page.now),
                    "yes" if mode.approved else "no",
                )
                for mode in page.expiring
            ),
        )
    section(
        "Quarantine 隔离区",
        "reason, waiting, oldest",
        ((one.code, f"{one.waiting:,}", clock(one.oldest)) for one in page.quarantine),
    )
    section(
        "Returned by wrong route 退回",
        "route, sent to, went to, returns, cases",
        (
            (
                one.route or "(not known)",
                unit(one.sent),
                unit(one.went) if one.went else "not assigned yet",
                f"{len(one.returns):,}",
                _some([f"{back.incident_id} {back.code}" for back in one.returns]),
            )
            for one in page.misrouted
        ),
    )
    if page.left_over is not None:
        section(
            "Left by ended modes 战时遗留",
            "order, scenario, ended, cases, which",
            (
                (
                    one.order_id,
                    one.scenario,
                    "not on record" if one.ended is None else clock(one.ended),
                    f"{len(one.cases):,}",
                    _some(one.cases),
                )
                for one in page.left_over
            ),
        )
    if duties.roster is not None:
        console.print(Text("On duty 值班:"))
        for office in duties.roster.offices:
            console.print(Text(f"  {unit(office)}: {duties.of(office) or 'nobody'}"))


def _some(cases: Iterable[str]) -> str:
    found = list(cases)
    more = f" and {len(found) - CASES:,} more" if len(found) > CASES else ""
    return ", ".join(found[:CASES]) + more


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"{days}d{hours:02}h" if days else f"{hours}h{minutes:02}m"
