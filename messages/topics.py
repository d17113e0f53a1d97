"""Topic names. ``{ns}`` is ``wangge`` in production and ``drill.<id>`` in a drill.

Same code, no shared topic, group or key: the namespace is the wall between a drill and the city.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from messages.errors import SettingsError
from messages.unit import Unit

Lane: TypeAlias = Literal["alarms", "urgent", "reports", "readings"]
LANES: Final[tuple[Lane, ...]] = get_args(Lane)
Input: TypeAlias = Lane | Literal["verdicts", "actions"]
"""Whatever stage A reads: what producers post, officers' verdicts on what was put aside, and what
units do to cases."""

INPUTS: Final[tuple[Input, ...]] = (*LANES, "verdicts")
"""Those of one topic."""

READ: Final[tuple[Input, ...]] = (*INPUTS, "actions")
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")


def is_drill(ns: str) -> bool:
    """Whether a namespace is a drill's."""
    return ns.startswith("drill.")


@dataclass(frozen=True, slots=True)
class Topics:
    """Every topic of one namespace. Raises ``settings.namespace`` for a name Kafka would refuse."""

    ns: str = "wangge"

    def __post_init__(self) -> None:
        if not _NAMESPACE.fullmatch(self.ns):
            raise SettingsError(
                "namespace",
                f"{self.ns!r} is not a namespace",
                mend="use 1 to 64 of a-z, 0-9, '.', '_' and '-', such as wangge or drill.storm-1",
            )

    def lane(self, lane: Input) -> str:
        return f"{self.ns}.in.{lane}"

    def actions(self, unit: Unit) -> str:
        return f"{self.ns}.in.actions.{_dotted(unit)}"

    @property
    def actions_pattern(self) -> str:
        """Every unit's topic of actions, as a regular expression that librdkafka subscribes to."""
        return f"^{re.escape(self.ns)}\\.in\\.actions\\..+"

    def queue(self, unit: Unit) -> str:
        return f"{self.ns}.queue.{_dotted(unit)}"

    def unit_of(self, queue_topic: str) -> Unit:
        """The unit whose queue this is; the inverse of :meth:`queue`."""
        return _unit(queue_topic.removeprefix(f"{self.ns}.queue."))

    @property
    def lanes(self) -> tuple[str, ...]:
        return tuple(self.lane(lane) for lane in LANES)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The lanes, and the verdicts."""
        return tuple(self.lane(one) for one in INPUTS)

    @property
    def orders(self) -> str:
        return f"{self.ns}.in.orders"

    @property
    def queues_prefix(self) -> str:
        return f"{self.ns}.queue."

    @property
    def desk(self) -> str:
        """Understood events, one partition a shard."""
        return f"{self.ns}.desk"

    @property
    def state(self) -> str:
        """The desk's state, compacted, same partitions as ``desk``."""
        return f"{self.ns}.state"

    @property
    def control(self) -> str:
        """Orders in force, compacted."""
        return f"{self.ns}.control"

    @property
    def ledger(self) -> str:
        """What became of every offset that stage A read."""
        return f"{self.ns}.ledger"

    @property
    def incidents(self) -> str:
        """Latest public state of each incident, compacted."""
        return f"{self.ns}.incidents"

    @property
    def decisions(self) -> str:
        """One record per event that was not ignored."""
        return f"{self.ns}.decisions"

    @property
    def quarantine(self) -> str:
        """Screened out, with the reason."""
        return f"{self.ns}.quarantine"

    @property
    def notices(self) -> str:
        """What modes and warnings have to tell."""
        return f"{self.ns}.notices"

    @property
    def warnings(self) -> str:
        """CAP alerts: drafts, and what was signed."""
        return f"{self.ns}.warnings"

    @property
    def dead(self) -> str:
        """What could not be decoded or decided."""
        return f"{self.ns}.dead"


def _dotted(unit: Unit) -> str:
    return f"{unit.kind}.{unit.code}" if unit.code else unit.kind


def _unit(dotted: str) -> Unit:
    kind, _, code = dotted.partition(".")
    return Unit.parse(f"{kind}:{code}" if code else kind)


def unit_of_actions(topic: str) -> str:
    """The unit of a topic of actions, whatever its namespace, such as ``street:320106001``."""
    return str(_unit(topic.partition(".in.actions.")[2]))
