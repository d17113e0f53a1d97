"""A task's life: waiting, released, done, and where it is sampled, re-checked by another person.

::

    waiting ── release ─→ released ── outcome ─→ done
       ↑                     │                     or, where it is sampled,
       └──── unreachable ────┘                   recheck_waiting ─ release ─→ recheck_released
             (attempts left)                       ↑                               │
                                                   └── unreachable (attempts left)─┤
                                                 agreed | contradicted | unresolved ←

``unresolved``: the second person never reached whom the first had found.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias

from messages.task import Outcome, RecheckOutcome, TaskOutcome

State: TypeAlias = Literal[
    "waiting",
    "released",
    "done",
    "recheck_waiting",
    "recheck_released",
    "agreed",
    "contradicted",
    "unresolved",
]


class Standing(NamedTuple):
    """Where a task stands. ``worker``: whom it was last released to, the re-check too.
    ``unreached``: attempts in vain since it was queued. ``outcome``, ``corrected_grid`` and ``by``
    are the first person's. ``not_before``: the first day it may be released again."""

    state: State = "waiting"
    worker: str | None = None
    unreached: int = 0
    outcome: Outcome | None = None
    corrected_grid: str | None = None
    by: str | None = None
    not_before: date = date.min


class NotNow(NamedTuple):
    """Why a report is refused: a stable, dotted code, and what to do."""

    code: str
    mend: str


NOT_RELEASED: Final = NotNow("outcome.not_released", "release the task first; or is the id right?")
DONE_BEFORE: Final = NotNow("outcome.done_before", "its first outcome stays; ask for a re-check")
NOT_ASKED: Final = NotNow("recheck.not_asked", "only a sampled task that was released again")
SAME_PERSON: Final = NotNow("recheck.same_person", "let another person look")


def release(standing: Standing, worker: str) -> Standing:
    """The task, or its re-check, on the worker's list. Raises :class:`ValueError` where it does not
    wait, or the worker is who did it."""
    if standing.state == "waiting":
        return standing._replace(state="released", worker=worker)
    if standing.state == "recheck_waiting" and worker != standing.by:
        return standing._replace(state="recheck_released", worker=worker)
    raise ValueError(f"a task that is {standing.state} cannot be released to {worker}")


def report(
    standing: Standing, found: TaskOutcome, *, attempts: int, sampled: bool, on: date
) -> Standing | NotNow:
    """After what a worker found, on the local day ``on``. Whoever found it: the first outcome of a
    released task counts, so that a worker's absence holds nothing up."""
    if standing.state == "waiting":
        return NOT_RELEASED
    if standing.state != "released":
        return DONE_BEFORE
    unreached = standing.unreached + (found.outcome == "unreachable")
    if found.outcome == "unreachable" and unreached < attempts:
        return Standing(unreached=unreached, not_before=on + timedelta(days=1))
    return Standing(
        state="recheck_waiting" if sampled else "done",
        outcome=found.outcome,
        corrected_grid=found.corrected_grid,
        by=found.by,
    )


def recheck(
    standing: Standing, found: RecheckOutcome, *, attempts: int, on: date
) -> Standing | NotNow:
    """After what a second person found. Who reaches nobody has not contradicted anybody."""
    if standing.state != "recheck_released":
        return NOT_ASKED
    if found.by == standing.by:
        return SAME_PERSON
    if found.finding == (standing.outcome, standing.corrected_grid):
        return standing._replace(state="agreed", worker=found.by)
    if found.outcome != "unreachable":
        return standing._replace(state="contradicted", worker=found.by)
    unreached = standing.unreached + 1
    if unreached >= attempts:
        return standing._replace(state="unresolved", worker=found.by, unreached=unreached)
    return standing._replace(
        state="recheck_waiting",
        worker=None,
        unreached=unreached,
        not_before=on + timedelta(days=1),
    )
