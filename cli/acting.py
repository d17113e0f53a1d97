"""What a unit does, from a command's words: checked by the contract, posted, answered, told."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

import orjson
import typer
from pydantic import ValidationError

from messages.action import Action
from messages.errors import SettingsError
from messages.unit import Unit
from messages.warning_action import WarningAction
from streams.cluster.brokers import reach
from streams.posting.actions import ActionAnswer, post_action
from streams.settings import Settings

UnitOption: TypeAlias = Annotated[
    str, typer.Option("--unit", help="Who acts, such as street:320106003; its topic is posted to.")
]
Actor: TypeAlias = Annotated[str, typer.Option(help="The officer, under a pseudonym.")]
Note: TypeAlias = Annotated[str, typer.Option(help="What there is to say; it is on the record.")]
ActionId: TypeAlias = Annotated[
    str | None, typer.Option("--action-id", help="The action's own id; made up where not given.")
]
Wait: TypeAlias = Annotated[
    float, typer.Option("--wait", min=0, help="Seconds to wait for a worker's answer.")
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts where. ``wait``: seconds for a worker's answer."""

    unit: str
    brokers: str | None
    namespace: str | None
    wait: float
    as_json: bool

    def act(self, action: Action | WarningAction) -> None:
        """Post it and tell what has become of it.

        Leaves with exit code 1 when it is refused, or when no worker has answered in time.
        """
        unit = Unit.parse(self.unit)
        settings = Settings.read(brokers=self.brokers, namespace=self.namespace)
        cluster = reach(settings.brokers)
        answer = post_action(action, unit, cluster, settings.topics, within=self.wait)
        if answer is None:
            text = f"posted, but no worker has answered within {self.wait:g} s"
            answer = ActionAnswer(False, "broker.nobody_reads", text)
        self._tell(action.action_id, answer)

    def _tell(self, action_id: str, answer: ActionAnswer) -> None:
        said = {name: value for name, value in answer._asdict().items() if value is not None}
        if self.as_json:
            row = {"action_id": action_id, **said}
            sys.stdout.write(orjson.dumps(row).decode() + "\n")
        elif answer.applied:
            more = f" → {answer.became}" if answer.became is not None else ""
            sys.stdout.write(f"{action_id}: {answer.text}{more}\n")
        else:
            sys.stderr.write(f"wangge: {action_id}: {answer.text} [{answer.code}]\n")
        if not answer.applied:
            raise typer.Exit(1)


def stated(model: Any, action: str, actor: str, action_id: str | None, **fields: Any) -> Any:
    """The action; what was not given is left out. Raises ``settings.action`` for what none may
    hold."""
    now = datetime.now(UTC)
    made_up = f"{action}-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    body = {
        "schema_version": 1,
        "action_id": action_id or made_up,
        "action": action,
        "actor": actor,
        "occurred_at": now.isoformat(),
        **{name: value for name, value in fields.items() if value not in (None, "")},
    }
    try:
        return model.from_json(orjson.dumps(body))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError("action", f"{field}: {first['msg']}", mend="see --help") from None
