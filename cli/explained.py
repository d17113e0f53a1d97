"""A decision as a readable chain: where, what, how grave, which routes were asked, and whose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from messages.model import Body
from rules.route import facts_of

OUTCOME_STYLE: Final = {
    "routed": "green",
    "merged": "green",
    "quarantined": "yellow",
    "dead": "red",
    "ignored": "dim",
    "discarded": "dim",
}
_FACT: Final = {"layer": "layers", "mode": "modes", "marked": "marks", "life_safety": "category"}


def print_decision(console: Console, body: Body, routes: Sequence[Body] | None = None) -> None:
    """Print one decision. ``routes``: bodies of ``RouteTried`` to show in place of those that the
    decision has, which are those of its category, priority and territory."""
    outcome = body.get("outcome", "dead")
    title = Text(f"{body.get('event_id', '(no id)')}  ", style="bold")
    title.append(outcome, style=OUTCOME_STYLE.get(outcome, ""))
    if body.get("unit"):
        title.append(f" → {body['unit']}", style="bold green")
    console.print(title)
    if "code" in body:
        console.print(f"  {body['code']}: {body['message']}\n")
        return
    chain = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    chain.add_column(style="cyan", no_wrap=True)
    chain.add_column(overflow="fold")
    for name, text in rows(body, routes):
        chain.add_row(name, text)
    console.print(chain)
    console.print()


def rows(body: Body, routes: Sequence[Body] | None = None) -> list[tuple[str, str]]:
    """The chain's lines: (what it is about, what it says)."""
    found = [(reason["step"], reason["text"]) for reason in body.get("reasons", ())]
    for part in body.get("contributions", ()):
        least = f", at least {part['at_least']}" if part.get("at_least") else ""
        found.append(("priority", f"{part['points']:+g} {part['name']}{least}"))
    if body.get("priority") and body.get("score") is not None:
        found.append(("priority", f"= {body['score']:g} → {body['priority']}"))
    proposal = body.get("proposal")
    if proposal:
        found.append(("proposed", f"level {proposal['level']}: {proposal['text']}"))
    found += [
        ("mode 战", f"{mode['scenario']} by order {mode['order_id']}")
        for mode in body.get("modes", ())
    ]
    asked = body.get("tried", ()) if routes is None else routes
    value = _values(body) if asked else None
    for tried in asked:
        said = "matched" if tried["matched"] else _refused(tried["failed"], value)
        found.append(("route", f"{tried['route']}: {said}"))
    if body.get("route"):
        winner = f"{body['route']} (runner-up: {body.get('runner_up') or 'none'})"
        found.append(("winner", winner))
    if body.get("copies"):
        found.append(("copies 抄送", ", ".join(body["copies"])))
    if body.get("escalation"):
        found.append(("escalation", body["escalation"]))
    if body.get("incident_id"):
        found.append(("incident", body["incident_id"]))
    if body.get("consulted"):
        values = ", ".join(f"{k}={v}" for k, v in body["consulted"].items() if v is not None)
        found.append(("consulted", values))
    if body.get("pack"):
        found.append(("pack", f"{body['pack']}, boundaries {body.get('boundaries', '')}"))
    return found


def _refused(failed: str, value: Callable[[str], str] | None) -> str:
    matcher = failed.rpartition(".")[2]
    return f"no: {failed}" + (f" ({value(matcher)})" if value is not None else "")


def _values(body: Body) -> Callable[[str], str] | None:
    """What the event has of the fact that a matcher asks for."""
    if body.get("place") is None or body.get("priority") is None:
        return None  # a run of an earlier release
    facts = facts_of(body)

    def value(matcher: str) -> str:
        if matcher == "hours":
            return f"it is {facts.minute // 60:02d}:{facts.minute % 60:02d}"
        if matcher == "when":
            return "the condition does not hold"
        found: Any = getattr(facts, _FACT.get(matcher, matcher))
        if isinstance(found, bool):
            return f"the event is {'' if found else 'not '}so"
        if found is None or found == ():
            return "the event has none"
        return f"the event has {', '.join(found) if isinstance(found, tuple) else found}"

    return value
