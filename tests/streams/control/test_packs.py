"""The packs at hand: loaded in the background, waited for a while, refused without harm."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from pathlib import Path

import pytest
from event_bodies import report, wire
from given_orders import epoch, pack, standing
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from small_city import at, edit, write_city
from structlog.testing import capture_logs

from messages.errors import PackError
from messages.topics import Topics
from packs.store import MANIFEST, PackStore
from streams.city import City
from streams.control import packs as module
from streams.control.fit import refuse_other_shards, refuse_without_topics
from streams.control.packs import AGAIN_SECONDS, PackLoader, deciding
from streams.control.reader import ControlReader
from streams.pipeline import DeskBatch, one_batch, understand

DEFAULT = "{route: default, to: street}"


class Town:
    """A running city and its store. ``versions`` are stored variants that route to the district,
    the city and so on; ``bad`` is one that is stored and cannot be loaded."""

    def __init__(self, folder):
        self.cache = folder / "cache"
        self.store = PackStore(folder / "store")
        self.running = write_city(folder / "running")
        self.first = City.load(self.running, self.cache)
        self.shown = threading.Event()
        self.shown.set()
        self.loads = []

    def variant(self, name, old=DEFAULT, new="{route: default, to: district}", file="routing.yaml"):
        folder = self.running.parent / name
        shutil.copytree(self.running, folder)
        edit(folder / file, old, new)
        return self.store.put(folder)

    def load(self, folder: Path) -> City:
        """As a worker does, once the volume shows it."""
        self.loads.append(folder.name)
        assert self.shown.wait(10)
        return City.load(folder, self.cache)

    def loader(self, **given):
        return PackLoader(self.store, self.first, self.load, **{"late_s": 0.0} | given)

    def control(self, loader, *orders):
        """The worker's own reader, with these orders on its topic."""
        reader = ControlReader(
            "127.0.0.1:1",
            "t.control",
            self.first,
            cities=loader.get,
            on_pack=loader.expect,
            fatal=pytest.fail,
            clock=lambda: epoch(0),
        )
        reader.standing = standing(*orders)
        loader.follow(reader)
        reader.rebuild()
        return reader


@pytest.fixture
def town(tmp_path):
    return Town(tmp_path)


def run(test, seconds=20):
    """Run a test on an event loop, bounded."""
    return asyncio.run(asyncio.wait_for(test, seconds))


def refusals(code):
    return REGISTRY.get_sample_value("wangge_pack_refused_total", {"code": code}) or 0.0


def shown(version, boundaries):
    labels = {"pack": version, "boundaries": boundaries}
    return REGISTRY.get_sample_value("wangge_pack_info", labels)


async def until(found):
    while not found():
        await asyncio.sleep(0.005)


# Deciding ----------------------------------------------------------------------------------


def test_a_version_that_was_expected_decides_from_its_moment_on(town):
    version = town.variant("other")

    async def test():
        loader = town.loader()
        reader = town.control(loader, pack(version, begins=10))
        await loader.ready([epoch(9)])
        assert reader.current().city_at(epoch(11)).version == town.first.version
        await loader.ready([epoch(9), epoch(10)])
        assert reader.current().city_at(epoch(9)).version == town.first.version
        assert reader.current().city_at(epoch(10)).version == version
        assert shown(version, town.first.boundaries) == 1

    run(test())


def test_events_of_a_batch_are_understood_by_the_pack_of_their_own_moment(town):
    version = town.variant("other")

    async def test():
        loader = town.loader()
        reader = town.control(loader, pack(version, begins=10))
        records = one_batch(
            "t.in.reports", wire(*(report(f"e-{i}", position=at(0.5)) for i in range(3))), 0.0
        )
        records.received_at[:] = [epoch(9.9), epoch(10), epoch(11)]
        await loader.ready(records.received_at)
        found = understand("reports", records, reader.current())
        assert [body["pack"] for body in found.desk] == [town.first.version, version, version]

    run(test())


def test_the_loop_goes_on_and_events_from_before_do_not_wait_while_a_pack_is_loaded(town):
    version = town.variant("other")
    town.shown.clear()

    async def test():
        loader = town.loader()
        town.control(loader, pack(version, begins=10))
        loader.expect(version)
        await until(lambda: loader.pending)
        assert loader.get(version) is None
        await loader.ready([epoch(9)])
        waiting = asyncio.ensure_future(loader.ready([epoch(10)]))
        await until(lambda: town.loads)
        assert not waiting.done()
        town.shown.set()
        await waiting
        assert loader.get(version).version == version
        assert not loader.pending

    run(test())


def test_a_wait_is_bounded_and_the_old_one_goes_on_until_the_new_one_comes(town):
    version = town.variant("other")
    town.shown.clear()

    async def test():
        loader = town.loader(wait_s=0.05)
        reader = town.control(loader, pack(version, begins=10))
        await loader.ready([epoch(10)])
        assert reader.current().city_at(epoch(10)).version == town.first.version
        assert loader.refused[version].code == "pack.late"
        before = time.monotonic()
        await loader.ready([epoch(11)])  # nobody waits for it twice
        assert time.monotonic() - before < 0.05
        town.shown.set()
        await until(lambda: loader.get(version))
        assert reader.current().city_at(epoch(12)).version == version
        assert version not in loader.refused

    run(test())


def test_a_rebalance_ends_a_wait(town):
    version = town.variant("other")
    town.shown.clear()

    async def test():
        loader = town.loader()
        town.control(loader, pack(version, begins=10))
        draining = False
        waiting = asyncio.ensure_future(loader.ready([epoch(10)], lambda: draining))
        await until(lambda: town.loads)
        draining = True
        await waiting
        assert version not in loader.refused
        town.shown.set()

    run(test())


def test_what_was_activated_last_wins_over_the_pack_of_the_settings(town):
    """A worker is started with another WANGGE_PACK than the one that was activated."""
    activated = town.variant("other")

    async def test():
        loader = town.loader()
        reader = town.control(loader, pack(activated, begins=10))
        await loader.ready([epoch(5), epoch(20)])
        assert reader.current().city_at(epoch(20)).version == activated
        assert reader.current().city_at(epoch(5)).version == town.first.version

    run(test())


moments = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(
    packs=st.lists(st.tuples(st.integers(0, 6).map(float), st.sampled_from("abc")), max_size=6),
    received=moments,
    refused=st.frozensets(st.sampled_from("abc")),
)
def test_the_packs_that_are_waited_for_are_those_that_decide(packs, received, refused):
    packs.sort(key=lambda one: one[0])

    def at_(moment):
        begun = [v for begins, v in packs if begins <= moment and v not in refused]
        return begun[-1] if begun else "first"

    found = deciding("first", packs, min(received), max(received), refused)
    every = {at_(m / 2) for m in range(int(min(received) * 2), int(max(received) * 2) + 1)}
    assert {at_(moment) for moment in received} <= found
    assert every == found or every < found  # a pack that was over as it began may be among them


# Refusing ----------------------------------------------------------------------------------


def bad_pack(town):
    """Stored by hand, as by an older release: a pack with a route to a level that is none."""
    folder = town.running.parent / "bad"
    shutil.copytree(town.running, folder)
    edit(folder / "routing.yaml", DEFAULT, "{route: default, to: nowhere}")
    return town.store.put(folder)


def test_a_bad_pack_is_refused_with_file_and_line_and_the_old_one_goes_on(town):
    version = bad_pack(town)

    async def test():
        loader = town.loader()
        reader = town.control(loader, pack(version, begins=10))
        with capture_logs() as logs:
            await loader.ready([epoch(10)])
        assert reader.current().city_at(epoch(10)).version == town.first.version
        (told,) = [entry for entry in logs if entry["event"] == "pack.refused"]
        assert told["code"] == loader.refused[version].code
        assert told["file"].endswith("routing.yaml")
        assert told["line"] > 0
        assert told["code"].startswith("pack.")
        assert refusals(told["code"]) == before.get(told["code"], 0.0) + 1
        assert shown(version, town.first.boundaries) is None

    before = {
        sample.labels["code"]: sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == "wangge_pack_refused_total"
    }
    run(test())


def test_when_one_is_refused_the_activated_one_before_it_decides_and_not_the_first(town):
    good, bad = town.variant("good"), bad_pack(town)

    async def test():
        loader = town.loader()
        orders = pack(good, begins=10, order_id="k1"), pack(bad, begins=20, order_id="k2")
        reader = town.control(loader, *orders)
        await loader.ready([epoch(21)])
        assert reader.current().city_at(epoch(21)).version == good

    run(test())


def test_a_pack_that_is_not_stored_is_refused_and_counted(town):
    before = refusals("pack.not_stored")

    async def test():
        loader = town.loader()
        reader = town.control(loader, pack("0" * 16, begins=10))
        await loader.ready([epoch(10)])
        assert reader.current().city_at(epoch(10)).version == town.first.version

    run(test())
    assert refusals("pack.not_stored") == before + 1


def test_a_pack_that_a_shared_volume_shows_late_is_waited_for(town):
    version = town.variant("other")
    hidden = (town.store.folder / version).rename(town.store.folder.parent / "hidden")

    async def test():
        loader = town.loader(late_s=5.0)
        reader = town.control(loader, pack(version, begins=10))
        waiting = asyncio.ensure_future(loader.ready([epoch(10)]))
        await until(lambda: loader.pending)
        assert not waiting.done()
        hidden.rename(town.store.folder / version)
        await waiting
        assert reader.current().city_at(epoch(10)).version == version

    run(test())


def test_a_refused_pack_is_tried_again_after_minutes_and_nobody_waits_for_it(town):
    version = town.variant("other")
    hidden = (town.store.folder / version).rename(town.store.folder.parent / "hidden")
    now = [0.0]

    async def test():
        loader = town.loader(clock=lambda: now[0])
        reader = town.control(loader, pack(version, begins=10))
        await loader.ready([epoch(10)])
        hidden.rename(town.store.folder / version)
        await loader.ready([epoch(11)])
        assert town.loads == []
        now[0] += AGAIN_SECONDS
        await loader.ready([epoch(12)])
        assert reader.current().city_at(epoch(12)).version == town.first.version
        await until(lambda: loader.get(version))
        assert reader.current().city_at(epoch(13)).version == version

    run(test())


def test_a_refused_pack_that_is_ordered_again_is_tried_again_at_once(town):
    version = town.variant("other")
    hidden = (town.store.folder / version).rename(town.store.folder.parent / "hidden")

    async def test():
        loader = town.loader(late_s=60.0)
        assert not await loader.knows(version)  # an order for what is not stored waits for nothing
        hidden.rename(town.store.folder / version)
        assert await loader.knows(version)

    run(test())


def test_a_damaged_pack_is_refused(town):
    version = town.variant("other")
    (town.store.folder / version / MANIFEST).unlink()

    async def test():
        loader = town.loader()
        assert not await loader.knows(version)
        assert loader.refused[version].code == "pack.damaged"

    run(test())


def test_another_city_s_pack_is_refused(town):
    version = town.variant("other", 'code: "town"', 'code: "village"', "city.yaml")

    async def test():
        loader = town.loader()
        assert not await loader.knows(version)
        assert loader.refused[version].code == "pack.other_city"

    run(test())


def test_a_pack_with_other_shards_is_refused(town):
    refuse_other_shards(town.first.shards, town.first)
    with pytest.raises(PackError) as refused:
        refuse_other_shards(town.first.shards + 1, town.first)
    assert refused.value.code == "pack.other_shards"


def test_a_pack_with_a_unit_that_has_no_queue_is_refused_by_name(town):
    topics = Topics("t")
    queues = {topics.queue(unit) for unit in town.first.units}
    refuse_without_topics(town.first, topics, queues)
    with pytest.raises(PackError, match="street:S3") as refused:
        refuse_without_topics(town.first, topics, queues - {"t.queue.street.S3"})
    assert refused.value.code == "pack.new_units"


def test_whatever_a_check_of_the_worker_s_own_refuses_does_not_decide(town):
    version = town.variant("other")

    def check(city):
        refuse_without_topics(city, Topics("t"), ())

    async def test():
        loader = town.loader(check=check)
        assert not await loader.knows(version)
        assert loader.refused[version].code == "pack.new_units"

    run(test())


# Keeping -----------------------------------------------------------------------------------


def test_of_many_packs_the_last_used_stay_and_the_first_always_does(town, monkeypatch):
    monkeypatch.setattr(module, "KEPT", 3)
    versions = [town.variant(f"v{i}", new=f"{{route: r{i}, to: district}}") for i in range(4)]
    ticks = iter(range(1000))

    async def test():
        loader = town.loader(clock=lambda: float(next(ticks)))
        for version in versions[:2]:
            assert await loader.knows(version)
        assert await loader.knows(versions[0])  # used again: the other one goes
        assert await loader.knows(versions[2])
        assert loader.get(town.first.version) is town.first
        at_hand = [loader.get(version) is not None for version in versions]
        assert at_hand == [True, False, True, False]
        assert shown(versions[1], town.first.boundaries) is None
        assert await loader.knows(versions[1])  # and comes back when it is needed

    run(test())


def test_a_desk_unit_loads_the_stored_packs_that_its_events_name(town):
    version = town.variant("other")

    async def test():
        loader = town.loader()
        reader = town.control(loader)
        bodies = [{"pack": version}, {"pack": town.first.version}, b"no event", {"pack": None}]
        batches = [(0, DeskBatch(reader.current(), 0, bodies, range(4), 4))]
        ((_, batch),) = await loader.known(batches)
        assert batch.force.city_of(version).version == version
        assert batch.force.city_of(town.first.version) is town.first
        assert (batch.bodies, batch.end) == (bodies, 4)

    run(test())


def test_a_desk_unit_of_the_packs_in_force_is_judged_as_it_is(town):
    async def test():
        loader = town.loader()
        force = town.control(loader).current()
        batches = [(0, DeskBatch(force, 0, [{"pack": town.first.version}], range(1), 1))]
        assert await loader.known(batches) is batches

    run(test())


def test_a_desk_unit_that_names_a_pack_nobody_has_is_judged_by_the_latest(town):
    async def test():
        loader = town.loader()
        force = town.control(loader).current()
        batches = [(0, DeskBatch(force, 0, [{"pack": "0" * 16}], range(1), 1))]
        ((_, batch),) = await loader.known(batches)
        assert batch.force.city_of("0" * 16) is town.first

    run(test())


def test_the_first_pack_is_kept_so_that_its_decisions_can_be_replayed(town):
    async def test():
        await town.loader().keep()
        assert town.store.versions() == (town.first.version,)

    run(test())


def test_a_first_pack_that_cannot_be_kept_stops_nobody_and_is_counted(town):
    town.store.put(town.running)
    (town.running / "boundaries" / "grid.geojson").write_text("{}")
    before = refusals("pack.boundaries_differ")

    async def test():
        with capture_logs() as logs:
            await town.loader().keep()
        assert [entry["event"] for entry in logs] == ["pack.not_kept"]

    run(test())
    assert refusals("pack.boundaries_differ") == before + 1
