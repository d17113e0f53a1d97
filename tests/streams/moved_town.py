"""A town whose district D1 moves from shard 0 to shard 1 at noon: both desks, and their logs."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from types import MappingProxyType

import orjson
from desk_at_hand import as_read
from event_bodies import NOW, wire
from small_city import at, edit
from warned_desk import write_town

from incidents.case import KIND, Case
from incidents.state import MemoryState
from messages.model import Body
from packs.document import read
from packs.shard_table import rewrite
from streams.city import City
from streams.control.in_force import InForce
from streams.desk.hand_over import hand_over_output
from streams.desk.judge import DeskBatch, judge
from streams.desk.work import tick_output
from streams.moving import hand_overs, left_behind
from streams.pipeline import one_batch, understand
from streams.understanding.acted import acted

OLD, NEW = 0, 1
SENSORS = """
sensors:
  - code: water
    name: 水浸
    name_en: Flood sensor
    category: "0403"
    upkeep: "0603"
    states: {alarm: P2, pre_alarm: P3, fault: P3, cleared: P4}
"""
UPKEEP = '  - {code: "0603", name: 设备故障, name_en: Broken device, priority: P3}\n'


def write_moving_town(folder):
    """The small city that can be flooded, with a flood sensor: D1 on shard 0, D2 on shard 1."""
    write_town(folder)
    taxonomy = folder / "taxonomy.yaml"
    edit(taxonomy, "\n  - {code", f"\n{UPKEEP}  - {{code")
    taxonomy.write_text(taxonomy.read_text("utf-8") + SENSORS, "utf-8")
    return folder


def towns(folder):
    """The city before and after the move."""
    before = write_moving_town(folder / "before")
    after = folder / "after"
    shutil.copytree(before, after)
    rewrite(read(after / "city.yaml"), "D1", NEW)
    return tuple(City.load(one, folder / "cache") for one in (before, after))


class MovedTown:
    """``noon``: when the second pack begins to decide. ``logs``: what lay on each desk."""

    noon = NOW + 3600.0

    def __init__(self, before: City, after: City):
        cities = MappingProxyType({city.version: city for city in (before, after)})
        self.before, self.after = before, after
        self.force = InForce(cities, before.version, ((self.noon, after.version),))
        self.now = self.noon - 60.0
        self.logs: dict[int, list[Body]] = {shard: [] for shard in range(before.shards)}
        self.states = {shard: MemoryState() for shard in self.logs}
        self.hot: dict[str, int] = {}
        self.posted = 0

    # What arrives ----------------------------------------------------------------------------

    def report(self, x=1.0, **fields):
        """A flooded road x grids east of the west end: D1 ends at 4. The unit that it comes to."""
        return self._event("reports", x, text="道路积水很深", **fields)

    def alarm(self, state, x=1.0, **fields):
        return self._event("alarms", x, device_id="d-1", sensor="water", state=state, **fields)

    def act(self, unit, incident_id, action, **fields):
        body = {
            "schema_version": 1,
            "action_id": f"a-{self.posted}",
            "incident_id": incident_id,
            "action": action,
            "actor": "officer-1",
            "occurred_at": "2026-11-23T12:00:00Z",
            **fields,
        }
        self.posted += 1
        topic = f"wangge.in.actions.{unit.replace(':', '.')}"
        records = one_batch(topic, wire(body), self.now, self.posted)
        return self.judge(as_read(acted(records, 0, self.force.city_at(self.now))))

    def _event(self, lane, x, **fields):
        self.posted += 1
        self.now += 1.0
        body = {
            "schema_version": 1,
            "event_id": f"e-{self.posted}",
            "source": "reports",
            "occurred_at": datetime.fromtimestamp(self.now, UTC).isoformat(),
            "position": at(x),
            **fields,
        }
        records = one_batch(f"wangge.in.{lane}", wire(body), self.now, self.posted)
        force = InForce(
            self.force.cities,
            self.force.first,
            self.force.packs,
            (),
            MappingProxyType(dict(self.hot)),
        )
        (body,) = understand(lane, records, force).desk
        return self.judge(as_read(body))

    def tick(self, shard):
        return self.judge(orjson.loads(tick_output("wangge.desk", shard, self.now).value))

    # The move --------------------------------------------------------------------------------

    def move(self):
        """Noon has come, and nothing was handed over yet."""
        self.now = max(self.now, self.noon + 1.0)

    def behind(self):
        return left_behind(self.states, "D1", NEW, self.after, self.now)

    def hand_over(self):
        """What `wangge shards move` puts on the new desk now; the units of work it comes to."""
        bodies = hand_overs(self.behind(), NEW, self.after)
        return [
            self.judge(orjson.loads(hand_over_output("wangge.desk", one).value)) for one in bodies
        ]

    # The desks -------------------------------------------------------------------------------

    def judge(self, body):
        shard = body["shard"]
        log = self.logs[shard]
        log.append(body)
        unit = self._judged(shard, self.states[shard], [body], len(log) - 1)
        for device, hot in unit.hot.items():
            if hot:
                self.hot[device] = shard
            else:
                self.hot.pop(device, None)
        return unit

    def again(self, shard):
        """The shard's state when its whole log is judged anew, at once."""
        state = MemoryState()
        self._judged(shard, state, self.logs[shard], 0)
        return state

    def case(self, incident_id):
        shard = int(incident_id[:3])
        return Case.from_json(self.states[shard].get(KIND, incident_id))

    def _judged(self, shard, state, bodies, first):
        end = first + len(bodies)
        unit = judge(state, DeskBatch(self.force, shard, bodies, range(first, end), end), 0.0)
        state.apply(unit.base, unit.version, unit.writes)
        return unit


def name_of(unit):
    """The case that the one event of a unit of work has opened or joined."""
    (decision,) = unit.decisions
    return decision["incident_id"]
