"""What another pack makes of the same events, and why."""

import shutil
from datetime import UTC, datetime

import orjson
import pytest
from small_city import at, edit

from streams.checking.moves import Arrived, changes
from streams.checking.why import why

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC).timestamp()


def arrived(number, text="路灯坏了", minutes=0, source="app", lane="reports", x=0.5, **fields):
    received = NOW + 60 * minutes
    body = {
        "schema_version": 1,
        "event_id": f"e{number}",
        "source": source,
        "occurred_at": datetime.fromtimestamp(received - 60, UTC).isoformat(),
        "position": at(x),
        "text": text,
        **fields,
    }
    given = {name: value for name, value in body.items() if value is not None}
    return Arrived(body["event_id"], lane, orjson.dumps(given), received)


@pytest.fixture
def packs(town, tmp_path, load):
    """Both cities, the second one's files changed: (file, old, new) …"""

    def changed(*edits):
        other = shutil.copytree(town, tmp_path / "other")
        for file, old, new in edits:
            edit(other / file, old, new)
        return load(town), load(other)

    return changed


def told(events, cities):
    found = [change for change in changes(*cities, events) if change is not None]
    return {change.event_id: (change.what, why(change, *cities)) for change in found}


def test_equal_packs_agree_on_everything(packs):
    assert told([arrived(1), arrived(2, "着火了"), arrived(3, text="")], packs()) == {}


def test_a_route_that_now_says_no_is_named_with_its_question(packs):
    cities = packs(("routing.yaml", '"22:00-06:00"', '"23:00-06:00"'))
    found = told([arrived(1), arrived(2, minutes=12 * 60 + 30)], cities)
    ((what, lines),) = found.values()
    assert list(found) == ["e2"]
    assert what == ("unit",)
    assert "night-light → rest" in lines[0]
    assert "night-light says no by hours" in lines[0]
    assert "before, rest comes after night-light" in lines[0]


def test_a_route_that_is_gone_is_said_to_be(packs):
    night = '- {route: night-light, match: {category: ["2102"], hours: ["22:00-06:00"]}'
    cities = packs(("routing.yaml", f"  {night}, to: district}}\n", ""))
    ((_, lines),) = told([arrived(1, minutes=12 * 60 + 30)], cities).values()
    assert "there is no night-light" in lines[0]


def test_a_priority_that_changes_is_told_by_its_parts(packs):
    cities = packs(("taxonomy.yaml", "name: 路灯, priority: P4", "name: 路灯, priority: P3"))
    ((what, lines),) = told([arrived(1)], cities).values()
    assert what == ("priority",)
    assert lines == ["priority: P4 → P3 by 0 → 30 points: category 2102 +0 → +30"]


def test_a_category_that_changes_is_told_by_its_words(packs):
    edits = ("classify.yaml", "words: [路灯]", "words: [灯塔]")
    ((what, lines),) = told([arrived(1)], packs(edits)).values()
    assert "category" in what
    assert "路灯 (2) → 2102" in lines[0]


def test_a_copy_that_is_gone_moves_nothing(packs):
    cities = packs(("routing.yaml", "to: dept:fire, copies: [street]", "to: dept:fire"))
    alarm = arrived(
        1, None, source="iot", lane="alarms", device_id="d", sensor="smoke", state="pre_alarm"
    )
    (change,) = changes(*cities, [alarm])
    assert (change.what, change.moves) == (("copies",), False)
    assert why(change, *cities) == ["route: early-fire: dept:fire + street → dept:fire"]


def test_what_another_screen_puts_aside_has_no_queue(packs):
    line = "  - {filter: empty, check: blank}"
    more = f"{line}\n  - {{filter: tests, check: test_message, texts: [路灯坏了]}}"
    (change,) = changes(*packs(("screening.yaml", line, more)), [arrived(1)])
    assert change.moves
    assert change.what[0] == "outcome"


def test_each_pack_counts_for_itself(packs):
    cities = packs(("routing.yaml", "reports: 3}", "reports: 2}"))
    events = [arrived(i, "积水", minutes=i, x=7.5) for i in range(3)]
    found = told(events, cities)
    assert list(found) == ["e1"]
    assert found["e1"][1] == ["route: rest: many tells too"], found
