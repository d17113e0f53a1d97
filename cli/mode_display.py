"""What ``wangge mode`` shows: modes as they stand, and what one would change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.up_display import PRIORITY_STYLE, wide_console
from packs.modes import ModeFile
from streams.control.moved import Comparison, End
from streams.control.overview import Listed
from streams.control.sweep import Case, Row, Sweep

SHOWN_MOVED = 50
SHOWN_INCIDENTS = 10
STATE_STYLE = {"in force": "bold red", "waiting": "yellow", "to come": "cyan", "ended": "dim"}


def print_listed(listed: Sequence[Listed], now: float) -> None:
    """The modes in a table, and under it the cases that they leave to hand over."""
    console = wide_console()
    if not listed:
        console.print("no mode is in force, waits, is to come, or has ended in the last day: 平")
        return
    table = Table(title="Modes 平/战", title_justify="left")
    for column in ("state", "order", "scenario", "area", "from", "to", "left", "who", "reason"):
        table.add_column(column, overflow="fold")
    for one in listed:
        table.add_row(
            Text(one.state, style=STATE_STYLE[one.state]),
            Text(one.order_id),
            one.scenario,
            Text(", ".join(one.area)),
            _clock(one.starts),
            _clock(one.ends),
            _left(one, now),
            Text(_who(one)),
            Text("; ".join(filter(None, (one.reason, one.change)))),
        )
    console.print(table)
    for one in listed:
        if one.warnings:
            times = ", ".join(_clock(at) for at in one.warnings)
            console.print(Text(f"{one.order_id} warns at {times}"))
        if one.incidents:
            shown = ", ".join(one.incidents[:SHOWN_INCIDENTS])
            more = len(one.incidents) - SHOWN_INCIDENTS
            tail = f" and {more} more; --json lists all" if more > 0 else ""
            console.print(
                Text(f"{one.order_id} handover 交接: {len(one.incidents)} open: {shown}{tail}")
            )


def print_sweep(found: Sweep, mode: ModeFile, area: str) -> None:
    """The differences by category and priority, and what the mode adds to scores."""
    console = wide_console()
    table = Table(
        title=f"{mode.name} {mode.name_en or mode.scenario} in {area}: "
        f"{found.changed:,} of {found.combinations:,} combinations change",
        title_justify="left",
    )
    for column in ("category", "priority", "queue", "copies 抄送", "escalation", "only"):
        table.add_column(column, overflow="fold")
    for row in found.rows:
        table.add_row(*_sweep_cells(row, found.streets))
    console.print(table)
    if mode.contributions:
        console.print(_contributions(mode))
    for what in found.unswept:
        console.print(Text(f"not gone through here: {what}; try --on FILE"))


def print_comparison(found: Comparison) -> None:
    """The events that would move, the first of them, with the total."""
    console = wide_console()
    if found.moved:
        table = Table(title="Events that would move", title_justify="left")
        for column in ("event", "category", "priority", "queue", "copies 抄送", "escalation"):
            table.add_column(column, overflow="fold")
        for one in found.moved[:SHOWN_MOVED]:
            table.add_row(
                Text(one.event_id), one.category or "", *_end_cells(one.before, one.after)
            )
        console.print(table)
    more = len(found.moved) - SHOWN_MOVED
    shown = f"; the first {SHOWN_MOVED} are shown, --json lists all" if more > 0 else ""
    console.print(
        f"{len(found.moved):,} of {found.events:,} events would move, "
        f"{found.in_area:,} are in the area{shown}"
    )


def _sweep_cells(row: Row, streets: int) -> list[RenderableType]:
    before, after, added = row.difference
    only = list(row.only)
    if len(row.streets) < streets:
        only.append(f"in {', '.join(row.streets)}")
    return [
        f"{row.category} {row.name}",
        _priority(before.priority, after.priority, added),
        *_routed_cells(before, after),
        Text(", ".join(only)),
    ]


def _end_cells(before: End, after: End) -> list[RenderableType]:
    priorities = _change(before.priority or before.outcome, after.priority or after.outcome)
    return [Text(priorities), *_routed_cells(before, after)]


def _routed_cells(before: Case | End, after: Case | End) -> list[RenderableType]:
    copies = [", ".join(one.copies) or "–" for one in (before, after)]
    return [
        Text(_change(before.unit or "–", after.unit or "–")),
        Text(_change(*copies)),
        Text(_change(before.escalation or "–", after.escalation or "–")),
    ]


def _priority(before: str, after: str, added: Iterable[tuple[str, float]]) -> Text:
    text = Text(_change(before, after), style=PRIORITY_STYLE[after])
    points = sum(points for _, points in added)
    return text.append(f" ({points:+g})", style="dim") if points else text


def _contributions(mode: ModeFile) -> Table:
    table = Table(title="What it adds to scores", title_justify="left")
    for column in ("contribution", "points", "when"):
        table.add_column(column, overflow="fold")
    for part in mode.contributions:
        asked = part.model_dump(exclude_none=True, exclude={"name", "points"})
        words = "; ".join(
            f"{name} {', '.join(value) if isinstance(value, tuple) else value}"
            for name, value in asked.items()
        )
        table.add_row(Text(part.name), f"{part.points:+g}", Text(words))
    return table


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _who(one: Listed) -> str:
    if one.approver is not None:
        return f"{one.author}, approved by {one.approver}"
    return f"{one.author}, not approved"


def _left(one: Listed, now: float) -> str:
    if one.state == "ended":
        return ""
    minutes = int(one.left_s(now) // 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _clock(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment).astimezone():%m-%d %H:%M}"
