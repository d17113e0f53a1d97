"""The monthly figures: what is counted where, and that the lines add up however they are fed."""

from __future__ import annotations

import datetime as dt
from math import inf
from types import SimpleNamespace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.acting import Setting, act
from incidents.acting.outcome import Acted
from incidents.case import Case, Joined
from incidents.deadlines import arrange, begin, falls_due, limits, stop
from incidents.figures import figures, stage_names
from incidents.firing import fire
from incidents.lifecycle import Lifecycle
from incidents.timeliness import Limits, Wait
from messages.cloudevents import rfc3339_text
from messages.incident import Incident
from packs.calendars import WholeCalendar
from packs.escalation import EscalationFile
from rules.calendar import Calendar
from rules.escalate import Policy

DAY, HOUR = 86_400.0, 3600.0
T0 = dt.datetime(2026, 10, 12, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))).timestamp()
"""A Monday, 09:00 in Nanjing."""
_OFFICE = (((480, 720), (840, 1080)),) * 5 + ((), ())
CALENDAR = Calendar.compile(
    WholeCalendar("office", dt.date.min, dt.date.max, None, False, _OFFICE, {}, {}),
    "Asia/Shanghai",
)
POLICIES = {
    one.policy: Policy.compile(one)
    for one in EscalationFile.model_validate(
        {
            "schema_version": 1,
            "policies": (
                {
                    "policy": "urgent",
                    "accept": "15 min",
                    "dispose": "4 h",
                    "steps": (
                        {"of": "accept", "after": "15 min", "notify": ("city",), "stage": "未接单"},
                        {"of": "dispose", "after": "75 %", "notify": ("street",), "stage": "临期"},
                        {"of": "dispose", "after": "100 %", "notify": ("city",), "stage": "超期"},
                    ),
                },
                {"policy": "everyday", "accept": "2 working h", "dispose": "3 working d"},
            ),
            "defaults": {"P1": "urgent", "P2": "urgent", "P3": "everyday", "P4": "everyday"},
        }
    ).policies
}
LIMITS = Limits(POLICIES, CALENDAR)
LIFE = Lifecycle()
STREET, DISTRICT, CITY = "street:S1", "district:D1", "city"
PLACE = {"method": "inside", "city": "32", "district": "D1", "street": "S1"}


class Life:
    """One case, driven by the desk's own code: units act on it, and what falls due is done."""

    def __init__(self, name="c-1", policy="urgent", at=T0, place=PLACE):
        stamp = rfc3339_text(at)
        self.case = Case(
            incident_id=name,
            seq=0,
            status="dispatched",
            opened=at,
            changed=at,
            opened_at=stamp,
            changed_at=stamp,
            category="0104",
            priority="P2",
            place=place,
            unit=STREET,
            pack="p",
            dispatcher=DISTRICT,
            events=[Joined(f"e-{name}", "report", at, "0104", "P2", None)],
            escalation=policy,
        )
        self.policy = POLICIES.get(policy)
        self.now = at
        if self.policy is not None:
            begin(self.case, self.policy, at)
        self.case.mark("opened", at, stamp)
        self._arrange()

    def _arrange(self):
        arrange(self.case, self.policy, CALENDAR, LIFE, self.now)

    def until(self, at):
        """Everything that falls due by then is done at its time."""
        while (due := falls_due(self.case, self.policy, CALENDAR, LIFE)) and due.at <= at:
            fired = fire(self.case, due, LIFE.remind_s, due.at)
            if fired is None:
                break
            self.case, self.now = fired.case, due.at
            code = self.case.stage or "" if due.step else ""
            self.case.mark(fired.change, due.at, rfc3339_text(due.at), code=code)
            self._arrange()
        self.now = at
        return self

    def does(self, unit, action, after_s=0.0, **more):
        """An action, so long after the last thing that happened; True when it was applied."""
        self.until(self.now + after_s)
        setting = Setting(self.now, LIFE, frozenset({STREET, "street:S2", DISTRICT, CITY}))
        acted = act(self.case, unit, {"action": action, "actor": "a", **more}, setting)
        if not isinstance(acted, Acted):
            return False
        self.case = acted.case
        self.case.mark(acted.change, self.now, rfc3339_text(self.now), unit)
        self._arrange()
        return True

    def ok(self, *args, **more):
        assert self.does(*args, **more), args
        return self

    @property
    def body(self):
        """As it is published: JSON that a consumer's model takes."""
        published = orjson.dumps(self.case.public())
        Incident.from_json(published)
        return orjson.loads(published)


def in_october(at):
    local = CALENDAR.at(at).date
    return (local.year, local.month) == (2026, 10)


def city(*bodies):
    return figures(bodies, LIMITS, in_october)[-1]


def test_a_case_that_keeps_its_limits_is_accepted_and_disposed_in_time():
    life = Life().ok(STREET, "accept", 600).ok(STREET, "resolve", HOUR)
    line = city(life.body)
    assert (line.accepted_in_time, line.accepted_late) == (1, 0)
    assert (line.disposed_in_time, line.disposed_late) == (1, 0)
    assert (line.accept_s, line.dispose_s) == (600.0, 600.0 + HOUR)


def test_a_case_that_passes_its_limits_is_late_in_both_and_shows_its_stages():
    line = city(Life().ok(STREET, "accept", 1000).ok(STREET, "resolve", 4 * HOUR).body)
    assert (line.accepted_in_time, line.accepted_late) == (0, 1)
    assert (line.disposed_in_time, line.disposed_late) == (0, 1)
    assert line.stages == {"未接单": 1, "临期": 1, "超期": 1}


def test_exactly_at_its_limit_is_in_time():
    # The engine's step is due at the same moment; an action that comes first is in time.
    line = city(Life().ok(STREET, "accept", 900).body)
    assert (line.accepted_in_time, line.accepted_late) == (1, 0)


def test_a_night_does_not_count_against_working_hours():
    friday = T0 + 4 * DAY + 8 * HOUR  # 17:00
    life = Life(policy="everyday", at=friday).ok(STREET, "accept", 2 * DAY + 15.5 * HOUR)
    assert city(life.body).accepted_in_time == 1


def test_what_still_waits_within_its_limit_is_neither_in_time_nor_late():
    line = city(Life().until(T0 + 60).body)
    assert (line.received, line.accepted, line.accepted_in_time, line.accepted_late) == (1, 0, 0, 0)
    assert line.accepted_share is None


def test_what_still_waits_is_late_once_another_case_shows_that_its_limit_is_past():
    # Its policy has no steps, so that nothing was ever said on the case itself.
    waits = Life(policy="everyday").body
    later = Life("c-2", at=T0 + 40 * DAY).body  # of another month
    assert city(waits).accepted_late == 0
    assert city(waits, later).accepted_late == 1
    assert city(waits, later).received == 1


def test_a_suspension_stops_the_disposal_clock():
    life = Life().ok(STREET, "accept", 60)
    until = rfc3339_text(T0 + 10 * DAY)
    life.ok(DISTRICT, "suspend", HOUR, reason_code="rain", until=until)
    life.ok(DISTRICT, "resume", 2 * DAY).ok(STREET, "resolve", HOUR)
    assert city(life.body).disposed_in_time == 1


def test_a_case_that_is_resolved_while_it_is_suspended_is_in_time():
    life = Life().ok(STREET, "accept", 60)
    until = rfc3339_text(T0 + 10 * DAY)
    life.ok(DISTRICT, "suspend", HOUR, reason_code="rain", until=until)
    assert city(life.ok(STREET, "resolve", 2 * DAY).body).disposed_in_time == 1


def test_a_suspension_that_lasts_is_not_late():
    life = Life().ok(STREET, "accept", 60)
    until = rfc3339_text(T0 + 30 * DAY)
    life.ok(DISTRICT, "suspend", HOUR, reason_code="rain", until=until)
    later = Life("c-2", at=T0 + 5 * DAY).body
    assert city(life.body, later | {"opened_at": "2026-12-01T00:00:00Z"}).disposed_late == 0


def test_while_a_case_counted_as_done_its_clock_stood_still():
    life = Life().ok(STREET, "accept", 60).ok(STREET, "resolve", HOUR)
    life.ok(DISTRICT, "check", DAY, passed=False)
    life.ok(STREET, "accept", 60).ok(STREET, "resolve", HOUR)
    line = city(life.body)
    assert (line.disposed_in_time, line.reopened, line.resolved, line.checked) == (1, 1, 1, 1)


def test_a_reopened_case_is_late_when_its_own_time_is_over():
    life = Life().ok(STREET, "accept", 60).ok(STREET, "resolve", HOUR)
    life.ok(DISTRICT, "check", DAY, passed=False)
    life.ok(STREET, "accept", 60).ok(STREET, "resolve", 4 * HOUR)
    assert city(life.body).disposed_late == 1


def test_the_disposal_clock_runs_on_when_a_suspension_ends_by_itself():
    life = Life().ok(STREET, "accept", 60)
    until = rfc3339_text(T0 + DAY)
    life.ok(DISTRICT, "suspend", HOUR, reason_code="rain", until=until)
    assert city(life.ok(STREET, "resolve", 2 * DAY).body).disposed_late == 1


def test_an_extension_is_added_to_the_limit():
    life = Life().ok(STREET, "accept", 60).ok(DISTRICT, "extend", HOUR, longer="10 h")
    assert city(life.ok(STREET, "resolve", 9 * HOUR).body).disposed_in_time == 1


@pytest.mark.parametrize(("hours", "late"), [(2, 0), (3.5, 0), (5, 1)])
def test_a_timeline_that_has_lost_its_beginning_is_judged_by_its_stage(hours, late):
    life = Life().ok(STREET, "accept", 60)
    for _ in range(70):
        life.ok(STREET, "progress", 1)
    body = life.ok(STREET, "resolve", hours * HOUR).body
    assert body["timeline"][0]["seq"] > 1
    line = city(body)
    assert (line.disposed_in_time, line.disposed_late) == (1 - late, late)


def test_a_suspension_that_the_timeline_has_lost_is_not_held_against_the_case():
    life = Life().ok(STREET, "accept", 60)
    until = rfc3339_text(T0 + 10 * DAY)
    life.ok(DISTRICT, "suspend", 60, reason_code="rain", until=until).ok(STREET, "resume", DAY)
    for _ in range(70):
        life.ok(STREET, "progress", 1)
    assert city(life.ok(STREET, "resolve", HOUR).body).disposed_in_time == 1


def test_a_case_that_was_resolved_and_reopened_has_been_resolved():
    life = Life().ok(STREET, "accept", 60).ok(STREET, "resolve", 60)
    line = city(life.ok(CITY, "reopen", 60, reason_code="again").body)
    assert (line.resolved, line.disposed, line.reopened) == (1, 0, 1)


def test_a_void_case_is_received_and_false_and_in_no_other_count():
    life = Life().ok(DISTRICT, "void", 2000, reason_code="hoax")
    line = city(life.body, Life("c-2", at=T0 + 1500).body)
    assert (line.received, line.void, line.false_share) == (2, 1, 0.5)
    assert (line.accepted_late, line.stages) == (0, {})


def test_a_case_that_a_device_has_cleared_is_disposed_and_nobody_has_resolved_it():
    life = Life()
    life.case.status = "closed"
    stop(life.case, T0 + 60)
    life.case.mark("closed", T0 + 60, rfc3339_text(T0 + 60))
    line = city(life.body)
    assert (line.accepted, line.accepted_late, line.disposed_in_time, line.resolved) == (0, 0, 1, 0)


def test_a_return_counts_and_the_next_unit_has_its_own_time_to_accept():
    life = Life().ok(STREET, "return", HOUR, reason_code="not_ours")
    life.ok(DISTRICT, "assign", 60, to_unit="street:S2").ok("street:S2", "accept", 600)
    line = city(life.body)
    assert (line.returned, line.accepted_in_time, line.accept_s) == (1, 1, HOUR + 660)


def test_what_is_found_on_patrol_is_a_share_of_all_that_is_not_void():
    found, complained, none = Life("c-1"), Life("c-2"), Life("c-3")
    found.case.patrol = none.case.patrol = True
    none.ok(DISTRICT, "void", reason_code="false")
    line = city(found.body, complained.body, none.body)
    assert (line.patrolled, line.patrol_rate) == (1, 0.5)


def test_merged_share_is_of_the_events():
    bodies = [Life("a").body | {"count": 4}, Life("b").body]
    assert city(*bodies).merged_share == pytest.approx(3 / 5)


def test_satisfaction_is_the_mean_of_those_that_were_asked():
    bodies = []
    for name, stars in (("a", 5), ("b", 2), ("c", None)):
        life = Life(name).ok(STREET, "accept", 1).ok(STREET, "resolve", 1)
        if stars:
            life.ok(DISTRICT, "feedback", 1, satisfaction=stars)
        bodies.append(life.body)
    line = city(*bodies)
    assert (line.rated, line.satisfaction) == (2, 3.5)


def test_whoever_is_responsible_for_a_place_has_the_case():
    place = PLACE | {"responsible": {"district": "D9", "street": None}}
    lines = figures([Life(place=place).body], LIMITS, in_october)
    assert [(line.level, line.district, line.street) for line in lines] == [
        ("street", "D9", "S1"),
        ("district", "D9", ""),
        ("city", "", ""),
    ]


def test_a_month_begins_at_the_city_s_midnight():
    midnight = dt.datetime(2026, 10, 1, tzinfo=CALENDAR.zone).timestamp()
    bodies = [Life("a", at=midnight - 1).body, Life("b", at=midnight).body]
    assert city(*bodies).received == 1


def test_a_month_without_a_case_is_one_line_of_nothing():
    (line,) = figures([], LIMITS, in_october)
    assert (line.level, line.received, line.false_share, line.accept_s) == ("city", 0, None, None)


def test_a_record_of_the_release_before_is_counted_without_times():
    body = Life().body
    bare = {name: one for name, one in body.items() if name not in ("clocks", "timeline", "stage")}
    line = city(bare)
    assert (line.received, line.accepted, line.accepted_in_time) == (1, 0, 0)


def test_a_policy_that_the_pack_does_not_have_sets_no_limit():
    life = Life().ok(STREET, "accept", 10 * HOUR)
    line = city(life.body | {"escalation": "gone"})
    assert (line.accepted, line.accepted_in_time, line.accepted_late) == (1, 0, 0)


def test_stages_come_in_the_order_of_the_pack_and_strange_ones_last():
    lines = [SimpleNamespace(stages={"古": 1, "超期": 1})]
    assert stage_names(lines, ["临期", "超期", "临期"]) == ["临期", "超期", "古"]


@pytest.mark.parametrize(
    ("wait", "found"),
    [
        (Wait(done=5.0), None),
        (Wait(done=5.0, due=5.0), True),
        (Wait(done=5.1, due=5.0), False),
        (Wait(stopped=4.0, due=5.0), None),
        (Wait(stopped=6.0, due=5.0), False),
        (Wait(due=9.0), None),
        (Wait(due=7.0), False),
        (Wait(due=inf), None),
    ],
)
def test_a_wait_is_judged_by_its_limit(wait, found):
    assert wait.in_time(as_of=8.0) is found


# Laws ----------------------------------------------------------------------------------------

_ACTIONS = st.tuples(
    st.sampled_from(
        [  # each by a unit that may, so that most of them are applied
            (STREET, "accept", {}),
            (STREET, "return", {"reason_code": "x"}),
            (DISTRICT, "assign", {"to_unit": STREET}),
            (STREET, "resolve", {}),
            (DISTRICT, "check", {"passed": False}),
            (DISTRICT, "check", {"passed": True}),
            (CITY, "close", {}),
            (CITY, "reopen", {"reason_code": "x"}),
            (CITY, "void", {"reason_code": "x"}),
            (DISTRICT, "extend", {"longer": "3 h"}),
            (DISTRICT, "suspend", {"reason_code": "x", "until": "2026-10-20T00:00:00+08:00"}),
            (STREET, "resume", {}),
            (DISTRICT, "feedback", {"satisfaction": 4}),
        ]
    ),
    st.sampled_from([0.0, 60.0, 1200.0, 3 * HOUR, DAY]),
)
_PLACES = st.fixed_dictionaries(
    {"district": st.sampled_from(["D1", "D2", None]), "street": st.sampled_from(["S1", "S2", None])}
)


def _lived(life, actions):
    """Every public state that the case has had."""
    states = [life.body]
    for (unit, action, more), after_s in actions:
        life.does(unit, action, after_s, **more)
        states.append(life.body)
    return states


@st.composite
def _histories(draw):
    states = []
    for number in range(draw(st.integers(0, 5))):
        policy = draw(st.sampled_from(["urgent", "everyday", None]))
        at = T0 + draw(st.integers(-15, 25)) * DAY
        life = Life(f"c-{number}", policy, at, PLACE | draw(_PLACES))
        states.append(_lived(life, draw(st.lists(_ACTIONS, max_size=8))))
    return states


_SUMS = (
    *("received", "void", "reports", "accepted", "accepted_in_time", "accepted_late"),
    *("disposed", "disposed_in_time", "disposed_late", "returned", "reopened", "resolved"),
    *("checked", "rated"),
)


@given(_histories())
def test_streets_add_up_to_their_district_and_districts_to_the_city(histories):
    lines = figures([one for states in histories for one in states], LIMITS, in_october)
    streets = [line for line in lines if line.level == "street"]
    districts = [line for line in lines if line.level == "district"]
    whole = lines[-1]
    for name in _SUMS:
        assert sum(getattr(one, name) for one in districts) == getattr(whole, name)
        for district in districts:
            of = [getattr(one, name) for one in streets if one.district == district.district]
            assert sum(of) == getattr(district, name)
    for stage, count in whole.stages.items():
        assert sum(one.stages.get(stage, 0) for one in streets) == count


@given(_histories(), st.randoms(use_true_random=False))
def test_order_repeats_and_older_states_change_nothing(histories, chance):
    latest = [states[-1] for states in histories]
    expected = figures(latest, LIMITS, in_october)
    everything = [one for states in histories for one in (*states, states[-1])]
    chance.shuffle(everything)
    assert figures(everything, LIMITS, in_october) == expected
    assert figures(everything, LIMITS, in_october) == expected


@given(_histories())
def test_no_share_leaves_its_range_and_nothing_is_counted_twice(histories):
    for line in figures([states[-1] for states in histories], LIMITS, in_october):
        shares = (
            *(line.accepted_share, line.disposed_share, line.merged_share),
            *(line.false_share, line.recheck_rate),
        )
        assert all(share is None or 0 <= share <= 1 for share in shares)
        assert line.accepted_in_time + line.accepted_late <= line.received - line.void
        assert line.checked <= line.resolved


@given(st.sampled_from(["urgent", "everyday"]), st.lists(_ACTIONS, max_size=12))
def test_the_limits_are_those_that_the_desk_itself_works_out(policy, actions):
    life = Life(policy=policy)
    _lived(life, actions)
    if not life.case.open or life.body["timeline"][0]["seq"] != 1:
        return
    desk = limits(life.case, life.policy, CALENDAR)
    body = life.body
    assert LIMITS.accept(body).due == pytest.approx(desk["accept"], abs=1e-4)
    assert LIMITS.dispose(body).due == pytest.approx(desk.get("dispose", inf), abs=1e-4)
