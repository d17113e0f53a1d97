"""A desk's log of some hours on several shards: what any workers must come to, whoever they are.

Each record is judged in memory as it is written. Its times are days ahead, and all that falls due
does so by the ticks that stand in it, so that no clock on a wall has a part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from random import Random

import orjson
from desk_town import GULOU, PEDLARS, STRANGER, TRAPPED, action, post, report

from incidents.state import MemoryState
from messages.cloudevents import rfc3339_text
from messages.topics import Topics
from sinks.encode import Encoder
from sinks.output import Output
from streams.control.in_force import InForce
from streams.desk.work import published, tick_output
from streams.pipeline import DeskBatch, judge, one_batch, understand
from streams.understanding.acted import acted

RECORDS = 1000
SPOTS = tuple(
    {"lon": lon, "lat": lat, "datum": "wgs84"}
    for lon, lat in (
        (GULOU["lon"], GULOU["lat"]),
        (118.79, 32.06),
        (118.84, 31.95),
        (118.8543, 32.0539),
        (118.8088, 32.0149),
        (118.6784, 32.0004),
        (118.5364, 32.0549),
        (119.0013, 32.1691),
        (119.0419, 31.5902),
    )
)
"""In as many places; six districts, and a shard each."""
TEXTS = (PEDLARS, TRAPPED, "路口井盖破损", "下穿通道积水严重", "路面塌陷", "路灯不亮", "天气不错")
STATES = ("alarm", "pre_alarm", "cleared", "alarm", "cleared", "fault")
NEXT = {"dispatched": "accept", "accepted": "resolve", "in_progress": "resolve"}


class DeskLog:
    """``by_shard``: bodies of the log. ``incidents``: the latest of each, as bytes. ``said``: by
    topic, without its namespace, and ``ce_id``, everything that readers must find."""

    def __init__(self, city, begins, seed=7):
        self.city, self.force, self.now = city, InForce.of(city), begins
        self.by_shard, self.states, self.incidents = defaultdict(list), {}, {}
        self.said: dict[tuple[str, str], bytes] = {}
        self.outputs = Counter()
        self._encoder = Encoder(Topics("x"))
        self._chance, self._written = Random(seed), 0
        while self._written < RECORDS:
            self.now += self._chance.choice((1.0, 5.0, 60.0, 60.0))
            self._one()
        # All that is due by now has been done, so that nothing waits for a clock on the wall.
        for shard in list(self.states):
            self._tick(shard)

    @property
    def ends(self):
        """How many records each shard's log has."""
        return {shard: len(log) for shard, log in self.by_shard.items()}

    def put_on_the_desk(self, settings, since=0.0, until=1.0):
        """Each shard's log, or that share of it."""
        desk = settings.topics.desk
        post(
            settings,
            *(
                Output(desk, b"%d" % shard, value, None, shard)
                for shard, log in self.by_shard.items()
                for value in log[int(since * len(log)) : int(until * len(log))]
            ),
        )

    def _one(self):
        chance = self._chance
        drawn = chance.random()
        if drawn < 0.2 and self.states:
            self._tick(chance.choice(sorted(self.states)))
        elif drawn < 0.5 and self.incidents:
            self._act()
        elif drawn < 0.6:
            self._gauge()
        else:
            body = report(
                f"r-{self._written}",
                chance.choice(TEXTS),
                chance.choice(SPOTS),
                self.now - 60.0,
            )
            self._understood("reports", body)

    def _act(self):
        chance, n = self._chance, self._written
        case = orjson.loads(self.incidents[chance.choice(sorted(self.incidents))])
        kind = NEXT.get(case["status"], "reopen")
        unit = case["unit"] if chance.random() < 0.9 else STRANGER
        body = action(f"a-{n}", case["incident_id"], kind, self.now)
        topic = f"x.in.actions.{unit.replace(':', '.')}"
        records = one_batch(topic, [orjson.dumps(body)], self.now, n)
        self._put(acted(records, 0, self.city))

    def _gauge(self):
        spot = self._chance.randrange(len(SPOTS))
        body = {
            "schema_version": 1,
            "event_id": f"g-{self._written}",
            "source": "iot",
            "device_id": f"gauge-{spot}",
            "sensor": "water_level",
            "state": self._chance.choice(STATES),
            "occurred_at": rfc3339_text(self.now),
            "position": SPOTS[spot],
        }
        self._understood("alarms", body)

    def _understood(self, lane, body):
        records = one_batch(f"x.in.{lane}", [orjson.dumps(body)], self.now, self._written)
        for one in understand(lane, records, self.force).desk:
            self._put(one)

    def _tick(self, shard):
        self._write(shard, orjson.loads(tick_output("x", shard, self.now).value))

    def _put(self, body):
        self._write(body["shard"], orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z)))

    def _write(self, shard, body):
        state = self.states.setdefault(shard, MemoryState())
        log = self.by_shard[shard]
        log.append(orjson.dumps(body))
        end = len(log)
        unit = judge(state, DeskBatch(self.force, shard, [body], [end - 1], end), 0.0)
        assert not unit.dead
        assert not unit.stuck
        state.apply(unit.base, unit.version, unit.writes)
        self._written += 1
        self.outputs["fired"] += unit.fired
        for one in (*unit.actions, *unit.decisions):
            self.outputs[one["outcome"]] += 1
        for one in unit.incidents:
            self.incidents[one["incident_id"]] = orjson.dumps(one)
        for out in published(self._encoder, unit):
            if (name := ce_id(out.headers)) is not None:
                self.said[out.topic.removeprefix("x."), name] = out.value


def ce_id(headers):
    """The CloudEvents id that a record's headers give it, or None."""
    found = dict(headers or ()).get("ce_id")
    return found.decode() if found is not None else None
