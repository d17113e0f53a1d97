"""Answers kept by what a tree's questions can tell apart.

A minute of the day is reduced to its span between the pack's hours, a number of reports to the
highest number that is asked for. Events that come to the same reduced facts have the same answer,
unless a condition in CEL was asked, which may read anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Final, TypeVar

from rules.route.facts import Facts
from rules.route.matchers import Matcher

Answer = TypeVar("Answer")

KEPT: Final = 65_536
"""Answers that are kept; one more, and all are forgotten."""

_AT: Final = {name: at for at, name in enumerate(Facts._fields)}
_MINUTE, _REPORTS = _AT["minute"], _AT["reports"]
# Of every event: which routes speak of it, and which units its targets stand for.
_ALWAYS: Final = frozenset(_AT[name] for name in ("category", "priority", "district", "street"))
_DAY: Final = 1440


def remembered(
    find: Callable[[Facts], tuple[Answer, bool]], matchers: Iterable[Matcher]
) -> Callable[[Facts], Answer]:
    """``find`` with its answers kept. It answers from all ``matchers`` and no others, and says
    whether the answer may be kept: not, when one in CEL was asked."""
    matchers = [matcher for matcher in matchers if matcher.name != "when"]
    asks = _ALWAYS.union(*(matcher.asks for matcher in matchers))
    # A number and a minute choose the shelf, so that no key need be put together from parts.
    plain = itemgetter(*sorted(asks - {_MINUTE, _REPORTS}))
    most = max((matcher.least for matcher in matchers), default=0)
    shelves: list[dict[object, Answer]]
    by_minute: list[list[dict[object, Answer]]]
    shelves, by_minute = _shelves(matchers, most)
    kept = 0

    def keep(facts: Facts) -> Answer:
        nonlocal kept
        answer, may_be_kept = find(facts)
        if may_be_kept:
            kept += 1
            if kept > KEPT:
                kept = 1
                for shelf in shelves:
                    shelf.clear()
            by_minute[facts.minute][min(facts.reports, most)][plain(facts)] = answer
        return answer

    # A function for each case, because asking for what no route asks for is a fifth of the time.
    # The KeyError costs only the event that is new.
    def by_both(facts: Facts) -> Answer:
        reports = facts.reports
        try:
            return by_minute[facts.minute][reports if reports < most else most][plain(facts)]
        except KeyError:
            return keep(facts)

    def by_hours(facts: Facts) -> Answer:
        try:
            return by_hour[facts.minute][plain(facts)]
        except KeyError:
            return keep(facts)

    def by_neither(facts: Facts) -> Answer:
        try:
            return only[plain(facts)]
        except KeyError:
            return keep(facts)

    by_hour, only = [counts[0] for counts in by_minute], shelves[0]
    if _REPORTS in asks:
        return by_both
    return by_hours if _MINUTE in asks else by_neither


def _shelves(
    matchers: Iterable[Matcher], most: int
) -> tuple[list[dict[object, Answer]], list[list[dict[object, Answer]]]]:
    """All of them; and by minute of the day and number of reports. Minutes share theirs when they
    lie in the same hours of all that the matchers ask for."""
    hours = {m.allowed for m in matchers if m.fact == "minute" and m.allowed is not None}
    spans: dict[tuple[bool, ...], list[dict[object, Answer]]] = {}
    by_minute = [
        spans.setdefault(tuple(minute in span for span in hours), [{} for _ in range(most + 1)])
        for minute in range(_DAY)
    ]
    by_minute.append(by_minute[-1])  # a leap second's minute is the day's last
    return [shelf for span in spans.values() for shelf in span], by_minute
