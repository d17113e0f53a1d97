"""What rules are compiled from: the parts of a pack's files that they read, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from messages.decision import Priority
from messages.event import AlarmState
from messages.topics import Lane

UNKNOWN = "0000"
"""The category of an event that nothing classifies; every taxonomy has it."""


class Category(Protocol):
    """See ``packs/taxonomy.py``."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def department(self) -> str | None: ...
    @property
    def priority(self) -> Priority: ...
    @property
    def life_safety(self) -> bool: ...
    @property
    def merge(self) -> Merge: ...


class Merge(Protocol):
    """How far and how long two events of a category speak of the same."""

    @property
    def radius_m(self) -> float: ...
    @property
    def minutes(self) -> float: ...


class Limit(Protocol):
    """A value is beyond it above or below."""

    @property
    def above(self) -> float | None: ...
    @property
    def below(self) -> float | None: ...
    @property
    def priority(self) -> Priority: ...


class Limits(Limit, Protocol):
    """When a reading is an alarm, and when a pre-alarm."""

    @property
    def pre_alarm(self) -> Limit | None: ...
    @property
    def hysteresis(self) -> float: ...


class Sensor(Protocol):
    """A kind of device."""

    @property
    def code(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def upkeep(self) -> str | None: ...
    @property
    def states(self) -> Mapping[AlarmState, Priority]: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def limits(self) -> Limits | None: ...


class Taxonomy(Protocol):
    """What an event can be."""

    @property
    def categories(self) -> Sequence[Category]: ...
    @property
    def sensors(self) -> Sequence[Sensor]: ...


class LexiconEntry(Protocol):
    """Words for one category."""

    @property
    def category(self) -> str: ...
    @property
    def words(self) -> Sequence[str]: ...
    @property
    def weight(self) -> float: ...


class Negation(Protocol):
    """The words by which a text denies others."""

    @property
    def words(self) -> Sequence[str]: ...
    @property
    def fillers(self) -> Sequence[str]: ...
    @property
    def joiners(self) -> Sequence[str]: ...
    @property
    def after(self) -> Sequence[str]: ...
    @property
    def past(self) -> Sequence[str]: ...
    @property
    def exceptions(self) -> Sequence[str]: ...
    @property
    def reach(self) -> int: ...


class Trained(Protocol):
    """How far a trained model's guess is believed."""

    @property
    def threshold(self) -> float: ...


class UrgentWords(Protocol):
    """Words for one priority."""

    @property
    def name(self) -> str: ...
    @property
    def priority(self) -> Priority: ...
    @property
    def words(self) -> Sequence[str]: ...


class Classify(Protocol):
    """See ``packs/classify.py``."""

    @property
    def minimum_score(self) -> float: ...
    @property
    def lexicon(self) -> Sequence[LexiconEntry]: ...
    @property
    def negation(self) -> Negation | None: ...
    @property
    def trained(self) -> Trained | None: ...
    @property
    def urgent_words(self) -> Sequence[UrgentWords]: ...
    @property
    def lanes(self) -> Mapping[Lane, Priority]: ...


class Source(Protocol):
    """One producer's words for our categories."""

    @property
    def category_hints(self) -> Mapping[str, str]: ...
