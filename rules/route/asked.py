"""What a set of questions can tell apart: facts reduced to the values that change an answer.

A minute of the day is reduced to its span between the pack's hours, a number of reports to the
highest number that is asked for. Events that come to the same reduced facts have the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import TypeAlias

from rules.route.facts import Facts
from rules.route.matchers import Matcher

Asked: TypeAlias = Callable[[Facts], object]
_MINUTE, _REPORTS = Facts._fields.index("minute"), Facts._fields.index("reports")
_EVERYTHING = len(Facts._fields)


class Reductions:
    """One reduction per set of facts that is asked for, over all questions of a tree."""

    def __init__(self, matchers: Iterable[Matcher]) -> None:
        hours: dict[frozenset[object], None] = {}
        most = 1
        for matcher in matchers:
            if matcher.fact == "minute" and matcher.allowed is not None:
                hours[matcher.allowed] = None
            most = max(most, matcher.least)
        self._most = most
        spans: dict[tuple[bool, ...], int] = {}
        self._spans = [
            spans.setdefault(tuple(minute in span for span in hours), len(spans))
            for minute in range(1440)
        ]
        self._made: dict[frozenset[int], Asked] = {}

    def of(self, asks: frozenset[int]) -> Asked:
        """The reduction for questions that ask for ``asks``, positions in :class:`Facts`."""
        found = self._made.get(asks)
        if found is None:
            found = self._made[asks] = self._make(asks)
        return found

    def _make(self, asks: frozenset[int]) -> Asked:
        if len(asks) == _EVERYTHING:
            return _whole  # a condition in CEL may do anything with them
        plain = _getter(sorted(asks - {_MINUTE, _REPORTS}))
        spans, most = self._spans, self._most
        last = len(spans) - 1  # a leap second's minute is the day's last
        match _MINUTE in asks, _REPORTS in asks:
            case True, True:
                return lambda facts: (
                    plain(facts),
                    spans[min(facts.minute, last)],
                    min(facts.reports, most),
                )
            case True, False:
                return lambda facts: (plain(facts), spans[min(facts.minute, last)])
            case False, True:
                return lambda facts: (plain(facts), min(facts.reports, most))
        return plain


def _getter(positions: Sequence[int]) -> Asked:
    return itemgetter(*positions) if positions else _nothing


def _nothing(facts: Facts) -> object:
    return None


def _whole(facts: Facts) -> object:
    return facts
