"""``wangge warnings sign|withdraw|cancel|confirm``: what officers and grid workers do to one."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from cli.acting import Acting, ActionId, Actor, Json, Note, UnitOption, Wait, stated
from cli.options import Brokers, Namespace
from messages.warning_action import WarningAction

AlertId: TypeAlias = Annotated[
    str, typer.Argument(help="The alert that was read, as `warnings list` shows it.")
]


def sign(
    alert: AlertId,
    unit: UnitOption,
    actor: Actor,
    level: Annotated[
        str | None, typer.Option(help="I, II, III or IV, where it is not the proposed one.")
    ] = None,
    note: Note = "",
    action_id: ActionId = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    wait: Wait = 30.0,
    json: Json = False,
) -> None:
    """Sign a drafted alert 签发: it goes out. Only whom the pack's authority.yaml lets sign it.

    Exit code 1 when it is refused, or no worker has answered.
    """
    made = stated(WarningAction, "sign", actor, action_id, **_of(alert), level=level, note=note)
    Acting(unit, brokers, namespace, wait, json).act(made)


def withdraw(
    alert: AlertId,
    unit: UnitOption,
    actor: Actor,
    note: Note = "",
    action_id: ActionId = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    wait: Wait = 30.0,
    json: Json = False,
) -> None:
    """Drop a draft 撤回: nothing goes out. Exit code 1 when it is refused, or nobody answers."""
    made = stated(WarningAction, "withdraw", actor, action_id, **_of(alert), note=note)
    Acting(unit, brokers, namespace, wait, json).act(made)


def cancel(
    alert: AlertId,
    unit: UnitOption,
    actor: Actor,
    note: Note = "",
    action_id: ActionId = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    wait: Wait = 30.0,
    json: Json = False,
) -> None:
    """End a warning that is in force 解除. Exit code 1 when it is refused, or nobody answers."""
    made = stated(WarningAction, "cancel", actor, action_id, **_of(alert), note=note)
    Acting(unit, brokers, namespace, wait, json).act(made)


def confirm(
    alert: AlertId,
    unit: UnitOption,
    actor: Actor,
    grid: Annotated[str, typer.Option(help="The grid whose residents have been told.")],
    note: Note = "",
    action_id: ActionId = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    wait: Wait = 30.0,
    json: Json = False,
) -> None:
    """Say that a grid's residents have been told 已通知. Exit code 1 when it is refused, or nobody
    answers."""
    made = stated(WarningAction, "confirm", actor, action_id, **_of(alert), grid=grid, note=note)
    Acting(unit, brokers, namespace, wait, json).act(made)


def _of(alert: str) -> dict[str, str]:
    return {"kind": "warning", "alert_id": alert}
