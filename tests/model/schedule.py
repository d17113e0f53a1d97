"""One seeded schedule: workers and faults interleaved one step at a time, then rest."""

from __future__ import annotations

from random import Random

from model.judging import Event
from model.rules import Rules
from model.view import EMPTY, Shown
from model.worker import Worker
from model.world import World

SLOTS = ("a", "b", "c")
EVENTS = 80
STEPS = 900
SESSION = 30
"""Steps of silence after which the group gives a member up."""
TRANSACTION_TIME_OUT = 90
"""Steps; longer than a session, so that a zombie may still be in time to commit."""
REST = 6000
WHAT = ("report",) * 6 + ("close",) * 3 + ("poison",)


class Schedule:
    """``world`` after :meth:`run` is what the check reads. ``rested``: whether all came to rest."""

    def __init__(self, seed: int, rules: Rules | None = None) -> None:
        self._rng = Random(seed)
        self.world = World(self._rng, rules or Rules())
        self.kafka = self.world.kafka
        self.workers: list[Worker] = []
        self.events: list[Event] = []
        self.rested = False
        self._asleep: dict[str, int] = {}
        self._silent_since: dict[str, int] = {}
        self._snapshots: list[Shown] = [EMPTY]
        self._started = 0
        self._faults = (
            (self._kill, 3),
            (self._put_to_sleep, 5),
            (self._rebalance, 4),
            (self._empty_view, 1),
            (self._roll_view_back, 2),
            (self._cut_view_off, 2),
            (self._answer_gets_lost, 2),
            (self._step_clock_back, 2),
            (self._compact, 3),
        )

    @property
    def owner(self) -> Worker | None:
        name = self.kafka.group.owner
        return next((w for w in self.workers if w.name == name and w.alive), None)

    def run(self) -> Schedule:
        """All faults, then none, until nothing is left to do. Returns itself."""
        rng = self._rng
        for _ in range(STEPS):
            self._pass_time()
            chance = rng.random()
            if chance < 0.03:
                self._feed()
            elif chance < 0.13:
                self.world.move_clock(rng.randint(1, 6))
            elif chance < 0.165:
                self._start()
            elif chance < 0.20:
                faults, weights = zip(*self._faults, strict=True)
                rng.choices(faults, weights)[0]()
            elif chance < 0.39:
                self.kafka.write_marker(rng)
            elif chance < 0.40:
                self._snapshots.append(self.world.view.shown)
            else:
                self._step_one()
        self._come_to_rest()
        return self

    def _pass_time(self) -> None:
        self.kafka.step += 1
        self.kafka.time_out(TRANSACTION_TIME_OUT)
        for name, since in list(self._silent_since.items()):
            if self.kafka.step - since > SESSION:
                del self._silent_since[name]
                self.kafka.group.expire(name)

    def _step_one(self) -> None:
        step = self.kafka.step
        awake = [w for w in self.workers if w.alive and self._asleep.get(w.name, 0) <= step]
        if not awake:
            return
        worker = self._rng.choice(awake)
        if worker is not self.owner and self._rng.random() < 0.5:
            worker = self.owner if self.owner in awake else worker
        if self._asleep.pop(worker.name, None) is not None:
            self._silent_since.pop(worker.name, None)
            if worker.name not in self.kafka.group.members:
                self.world.counts[f"zombie wakes: {worker.step}"] += 1
        worker.go_on()
        if not worker.alive:
            self._silent_since[worker.name] = step

    # What happens besides -------------------------------------------------------------------

    def _feed(self) -> None:
        """Stage A writes; now and then it dies, its transaction is aborted, and it writes again."""
        number, rng = len(self.events), self._rng
        count = min(rng.randint(1, 7), EVENTS - number)
        events = [
            Event(number + n, f"c{rng.randrange(5)}", rng.choice(WHAT), self.world.clock)
            for n in range(count)
        ]
        if not events:
            return
        if rng.random() < 0.2:
            self.kafka.feed(events, committed=False)
        self.kafka.feed(events, committed=True)
        self.events += events

    def _start(self) -> None:
        """A supervisor starts a slot whose worker is dead, or is taken for dead."""
        for slot in self._rng.sample(SLOTS, 2):
            ours = [w for w in self.workers if w.slot == slot and w.alive]
            members = self.kafka.group.members
            if any(w.name in members or w.step == "starts" for w in ours):
                continue
            if ours and self._rng.random() < 0.9:
                continue
            self._started += 1
            self.workers.append(Worker(f"{slot}{self._started}", slot, self.world))
            return

    # Faults ---------------------------------------------------------------------------------

    def _someone(self) -> Worker | None:
        if self._rng.random() < 0.8 and self.owner is not None:
            return self.owner
        alive = [w for w in self.workers if w.alive]
        return self._rng.choice(alive) if alive else None

    def _kill(self) -> None:
        worker = self._someone()
        if worker is not None:
            self.world.counts[f"killed: {worker.step}"] += 1
            worker.alive = False
            self._silent_since.setdefault(worker.name, self.kafka.step)

    def _put_to_sleep(self) -> None:
        """It stops in the middle and goes on later, when others may have taken over."""
        worker = self._someone()
        if worker is not None and worker.name not in self._asleep:
            self._asleep[worker.name] = self.kafka.step + self._rng.randint(10, 120)
            self._silent_since.setdefault(worker.name, self.kafka.step)

    def _rebalance(self) -> None:
        others = [m for m in self.kafka.group.members if m != self.kafka.group.owner]
        if others:
            self.kafka.group.move(self._rng.choice(others))

    def _empty_view(self) -> None:
        self.world.counts["view emptied"] += 1
        self.world.view.become(EMPTY)

    def _roll_view_back(self) -> None:
        found = self._rng.choice(self._snapshots)
        self.world.counts["view rolled back"] += found != self.world.view.shown
        self.world.counts["view rolled back to half"] += found.number.startswith("loading")
        self.world.view.become(found)

    def _cut_view_off(self) -> None:
        self.world.counts["view cut off"] += self.world.view.up
        self.world.view.up = not self.world.view.up

    def _answer_gets_lost(self) -> None:
        self.world.view.deaf = 1

    def _step_clock_back(self) -> None:
        self.world.counts["clock stepped back"] += 1
        self.world.move_clock(-self._rng.randint(1, 60))

    def _compact(self) -> None:
        """Clean the log but for its newest part; sometimes so late that tombstones go too."""
        end = self.kafka.state.end
        below = self._rng.randint(0, end)
        self.kafka.state.compact(below, self._rng.randint(0, below))
        self.world.counts["compacted"] += 1

    # Rest -----------------------------------------------------------------------------------

    def _come_to_rest(self) -> None:
        """Faults are over, sleepers wake, timers come due: until nothing is left to do."""
        self.world.faults = False
        self.world.view.up, self.world.view.deaf = True, 0
        self._asleep.clear()
        for worker in self.workers:
            if worker.alive:
                self._silent_since.pop(worker.name, None)
        for step in range(REST):
            self._pass_time()
            if not self.kafka.group.members or self.owner is None:
                self._start()
            for _ in range(3):
                self._step_one()
            self.kafka.write_marker(self._rng)
            if step % 5 == 0:
                self.world.move_clock(4)
            if self._at_rest():
                self.rested = True
                return

    def _at_rest(self) -> bool:
        owner = self.owner
        return (
            owner is not None
            and owner.idle
            and owner.state is not None
            and not self.kafka.transactions
            and all(w.idle for w in self.workers if w.alive)
            and not owner.state.timers(float("inf"), 1)
            and self.world.view.shown.number == str(owner.state.version.number)
        )
