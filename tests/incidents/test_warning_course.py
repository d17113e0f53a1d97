"""A warning's life: only a signature makes it Actual, in a drill nothing does, and it tells no text
of an event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from incidents.warnings.course import (
    Course,
    Issuer,
    cancel,
    draft,
    may_send,
    sign,
    update,
    warning_id,
)
from incidents.warnings.threat import Danger, Outlook, Threat
from messages.cap import COLOURS
from messages.errors import ActionError
from messages.incident import Incident
from messages.place import Choice, Place
from messages.warning import Alert, WarnedArea
from packs.authority import AuthorityFile
from sinks.cap import cap_xml
from streams.control.mandate import Mandate

LAW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOON = datetime(2026, 11, 26, 12, tzinfo=timezone(timedelta(hours=8)))
CITY = Issuer("wangge@nanjing.example", "wangge", ZoneInfo("Asia/Shanghai"), "a" * 16)
DRILL = CITY._replace(ns="drill.storm-1")
FLOOD = Danger(
    "0405", ("内涝", "flooding"), "natural_disaster", ("Met",), ("避开低洼处", "Avoid low ground")
)
GULOU = WarnedArea(unit="district:320106", name="鼓楼区", name_en="Gulou")
XUANWU = WarnedArea(unit="district:320102", name="玄武区", name_en="Xuanwu")
SECRETS = ("陈大文", "13800000000", "中山路1号3栋502", "rep-77", "hotline/2026/陈")


class Powers:
    """The levels and offices of a pack's table, by the engine's own mandate."""

    def __init__(self, *officers):
        rows = [
            {
                "officer": name,
                "name": name,
                "office": office,
                "levels": levels,
                "powers": ("warning.sign",),
            }
            for name, office, levels in officers
        ]
        table = AuthorityFile.model_validate({"schema_version": 1, "officers": tuple(rows)})
        pack = SimpleNamespace(version="a" * 16, authority=table, modes={})
        codes = ("320102", "320106")
        self.mandate = Mandate.of(pack, [("district", code, code) for code in codes])

    def may_not_sign(self, officer, level, area):
        return self.mandate.may_not_sign(officer, level, area)


POWERS = Powers(
    ("chief", "city", ("III", "IV")),
    ("province", "city", ("I", "II", "III", "IV")),
    ("gulou", "district:320106", ("IV",)),
    ("clerk", "city", ()),
)


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def incident(number, events=1):
    """A case whose every free text holds something that must not be told."""
    name, phone, address, reporter, source = SECRETS
    case = Incident(
        incident_id=f"001-20261126-{number:07d}",
        seq=1,
        status="filed",
        opened_at=NOON,
        changed_at=NOON,
        category="0405",
        priority="P1",
        place=Place(
            method="address",
            city="320100",
            why=f"{name} {phone}",
            choices=(Choice(name=address, score=1.0),),
        ),
        unit="district:320106",
        events=tuple(f"{source}/{reporter}/{n}" for n in range(events)),
        pack="a" * 16,
    )
    return SimpleNamespace(incident_id=case.incident_id, count=events, case=case)


def threat(level="III", areas=(GULOU,), expires=360, about=(), **changes):
    outlook = Outlook(level, "Immediate", "Severe", "Likely", at(expires), **changes)
    return Threat(FLOOD, outlook, areas, about)


def drafted(issuer=CITY, **fields):
    name = warning_id(issuer.ns, 1, "flood.320106", 7)
    return draft(name, issuer, threat(**fields), at(0))


def signed(course=None, officer="province", minutes=1, level=None):
    return sign(course or drafted(), officer, at(minutes), POWERS, level)


steps = st.lists(
    st.tuples(
        st.sampled_from(["update", "update", "sign", "sign", "sign", "cancel"]),
        st.sampled_from(["province", "province", "province", "chief", "gulou", "clerk", "nobody"]),
        st.sampled_from([None, "I", "II", "III", "IV"]),
        st.sampled_from([(GULOU,), (XUANWU,), (GULOU, XUANWU)]),
        st.integers(0, 4),
        st.integers(-5, 90),
    ),
    max_size=12,
)


def lived(issuer, taken):
    """Every course of a warning's life; refused steps leave it as it is."""
    course, now, courses = drafted(issuer, about=(incident(1, 2),)), 0, []
    courses.append(course)
    for step, officer, level, areas, events, later in taken:
        now += later
        try:
            if step == "sign":
                course = sign(course, officer, at(now), POWERS, level)
            elif step == "cancel":
                course = cancel(course, at(now)) or course
            else:
                about = tuple(incident(n, n + 1) for n in range(events))
                told = threat(level or "IV", areas, now + 60, about)
                course = update(course, issuer, told, at(now))
        except ActionError:
            continue
        if course is not courses[-1]:
            courses.append(course)
    return courses


@given(steps)
@LAW
def test_nothing_is_actual_that_nobody_has_signed_whom_the_pack_lets_sign_it(taken):
    for latest, _ in lived(CITY, taken):
        assert (latest.status == "Actual") == latest.signed
        assert latest.status in ("Actual", "Draft")
        if latest.signed:
            assert POWERS.may_not_sign(latest.signed_by, latest.level, latest.units) is None
            assert latest.colour == COLOURS[latest.level]
        else:
            assert latest.colour is None


@given(steps)
@LAW
def test_in_a_drill_everything_is_an_exercise_and_says_so(taken):
    for latest, _ in lived(DRILL, taken):
        assert latest.status == "Exercise"
        assert latest.exercise == "drill.storm-1"
        assert latest.warning_id.startswith("drill.storm-1/")
        assert latest.zh.headline.startswith("【演练】")
        assert latest.en.headline.startswith("EXERCISE: ")


@given(steps)
@LAW
def test_an_alert_refers_to_every_signed_one_before_it_and_to_no_other(taken):
    published = []
    for latest, _ in lived(CITY, taken):
        assert list(latest.references) == published
        assert latest.msg_type == "Alert" or published
        if latest.signed:
            published.append(latest.reference)


@given(steps)
@LAW
def test_every_alert_has_an_id_of_its_own_and_none_is_sent_before_the_last(taken):
    alerts = [latest for latest, _ in lived(CITY, taken)]
    assert [one.seq for one in alerts] == list(range(1, len(alerts) + 1))
    assert len({one.warning_id for one in alerts}) == 1
    assert all(a.sent <= b.sent for a, b in pairwise(alerts))


@given(steps)
@LAW
def test_who_may_not_give_a_warning_may_not_change_or_cancel_it(taken):
    standing = None
    for latest, _ in lived(CITY, taken):
        if latest.signed and standing is not None:
            assert POWERS.may_not_sign(latest.signed_by, standing.level, standing.units) is None
        standing = latest if latest.signed else standing


@given(steps, st.sampled_from([CITY, DRILL]))
@LAW
def test_no_text_of_an_event_its_address_or_its_reporter_is_told(taken, issuer):
    for latest, _ in lived(issuer, taken):
        told = latest.to_json().decode() + cap_xml(latest).decode()
        assert not [secret for secret in SECRETS if secret in told]


@given(steps)
@LAW
def test_nothing_follows_a_signed_cancel(taken):
    alerts = [latest for latest, _ in lived(CITY, taken)]
    ends = [one for one in alerts if one.msg_type == "Cancel" and one.signed]
    assert ends in ([], [alerts[-1]])


def test_a_warning_is_a_draft_with_its_counts_and_no_colour():
    latest, standing = drafted(about=(incident(2, 3), incident(1, 4)))
    assert (latest.status, latest.msg_type, latest.level) == ("Draft", "Alert", "III")
    assert (latest.colour, latest.signed_by, standing) == (None, None, None)
    assert latest.alert_id == "001-flood.320106-7.1"
    assert latest.incidents == ("001-20261126-0000001", "001-20261126-0000002")
    assert (latest.counts.incidents, latest.counts.events) == (2, 7)


def test_a_signature_makes_it_actual_under_the_officer_s_name_in_the_statutory_colour():
    latest, standing = signed(officer="chief", minutes=5)
    assert latest == standing
    assert (latest.status, latest.colour, latest.signed_by) == ("Actual", "yellow", "chief")
    assert latest.sent == latest.effective == latest.signed_at == at(5)
    assert latest.alert_id.endswith(".2")


def test_an_officer_may_sign_another_level_than_the_proposed_one_if_it_is_his():
    assert signed(level="I").latest.colour == "red"
    with pytest.raises(ActionError, match="no_level"):
        signed(officer="chief", level="II")


def test_an_officer_may_not_sign_for_an_area_that_is_not_his():
    assert signed(drafted(level="IV"), officer="gulou").latest.colour == "blue"
    with pytest.raises(ActionError, match="not_own_area"):
        signed(drafted(level="IV", areas=(GULOU, XUANWU)), officer="gulou")


def test_an_officer_may_not_lower_what_he_could_not_have_given():
    course = update(signed(level="II"), CITY, threat("IV"), at(2))
    with pytest.raises(ActionError, match="no_level"):
        signed(course, officer="gulou", minutes=3)
    assert signed(course, officer="province", minutes=3).latest.colour == "blue"


def test_an_officer_may_not_shrink_it_to_his_own_area():
    wide = signed(drafted(level="IV", areas=(GULOU, XUANWU)))
    with pytest.raises(ActionError, match="not_own_area"):
        signed(update(wide, CITY, threat("IV"), at(2)), officer="gulou", minutes=3)


def test_what_is_signed_is_not_signed_again():
    with pytest.raises(ActionError, match="warning_signed"):
        signed(signed(), minutes=2)


def test_a_draft_whose_end_is_over_is_not_signed():
    assert signed(drafted(expires=10), minutes=9.99).latest.signed
    with pytest.raises(ActionError, match="warning_over"):
        signed(drafted(expires=10), minutes=10)


def test_an_update_of_a_draft_replaces_it_and_is_still_the_first_alert():
    course = update(drafted(), CITY, threat("II"), at(5))
    assert (course.latest.msg_type, course.latest.references) == ("Alert", ())
    assert signed(course, minutes=6).latest.msg_type == "Alert"


def test_an_update_of_a_signed_alert_is_a_draft_and_the_signed_one_stands():
    first = signed()
    course = update(first, CITY, threat("II"), at(5))
    assert (course.latest.status, course.latest.msg_type) == ("Draft", "Update")
    assert course.standing == first.latest
    assert course.latest.references == (first.latest.reference,)


def test_the_third_signed_alert_refers_to_both_before_it_and_not_to_drafts():
    first = signed()
    second = signed(update(first, CITY, threat("II"), at(2)), minutes=3)
    unsigned = update(second, CITY, threat("III"), at(4))
    third = signed(update(unsigned, CITY, threat("II"), at(5)), minutes=6)
    assert third.latest.references == (first.latest.reference, second.latest.reference)
    assert [one.alert_id[-2:] for one in third.latest.references] == [".2", ".4"]


def test_a_time_is_sent_in_whole_seconds_so_that_a_reference_repeats_it():
    first = sign(drafted(), "province", at(1) + timedelta(seconds=1.75), POWERS)
    assert first.latest.sent == at(1) + timedelta(seconds=1)
    assert update(first, CITY, threat(), at(2)).latest.references[0].sent == first.latest.sent


def test_a_draft_that_nobody_signed_leaves_nothing_to_cancel():
    assert cancel(drafted(), at(5)) is None


def test_a_cancel_is_of_what_stands_and_not_of_a_later_draft():
    course = update(signed(level="II"), CITY, threat("IV", (XUANWU,)), at(5))
    course = cancel(course, at(6))
    assert course is not None
    assert (course.latest.status, course.latest.msg_type) == ("Draft", "Cancel")
    last = signed(course, minutes=7, level="IV").latest
    assert (last.status, last.level, last.units) == ("Actual", "II", ("district:320106",))
    assert (last.urgency, last.expires, last.zh.instruction) == ("Past", None, "")


def test_a_warning_that_expired_can_still_be_cancelled():
    course = cancel(signed(drafted(expires=10)), at(20))
    assert course is not None
    assert signed(course, minutes=21).cancelled


def test_a_cancel_that_nobody_signed_is_replaced_by_an_update_with_its_instruction():
    course = cancel(signed(), at(5))
    assert course is not None
    latest = update(course, CITY, threat(), at(6)).latest
    assert (latest.msg_type, latest.zh.instruction) == ("Update", "避开低洼处")


def test_a_cancelled_warning_is_neither_updated_nor_cancelled():
    course = signed(cancel(signed(), at(5)), minutes=6)
    for step in (lambda: update(course, CITY, threat(), at(7)), lambda: cancel(course, at(7))):
        with pytest.raises(ActionError, match="warning_cancelled"):
            step()


def test_a_warning_does_not_become_another_one():
    fire = threat()._replace(danger=FLOOD._replace(category="0119"))
    for issuer, other in ((CITY, fire), (DRILL, threat())):
        with pytest.raises(ActionError, match="warning_other"):
            update(drafted(), issuer, other, at(5))
    with pytest.raises(ActionError, match=r"drill\.storm-1"):
        update(drafted(DRILL), CITY, threat(), at(5))


def test_a_clock_that_stepped_back_does_not_send_before_the_last_alert():
    assert signed(minutes=-30).latest.sent == at(0)
    assert update(drafted(), CITY, threat(), at(-30)).latest.sent == at(0)


def test_the_end_is_told_on_the_city_s_clock_whatever_zone_it_came_in():
    outlook = threat().outlook._replace(
        expires=datetime(2026, 11, 26, 10, 30, tzinfo=UTC),
        onset=datetime(2026, 11, 26, 5, 0, tzinfo=UTC),
    )
    name = warning_id("wangge", 1, "flood.320106", 7)
    latest = draft(name, CITY, threat()._replace(outlook=outlook), NOON.astimezone(UTC)).latest
    assert "预计2026-11-26 13:00开始；有效至2026-11-26 18:30" in latest.zh.description
    assert "from 2026-11-26 13:00; in force until 2026-11-26 18:30" in latest.en.description
    assert b"<sent>2026-11-26T12:00:00+08:00</sent>" in cap_xml(latest)


@pytest.mark.parametrize(
    ("course", "zh", "en"),
    [
        (drafted(), "鼓楼区内涝预警（拟发布）", "Warning: flooding in Gulou (to be issued)"),
        (signed(), "鼓楼区内涝黄色预警（发布）", "Yellow warning: flooding in Gulou (issued)"),
        (
            signed(drafted(DRILL)),
            "【演练】鼓楼区内涝黄色预警（发布）",
            "EXERCISE: Yellow warning: flooding in Gulou (issued)",
        ),
        (
            signed(update(signed(), CITY, threat("II"), at(5)), minutes=6),
            "鼓楼区内涝橙色预警（更新）",
            "Orange warning: flooding in Gulou (updated)",
        ),
        (
            cancel(signed(), at(5)),
            "鼓楼区内涝预警（拟解除）",
            "Warning: flooding in Gulou (to be cancelled)",
        ),
    ],
)
def test_the_headline_says_what_where_and_how_far_it_has_come(course, zh, en):
    assert (course.latest.zh.headline, course.latest.en.headline) == (zh, en)


def test_of_many_areas_some_are_named_and_all_are_counted():
    areas = tuple(
        WarnedArea(unit=f"street:{n}", name=f"街道{n}", name_en=f"Street {n}") for n in range(7)
    )
    latest = drafted(areas=areas).latest
    assert latest.zh.headline.startswith("街道0、街道1等7处内涝")
    assert "Street 0, Street 1 and 5 more" in latest.en.headline
    assert "街道4等7处" in latest.zh.description


def test_the_longest_names_and_codes_of_a_pack_fit():
    wide = tuple(
        WarnedArea(unit=f"street:{n}", name="街" * 128, name_en="S" * 128) for n in range(64)
    )
    danger = FLOOD._replace(category="c" * 32, name=("涝" * 128, "F" * 128))
    told = threat(areas=wide, onset=at(30))._replace(danger=danger)
    issuer = CITY._replace(ns="drill." + "s" * 58)
    name = warning_id(issuer.ns, 999, "c" * 48 + "." + "d" * 48, 10**6)
    course = sign(draft(name, issuer, told, at(0)), "province", at(1), POWERS)
    assert len(course.latest.zh.headline) > 384


def test_a_course_can_go_on_from_its_json():
    course = update(signed(), CITY, threat("II"), at(5))
    stored = Course(*(Alert.from_json(alert.to_json()) for alert in course))
    assert stored == course
    assert signed(stored, minutes=6).latest.to_json() == signed(course, minutes=6).latest.to_json()


def test_an_id_is_a_function_of_what_it_says_and_a_drill_has_its_own():
    assert warning_id("wangge", 1, "flood.320106", 7) == "001-flood.320106-7"
    assert warning_id("drill.a", 1, "flood.320106", 7) == "drill.a/001-flood.320106-7"


def test_an_end_before_the_beginning_is_no_warning():
    with pytest.raises(ValidationError, match="before it begins"):
        drafted(expires=-1)


def test_of_many_incidents_the_first_by_id_are_listed_and_all_are_counted():
    latest = drafted(about=[incident(n) for n in range(300, 0, -1)]).latest
    assert latest.incidents[0] == "001-20261126-0000001"
    assert (len(latest.incidents), latest.counts.incidents) == (200, 300)


def test_a_warning_may_be_sent_while_fewer_than_most_went_in_the_window():
    assert may_send([], NOON, 30, 1)
    assert not may_send([at(-29.9)], NOON, 30, 1)
    assert may_send([at(-30)], NOON, 30, 1)
    assert may_send([at(-1)], NOON, 30, 2)
    assert not may_send([at(5)], NOON, 30, 1)  # the clock was set back
    assert not may_send([], NOON, 30, 0)


@given(st.lists(st.integers(0, 300)), st.integers(1, 60), st.integers(0, 4))
@LAW
def test_no_window_ever_holds_more_alerts_than_most(asked, minutes, most):
    sent = []
    for minute in sorted(asked):
        if may_send(sent, at(minute), minutes, most):
            sent.append(at(minute))
    for first in sent:
        window = [one for one in sent if first <= one < first + timedelta(minutes=minutes)]
        assert len(window) <= most
