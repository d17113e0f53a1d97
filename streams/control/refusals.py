"""Why an order is refused: one :class:`EventError` ``event.order_…`` each, with a mend. Pure."""

from __future__ import annotations

from messages.errors import EventError
from messages.order import LevelOrder, ModeOrder, SilenceOrder
from packs.authority import Officer, Power
from streams.control.mandate import Mandate


def unknown_officer(name: str, field: str) -> EventError:
    """He does not stand in the pack's table."""
    return EventError(
        "order_unknown_officer",
        f"{name!r} is no officer of the pack",
        field=field,
        mend="authority.yaml lists them",
    )


def unknown_mode(order_id: str, field: str) -> EventError:
    """No mode was ordered under that id."""
    return EventError(
        "order_unknown_mode",
        f"no mode was ordered as {order_id!r}",
        field=field,
        mend="`wangge mode list` shows their ids",
    )


def powerless(
    officer: Officer, power: Power, field: str = "author", *, more: Power | None = None
) -> EventError | None:
    """Of an officer who has neither ``power`` nor ``more``; None where he has."""
    if power in officer.powers or more in officer.powers:
        return None
    return EventError(
        "order_no_power",
        f"{officer.officer} ({officer.name}) lacks the power {power}",
        field=field,
        mend="authority.yaml says who has it",
    )


def not_theirs(
    officer: Officer, area: tuple[str, ...], mandate: Mandate, field: str = "area"
) -> EventError | None:
    """Of an area that is not the city's, or not the officer's own; None where it is."""
    unknown = [unit for unit in area if not mandate.knows(unit)]
    if unknown:
        return EventError(
            "order_unknown_area",
            f"{', '.join(unknown)} is no territory of the city",
            field=field,
            mend="write city, district:CODE or street:CODE",
        )
    beyond = [unit for unit in area if not mandate.covers(officer.office, unit)]
    if beyond:
        return EventError(
            "order_not_own_area",
            f"{officer.officer} is of {officer.office} and may not order for {', '.join(beyond)}",
            field=field,
            mend="an officer of the city may, or of that district",
        )
    return None


def past(order: ModeOrder | LevelOrder | SilenceOrder, now: float) -> EventError | None:
    """Of an order whose whole time is over when it arrives; None where it is not."""
    if order.ends_at.timestamp() > now:
        return None
    return EventError(
        "order_over",
        f"it would have ended at {order.ends_at.isoformat()}, before it arrived",
        field="ends_at",
        mend="order for a time to come",
    )


def over(order_id: str, field: str) -> EventError:
    """The mode has ended, or was withdrawn, before the order takes effect."""
    return EventError(
        "order_over",
        f"mode {order_id!r} is over by then",
        field=field,
        mend="order another one with `wangge mode start`",
    )
