"""A town that can be flooded, and a desk of it: cases that make warnings, and what becomes of
them."""

from __future__ import annotations

from desk_at_hand import Desk, as_read
from event_bodies import wire
from small_city import at, edit, write_city

from streams.pipeline import one_batch
from streams.understanding.acted import acted

PACK = """\
schema_version: 1
sender: wangge@town.example
sign_within_minutes: 15
an_hour: 3
residents: {a_day: 2, confirm_within_minutes: 30}
warnings:
  - warning: flood
    name: 内涝
    name_en: flooding
    category: ["0403"]
    area: district
    minutes: 15
    stages:
      - {cases: 3, level: IV, severity: Moderate}
      - {cases: 5, level: III, severity: Severe}
      - {cases: 7, level: II, severity: Extreme}
    emergency: natural_disaster
    hazards: [Met]
    lasts_hours: 2
    instruction: 请勿涉水
    instruction_en: Keep out of the water
    mode: flood
"""
AUTHORITY = """\
schema_version: 1
officers:
  - {officer: chief-d1, name: 东湖, office: district:D1, powers: [warning.sign], levels: [IV]}
  - {officer: duty-d1, name: 东湖区值班长, office: district:D1, powers: [silence], levels: [IV]}
  - {officer: chief-d2, name: 西山, office: district:D2, powers: [warning.sign], levels: [IV]}
  - {officer: city-chief, name: 市指挥长, office: city, powers: [warning.sign], levels: [III, IV]}
"""
FLOODING = """\
  - {code: "0403", name: 道路积水, name_en: Flooding, priority: P3, merge: {minutes: 60}}
"""
WORDS = """\
lexicon:
  - {category: "0403", words: 积水}
"""
MODE = """\
schema_version: 1
scenario: flood
name: 防汛应急
name_en: Flood response
emergency: natural_disaster
"""


def write_town(folder):
    """The small city, where it can be flooded."""
    write_city(folder)
    edit(folder / "taxonomy.yaml", "\n  - {code", f"\n{FLOODING}  - {{code")
    edit(folder / "classify.yaml", "lexicon: []", WORDS)
    return folder


def write_warned_town(folder):
    """The small city, where many floods make a warning."""
    write_town(folder)
    (folder / "warnings.yaml").write_text(PACK)
    (folder / "authority.yaml").write_text(AUTHORITY)
    (folder / "modes").mkdir(exist_ok=True)
    (folder / "modes" / "flood.yaml").write_text(MODE)
    return folder


class WarnedDesk(Desk):
    """Floods, each at a place of its own, and what officers do to the warning."""

    floods = 0

    def flood(self, later=10.0, **fields):
        """One more case of district D1, 300 m north of the last."""
        self.now += later
        self.floods += 1
        x = 0.25 + self.floods % 12 * 0.3
        return self.report("道路积水很深", at(x, 0.1 + self.floods // 12 * 0.3), **fields)

    def warn(self, unit, alert_id, action, actor="chief-d1", **fields):
        n = len(self.log)
        body = {
            "schema_version": 1,
            "kind": "warning",
            "action_id": f"w-{n}",
            "alert_id": alert_id,
            "action": action,
            "actor": actor,
            "occurred_at": "2026-11-23T12:00:00Z",
            **fields,
        }
        topic = f"wangge.in.actions.{unit.replace(':', '.')}"
        records = one_batch(topic, wire(body), self.now, n)
        return self.judge(as_read(acted(records, 0, self.city)))

    def drafted(self, cases=3):
        for _ in range(cases):
            unit = self.flood()
        return unit.warnings[-1]["alert_id"]

    @property
    def notices(self):
        return [one for unit in self.published for one in unit.notices]

    @property
    def warnings(self):
        return [one for unit in self.published for one in unit.warnings]

    def noticed(self, kind):
        return [one for one in self.notices if one["kind"] == kind]


def code(unit):
    assert len(unit.actions) == 1
    return unit.actions[0]["code"]
