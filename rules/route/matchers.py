"""One question of a route, compiled: which values of which facts it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from rules.patterns import expand
from rules.route.condition import Condition
from rules.route.facts import Facts
from rules.route.given import Match

ROUTINE: Final = "routine"
"""In ``mode``: no emergency mode is in force at the place (平)."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TERRITORIES: Final = ("grid", "community", "street", "district")
"""Finest first: a route is looked up by the finest one that it names."""

_AT: Final = {name: at for at, name in enumerate(Facts._fields)}


class Matcher(NamedTuple):
    """``name``: as the pack's file has it. ``allowed``: the values it takes of the one fact it asks
    for, ``fact``; None where it is no matter of one value. ``asks``: positions in :class:`Facts`
    of all that ``holds`` reads. ``least``: the number that it asks for, or 0."""

    name: str
    fact: str
    allowed: frozenset[object] | None
    asks: tuple[int, ...]
    holds: Callable[[Facts], bool]
    least: int = 0


def compile_match(match: Match, codes: Sequence[str], life: Iterable[str]) -> tuple[Matcher, ...]:
    """The questions of one route, the cheap and telling ones first.

    ``codes``: of the taxonomy; ``life``: those of life-safety categories. Raises
    :class:`rules.route.condition.ConditionError`.
    """
    found: list[Matcher] = []
    if match.category is not None:
        found.append(_one_of("category", "category", expand(match.category, codes)))
    if match.life_safety is not None:
        safe = frozenset(life)
        # As a set of categories, because it follows from the category alone.
        allowed = safe if match.life_safety else frozenset(codes) - safe
        found.append(_one_of("life_safety", "category", allowed))
    for name in ("priority", "kind", "source", *reversed(TERRITORIES)):
        asked = getattr(match, name)
        if asked is not None:
            found.append(_one_of(name, name, asked))
    for name in ("located", "working"):
        asked = getattr(match, name)
        if asked is not None:
            found.append(_one_of(name, name, [asked]))
    if match.weekday is not None:
        found.append(_one_of("weekday", "weekday", (WEEKDAYS.index(d) + 1 for d in match.weekday)))
    if match.hours is not None:
        found.append(_one_of("hours", "minute", minutes(match.hours)))
    if match.layer is not None:
        found.append(_any_of("layer", "layers", match.layer))
    if match.marked is not None:
        found.append(_any_of("marked", "marks", match.marked))
    if match.mode is not None:
        found.append(_in_mode(match.mode))
    if match.reports is not None:
        found.append(_at_least(match.reports))
    if match.when is not None:
        everything = tuple(range(len(Facts._fields)))
        condition = Condition.compile(match.when)
        found.append(Matcher("when", "", None, everything, condition.holds))
    return tuple(found)


def minutes(spans: Sequence[str]) -> frozenset[object]:
    """The minutes of a day in spans such as ``22:00-06:00``: the first counts, the last does not.
    A span that ends before it begins goes on over midnight."""
    found: set[object] = set()
    for span in spans:
        first, last = (_minute(part) for part in span.split("-"))
        if first < last:
            found.update(range(first, last))
        else:
            found.update(range(first, 1440))
            found.update(range(last))
    return frozenset(found)


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)  # 24:00 is 1440, the end of the day


def _one_of(name: str, fact: str, values: Iterable[object]) -> Matcher:
    allowed, at = frozenset(values), _AT[fact]
    return Matcher(name, fact, allowed, (at,), lambda facts: facts[at] in allowed)


def _any_of(name: str, fact: str, values: Iterable[object]) -> Matcher:
    allowed, at = frozenset(values), _AT[fact]
    holds: Callable[[Facts], bool] = lambda facts: not allowed.isdisjoint(facts[at])  # type: ignore[arg-type]  # noqa: E731
    return Matcher(name, fact, None, (at,), holds)


def _in_mode(values: Sequence[str]) -> Matcher:
    allowed, routine = frozenset(values) - {ROUTINE}, ROUTINE in values
    return Matcher(
        "mode",
        "modes",
        None,
        (_AT["modes"],),
        lambda facts: not allowed.isdisjoint(facts.modes) if facts.modes else routine,
    )


def _at_least(count: int) -> Matcher:
    holds: Callable[[Facts], bool] = lambda facts: facts.reports >= count  # noqa: E731
    return Matcher("reports", "reports", None, (_AT["reports"],), holds, count)
