"""Sets of names (layers, modes, marks) that give every answer which any set could give."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rules.reach.axis import NOBODY, Axis
from rules.route.facts import Facts
from rules.route.flat import Route

MOST = 4096


class SetsError(Exception):
    """More different answers than can be counted: the routes ask in too many different ways."""


def subsets(field: str, names: Sequence[str], routes: Sequence[Route]) -> Axis:
    """The axis of a field that holds a set of ``names``. Of the sets that answer all questions of
    ``routes`` alike, it has one, the first found by adding names in their order.

    A question is whether one of some names is in the set; only of the empty set it may be another
    (``routine``). So adding the names one by one misses no answer. Raises :class:`SetsError`.
    """
    at = Facts._fields.index(field)
    questions = [m.holds for r in routes for m in r.matchers if m.asks == (at,)]
    found: dict[tuple[bool, ...], tuple[str, ...]] = {}
    for name in names:
        for before in [(), *found.values()]:
            one = (*before, name)
            found.setdefault(_answers(field, one, questions), one)
            if len(found) > MOST:
                raise SetsError(f"more than {MOST:,} different sets of {field}")
    return Axis.of(field, [{field: one} for one in ((), *found.values())])


def _answers(
    field: str, names: tuple[str, ...], questions: Sequence[Callable[[Facts], bool]]
) -> tuple[bool, ...]:
    facts = NOBODY._replace(**{field: names})  # type: ignore[arg-type]  # a field of sets
    return tuple([holds(facts) for holds in questions])
