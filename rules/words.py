"""Every word of a list found in one pass over a text (Aho-Corasick)."""

from __future__ import annotations

from collections.abc import Iterable

import ahocorasick

from rules.text import normalise


class Words:
    """A compiled list of words. A word is found anywhere in a Chinese text; one that begins or
    ends with a Latin letter or digit only where a word begins or ends: ``fire`` not in ``firefly``.
    """

    __slots__ = ("_automaton", "words")

    def __init__(self, words: Iterable[str]) -> None:
        self.words: tuple[str, ...] = tuple(words)
        by_form: dict[str, list[int]] = {}
        for i, word in enumerate(self.words):
            by_form.setdefault(normalise(word).strip(), []).append(i)
        automaton = ahocorasick.Automaton()
        for form, ids in by_form.items():
            automaton.add_word(form, (len(form), _latin(form[0]), _latin(form[-1]), tuple(ids)))
        automaton.make_automaton()
        self._automaton = automaton if by_form else None

    def find(self, text: str) -> tuple[int, ...]:
        """Indices into ``words`` of those in ``text`` (as sent, any form), each once, ascending."""
        if self._automaton is None or not text:
            return ()
        form = normalise(text)
        found: set[int] = set()
        for end, (length, bound_left, bound_right, ids) in self._automaton.iter(form):
            if bound_left and end >= length and _latin(form[end - length]):
                continue
            if bound_right and end + 1 < len(form) and _latin(form[end + 1]):
                continue
            found.update(ids)
        return tuple(sorted(found))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
