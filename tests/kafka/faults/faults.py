"""What can go wrong under load. Each does its harm, lifts it, and says when it was over."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crew import until
from site_at_work import Site


@dataclass(frozen=True, slots=True)
class Fault:
    """``name``: as it stands in the table. ``mutants``: the alterations of the workers, under each
    of which its test must fail. ``alteration``: what its workers have of it themselves.
    ``small_disk``: of their cache. ``options``: of the site."""

    name: str
    strike: Callable[[Site], None]
    mutants: tuple[str, ...] = ()
    alteration: str = ""
    slots: tuple[str, ...] = ("one", "two")
    small_disk: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def kills(times: int) -> Callable[[Site], None]:
    """SIGKILL of a worker by chance, at random moments."""

    def strike(site: Site) -> None:
        for _ in range(times):
            time.sleep(site.random.uniform(0.5, 4.0))
            slot = site.random.choice(site.crew.slots)
            assert until(lambda slot=slot: site.crew.running(slot), 30)  # type: ignore[misc]
            site.crew.kill(slot)
        site.lift()

    return strike


def asleep(times: int) -> Callable[[Site], None]:
    """A worker by chance stands still for longer than its session, and wakes where it was: what it
    had in hand is in other hands by then."""

    def strike(site: Site) -> None:
        for _ in range(times):
            time.sleep(site.random.uniform(3.0, 5.0))
            slot = site.random.choice(site.crew.slots)
            assert until(lambda slot=slot: site.crew.running(slot), 30)  # type: ignore[misc]
            with site.crew.asleep(slot):
                time.sleep(11.0)
        site.lift()

    return strike


def broker_away(seconds: float) -> Callable[[Site], None]:
    """The broker killed, and started again on its data."""

    def strike(site: Site) -> None:
        site.kafka.kill()
        time.sleep(seconds)
        site.kafka.run()
        site.lift()

    return strike


def redis_emptied(site: Site) -> None:
    """Redis stopped for some seconds; another one, empty, in its place."""
    site.redis.stop()
    time.sleep(5.0)
    site.empty_redis()
    site.lift()


def redis_out_of_reach(site: Site) -> None:
    """The network to Redis swallows everything for ten seconds."""
    site.cable.cut()
    time.sleep(10.0)
    site.cable.mend()
    site.lift()


def poison(site: Site) -> None:
    """What is no event at all, among the others."""
    assert until(lambda: len(site.feeder.posted) > 8000, 60)
    site.lift()


def full_queue(site: Site) -> None:
    """The producers' own queue holds next to nothing all the time."""
    time.sleep(15.0)
    site.lift()


def clock_back(site: Site) -> None:
    """Redis out of reach for a moment, while the machine's clock goes an hour back, and stays."""
    site.cable.cut()
    time.sleep(6.0)
    site.clock.write_text("-3600")
    time.sleep(2.0)
    site.cable.mend()
    time.sleep(10.0)
    site.lift()


def disk_full(site: Site) -> None:
    """Not a byte more goes onto the disk of the cache, and nothing is left in it; workers are
    killed and start on it."""
    for built in ("boundaries", "rasters"):
        shutil.rmtree(site.cache / built)
    filler = site.cache / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"\0" * 65536):
            pass
    for slot in site.crew.slots:
        site.crew.kill(slot)
        time.sleep(10.0)
    site.lift()


def one_leaves_and_comes_back(site: Site) -> None:
    """Two workers, one, and two again."""
    time.sleep(5.0)
    site.crew.dismiss("two")
    site.lift()
    time.sleep(10.0)
    site.crew.start("two")
    site.lift()
    time.sleep(5.0)


EVERY = (
    Fault("worker killed, 20 times", kills(20), ("skips_one", "shows_first")),
    Fault("worker asleep past its session, 3 times", asleep(3), ("unfenced",)),
    Fault("broker away for 20 s", broker_away(20.0), ("swallows_failures",)),
    Fault("Redis gone, then empty", redis_emptied, ("forgets_the_view",)),
    Fault("Redis out of reach for 10 s", redis_out_of_reach, ("forgets_the_view",)),
    Fault(
        "a poison event every 1,000",
        poison,
        ("swallows_poison",),
        options={"rate": 400.0, "poison_every": 1000},
    ),
    Fault("output queue full", full_queue, ("drops_when_full",), alteration="small_queue"),
    Fault("clock back by 1 h", clock_back, ("waits_by_the_wall",), alteration="moved_clock"),
    Fault("disk of the cache full", disk_full, ("needs_its_cache",), small_disk=True),
    Fault("two workers, one, two", one_leaves_and_comes_back, ("starts_empty",)),
)
