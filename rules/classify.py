"""What a report is: by the producer's hint, a trained guess, or the words of its text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from messages.model import Body
from rules.given import UNKNOWN, Classify, Source, Taxonomy
from rules.lexicon import Found, Lexicon
from rules.memo import Memo
from rules.text import normalise
from rules.trained import Guess

By: TypeAlias = Literal["hint", "trained", "lexicon", "sensor", "default"]
_NOTHING_SAID = "no hint, no word of the lexicon"


class Classified(NamedTuple):
    """``evidence``: the words that counted, with their weights. ``negated``: words that the text
    denies. ``life_safety``: of the category. ``reason`` (a ``Reason`` body) and ``consulted`` are
    shared among events; never change them."""

    category: str
    by: By
    evidence: tuple[tuple[str, float], ...]
    life_safety: bool
    reason: Body
    consulted: Body
    negated: tuple[str, ...] = ()


class Classifier:
    """A pack's lexicon and hints, compiled. Pure: equal arguments, equal results."""

    def __init__(
        self, classify: Classify, taxonomy: Taxonomy, sources: Mapping[str, Source]
    ) -> None:
        self._names = {c.code: c.name for c in taxonomy.categories}
        self._life = {c.code for c in taxonomy.categories if c.life_safety}
        self._urgency = {c.code: c.priority for c in taxonomy.categories}
        self._minimum = classify.minimum_score
        # Without one in the pack, a guess is noted and never believed.
        self._threshold = classify.trained.threshold if classify.trained is not None else math.inf
        self._hints = {
            name: {normalise(word): code for word, code in source.category_hints.items()}
            for name, source in sources.items()
        }
        pairs = [(w, e.category, e.weight) for e in classify.lexicon for w in e.words]
        self._lexicon = Lexicon((word for word, _, _ in pairs), classify.negation)
        self._weights = [(category, weight) for _, category, weight in pairs]
        self._by_words: Memo[Found, Classified] = Memo()
        self._by_hint: Memo[tuple[str, str], Classified | None] = Memo()

    @classmethod
    def compile(
        cls, classify: Classify, taxonomy: Taxonomy, sources: Mapping[str, Source]
    ) -> Classifier:
        """The classifier of a pack's ``classify.yaml``, ``taxonomy.yaml`` and ``sources/``."""
        return cls(classify, taxonomy, sources)

    def classify(
        self, text: str, hint: str | None, source: str, guess: Guess | None = None
    ) -> Classified:
        """The category of one report.

        Its hint counts when it is a code of the taxonomy or one of the source's own words; else
        the ``guess``, when it is as probable as the pack asks and names a category; else the words
        of the text. A guess never takes a life-safety category away from the words that name it.
        """
        if hint:
            hinted = self._hinted(source, hint)
            if hinted is not None:
                return hinted if guess is None else _noting(hinted, guess)
        words = self._lexicon.find(text)
        found = self._by_words.get(words) or self._by_words.keep(words, self._scored(words))
        if guess is not None:
            found = self._guessed(found, guess)
        if hint:  # it said nothing to us, but a reader should see that it was there
            return found._replace(consulted={**found.consulted, "hint_unknown": hint})
        return found

    def of_device(self, category: str, why: str, consulted: Body, by: By = "sensor") -> Classified:
        """What a device's event is. ``why``: which state, or value and limit, for a person."""
        return self._result(category, by, why, consulted)

    def _guessed(self, by_words: Classified, guess: Guess) -> Classified:
        code, probability = guess
        noted = _noting(by_words, guess)
        known = code in self._names and code != UNKNOWN
        if not (known and probability >= self._threshold):
            return noted
        if by_words.life_safety and code not in self._life:
            return noted  # a fire that is none costs less than one that nobody was sent to
        why = f"guess {probability:.3f}, at least {self._threshold:g}"
        # What the words said stays with it: this is where the two are compared afterwards.
        consulted = {**noted.consulted, "by_words": by_words.category}
        return self._result(code, "trained", why, consulted, negated=by_words.negated)

    def _hinted(self, source: str, hint: str) -> Classified | None:
        key = (source, hint)
        if key in self._by_hint:
            return self._by_hint[key]
        code = hint if hint in self._names else self._hints.get(source, {}).get(normalise(hint))
        if code is None or code == UNKNOWN:
            return self._by_hint.keep(key, None)
        text = f"hint {hint}" if code == hint else f"hint {hint} of {source}"
        return self._by_hint.keep(key, self._result(code, "hint", text, {"hint": hint}))

    def _scored(self, found: Found) -> Classified:
        words, weights = self._lexicon.words, self._weights
        # A word may speak for several categories; it is denied once.
        negated = tuple(dict.fromkeys(words[i] for i in found.negated))
        denied = ", ".join(negated)
        scores: dict[str, float] = {}
        for i in found.ids:
            category, weight = weights[i]
            scores[category] = scores.get(category, 0.0) + weight
        if not scores:
            why = f"no hint, only denied words: {denied}" if denied else _NOTHING_SAID
            said: Body = {"negated": denied} if denied else {}
            return self._result(UNKNOWN, "default", why, said, negated=negated)
        # Between equals the more urgent one, then the lower code: the same in every run.
        best = min(scores, key=lambda code: (-round(scores[code], 6), self._urgency[code], code))
        evidence = tuple((words[i], weights[i][1]) for i in found.ids if weights[i][0] == best)
        why = ", ".join(f"{word} ({weight:g})" for word, weight in evidence)
        score = round(scores[best], 6)
        matched = (f"{words[i]} {weights[i][0]} {weights[i][1]:g}" for i in found.ids)
        consulted: Body = {"word_score": score, "words": ", ".join(matched)}
        if denied:
            why += f"; denied: {denied}"
            consulted["negated"] = denied
        if score < self._minimum:
            text = f"{why} is under the minimum of {self._minimum:g}"
            return self._result(UNKNOWN, "default", text, consulted, evidence, negated)
        return self._result(best, "lexicon", why, consulted, evidence, negated)

    def _result(
        self,
        code: str,
        by: By,
        why: str,
        consulted: Body,
        evidence: tuple[tuple[str, float], ...] = (),
        negated: tuple[str, ...] = (),
    ) -> Classified:
        text = f"{why} → {code} {self._names[code]}"
        reason = {"step": "classify", "code": by, "text": text}
        return Classified(code, by, evidence, code in self._life, reason, consulted, negated)


def _noting(found: Classified, guess: Guess) -> Classified:
    """With the guess in what was consulted, whether it counted or not."""
    noted = {"guess": guess.category, "probability": round(guess.probability, 3)}
    return found._replace(consulted={**found.consulted, **noted})
