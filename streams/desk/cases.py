"""The cases of one unit of work: read, changed, told of, and looked at when they fall due."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from incidents import anchors
from incidents.acting.outcome import Role
from incidents.anchors import Anchor
from incidents.case import KIND, Case
from incidents.deadlines import arrange, begin, falls_due, limits
from incidents.firing import fire
from incidents.merging import Like
from incidents.overlay import Overlay
from messages.model import Body
from rules.escalate import Policy
from streams.city import City
from streams.control.in_force import InForce
from streams.desk import case_entries
from streams.desk.decided import Decisions

_POLICY = "policy"
"""The kind of the snapshots of policies: one a pack and policy, shared by the cases under it."""


class DeskCases:
    """Reads through to the shard's state; what it writes is in the unit's overlay and result."""

    def __init__(self, overlay: Overlay, result: Decisions, force: InForce) -> None:
        self._overlay = overlay
        self._result = result
        self._force = force
        self._policies: dict[str, Policy] = {}

    def get(self, incident_id: str) -> Case | None:
        """The case as it is now."""
        record = self._overlay.get(KIND, incident_id)
        return Case.from_json(record) if record is not None else None

    def is_open(self, incident_id: str) -> bool:
        """Whether somebody must still do something about it: not where it is no longer kept."""
        case = self.get(incident_id)
        return case is not None and case.open

    def city_of(self, case: Case) -> City:
        """Whose pack it was opened under; else the latest."""
        return self._force.city_of(case.pack)

    # Policies ------------------------------------------------------------------------------

    def policy_of(self, case: Case) -> Policy | None:
        """The snapshot that the case is kept to."""
        key = case.policy
        if key is None:
            return None
        found = self._policies.get(key)
        if found is None:
            record = self._overlay.get(_POLICY, key)
            if record is None:  # written together with its first case
                return None
            found = self._policies[key] = Policy.from_json(orjson.loads(record)["policy"])
        return found

    def put_under(self, case: Case, name: str | None, city: City, now: float) -> None:
        """Keep the case to a policy from ``now`` on: a snapshot, whatever later packs say."""
        policy = city.escalation.get(name) if name is not None else None
        case.escalation = name
        if policy is None:
            case.policy = case.accept = case.dispose = None
            return
        key = f"{city.version}:{policy.name}"
        case.policy = key
        # Not by what was read before: that a poison event wrote it has been taken back.
        if self._overlay.get(_POLICY, key) is None:
            body = {"v": 1, "policy": policy.to_json()}
            self._overlay.put(_POLICY, key, orjson.dumps(body))
        begin(case, policy, now)

    # Changes -------------------------------------------------------------------------------

    def changed(
        self,
        case: Case,
        change: str,
        reason: str,
        told: Mapping[str, Role],
        now: float,
        *,
        event: Body | None = None,
        entry: str | None = None,
        by: str | None = None,
    ) -> None:
        """Keep the case as it is now, publish it, and tell units of what has changed."""
        city, policy = self.city_of(case), self.policy_of(case)
        arrange(case, policy, city.calendar, city.lifecycle, now)
        self._overlay.put(KIND, case.incident_id, case.to_json(), case.due)
        self._result.incidents.append(case.public())
        until = limits(case, policy, city.calendar) if case.open else {}
        name = city.category_names.get(case.category, "")
        self._result.entries += case_entries.entries(
            case, told, change, reason, name=name, limits=until, event=event, entry=entry, by=by
        )

    # Anchors -------------------------------------------------------------------------------

    def anchor(self, case: Case, like: Like, now: float) -> None:
        """From now on, events of its category near it may join it."""
        if case.point is None:
            return
        due = max(now, case.occurred) + like.window_s
        new = Anchor(
            case.incident_id, case.point, case.occurred, due, case.sketch, tuple(case.photos)
        )
        key = anchors.squares(case.category, case.point, like.radius_m)[0]
        kept = anchors.read(self._overlay.get(anchors.KIND, key), now)
        record, until = anchors.written([*kept, new])
        self._overlay.put(anchors.KIND, key, record, until)

    # Timers --------------------------------------------------------------------------------

    def disarm(self, incident_id: str) -> None:
        """Leave the case as it is, without a timer: its next change, or its shard's next owner,
        arms it again."""
        record = self._overlay.get(KIND, incident_id)
        assert record is not None  # a timer stands in its case's record
        self._overlay.put(KIND, incident_id, record, None)

    def fire(self, incident_id: str, now: float, stamp: str) -> int:
        """Do what has fallen due on a case; 1, or 0 where it is due later after all."""
        case = self.get(incident_id)
        assert case is not None
        city, policy = self.city_of(case), self.policy_of(case)
        due = falls_due(case, policy, city.calendar, city.lifecycle)
        if due is None or due.at > now:
            # Its calendar has changed since: what was due then is due later now.
            arrange(case, policy, city.calendar, city.lifecycle, now)
            self._overlay.put(KIND, case.incident_id, case.to_json(), case.due)
            return 0
        fired = fire(case, due, city.lifecycle.remind_s, now)
        if fired is None:
            self._overlay.remove(KIND, case.incident_id)
            return 1
        after = fired.case
        after.mark(fired.change, now, stamp, code=after.stage or "" if due.step else "")
        self.changed(after, fired.change, fired.text, fired.told, now, entry=fired.entry)
        return 1
