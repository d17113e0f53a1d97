"""What a filter has besides its check: a name, whom it concerns, and what follows."""

from __future__ import annotations

from dataclasses import dataclass

from rules.given import Taxonomy
from rules.patterns import expand
from rules.screen.finding import Effect, Finding
from rules.screen.given import Filter


@dataclass(frozen=True, slots=True)
class Rule:
    """``sources``, ``kinds``, ``categories``: None is all of them. ``spared``: the categories that
    it never holds back."""

    name: str
    effect: Effect
    reason: str
    sources: frozenset[str] | None
    kinds: frozenset[str] | None
    categories: frozenset[object] | None
    spared: frozenset[str]

    @classmethod
    def compile(cls, given: Filter, taxonomy: Taxonomy) -> Rule:
        """The rule of one filter; a category ending in ``*`` is a prefix."""
        codes = [c.code for c in taxonomy.categories]
        life = [c.code for c in taxonomy.categories if c.life_safety]
        return cls(
            name=given.filter,
            effect=given.effect,
            reason=f"{given.reason}: " if given.reason else "",
            sources=frozenset(given.source) if given.source is not None else None,
            kinds=frozenset(given.kind) if given.kind is not None else None,
            categories=expand(given.category, codes) if given.category is not None else None,
            spared=frozenset(life if given.life_safety_bypass else ()),
        )

    def concerns(self, kind: str, source: str, category: str) -> bool:
        """Whether events of these are looked at."""
        return (
            (self.kinds is None or kind in self.kinds)
            and (self.sources is None or source in self.sources)
            and (self.categories is None or category in self.categories)
        )

    def finding(self, found: str, category: str) -> Finding:
        """``found``, with what follows for an event of ``category``. Where the filter would hold
        back a category that it spares, the event is marked: somebody should know all the same."""
        text = self.reason + found
        if self.effect == "quarantine" and category in self.spared:
            return Finding(self.name, f"{text}; not held back: life safety", "mark")
        return Finding(self.name, text, self.effect)
