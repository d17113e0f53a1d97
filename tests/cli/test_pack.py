"""pack: what is stored, what is refused before anything is posted, and what is active."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli import pack as module
from cli.pack import app
from messages.errors import PackError, SettingsError
from messages.order import PackOrder
from messages.topics import Topics
from packs.store import PackStore
from streams.city import City
from streams.cluster.brokers import Cluster
from streams.cluster.topology import partitions_of, topic_plan
from streams.control.standing import Standing

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "streams"))
from small_city import edit, write_city


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A machine of its own: no .env, cache and store in the test's folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANGGE_CACHE", str(tmp_path / "cache"))
    for name in ("WANGGE_STORE", "WANGGE_BROKERS", "WANGGE_PACK", "WANGGE_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def town(tmp_path):
    return write_city(tmp_path / "town")


@pytest.fixture
def store(tmp_path):
    return PackStore(tmp_path / "cache" / "packs")


def invoke(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def activate(pack, *more):
    return invoke("activate", pack, "--author", "a", "--reason", "better", *more)


def test_a_pack_is_put_into_the_store_of_the_settings_and_told_by_its_version(town, store):
    result = invoke("store", town, "--json")
    assert result.exit_code == 0, result.output
    assert store.versions() == (orjson.loads(result.stdout)["pack"],)
    assert invoke("store", town).exit_code == 0


def test_a_bad_pack_is_not_stored(town, store):
    edit(town / "routing.yaml", "to: street", "to: nowhere")
    assert isinstance(invoke("store", town).exception, PackError)
    assert store.versions() == ()


def test_a_bad_pack_is_refused_before_anybody_is_reached(town, store):
    edit(town / "routing.yaml", "to: street", "to: nowhere")
    error = activate(town, "--brokers", "127.0.0.1:1").exception
    assert isinstance(error, PackError)
    assert error.file.endswith("routing.yaml")
    assert error.line > 0
    assert store.versions() == ()


@pytest.mark.parametrize(
    "more",
    [
        ("--at", "2020-01-01T00:00Z"),
        ("--at", "soon"),
        ("--in", "5"),
        ("--in", "5 days"),
        ("--in", "-5s"),
        ("--in", "nans"),
        ("--in", "5s", "--at", "2999-01-01"),
    ],
)
def test_a_time_that_is_over_or_none_is_refused(town, store, more):
    error = activate(town, *more).exception
    assert isinstance(error, SettingsError)
    assert error.code == "settings.time"
    assert store.versions() == ()


def test_a_time_without_a_zone_is_the_city_s(town):
    city = City.load(town, town.parent / "cache")
    found = module._moment("2999-01-01T08:00", None, city, datetime.now(UTC))
    assert found.astimezone(UTC) == datetime(2999, 1, 1, tzinfo=UTC)


def test_ten_seconds_are_the_usual_lead(town):
    city = City.load(town, town.parent / "cache")
    now = datetime.now(UTC)
    assert module._moment(None, None, city, now) == now + timedelta(seconds=10)
    assert module._moment(None, "2m", city, now) == now + timedelta(minutes=2)


# Fit -------------------------------------------------------------------------------------


def cluster_of(city, topics, without=()):
    plan = topic_plan(topics, shards=city.shards, units=city.units)
    made = {n: count for n, count in partitions_of(plan).items() if n not in without}
    return Cluster("broker:9092", made, practice_ground=False)


@pytest.fixture
def city(town, tmp_path):
    return City.load(town, tmp_path / "cache")


def refused(city, running, cluster, *, new_units=False):
    with pytest.raises(PackError) as found:
        module._refuse_unfit(city, running, cluster, Topics("t"), new_units=new_units)
    return found.value.code


def test_a_pack_that_fits_what_is_running_passes(city):
    cluster = cluster_of(city, Topics("t"))
    module._refuse_unfit(city, city.pack.city, cluster, Topics("t"), new_units=False)
    module._refuse_unfit(city, None, cluster, Topics("t"), new_units=False)


def test_another_city_s_pack_is_refused(city):
    other = city.pack.city.model_copy(update={"code": "elsewhere"})
    assert refused(city, other, cluster_of(city, Topics("t"))) == "pack.other_city"


def test_other_shards_than_the_desk_s_topic_has_are_refused(city):
    cluster = cluster_of(city, Topics("t"))
    cluster.partitions["t.desk"] += 1
    assert refused(city, None, cluster, new_units=True) == "pack.other_shards"


def test_a_unit_without_a_queue_is_refused_unless_its_topics_are_said_to_be_there(city):
    cluster = cluster_of(city, Topics("t"), without=("t.queue.street.S2",))
    assert refused(city, city.pack.city, cluster) == "pack.new_units"
    module._refuse_unfit(city, city.pack.city, cluster, Topics("t"), new_units=True)


def test_the_running_pack_is_the_one_that_was_ordered_last(town, store, city, monkeypatch):
    other = Path(shutil.copytree(town, town.parent / "other"))
    edit(other / "city.yaml", 'code: "town"', 'code: "village"')
    version = store.put(other)
    settings = module.Settings.read(pack=town)
    assert module._running(Standing(), store, settings).code == "town"
    assert module._running(standing(order(version)), store, settings).code == "village"
    assert module._running(standing(order("0" * 16)), store, settings) is None


# List ------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def order(version, minutes=-5, order_id="o", **fields):
    return PackOrder(
        schema_version=1,
        order_id=order_id,
        author="rules",
        reason="new streets",
        effective_at=NOW + timedelta(minutes=minutes),
        pack=version,
        **fields,
    )


def standing(*orders):
    return Standing.of((one.order_id.encode(), one.to_json()) for one in orders)


def test_the_list_tells_which_is_active_since_when_and_by_whom(town, store):
    first = store.put(town)
    edit(town / "routing.yaml", "to: street", "to: district")
    second = store.put(town)
    orders = (
        order(first, -60, "o1"),
        order(second, -5, "o2", approver="chief"),
        order("0" * 16, 5, "o3"),
    )
    rows = module._rows(store, standing(*orders), NOW.timestamp())
    told = [(row["pack"], row["state"], row["active_from"], row["author"]) for row in rows]
    assert told == [
        (first, "over", "2026-11-23T11:00:00Z", "rules"),
        (second, "active", "2026-11-23T11:55:00Z", "rules"),
        ("0" * 16, "to come, not stored", "2026-11-23T12:05:00Z", "rules"),
    ]
    assert rows[1]["approver"] == "chief"


def test_what_was_never_ordered_is_listed_without_a_broker_and_what_is_damaged_is_told(town, store):
    version = store.put(town)
    (row,) = orjson.loads(invoke("list", "--json").stdout)
    assert (row["pack"], row["state"]) == (version, "")
    assert row["stored_at"]
    (store.folder / version / ".stored.json").unlink()
    assert "damaged" in invoke("list").output
