"""The demonstration city's filters do what a duty officer expects."""

from pathlib import Path

import pytest

import packs
from drills.ordinary_day import OrdinaryDay
from rules.screen import DeskFacts, Screen, ScreenFacts

NANJING = Path(__file__).parents[3] / "cities" / "nanjing"
NOW = 1_790_000_000.0


@pytest.fixture(scope="module")
def pack():
    return packs.load(NANJING)


@pytest.fixture(scope="module")
def rules(pack):
    return Screen.compile(pack.screening, pack.taxonomy)


@pytest.fixture(scope="module")
def screened(rules):
    def screened(text="路口井盖破损", source="suishoupai", category="0000", **changes):
        event = ScreenFacts(
            *("report", source, category, 118.79, 32.06),
            *(NOW - 60, NOW, text, False, False, None),
        )
        found = rules.check(event._replace(**changes))
        return found.finding and found.finding.code, [mark.code for mark in found.marks]

    return screened


def test_every_check_there_is_has_a_filter(pack):
    assert {one.check for one in pack.screening.filters} == {
        *("impossible_position", "future", "too_old", "blank", "contact_only", "advertisement"),
        *("test_message", "sensor_quality", "source", "repeat", "rate", "default_point"),
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ", "empty"),
        ("您好,王先生 13812345678", "contact_only"),
        ("请回电 025-88888888 谢谢", "contact_only"),
        ("测试", "test_message"),
        ("【测试】路口积水", "test_message"),
        ("高薪兼职日结 加微信 abc12345", "advertisement"),
        ("代开发票 办证 电话13812345678", "advertisement"),
        ("刷单日赚500 扫码进群", "advertisement"),
        ("无抵押贷款 低息贷款 www.daikuan.com", "advertisement"),
    ],
)
def test_what_says_nothing_or_sells_something_is_put_aside(screened, text, code):
    assert screened(text) == (code, [])


@pytest.mark.parametrize(
    "text",
    [
        "测试过消火栓没有水",
        "楼道里贴满办证小广告 电话13812345678",
        "有人在地铁口发兼职刷单的传单 加微信后被骗",
        "联系了物业 没有人管",
        "张家巷路灯不亮",
        "路口积水 联系电话13812345678 王先生",
        "商场促销 音响扰民",
        "救命 13812345678",
        "Street light is out at the corner, please call 13812345678",
    ],
)
def test_a_report_that_only_looks_like_it_goes_on(screened, text):
    assert screened(text) == (None, [])


def test_no_phrase_of_the_practice_feed_is_put_aside(pack, screened):
    day = OrdinaryDay.of(pack)
    texts = [text for phrase in (*day.phrases, *day.urgent) for text in phrase.texts]
    assert {text: found for text in texts if (found := screened(text)) != (None, [])} == {}


@pytest.mark.parametrize("source", ["feed-110", "feed-119", "feed-120"])
def test_what_the_police_fire_service_and_ambulances_say_is_no_spam(screened, source):
    assert screened("测试", source) == (None, ["urgent_feeds"])
    assert screened("您好 13812345678", source) == (None, ["urgent_feeds"])
    assert screened("", source, lon=0.0, lat=0.0) == (None, ["urgent_feeds"])


def test_their_clocks_are_not_believed_either(screened):
    assert screened(source="feed-119", occurred_at=NOW + 1200) == ("future", [])
    assert screened(source="feed-119", occurred_at=NOW - 1e6) == ("too_old", [])


def test_a_life_is_never_held_back_by_what_one_event_shows(screened):
    wrong = {"lon": 0.0, "lat": 0.0, "occurred_at": NOW - 1e6}
    found = screened("测试", category="0401", **wrong)
    assert found == (None, ["too_old", "impossible_position", "test_message"])


def test_a_reading_that_its_device_calls_bad_is_put_aside(screened):
    reading = {"kind": "reading", "text": "", "quality": "bad", "source": "iot-readings"}
    assert screened(category="0403", **reading) == ("bad_reading", [])


def test_repeats_of_the_urgent_feeds_are_repeats(rules):
    event = DeskFacts("report", "feed-119", "0401", None, None, None, None)
    assert rules.repeat_of(event, "x", "urgent_feeds").effect == "quarantine"
    assert rules.memory_for("urgent_feeds") == ()


def test_a_device_that_stands_still_has_no_default_point(rules):
    point = next(f for f in rules.memory if f.name == "default_point")
    alarm = DeskFacts("alarm", "iot-alarms", "0401", None, "d-1", 118.79, 32.06)
    assert point.key(alarm) is None
    assert point.key(alarm._replace(kind="report")) is not None
