"""What a pack's words, and a model, say that texts are about; and what a model learns of a pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from messages.errors import PackError
from packs.classify import ClassifyFile
from packs.classify import Trained as TrainedOption
from packs.taxonomy import TaxonomyFile
from packs.trained import FILE_NAME
from rules.classify import Classified, Classifier
from rules.given import UNKNOWN
from rules.trained import Guess, Trained

DEFAULT_THRESHOLD: Final = 0.5


@dataclass(frozen=True)
class Judge:
    """The pack's lexicon, a model where there is one, and both together as the pipeline does it.

    ``names``: of the categories, by code. ``threshold``: the probability from which on ``both``
    believes the model.
    """

    names: dict[str, str]
    lexicon: Classifier
    both: Classifier
    model: Trained | None
    threshold: float

    @classmethod
    def of(
        cls,
        classify: ClassifyFile,
        taxonomy: TaxonomyFile,
        model: Trained | None,
        threshold: float | None,
    ) -> Judge:
        """``threshold``: None for the pack's. Raises ``pack.unknown_category``."""
        names = {c.code: c.name for c in taxonomy.categories}
        strange = {entry.category for entry in classify.lexicon} - names.keys()
        if model is not None:
            strange |= set(model.classes) - names.keys()
        if strange:
            raise PackError(
                "unknown_category",
                f"the words or the model name {', '.join(sorted(strange)[:5])}, which "
                "taxonomy.yaml does not have",
                mend="add it there, or train the model again with this pack",
            )
        if threshold is None:
            threshold = classify.trained.threshold if classify.trained else DEFAULT_THRESHOLD
        with_threshold = classify.model_copy(
            update={"trained": TrainedOption(file=FILE_NAME, threshold=threshold)}
        )
        return cls(
            names,
            Classifier.compile(classify, taxonomy, {}),  # texts alone: no source, no hint
            Classifier.compile(with_threshold, taxonomy, {}),
            model,
            threshold,
        )

    def judge(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """The columns that each text gets, in the order of ``ADDED``."""
        guesses = self.guesses(texts)
        return [
            self._added(t, g, classified(self.both, t, g))
            for t, g in zip(texts, guesses, strict=True)
        ]

    def guesses(self, texts: Sequence[str]) -> Sequence[Guess | None]:
        """The model's guess of each text, calibrated; None of each without a model."""
        return [None] * len(texts) if self.model is None else self.model.guess(texts)

    def _added(self, text: str, guess: Guess | None, said: Classified) -> tuple[str, ...]:
        evidence = said.evidence
        if said.by == "trained" and self.model is not None:
            evidence = self.model.evidence(text, said.category)
        agreed = guess is not None and guess.category == said.category
        return (
            said.category,
            self.names[said.category],
            said.by,
            f"{guess.probability:.4f}" if guess is not None and agreed else "",
            "; ".join(f"{word} {weight:g}" for word, weight in evidence),
        )


def classified(classifier: Classifier, text: str, guess: Guess | None) -> Classified:
    """What it says of a report's text, with the model's guess or without."""
    # A report always gets a category.
    return classifier.classify(text, None, "", guess)


def words_of(classify: ClassifyFile, taxonomy: TaxonomyFile) -> list[tuple[str, str]]:
    """What the pack itself says about its categories; nothing of the one for the unknown."""
    found = [(c.name, c.code) for c in taxonomy.categories]
    found += [(c.name_en, c.code) for c in taxonomy.categories if c.name_en]
    found += [(word, entry.category) for entry in classify.lexicon for word in entry.words]
    return [(word, code) for word, code in found if code != UNKNOWN]
