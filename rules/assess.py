"""How fast we act: the most urgent of named contributions."""

from __future__ import annotations

from typing import NamedTuple

from messages.decision import Priority
from messages.model import Body
from rules.given import Classify, Taxonomy
from rules.memo import Memo
from rules.words import Words


class Assessed(NamedTuple):
    """``contributions``: bodies of ``Contribution``, the winner first. ``reason``: a ``Reason``
    body. Both are shared among events; never change them."""

    priority: Priority
    contributions: tuple[Body, ...]
    reason: Body


class Assessor:
    """A pack's priorities, compiled. Pure: equal arguments, equal results."""

    def __init__(self, taxonomy: Taxonomy, classify: Classify) -> None:
        self._categories = {c.code: c.priority for c in taxonomy.categories}
        self._states = {(s.code, st): p for s in taxonomy.sensors for st, p in s.states.items()}
        self._limits = {s.code: s.limits.priority for s in taxonomy.sensors if s.limits}
        self._lanes = dict(classify.lanes)
        pairs = [(word, group.priority) for group in classify.urgent_words for word in group.words]
        self._words = Words(word for word, _ in pairs)
        self._word_priorities = [priority for _, priority in pairs]
        self._memo: Memo[tuple[str, str, str | None, str | None, tuple[int, ...]], Assessed]
        self._memo = Memo()

    @classmethod
    def compile(cls, taxonomy: Taxonomy, classify: Classify) -> Assessor:
        """The assessor of a pack's ``taxonomy.yaml`` and ``classify.yaml``."""
        return cls(taxonomy, classify)

    def assess(
        self,
        category: str,
        lane: str,
        text: str,
        sensor: str | None = None,
        state: str | None = None,
    ) -> Assessed:
        """The priority of one event that came over ``lane`` and was classified as ``category``.

        With a ``sensor``, its state's priority (a reading's: its limits') stands in place of the
        category's: a broken smoke detector is not a fire. All else only makes it more urgent.
        """
        key = (category, lane, sensor, state, self._words.find(text))
        return self._memo.get(key) or self._memo.keep(key, self._assess(*key))

    def _assess(
        self,
        category: str,
        lane: str,
        sensor: str | None,
        state: str | None,
        words: tuple[int, ...],
    ) -> Assessed:
        parts = [self._start(category, sensor, state)]
        parts += [(f"word {self._words.words[i]}", self._word_priorities[i]) for i in words]
        least = self._lanes.get(lane)  # type: ignore[call-overload]  # any text may be asked for
        if least is not None:
            parts.append((f"lane {lane}", least))
        parts.sort(key=lambda part: part[1])  # stable: P1 first, then in the order above
        (first, priority), *others = parts
        text = f"{priority} by {first}"
        if others:
            text += " (" + ", ".join(f"{name} {p}" for name, p in others) + ")"
        return Assessed(
            priority,
            tuple({"name": name, "priority": p} for name, p in parts),
            {"step": "assess", "code": first.partition(" ")[0], "text": text},
        )

    def _start(self, category: str, sensor: str | None, state: str | None) -> tuple[str, Priority]:
        if sensor is not None and state is not None:
            by_state = self._states.get((sensor, state))  # type: ignore[arg-type]
            if by_state is not None:
                return f"state {state}", by_state
        elif sensor in self._limits:
            return f"limits {sensor}", self._limits[sensor]
        return "category", self._categories[category]
