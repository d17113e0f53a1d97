"""``classify.yaml``: the words that tell what an event is, and how urgent it is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from messages.topics import Lane
from packs.model import CategoryCode, FileVersion, PackModel, Priority, Word

Weight = Annotated[float, Field(gt=0, le=100)]


class LexiconEntry(PackModel):
    """Words that speak for a category, each with ``weight``. Chinese or English."""

    category: CategoryCode
    words: Annotated[tuple[Word, ...], Field(min_length=1)]
    weight: Weight = 1.0


class UrgentWords(PackModel):
    """Words that raise an event to ``priority`` whatever it is. ``name`` stands in reasons."""

    name: Word
    priority: Priority
    words: Annotated[tuple[Word, ...], Field(min_length=1)]


class ClassifyFile(PackModel):
    """The file. A category needs ``minimum_score`` of summed weights to be believed.

    ``lanes``: the least priority of what comes over a lane.
    """

    schema_version: FileVersion
    minimum_score: Weight = 1.0
    lexicon: tuple[LexiconEntry, ...] = ()
    urgent_words: tuple[UrgentWords, ...] = ()
    lanes: dict[Lane, Priority] = Field(default_factory=dict)
