"""A case as the desk opens it, and the setting that actions on it are judged in, for tests."""

from __future__ import annotations

from incidents.acting import Acted, Refused, Setting, act
from incidents.case import Case, Joined
from incidents.deadlines import begin
from incidents.lifecycle import Lifecycle
from rules.escalate import Limit, Policy, Step

NOON = 1_795_406_400.0
"""2026-11-23 12:00 in Shanghai, a Monday, where offices are closed until two."""
HOUR, DAY = 3600.0, 86_400.0

STREET, OTHER = "street:320106001", "street:320106002"
DISTRICT, NEXT_DISTRICT, CITY = "district:320106", "district:320102", "city"
DEPT, STRANGER = "dept:roads", "dept:water"
UNITS = frozenset((STREET, OTHER, DISTRICT, NEXT_DISTRICT, CITY, DEPT, STRANGER))

URGENT = Policy(
    "urgent",
    Limit.parse("15 min"),
    Limit.parse("4 h"),
    (
        Step(1, "accept", Limit.parse("15 min"), ("district",), "late"),
        Step(2, "accept", Limit.parse("30 min"), ("city",), "late"),
        Step(3, "dispose", Limit.parse("3 h"), ("street",), "nearing"),
        Step(4, "dispose", Limit.parse("4 h"), ("district",), "overdue"),
        Step(5, "dispose", Limit.parse("6 h"), ("city",), "grave", supervise=True),
    ),
)
LIFECYCLE = Lifecycle(suspend_for=("weather", "materials"))


def a_case(policy: Policy | None = URGENT, **fields) -> Case:
    """A case that was opened at noon and lies with its street."""
    found = Case(
        **{
            "incident_id": "000-261123-0000001",
            "seq": 1,
            "status": "dispatched",
            "opened": NOON,
            "changed": NOON,
            "opened_at": "2026-11-23T04:00:00Z",
            "changed_at": "2026-11-23T04:00:00Z",
            "category": "2101",
            "priority": "P2",
            "place": {"street": "320106001", "district": "320106", "city": "3201"},
            "unit": STREET,
            "pack": "a" * 16,
            "dispatcher": DISTRICT,
            "events": [Joined("e-1", "report", NOON, "2101", "P2", None)],
            **fields,
        }
    )
    if policy is not None:
        begin(found, policy, NOON)
    return found


def post(case: Case, unit: str, action: str, after: float = HOUR, **fields) -> Acted | Refused:
    """What comes of an action, posted so many seconds after noon."""
    setting = fields.pop("setting", Setting(NOON + after, LIFECYCLE, UNITS))
    return act(case, unit, {"action": action, **fields}, setting)


def done(case: Case, *posts: tuple, after: float = HOUR) -> Case:
    """The case after (unit, action, fields) that are all applied, one after the other."""
    for unit, action, *fields in posts:
        acted = post(case, unit, action, after, **(fields[0] if fields else {}))
        assert isinstance(acted, Acted), acted
        case = acted.case
        case.mark(acted.change, NOON + after, "2026-11-23T05:00:00Z", unit)
    return case


def code(acted: Acted | Refused) -> str | None:
    """Of a refusal; None for what was applied."""
    return acted.code if isinstance(acted, Refused) else None
