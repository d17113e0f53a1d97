"""Ten thousand random events: explain says what the worker said, and a decision's recorded values
alone lead to its winner again.

The checker reads the pack's routes itself: it shares no line with the router.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache

import orjson
import pytest
from event_bodies import NOW, wire

from packs.tree import tree
from rules.modes import Mode
from rules.route import facts_of
from rules.route.condition import Condition
from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch

pytestmark = pytest.mark.slow  # ten thousand events one by one
EVENTS, BATCH = 10_000, 500
TEXTS = (
    "路灯不亮", "居民楼冒烟起火 有人被困", "下穿通道积水很深", "没有漏水 就是井盖破损",
    "燃气泄漏", "有人打架", "夜里工地施工噪音", "乱倒建筑垃圾", "机动车违停", "红绿灯不亮",
    "物业不作为", "天气不错", "疑似食物中毒", "树倒了", "广告牌快要掉下来", "停电了",
    "违章搭建", "共享单车乱停", "老人晕倒", "pothole in the road",
)  # fmt: skip
MODES = tuple(
    Mode(f"o-{name}", name, frozenset({area}), NOW, NOW + 43_200, True, "a", "b", "test")
    for name, area in (
        ("flood", "district:320106"),
        ("hazmat", "city"),
        ("epidemic", "district:320102"),
        ("security", "street:320106003"),
    )
)
SENSORS = (("smoke", None), ("gas", "%LEL"), ("water_level", "m"), ("pm25", "µg/m³"))


def random_events(cells, rng):
    """(lane, body) of every kind, in and out of place, by day and by night."""
    points = [shape.representative_point() for shape in rng.sample(list(cells.geometries), 400)]
    for number in range(EVENTS):
        point = rng.choice(points)
        body = {"schema_version": 1, "event_id": f"e-{number}"}
        if rng.random() < 0.9:
            body["position"] = {"lon": point.x, "lat": point.y, "datum": "wgs84"}
        kind = rng.choice(("report", "report", "report", "alarm", "reading"))
        if kind == "report":
            lane = rng.choice(("reports", "reports", "urgent"))
            sources = ("feed-119", "feed-110", "hotline-12345-urgent")
            body["source"] = rng.choice(sources) if lane == "urgent" else "suishoupai"
            body["text"] = rng.choice(TEXTS)
            if rng.random() < 0.1:
                body["reporter_ref"] = f"r-{rng.randrange(9)}"
        else:
            lane = "alarms" if kind == "alarm" else "readings"
            sensor, unit = rng.choice(SENSORS)
            body |= {"source": f"iot-{lane}", "device_id": f"d-{rng.randrange(300)}"}
            body["sensor"] = sensor
            if kind == "alarm":
                states = ("alarm", "pre_alarm", "fault", "cleared", "offline")
                body["state"] = rng.choice(states)
            else:
                body["value"] = round(rng.expovariate(3) * (0.3 if unit == "m" else 60), 3)
                if unit:
                    body["unit"] = unit
        yield lane, body


@pytest.fixture(scope="module")
def stream(cells):
    """Batches as they arrive over a day and a half: (lane, bodies, received at, first offset)."""
    rng = random.Random(4)
    events = list(random_events(cells, rng))
    batches = []
    for first in range(0, EVENTS, BATCH):
        at = NOW + first / EVENTS * 129_600
        occurred = (datetime.fromtimestamp(at, UTC) - timedelta(minutes=1)).isoformat()
        by_lane = {}
        for lane, body in events[first : first + BATCH]:
            old = {"occurred_at": "2020-01-01T00:00:00Z"} if rng.random() < 0.02 else {}
            by_lane.setdefault(lane, []).append({**body, "occurred_at": occurred, **old})
        batches += [(lane, wire(*bodies), at, first) for lane, bodies in by_lane.items()]
    return batches


def run(city, stream, size):
    """Every decision, the batches cut into pieces of ``size``."""
    force, states, found = InForce.of(city, MODES), {}, []
    for lane, bodies, at, first in stream:
        for i in range(0, len(bodies), size):
            piece = one_batch(f"wangge.in.{lane}", bodies[i : i + size], at, first + i)
            decided = decide(lane, piece, force, states, at)
            found += sorted(
                decided.decisions, key=lambda d: (d["origin"]["topic"], d["origin"]["offset"])
            )
    return [orjson.loads(orjson.dumps(d, option=orjson.OPT_UTC_Z)) for d in found]


@pytest.fixture(scope="module")
def decisions(nanjing, stream):
    return run(nanjing, stream, BATCH)


def test_one_event_at_a_time_is_decided_as_in_the_worker_s_batches(nanjing, stream, decisions):
    """``explain`` decides event by event, the worker batch by batch."""
    alone = {d["event_id"]: d for d in run(nanjing, stream, 1)}
    whole = {d["event_id"]: d for d in decisions}
    assert alone.keys() == whole.keys()
    for event_id, decision in whole.items():
        ids = {"incident_id": None, "reasons": None}  # numbers run in the order of the desk
        assert alone[event_id] | ids == decision | ids


def test_every_event_has_one_outcome(stream, decisions):
    posted = sum(len(bodies) for _, bodies, _, _ in stream)
    assert posted == EVENTS
    assert len({d["event_id"] for d in decisions}) == len(decisions)
    outcomes = {d["outcome"] for d in decisions}
    assert {"routed", "merged", "ignored", "quarantined"} <= outcomes


def test_recorded_values_alone_lead_to_the_same_winner_and_runner_up(nanjing, decisions):
    routed = [d for d in decisions if d["outcome"] == "routed"]
    assert len(routed) > 5000
    assert len({d["route"] for d in routed}) > 20
    takers = [*flat(tree(nanjing.pack))]
    for decision in routed:
        winner, *others = (
            route.route for route, matches in takers if all(holds(m, decision) for m in matches)
        )
        assert decision["route"] == winner
        assert decision["runner_up"] == (others[0] if others else None)


def test_the_router_itself_gives_the_recorded_answer_again(nanjing, decisions):
    for decision in decisions:
        if decision["outcome"] == "routed":
            again = nanjing.router.route(facts_of(decision))
            assert (again.route, again.unit) == (decision["route"], decision["unit"])
            assert list(again.copies) == decision["copies"]


def test_contributions_add_up_to_the_score_and_the_score_gives_the_priority(decisions):
    for decision in decisions:
        if decision["outcome"] == "routed":
            score = sum(part["points"] for part in decision["contributions"])
            assert score == pytest.approx(decision["score"])
            begins = {"P1": 90, "P2": 60, "P3": 30}
            due = next((p for p, least in begins.items() if score >= least), "P4")
            assert decision["priority"] == due


# The checker: a plain reading of the pack's own models -----------------------------------


def flat(nodes, above=()):
    for node in nodes:
        matches = (*above, node.match)
        yield from flat(node.children, matches)
        if node.to is not None and not node.continue_:
            yield node, matches


def holds(match, decision):
    seen, place = decision["consulted"], decision["place"]
    unit = place.get("responsible", place)
    modes, minute = seen.get("modes", ()), seen["minute"]
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    for name, asked in match:
        if asked is None:
            continue
        match name:
            case "category":
                code = decision["category"]
                fine = any(code.startswith(p[:-1]) if p.endswith("*") else code == p for p in asked)
            case "priority" | "kind":
                fine = decision[name] in asked
            case "source":
                fine = seen["source"] in asked
            case "district" | "street":
                fine = unit.get(name) in asked
            case "community" | "grid":
                fine = place.get(name) in asked
            case "layer":
                fine = not set(asked).isdisjoint(seen.get("layers", ()))
            case "located":
                fine = (place["method"] != "unlocated" and not place.get("choices")) is asked
            case "life_safety" | "working":
                fine = seen[name] is asked
            case "mode":
                fine = not set(asked).isdisjoint(modes or ["routine"])
            case "weekday":
                fine = days[seen["weekday"] - 1] in asked
            case "hours":
                fine = any(within(span, minute) for span in asked)
            case "reports":
                fine = seen.get("reports", 1) >= asked
            case "marked":
                fine = not set(asked).isdisjoint(seen.get("marks", ()))
            case "when":
                fine = condition(asked).holds(facts_of(decision))
        if not fine:
            return False
    return True


condition = cache(Condition.compile)


def within(span, minute):
    first, last = (int(clock[:2]) * 60 + int(clock[3:]) for clock in span.split("-"))
    return first <= minute < last if first < last else minute >= first or minute < last
