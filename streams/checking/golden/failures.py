"""Where a decision is not what a golden test expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from messages.model import Body
from packs.golden import Expect
from rules.route import facts_of


def failures(expect: Expect, decision: Body) -> list[str]:
    """One line each, for a person; none where the decision is as expected. An event lies in a queue
    whether it opens a case or joins one."""
    joined = decision["outcome"] == "merged" and "joins" in decision.get("consulted", {})
    if decision["outcome"] != expect.outcome and not (joined and expect.outcome == "routed"):
        return [f"it is {decision['outcome']}, not {expect.outcome}: {_why(decision)}"]
    return list(_compared(expect, decision))


def _compared(expect: Expect, decision: Body) -> Iterator[str]:
    if expect.queue is not None:
        (queue,) = _units([expect.queue], decision)
        if decision["unit"] != queue:
            yield f"the queue is {decision['unit']}, not {queue}; by route {decision['route']}"
    for name in ("route", "category", "priority", "escalation"):
        wanted = getattr(expect, name)
        if wanted is not None and decision.get(name) != wanted:
            yield f"{name} is {decision.get(name)}, not {wanted}"
    if expect.copies is not None:
        wanted = _units(expect.copies, decision)
        if set(decision["copies"]) != set(wanted):
            yield f"copies are {_listed(decision['copies'])}, not {_listed(wanted)}"
    if expect.reason is not None and decision["reasons"][-1]["code"] != expect.reason:
        yield f"the last reason is {decision['reasons'][-1]['code']}, not {expect.reason}"


def _units(said: Iterable[str], decision: Body) -> list[str]:
    """Units, the event's own street and district by their codes."""
    facts = facts_of(decision)
    own = {"street": f"street:{facts.street}", "district": f"district:{facts.district}"}
    return [own.get(one, one) for one in said]


def _why(decision: Body) -> str:
    if decision["outcome"] == "dead":
        return f"{decision['message']} [{decision['code']}]"
    if "reasons" in decision:
        return f"{decision['reasons'][-1]['text']}"
    return "a reading within its limits"


def _listed(units: Iterable[str]) -> str:
    return ", ".join(sorted(units)) or "none"
