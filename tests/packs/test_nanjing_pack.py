"""The demonstration city's pack: it loads, and its rules do what a duty officer expects."""

from pathlib import Path

import pytest

import packs
from packs.tree import tree
from rules.assess import Assessor, Event
from rules.classify import Classifier
from rules.route import Facts, Router

NANJING = Path(__file__).parents[2] / "cities" / "nanjing"
DISTRICTS = ("102", "104", "105", "106", "111", "113", "114", "115", "116", "117", "118")


@pytest.fixture(scope="module")
def pack():
    return packs.load(NANJING)


@pytest.fixture(scope="module")
def decide(pack):
    classifier = Classifier.compile(pack.classify, pack.taxonomy, pack.sources)
    assessor = Assessor.compile(pack.taxonomy, pack.classify, pack.assessment, {})
    router = Router.compile(tree(pack), pack.taxonomy)

    def decide(text, *, source="suishoupai", hint=None, street="320106001"):
        lane = pack.sources[source].lane
        found = classifier.classify(text, hint, source)
        priority = assessor.assess(Event(found.category, "report", lane, text)).priority
        district = "320106" if street else None
        routed = router.route(
            Facts(
                found.category,
                priority,
                "report",
                source,
                district,
                street,
                located=street is not None,
                life_safety=found.life_safety,
            )
        )
        return found.category, priority, routed.unit, routed.copies

    return decide


def test_every_district_of_the_city_has_a_shard_of_its_own(pack):
    shards = pack.city.shards
    assert set(shards.districts) == {f"320{code}" for code in DISTRICTS}
    assert len({*shards.districts.values(), shards.unlocated}) == shards.count


def test_every_source_declares_a_lane_that_its_kind_fits(pack):
    assert {name: source.lane for name, source in pack.sources.items()} == {
        "suishoupai": "reports",
        "grid-patrol": "reports",
        "hotline-12345": "reports",
        "hotline-12345-urgent": "urgent",
        "feed-110": "urgent",
        "feed-119": "urgent",
        "feed-120": "urgent",
        "iot-alarms": "alarms",
        "iot-readings": "readings",
    }


@pytest.mark.parametrize(
    ("text", "category", "priority", "unit"),
    [
        ("路灯不亮 晚上一片漆黑", "2102", "P4", "street:320106001"),
        ("下穿通道积水严重 车辆熄火", "0403", "P2", "dept:drainage"),
        ("行道树倒伏 挡住了半边路", "0407", "P2", "district:320106"),
        ("居民楼冒烟起火", "0401", "P1", "linkage:119"),
        ("有老人晕倒在路边 需要急救", "0411", "P1", "linkage:120"),
        ("有人打架斗殴", "0504", "P1", "linkage:110"),
        ("楼道里闻到燃气味", "0402", "P1", "dept:gas"),
        ("电动车飞线充电 有火灾隐患", "0505", "P3", "street:320106001"),
        ("隧道积水 有人被困", "0403", "P1", "linkage:119"),
        ("Pothole in the road", "2202", "P3", "street:320106001"),
        ("今天天气不错", "0000", "P3", "street:320106001"),
    ],
)
def test_what_citizens_write_reaches_the_right_queue(decide, text, category, priority, unit):
    assert decide(text)[:3] == (category, priority, unit)


def test_a_life_in_danger_is_told_to_street_district_and_city_at_once(decide):
    _, _, unit, copies = decide("商铺起火 火势很大")
    assert unit == "linkage:119"
    assert {"street:320106001", "district:320106", "city"} <= set(copies)


def test_an_everyday_report_without_a_place_goes_to_the_city_for_triage(decide):
    assert decide("路灯不亮", street=None)[2:] == ("city", ())


def test_a_fire_without_a_place_goes_to_the_fire_service_all_the_same(decide):
    assert decide("着火了", street=None)[2] == "linkage:119"


def test_the_urgent_lane_is_never_less_than_p2(decide):
    assert decide("路灯不亮", source="hotline-12345-urgent")[1] == "P2"


def test_a_linkage_service_gets_a_copy_of_what_it_passed_on(decide):
    assert "linkage:110" in decide("路灯不亮", source="feed-110")[3]


def test_every_category_has_a_route_to_an_owner_for_every_priority(pack):
    router = Router.compile(tree(pack), pack.taxonomy)
    for category in pack.taxonomy.categories:
        for priority in ("P1", "P2", "P3", "P4"):
            facts = Facts(category.code, priority, "report", "suishoupai", "320106", "320106001")
            assert router.route(facts).unit
