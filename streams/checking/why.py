"""Why two packs disagree on an event: the first step at which they part, and what made them."""

from __future__ import annotations

from collections.abc import Iterator

from messages.model import Body
from rules.route import facts_of
from streams.checking.moves import Change
from streams.city import City

_PLACE = ("district", "street")


def why(change: Change, before: City, after: City) -> list[str]:
    """Lines for a person, at least one; step by step as far as the packs part."""
    was, is_ = change.before, change.after
    if was["outcome"] != is_["outcome"]:
        return [f"{_ending(was)} → {_ending(is_)}"]
    if was.get("route") is None or is_.get("route") is None:
        return [f"{_last(was)} → {_last(is_)}"]
    found = [*_place(was, is_), *_category(was, is_), *_priority(was, is_)]
    return found + list(_route(was, is_, before, after))


def _ending(outcome: Body) -> str:
    return f"{outcome['outcome']}: {_last(outcome)}"


def _last(outcome: Body) -> str:
    if outcome["outcome"] == "dead":
        return f"{outcome['message']} [{outcome['code']}]"
    if outcome["outcome"] == "ignored" and "reasons" not in outcome:
        return "within its limits"
    return str(outcome["reasons"][-1]["text"])


def _place(was: Body, is_: Body) -> Iterator[str]:
    old, new = (one["place"].get("responsible", one["place"]) for one in (was, is_))
    if [old.get(level) for level in _PLACE] != [new.get(level) for level in _PLACE]:
        yield f"place: {_said(was, 'locate')} → {_said(is_, 'locate')}"


def _category(was: Body, is_: Body) -> Iterator[str]:
    if was["category"] != is_["category"]:
        yield f"category: {_said(was, 'classify')} → {_said(is_, 'classify')}"


def _priority(was: Body, is_: Body) -> Iterator[str]:
    if was["priority"] == is_["priority"]:
        return
    old, new = (
        {part["name"]: part["points"] for part in one["contributions"]} for one in (was, is_)
    )
    parts = [f"without {name} ({old[name]:+g})" for name in old if name not in new]
    parts += [f"with {name} ({new[name]:+g})" for name in new if name not in old]
    parts += [
        f"{name} {old[name]:+g} → {new[name]:+g}"
        for name in old
        if name in new and old[name] != new[name]
    ]
    told = f": {', '.join(parts)}" if parts else ", which begin elsewhere"
    scores = f"{was['score']:g} → {is_['score']:g} points"
    yield f"priority: {was['priority']} → {is_['priority']} by {scores}{told}"


def _route(was: Body, is_: Body, before: City, after: City) -> Iterator[str]:
    old, new = was["route"], is_["route"]
    if old != new:
        now, then = _fate(old, is_, after), _fate(new, was, before)
        yield f"route: {old} → {new}: now {now}; before, {then}"
    elif was["unit"] != is_["unit"] or set(was["copies"]) != set(is_["copies"]):
        targets = [
            " + ".join([route.to, *sorted(route.copies)])
            for city in (before, after)
            for route in city.router.routes
            if route.name == old
        ]
        told = " → ".join(targets) if targets[0] != targets[1] else _told(was, is_)
        yield f"route: {old}: {told}"
    if was.get("escalation") != is_.get("escalation"):
        yield f"escalation: {was.get('escalation')} → {is_.get('escalation')}"


def _told(was: Body, is_: Body) -> str:
    """Which routes that go on told somebody in only one of the two."""
    old, new = ({one["route"] for one in side["tried"] if one["matched"]} for side in (was, is_))
    parts = [f"{name} no longer tells" for name in sorted(old - new)]
    parts += [f"{name} tells too" for name in sorted(new - old)]
    return ", ".join(parts) or "its targets are other units"


def _fate(route: str, decision: Body, city: City) -> str:
    """What became of a route where another won."""
    facts = facts_of(decision)
    for one in city.router.everything_tried(facts):
        if one["route"] == route:
            if not one["matched"]:
                return f"{route} says no by {one['failed']}"
            return f"{route} comes after {decision['route']}"
    return f"there is no {route}"


def _said(decision: Body, step: str) -> str:
    texts = [reason["text"] for reason in decision["reasons"] if reason["step"] == step]
    return str(texts[-1]) if texts else "nothing"
