"""What an event is: by the producer's hint, the device's kind, or the words of the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from messages.model import Body
from rules.given import UNKNOWN, Classify, Source, Taxonomy
from rules.memo import Memo
from rules.text import normalise
from rules.words import Words

By: TypeAlias = Literal["hint", "lexicon", "sensor", "default"]
UPKEEP_STATES = frozenset({"fault", "tamper", "offline"})
"""States that speak of the device and not of what it watches."""


class Classified(NamedTuple):
    """``evidence``: the words that counted, with their weights. ``reason`` (a ``Reason`` body) and
    ``consulted`` are shared among events; never change them. ``life_safety``: of the category."""

    category: str
    by: By
    evidence: tuple[tuple[str, float], ...]
    life_safety: bool
    reason: Body
    consulted: Body


class Classifier:
    """A pack's lexicon, hints and sensors, compiled. Pure: equal arguments, equal results."""

    def __init__(
        self, classify: Classify, taxonomy: Taxonomy, sources: Mapping[str, Source]
    ) -> None:
        self._names = {c.code: c.name for c in taxonomy.categories}
        self._life = {c.code for c in taxonomy.categories if c.life_safety}
        self._urgency = {c.code: c.priority for c in taxonomy.categories}
        self._minimum = classify.minimum_score
        self._hints = {
            name: {normalise(word): code for word, code in source.category_hints.items()}
            for name, source in sources.items()
        }
        pairs = [(w, e.category, e.weight) for e in classify.lexicon for w in e.words]
        self._lexicon = Words(word for word, _, _ in pairs)
        self._weights = [(category, weight) for _, category, weight in pairs]
        self._sensors = {s.code: s for s in taxonomy.sensors}
        self._by_words: Memo[tuple[int, ...], Classified] = Memo()
        self._by_hint: Memo[tuple[str, str], Classified | None] = Memo()
        self._by_state: Memo[tuple[str, str], Classified] = Memo()

    @classmethod
    def compile(
        cls, classify: Classify, taxonomy: Taxonomy, sources: Mapping[str, Source]
    ) -> Classifier:
        """The classifier of a pack's ``classify.yaml``, ``taxonomy.yaml`` and ``sources/``."""
        return cls(classify, taxonomy, sources)

    def classify(
        self,
        kind: str,
        text: str,
        hint: str | None,
        source: str,
        sensor: str | None = None,
        state: str | None = None,
        value: float | None = None,
    ) -> Classified | None:
        """The category of one event, or None for a reading within its limits.

        A hint counts when it is a code of the taxonomy or one of the source's own words; otherwise
        the text decides. An alarm or a reading goes by its ``sensor``, with its ``state`` or
        ``value``; a reading of a sensor without limits is within them.
        """
        if kind == "reading":
            return self._reading(sensor or "", value)
        if kind == "alarm":
            key = (sensor or "", state or "")
            return self._by_state.get(key) or self._by_state.keep(key, self._alarm(*key))
        if hint:
            hinted = self._hinted(source, hint)
            if hinted is not None:
                return hinted
        ids = self._lexicon.find(text)
        found = self._by_words.get(ids) or self._by_words.keep(ids, self._scored(ids))
        if hint:  # it said nothing to us, but a reader should see that it was there
            return found._replace(consulted={**found.consulted, "hint_unknown": hint})
        return found

    def _hinted(self, source: str, hint: str) -> Classified | None:
        key = (source, hint)
        if key in self._by_hint:
            return self._by_hint[key]
        code = hint if hint in self._names else self._hints.get(source, {}).get(normalise(hint))
        if code is None or code == UNKNOWN:
            return self._by_hint.keep(key, None)
        text = f"hint {hint}" if code == hint else f"hint {hint} of {source}"
        return self._by_hint.keep(key, self._result(code, "hint", text, {"hint": hint}))

    def _alarm(self, sensor: str, state: str) -> Classified:
        consulted = {"sensor": sensor, "state": state}
        known = self._sensors.get(sensor)
        if known is None:
            text = f"sensor {sensor} is not in the taxonomy"
            return self._result(UNKNOWN, "default", text, consulted)
        code = (known.upkeep if state in UPKEEP_STATES else None) or known.category
        return self._result(code, "sensor", f"{sensor} {state}", consulted)

    def _reading(self, sensor: str, value: float | None) -> Classified | None:
        known = self._sensors.get(sensor)
        if known is None or known.limits is None or value is None:
            return None
        limits, unit = known.limits, known.unit or ""
        if limits.above is not None and value > limits.above:
            beyond = f"above {limits.above:g}"
        elif limits.below is not None and value < limits.below:
            beyond = f"below {limits.below:g}"
        else:
            return None
        text = f"{sensor} {value:g} {beyond} {unit}".rstrip()
        return self._result(known.category, "sensor", text, {"sensor": sensor, "value": value})

    def _scored(self, ids: tuple[int, ...]) -> Classified:
        scores: dict[str, float] = {}
        for i in ids:
            category, weight = self._weights[i]
            scores[category] = scores.get(category, 0.0) + weight
        if not scores:
            return self._result(UNKNOWN, "default", "no hint, no word of the lexicon", {})
        # Between equals the more urgent one, then the lower code: the same in every run.
        best = min(scores, key=lambda code: (-round(scores[code], 6), self._urgency[code], code))
        evidence = tuple(
            (self._lexicon.words[i], self._weights[i][1])
            for i in ids
            if self._weights[i][0] == best
        )
        words = ", ".join(f"{word} ({weight:g})" for word, weight in evidence)
        score = round(scores[best], 6)
        if score < self._minimum:
            text = f"{words} is under the minimum of {self._minimum:g}"
            return self._result(UNKNOWN, "default", text, {"score": score}, evidence)
        return self._result(best, "lexicon", words, {"score": score}, evidence)

    def _result(
        self,
        code: str,
        by: By,
        why: str,
        consulted: Body,
        evidence: tuple[tuple[str, float], ...] = (),
    ) -> Classified:
        text = f"{why} → {code} {self._names[code]}"
        reason = {"step": "classify", "code": by, "text": text}
        return Classified(code, by, evidence, code in self._life, reason, consulted)
