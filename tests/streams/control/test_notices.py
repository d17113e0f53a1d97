"""What modes have to tell: each at its time, once, also when nobody was there at that time."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from given_orders import approval, end, epoch, mode, standing
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.notice import Notice
from streams.control.notices import Names, due, occasions

LAW = settings(max_examples=100, deadline=None)
NAMES = Names(
    {"district:D1": "东湖区", **{f"street:S{i}": f"街道{i}" for i in range(9)}},
    {"flood": ("防汛应急", "Flood response")},
    ZoneInfo("Asia/Shanghai"),
)
APPROVED = (mode(approver="chief-1"),)


def told(*orders, until, step=1, sent=(), begin=0):
    """(minute, what) of all that is told when somebody looks every ``step`` minutes."""
    modes, known, found = standing(*orders).modes, set(sent), []
    for minute in range(begin, until + 1, step):
        for notice in due(modes, known, epoch(minute), NAMES):
            known.add(notice.notice_id)
            found.append((minute, notice.notice_id.partition("/")[2].partition("@")[0]))
    return found


def texts(*orders, now):
    return {n.kind: n for n in due(standing(*orders).modes, (), epoch(now), NAMES)}


def test_a_mode_tells_its_start_both_warnings_and_its_end_once():
    expected = [(0, "started"), (300, "ending-60"), (345, "ending-15"), (360, "expired")]
    assert told(*APPROVED, until=500) == expected


def test_a_mode_that_is_ended_warns_of_that_end_only_and_names_who_ended_it():
    expected = [(0, "started"), (40, "ending-60"), (85, "ending-15"), (100, "ended")]
    assert told(*APPROVED, end(when=100), until=500) == expected
    notice = texts(*APPROVED, end(when=100), now=100)["ended"]
    assert "duty-1" in notice.text
    assert "ended by duty-1: 暴雨" in notice.text_en


def test_an_emergency_start_asks_for_approval_and_says_when_it_would_lapse():
    lapses = mode(emergency=True)
    expected = [(0, "started"), (0, "waiting"), (15, "ending-15"), (30, "expired")]
    assert told(lapses, until=500) == expected
    notice = texts(lapses, now=0)["waiting"]
    assert "2026-11-23 20:30" in notice.text
    assert "not approved in time" in texts(lapses, now=30)["expired"].text_en


def test_an_emergency_that_is_approved_warns_of_its_new_end_too():
    orders = (mode(emergency=True), approval(when=20))
    lapsing = [n.notice_id for n in due(standing(orders[0]).modes, (), epoch(16), NAMES)]
    assert [w.partition("/")[2].partition("@")[0] for w in lapsing] == [
        "started",
        "waiting",
        "ending-15",
    ]
    later = told(*orders, until=500, begin=21, sent=lapsing)
    assert later == [(300, "ending-60"), (345, "ending-15"), (360, "expired")]


def test_a_short_mode_does_not_warn_before_it_has_begun():
    short = mode(ends=30, approver="chief-1")
    assert told(short, until=60) == [(0, "started"), (15, "ending-15"), (30, "expired")]


def test_a_short_mode_that_is_to_come_does_not_warn_before_it_has_begun():
    to_come = mode(begins=60, ends=90, approver="chief-1")
    assert told(to_come, until=59) == []


def test_nobody_is_asked_to_approve_what_has_lapsed():
    lapsed = told(mode(emergency=True), until=40, begin=40)
    assert lapsed == [(40, "started"), (40, "expired")]


def test_a_proposal_tells_nothing():
    assert told(mode(), until=500) == []


def test_a_mode_that_is_withdrawn_before_it_begins_tells_that_and_nothing_else():
    to_come = mode(begins=60, approver="chief-1")
    assert told(to_come, end(when=10), until=500) == [(10, "ended")]


def test_after_a_restart_what_was_missed_is_told_at_once_but_no_stale_warning():
    missed = ["started", "ending-15"]
    assert told(*APPROVED, until=350, begin=350) == [(350, what) for what in missed]
    assert told(*APPROVED, until=400, begin=400) == [(400, "started"), (400, "expired")]


def test_what_is_older_than_a_day_is_no_news():
    assert told(*APPROVED, until=3000, begin=360 + 24 * 60) == []


def test_what_was_sent_before_is_not_sent_again():
    first = due(standing(*APPROVED).modes, (), epoch(0), NAMES)
    assert due(standing(*APPROVED).modes, {n.notice_id for n in first}, epoch(0), NAMES) == ()


def test_a_notice_speaks_both_languages_and_the_city_s_clock():
    notice = texts(*APPROVED, now=0)["started"]
    assert "东湖区防汛应急" in notice.text
    assert "2026-11-23 20:00" in notice.text
    assert "Flood response in district:D1 东湖区" in notice.text_en
    assert notice.area == ("district:D1",)


def test_a_large_area_is_named_in_part():
    wide = mode(area=tuple(f"street:S{i}" for i in range(9)), approver="chief-1")
    notice = texts(wide, now=0)["started"]
    assert "等9处" in notice.text
    assert "and 4 more" in notice.text_en
    assert len(notice.area) == 9


def test_whose_telephone_an_officer_names_is_in_no_notice():
    named = mode(approver="chief-1", reason="王小明先生 13812345678 报积水")
    said = texts(named, now=0)["started"]
    assert "积水" in said.text
    assert "13812345678" not in said.text + said.text_en


def test_the_longest_ids_and_reasons_fit():
    long = mode("m" * 128, approver="chief-1", reason="雨" * 500)
    for minute in (0, 300, 345, 360):
        for notice in due(standing(long).modes, (), epoch(minute), NAMES):
            assert Notice.from_json(notice.to_json()) == notice


starts = st.integers(-100, 100)


@LAW
@given(
    st.builds(
        lambda begins, length, emergency, approver: mode(
            begins=begins, ends=begins + length, emergency=emergency, approver=approver
        ),
        starts,
        st.integers(1, 600),
        st.booleans(),
        st.none() | st.just("chief-1"),
    ),
    st.none() | st.integers(-50, 300),
    st.lists(st.integers(-100, 800), max_size=30),
)
def test_whoever_looks_whenever_tells_each_thing_once_and_never_before_its_time(
    order, ended, looks
):
    orders = [order] if ended is None else [order, end(when=ended)]
    modes, known = standing(*orders, arrived=-100).modes, set()
    for minute in sorted(looks):
        for notice in due(modes, known, epoch(minute), NAMES):
            assert notice.notice_id not in known
            assert notice.at.timestamp() <= epoch(minute)
            known.add(notice.notice_id)
    every_second = [o for m in modes for o in occasions(m)]
    assert len({o.what for o in every_second}) == len(every_second)
