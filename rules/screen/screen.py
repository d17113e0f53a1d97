"""A pack's filters, compiled: what one event shows by itself, and which filters remember."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from rules.given import Taxonomy
from rules.memo import Memo
from rules.screen.advertisement import advertisement
from rules.screen.check import Check
from rules.screen.default_point import DefaultPoint
from rules.screen.facts import DeskFacts, ScreenFacts
from rules.screen.finding import CLEAN, Finding, Screened
from rules.screen.given import Screening
from rules.screen.memory import Memory, MemoryFilter
from rules.screen.position import impossible_position
from rules.screen.producer import sensor_quality, source
from rules.screen.rate import Rate
from rules.screen.repeat import REREAD_S, Repeat
from rules.screen.rule import Rule
from rules.screen.times import future, too_old
from rules.screen.wording import blank, contact_only, test_message
from rules.text import normalise

# By the name of the check, which decides the model of its parameters in packs/screening.py.
_CHECKS: Final[Mapping[str, Callable[[Any], Check]]] = {
    "impossible_position": impossible_position,
    "future": future,
    "too_old": too_old,
    "blank": blank,
    "contact_only": contact_only,
    "advertisement": advertisement,
    "test_message": test_message,
    "sensor_quality": sensor_quality,
    "source": source,
}
_MEMORIES: Final[Mapping[str, Callable[[Any], Memory]]] = {
    "rate": Rate,
    "default_point": DefaultPoint,
}


_Steps: TypeAlias = tuple[tuple[Check, Rule], ...]


class Screen:
    """A pack's ``screening.yaml``. Filters are tried in the file's order: ``quarantine`` and
    ``pass`` end it, ``mark`` goes on. Pure: equal arguments, equal results.

    ``memory``: the filters that remember, in the file's order. ``repeat_window_s``: how long the
    desk remembers an id. ``life_safety``: the categories that a bypass holds for.
    """

    def __init__(self, screening: Screening, taxonomy: Taxonomy) -> None:
        self.life_safety = frozenset(c.code for c in taxonomy.categories if c.life_safety)
        self.repeat: Repeat | None = None
        self._steps: list[tuple[Check, Rule]] = []
        memory: list[MemoryFilter] = []
        self._before: dict[str, tuple[tuple[MemoryFilter, ...], Repeat | None]] = {}
        for given in screening.filters:
            rule = Rule.compile(given, taxonomy)
            if given.check == "repeat":
                window: Any = given
                self.repeat = Repeat(rule, window.window_hours * 3600)
            elif given.check in _MEMORIES:
                made = _MEMORIES[given.check](given)
                memory.append(MemoryFilter.compile(rule, given.check, made))
            else:
                self._steps.append((_CHECKS[given.check](given), rule))
            if given.effect == "pass":
                self._before[rule.name] = (tuple(memory), self.repeat)
        self.memory = tuple(memory)
        self.repeat_window_s = self.repeat.window_s if self.repeat is not None else REREAD_S
        self._concerned: Memo[tuple[str, str, str], _Steps] = Memo()

    @classmethod
    def compile(cls, screening: Screening, taxonomy: Taxonomy) -> Screen:
        """The screen of a pack's ``screening.yaml`` and ``taxonomy.yaml``."""
        return cls(screening, taxonomy)

    def check(self, facts: ScreenFacts) -> Screened:
        """What the filters without memory say of one event."""
        key = facts[:3]
        steps = self._concerned.get(key)
        if steps is None:
            steps = self._concerned.keep(key, self._steps_for(*key))
        form = normalise(facts.text) if facts.text else ""
        marks: tuple[Finding, ...] = ()
        for check, rule in steps:
            found = check(facts, form)
            if found is None:
                continue
            finding = rule.finding(found, facts.category)
            if finding.effect == "quarantine":
                return Screened(finding, marks)
            marks = (*marks, finding)
            if finding.effect == "pass":
                break
        return Screened(None, marks) if marks else CLEAN

    def passed_by(self, marks: Iterable[str]) -> str | None:
        """The filter that let an event through, out of the names of those that marked it."""
        return next((name for name in marks if name in self._before), None)

    def memory_for(self, passed: str | None) -> tuple[MemoryFilter, ...]:
        """The filters to be asked about an event, in their order: where ``passed`` let it through,
        those that stand before it in the file."""
        return self.memory if passed is None else self._before[passed][0]

    def repeat_of(
        self, facts: DeskFacts, incident: str | None, passed: str | None
    ) -> Finding | None:
        """What to do with an event whose id was seen within ``repeat_window_s``; None when no
        filter concerns it. ``incident``: what the first one opened, if it opened one."""
        repeat = self.repeat if passed is None else self._before[passed][1]
        return repeat.found(facts, incident) if repeat is not None else None

    def _steps_for(self, kind: str, source: str, category: str) -> _Steps:
        """The filters without memory that concern such events, in the file's order."""
        return tuple(step for step in self._steps if step[1].concerns(kind, source, category))
