"""The control topic followed on a real broker: known before the first event, then live."""

from __future__ import annotations

import asyncio
import threading
import time
from types import SimpleNamespace

import pytest
from given_orders import PACK, approval, at, mode, pack, records

from cli.city_option import cache_folder
from cli.mode_order import mandate_of
from messages.errors import BrokerError, EventError
from messages.topics import Topics
from sinks.encode import Encoder
from sinks.output import Output
from streams.control.clerk import Clerk
from streams.control.orders import check
from streams.control.reader import KEPT_SECONDS, ControlReader
from streams.posting.poster import Poster

pytestmark = pytest.mark.broker
NOW = at(0).timestamp()
OTHER, THIRD = "b" * 16, "c" * 16


def city(version):
    return SimpleNamespace(version=version)


def write(stack, topics, found):
    with Poster(stack.brokers, idempotent=False) as poster:
        poster.post(Output(topics.control, key, value) for key, value in found)


class Followed:
    """A reader with what it told its owner: packs called for, and why it gave up."""

    def __init__(self, stack, topic, at_hand=(), now=NOW):
        self.cities = {version: city(version) for version in (PACK, *at_hand)}
        self.called: list[str] = []
        self.gave_up: list[str] = []
        self.reader = ControlReader(
            stack.brokers,
            topic,
            self.cities[PACK],
            cities=self.cities.get,
            on_pack=self.called.append,
            fatal=self.gave_up.append,
            clock=lambda: now,
        )

    def __enter__(self):
        self.reader.begin()
        return self

    def __exit__(self, *_):
        self.reader.close()
        assert not self.reader.is_alive()


def test_everything_that_stands_is_known_before_the_first_event_is_decided(stack, topics):
    hot = [(f"hot/iot s-{n}".encode(), b"{}") for n in range(2500)]
    write(stack, topics, [*hot, *records(mode("m", approver="chief-1"))])
    with Followed(stack, topics.control) as followed:
        force = followed.reader.current()
        assert [m.order_id for m in force.modes] == ["m"]
        assert len(force.hot) == 2500


def test_an_empty_topic_lets_the_worker_begin(stack, topics):
    with Followed(stack, topics.control) as followed:
        assert followed.reader.current().modes == ()


def test_what_is_written_later_is_known_after_catching_up(stack, topics):
    with Followed(stack, topics.control) as followed:
        for number in range(5):
            write(stack, topics, records(mode(f"m{number}", approver="chief-1")))
            followed.reader.catch_up()
            assert len(followed.reader.current().modes) == number + 1


def test_it_follows_without_being_asked(stack, topics):
    with Followed(stack, topics.control) as followed:
        write(stack, topics, [(b"hot/iot s-1", b"{}")])
        deadline = time.monotonic() + 10
        while "iot s-1" not in followed.reader.current().hot:
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
        write(stack, topics, [(b"hot/iot s-1", None)])
        followed.reader.catch_up()
        assert "iot s-1" not in followed.reader.current().hot


def test_a_snapshot_that_is_in_use_does_not_change(stack, topics):
    with Followed(stack, topics.control) as followed:
        before = followed.reader.current()
        write(stack, topics, records(mode("m", approver="chief-1")))
        followed.reader.catch_up()
        assert before.modes == ()
        assert followed.reader.current().modes


def test_a_pack_decides_from_its_order_on_and_is_called_for_once(stack, topics):
    write(stack, topics, records(pack(OTHER, begins=10)))
    with Followed(stack, topics.control, at_hand=[OTHER]) as followed:
        force = followed.reader.current()
        assert force.city_at(at(9).timestamp()).version == PACK
        assert force.city_at(at(10).timestamp()).version == OTHER
        write(stack, topics, records(pack(OTHER, begins=20, order_id="k2")))
        followed.reader.catch_up()
        assert followed.called == [OTHER]


def test_while_a_pack_is_not_at_hand_the_one_before_it_goes_on(stack, topics):
    write(stack, topics, records(pack(OTHER, begins=10)))
    with Followed(stack, topics.control) as followed:
        reader, later = followed.reader, at(30).timestamp()
        assert reader.current().city_at(later).version == PACK
        assert [version for _, version in reader.ordered.packs] == [OTHER]
        followed.cities[OTHER] = city(OTHER)
        reader.rebuild()
        assert reader.current().city_at(later).version == OTHER


def test_what_was_over_before_any_event_that_is_left_is_forgotten(stack, topics):
    orders = [
        mode("m", approver="chief-1"),
        pack(OTHER, order_id="k1"),
        pack(THIRD, begins=10, order_id="k2"),
    ]
    write(stack, topics, records(*orders))
    long_after = at(600).timestamp() + KEPT_SECONDS
    with Followed(stack, topics.control, [OTHER, THIRD], long_after) as followed:
        force = followed.reader.current()
        assert force.modes == ()
        assert [version for _, version in force.packs] == [THIRD]
        assert followed.called == [THIRD]
        assert followed.reader.standing.mode("m") is not None


def test_a_record_that_is_no_order_does_not_stop_it(stack, topics):
    write(stack, topics, [(b"x", b"{broken"), *records(mode("m", approver="chief-1"))])
    with Followed(stack, topics.control) as followed:
        assert [m.order_id for m in followed.reader.current().modes] == ["m"]


def test_a_topic_that_does_not_exist_lets_no_worker_begin(stack):
    followed = Followed(stack, "nowhere.control")
    with pytest.raises(BrokerError):
        followed.reader.begin()
    followed.reader.join(5)
    assert followed.gave_up


def test_whoever_asks_a_reader_that_has_ended_is_told_so(stack, topics):
    with Followed(stack, topics.control) as followed:
        pass
    with pytest.raises(BrokerError, match=r"broker\.control"):
        followed.reader.catch_up()


# Devices that the desk calls hot ---------------------------------------------------------


def test_what_the_desk_publishes_of_devices_is_what_a_worker_reads(stack, topics):
    encoder = Encoder(topics)
    with Poster(stack.brokers, idempotent=False) as poster:
        poster.post(encoder.hot({"iot-alarms s 1": True, "iot-alarms s-2": True}, 1))
        poster.post(encoder.hot({"iot-alarms s-2": False}, 1))
    with Followed(stack, topics.control) as followed:
        assert dict(followed.reader.current().hot) == {"iot-alarms s 1": 1}


def test_a_hot_device_of_an_earlier_release_has_no_shard(stack, topics):
    write(
        stack, topics, [(b"hot/iot s-1", b'{"schema_version":1,"kind":"hot","device":"iot s-1"}')]
    )
    with Followed(stack, topics.control) as followed:
        assert dict(followed.reader.current().hot) == {"iot s-1": None}


def test_an_entry_of_a_hot_device_goes_to_the_control_topic_of_its_own_namespace():
    (entry,) = Encoder(Topics("drill.x")).hot({"iot s-1": True}, 3)
    assert (entry.topic, entry.key) == ("drill.x.control", b"hot/iot s-1")
    assert entry.value == b'{"schema_version":1,"kind":"hot","device":"iot s-1","shard":3}'


# The clerk: orders taken in by the owner of their partition ------------------------------


@pytest.fixture
def clerk(stack, topics, nanjing):
    reader = ControlReader(
        stack.brokers,
        topics.control,
        nanjing,
        cities={nanjing.version: nanjing}.get,
        on_pack=lambda version: None,
        fatal=lambda why: None,
        clock=lambda: NOW,
    )
    reader.begin()

    async def knows(version):
        return version == nanjing.version

    yield Clerk(reader, knows)
    reader.close()


def given(**fields):
    return mode("m", "duty-320106", **{"area": ("district:320106",)} | fields)


def take(clerk, order, minute=0):
    return asyncio.run(clerk.take(order.to_json(), at(minute).timestamp()))


def test_a_good_order_gets_its_note_and_is_taken_once(stack, topics, clerk, nanjing):
    noted = take(clerk, given(), 1)
    assert (noted.accepted.at, noted.accepted.pack) == (at(1), nanjing.version)
    write(stack, topics, [(b"m", noted.to_json())])
    assert take(clerk, given(), 2) is None
    with pytest.raises(EventError, match="order_duplicate"):
        take(clerk, given(ends=100), 2)


def test_what_another_owner_has_just_accepted_is_known_to_the_next_one(stack, topics, clerk):
    noted = take(clerk, given())
    write(stack, topics, [(b"m", noted.to_json())])
    approved = take(clerk, approval("m", "chief-320106"), 1)
    assert approved.approves == "m"


def test_a_pack_order_is_taken_when_its_pack_is_at_hand(clerk, nanjing):
    assert take(clerk, pack(nanjing.version, "city-chief")).pack == nanjing.version
    with pytest.raises(EventError, match="order_unknown_pack"):
        take(clerk, pack(OTHER, "city-chief", order_id="k2"))


def test_the_command_line_and_the_worker_refuse_alike(clerk, nanjing):
    here = mandate_of(nanjing.pack.folder, cache_folder())
    orders = (
        given(),
        given(area=("street:320106003",)),
        given(area=("street:320102002",)),
        given(area=("city",)),
        given(scenario="earthquake"),
        given(ends=80 * 60),
        given(approver="chief-320102"),
        given(approver="chief-320106"),
    )
    for order in orders:
        refused = check(order, clerk._reader.standing, here, NOW)
        try:
            take(clerk, order)
        except EventError as error:
            assert refused is not None
            assert (refused.code, refused.message) == (error.code, error.message)
        else:
            assert refused is None


def test_a_notice_that_was_told_is_due_no_more(stack, topics, clerk):
    noted = take(clerk, given(approver="chief-320106"))
    write(stack, topics, [(b"m", noted.to_json())])
    clerk._reader.catch_up()
    (notice,) = asyncio.run(clerk.due(NOW))
    assert notice.kind == "started"
    clerk.told(notice)
    assert asyncio.run(clerk.due(NOW)) == ()


def test_a_notice_that_another_owner_has_told_is_not_told_again(stack, topics, clerk):
    noted = take(clerk, given(approver="chief-320106"))
    write(stack, topics, [(b"m", noted.to_json()), (b"notice/m/started", b"{}")])
    assert asyncio.run(clerk.due(NOW)) == ()
    clerk._reader.catch_up()
    assert asyncio.run(clerk.due(NOW)) == ()


def test_an_order_s_limit_is_its_own_pack_s(nanjing, clerk):
    noted = take(clerk, given(emergency=True))
    minutes = nanjing.pack.authority.approve_within_minutes
    assert noted.accepted.approve_by == at(minutes)
