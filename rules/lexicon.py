"""Words in a text, and which of them it denies: ``没有漏水`` names a leak, and there is none."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from rules.given import Negation
from rules.negation import Denial
from rules.words import Form, Span, Words, form_of, form_of_word

FEW: Final = 32
"""Up to so many finds a glance at every pair of them is cheaper than to weigh them."""


class Found(NamedTuple):
    """Indices into ``Lexicon.words``, ascending, each in one of the two.

    ``ids``: words that the text affirms at least once. ``negated``: words that it only denies.
    """

    ids: tuple[int, ...]
    negated: tuple[int, ...]


class Lexicon:
    """A list of words with a pack's ``negation``, compiled. Pure: equal texts, equal findings."""

    __slots__ = ("_all", "_denial", "_loud", "_marks", "_size", "words")

    def __init__(self, words: Iterable[str], negation: Negation | None = None) -> None:
        self.words: tuple[str, ...] = tuple(words)
        self._denial = Denial(negation) if negation is not None else None
        own = {form_of_word(word) for word in self.words}
        pairs = self._denial.marks if self._denial is not None else []
        pairs = [(word, mark) for word, mark in pairs if form_of_word(word) not in own]
        # One automaton finds words and marks: indices from this size on are marks.
        self._size = len(self.words)
        self._marks = tuple(mark for _, mark in pairs)
        self._all = Words((*self.words, *(word for word, _ in pairs)))
        forms = [form_of_word(word) for word in self._all.words]
        self._loud = [
            mark == "after" or (mark == "exception" and self._holds_a_word(form))
            for form, mark in zip(forms[self._size :], self._marks, strict=True)
        ]

    def find(self, text: str) -> Found:
        """The words in ``text`` (as sent, any form), in one pass over it."""
        form = form_of(text)
        spans = self._all.spans(form)
        found: set[int] = set()
        for _, _, ids in spans:
            found.update(ids)
        ascending = tuple(sorted(found))
        size = self._size
        if self._denial is None or not ascending or ascending[-1] < size:
            return Found(ascending, ())
        if len(spans) <= FEW and self._idle(form, spans, self._denial):
            return Found(ascending[: bisect_left(ascending, size)], ())
        words = [span for span in spans if span[2][0] < size]
        marks = [(s, e, self._marks[ids[0] - size]) for s, e, ids in spans if ids[0] >= size]
        affirmed, negated = self._denial.weigh(form, words, marks)
        return Found(tuple(sorted(affirmed)), tuple(sorted(negated - affirmed)))

    def _idle(self, form: Form, spans: Sequence[Span], denial: Denial) -> bool:
        """Whether a glance tells that the marks change nothing, as most do: nothing that counts
        begins in a negator or where its fillers end, and an exception holds no word."""
        seen: set[int] = set()
        for start, end, ids in reversed(spans):  # 没有 before the 没 in it
            mark = ids[0] - self._size
            if mark < 0 or start in seen:
                continue
            seen.add(start)
            if self._loud[mark]:
                return False
            if self._marks[mark] == "negator":
                far = denial.far(form, end)
                for begins, ends, _ in spans:
                    if start < begins <= far and ends > end:
                        return False
        return True

    def _holds_a_word(self, form: Form) -> bool:
        return any(ids[0] < self._size for _, _, ids in self._all.spans(form))
