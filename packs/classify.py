"""``classify.yaml``: the words that tell what an event is, and how urgent it is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from messages.topics import Lane
from packs.model import CategoryCode, FileVersion, PackModel, Priority, RelativePath, Word, Words

Weight = Annotated[float, Field(gt=0, le=100)]


class LexiconEntry(PackModel):
    """Words that speak for a category, each with ``weight``. Chinese or English."""

    category: CategoryCode
    words: Words
    weight: Weight = 1.0


class Negation(PackModel):
    """How a text denies a word: by one of ``words`` before it or one of ``after`` behind it.

    Between the two may stand any ``fillers``, and ``reach`` other characters or Latin words; what
    one of ``joiners`` adds is denied too. ``past``: a word behind one of these does not count if
    the text denies it later on. ``exceptions``: nothing in them counts or denies.
    """

    words: Annotated[tuple[Word, ...], Field(min_length=1)]
    fillers: tuple[Word, ...] = ()
    joiners: tuple[Word, ...] = ()
    after: tuple[Word, ...] = ()
    past: tuple[Word, ...] = ()
    exceptions: tuple[Word, ...] = ()
    reach: Annotated[int, Field(ge=0, le=20)] = 0


class Trained(PackModel):
    """A trained model's file in the pack, and how probable its guess must be to be believed."""

    file: RelativePath
    threshold: Annotated[float, Field(ge=0, le=1)]


class UrgentWords(PackModel):
    """Words that raise an event to ``priority`` whatever it is. ``name`` stands in reasons."""

    name: Word
    priority: Priority
    words: Words


class ClassifyFile(PackModel):
    """The file. A category needs ``minimum_score`` of summed weights to be believed.

    ``negation`` holds for ``lexicon`` and ``urgent_words``. ``lanes``: the least priority of what
    comes over a lane.
    """

    schema_version: FileVersion
    minimum_score: Weight = 1.0
    lexicon: tuple[LexiconEntry, ...] = ()
    negation: Negation | None = None
    trained: Trained | None = None
    urgent_words: tuple[UrgentWords, ...] = ()
    lanes: dict[Lane, Priority] = Field(default_factory=dict)
