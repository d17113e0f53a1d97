"""``wangge act``: what a unit does to a case, from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.acting import Acting, ActionId, Actor, Json, Note, UnitOption, Wait, stated
from cli.options import Brokers, Namespace
from messages.action import ACTIONS, Action


def act(
    action: Annotated[str, typer.Argument(help=", ".join(ACTIONS))],
    incident: Annotated[str, typer.Argument(help="The case, such as 003-261123-0000001.")],
    unit: UnitOption,
    actor: Actor,
    note: Note = "",
    to_unit: Annotated[
        str | None, typer.Option(help="Whom to: of assign, assist and transfer.")
    ] = None,
    reason_code: Annotated[
        str | None, typer.Option(help="Why: of return, suspend, void, as the pack names it.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="The review date of suspend, as 2026-11-23T20:00+08:00.")
    ] = None,
    longer: Annotated[
        str | None, typer.Option(help='How much more time extend asks for: "3 working d".')
    ] = None,
    request: Annotated[
        str | None, typer.Option(help="What approve and reject are about: extend or suspend.")
    ] = None,
    passed: Annotated[
        bool | None, typer.Option("--passed/--failed", help="What check has found.")
    ] = None,
    satisfaction: Annotated[
        int | None, typer.Option(min=1, max=5, help="Of feedback, 1 to 5.")
    ] = None,
    event_id: Annotated[str | None, typer.Option(help="The event that unmerge takes out.")] = None,
    action_id: ActionId = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    wait: Wait = 30.0,
    json: Json = False,
) -> None:
    """Act on a case as a unit: accept, return, resolve … and hear what has become of it.

    Who may do what stands in docs/cases.md. Exit code 1 when it is refused, or no worker has
    answered.
    """
    made: Action = stated(
        Action,
        action,
        actor,
        action_id,
        incident_id=incident,
        note=note,
        to_unit=to_unit,
        reason_code=reason_code,
        until=until,
        longer=longer,
        request=request,
        passed=passed,
        satisfaction=satisfaction,
        event_id=event_id,
    )
    Acting(unit, brokers, namespace, wait, json).act(made)
