"""How fast we act: the contributions of an event, summed up to its priority."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from messages.decision import Priority
from messages.model import Body
from rules.assess.contribution import compile_part
from rules.assess.event import Event
from rules.assess.given import Assessment, Contribution
from rules.assess.proposals import Proposals
from rules.given import Classify, Taxonomy
from rules.lexicon import Lexicon
from rules.memo import Memo
from rules.sensors import DANGERS, watches


class Assessed(NamedTuple):
    """``contributions``: bodies of ``Contribution``; their points sum up to ``score``.
    ``reason``: a ``Reason`` body. All are shared among events; never change them."""

    priority: Priority
    score: float
    contributions: tuple[Body, ...]
    reason: Body


class Assessor:
    """A pack's assessment, compiled. Pure: equal arguments, equal results."""

    def __init__(
        self,
        taxonomy: Taxonomy,
        classify: Classify,
        assessment: Assessment,
        modes: Mapping[str, Sequence[Contribution]],
    ) -> None:
        codes = [c.code for c in taxonomy.categories]
        self._scale: dict[Priority, float] = {
            "P1": assessment.points.P1,
            "P2": assessment.points.P2,
            "P3": assessment.points.P3,
            "P4": assessment.points.P4,
        }
        self._categories = {c.code: c.priority for c in taxonomy.categories}
        self._sensors = watches(taxonomy)
        self._lanes = dict(classify.lanes)
        pairs = [(word, group.priority) for group in classify.urgent_words for word in group.words]
        self._words = Lexicon((word for word, _ in pairs), classify.negation)
        self._word_priorities = [priority for _, priority in pairs]
        everywhere = [compile_part(part, codes) for part in assessment.contributions]
        for scenario, parts in modes.items():
            everywhere += [compile_part(part, codes, scenario) for part in parts]
        self._at_once = [part for part in everywhere if not part.needs_memory]
        self._with_memory = [part for part in everywhere if part.needs_memory]
        self._magnitudes = sorted({part.magnitude for part in everywhere if part.magnitude})
        self._proposals = Proposals(assessment.proposals, codes)
        asking = [part.category or frozenset(codes) for part in self._with_memory]
        self.remembered: frozenset[object] = frozenset().union(*asking)
        """Categories whose events are counted and compared before they are assessed for good."""
        self._memo: Memo[tuple[object, ...], Assessed] = Memo()

    @classmethod
    def compile(
        cls,
        taxonomy: Taxonomy,
        classify: Classify,
        assessment: Assessment,
        modes: Mapping[str, Sequence[Contribution]],
    ) -> Assessor:
        """The assessor of a pack's ``taxonomy.yaml``, ``classify.yaml``, ``assessment.yaml`` and
        the contributions of its ``modes/``, by scenario."""
        return cls(taxonomy, classify, assessment, modes)

    def assess(self, event: Event) -> Assessed:
        """What can be said of an event by itself.

        It starts with the points of its category's priority; a sensor's event with those of its
        state or limit, because a broken smoke detector is no fire. Contributions are added; urgent
        words and the lane then lift the sum to where their priority begins, if it is below.
        """
        words = self._words.find(event.text).ids if event.text else ()
        magnitude = self._magnitude(event)
        key = (*event[:3], words, event.sensor, event.state, magnitude, event.layers, event.modes)
        return self._memo.get(key) or self._memo.keep(key, self._assess(event, words, magnitude))

    def again(
        self,
        before: Sequence[Body],
        event: Event,
        *,
        corroborated: bool,
        reports: int,
    ) -> Assessed | None:
        """The assessment with what memory adds to ``before``, or None when it adds nothing."""
        magnitude = self._magnitude(event)
        more = [
            part.body
            for part in self._with_memory
            if part.holds(event, magnitude)
            and (corroborated or not part.corroborated)
            and reports >= part.reports
        ]
        if not more:
            return None
        return self._sum([*before, *more])

    def proposal(self, category: str, score: float, layers: Iterable[str]) -> Body | None:
        """The gravest emergency level to propose to an officer: an ``EmergencyProposal`` body."""
        return self._proposals.gravest(category, score, layers)

    def _magnitude(self, event: Event) -> float:
        """The highest of the pack's magnitudes that the value reaches: few values, few memos."""
        if event.value is None or event.sensor is None or event.state not in DANGERS:
            return 0.0
        watch = self._sensors.get(event.sensor)
        reached = watch.magnitude(event.value) if watch is not None else 0.0
        return max((m for m in self._magnitudes if m <= reached), default=0.0)

    def _assess(self, event: Event, words: tuple[int, ...], magnitude: float) -> Assessed:
        name, priority = self._start(event)
        parts: list[Body] = [{"name": name, "points": self._scale[priority]}]
        parts += [part.body for part in self._at_once if part.holds(event, magnitude)]
        parts += [
            {"name": f"word {self._words.words[i]}", "at_least": self._word_priorities[i]}
            for i in words
        ]
        least = self._lanes.get(event.lane)  # type: ignore[call-overload]  # any text may be asked
        if least is not None:
            parts.append({"name": f"lane {event.lane}", "at_least": least})
        return self._sum(parts)

    def _sum(self, parts: Sequence[Body]) -> Assessed:
        """Plain points first; then what lifts, the most urgent first."""
        plain = [
            {k: v for k, v in p.items() if k != "at_least"} for p in parts if "at_least" not in p
        ]
        score = sum(part["points"] for part in plain)
        lifts = sorted((p for p in parts if "at_least" in p), key=lambda part: part["at_least"])
        bodies = plain
        for lift in lifts:
            points = max(0.0, self._scale[lift["at_least"]] - score)
            score += points
            bodies.append({"name": lift["name"], "points": points, "at_least": lift["at_least"]})
        priority = self._priority(score)
        said = ", ".join(_said(body) for body in bodies)
        first = max(bodies, key=lambda body: body["points"])["name"]
        return Assessed(
            priority,
            score,
            tuple(bodies),
            {
                "step": "assess",
                "code": first.partition(" ")[0],
                "text": f"{priority} by {score:g} points: {said}",
            },
        )

    def _priority(self, score: float) -> Priority:
        for priority, begins in self._scale.items():
            if score >= begins:
                return priority
        return "P4"

    def _start(self, event: Event) -> tuple[str, Priority]:
        watch = self._sensors.get(event.sensor) if event.sensor is not None else None
        if watch is not None and event.state is not None:
            if event.kind == "reading":
                by_limit = watch.limit_priority(event.state)
                if by_limit is not None:
                    return f"limits {watch.code} {event.state}", by_limit
            by_state = watch.priority(event.state)
            if by_state is not None:
                return f"state {event.state}", by_state
        return f"category {event.category}", self._categories[event.category]


def _said(body: Body) -> str:
    text = f"{body['name']} {body['points']:+g}"
    return f"{text} (at least {body['at_least']})" if "at_least" in body else text
