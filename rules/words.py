"""Every word of a list found in one pass over a text (Aho-Corasick)."""

from __future__ import annotations

from collections.abc import Iterable
from string import whitespace
from typing import TypeAlias

import ahocorasick

from rules.text import normalise

Form: TypeAlias = str
"""A text made ready to be compared: see :func:`form_of`."""
Span: TypeAlias = tuple[int, int, tuple[int, ...]]
"""Where words stand in a form, ``[start, end)``, and their indices."""


class Words:
    """A compiled list of words. A word is found anywhere in a Chinese text; one that begins or
    ends with a Latin letter or digit only where a word begins or ends: ``fire`` not in ``firefly``.
    """

    __slots__ = ("_automaton", "words")

    def __init__(self, words: Iterable[str]) -> None:
        self.words: tuple[str, ...] = tuple(words)
        by_form: dict[str, list[int]] = {}
        for i, word in enumerate(self.words):
            by_form.setdefault(form_of_word(word), []).append(i)
        automaton = ahocorasick.Automaton()
        for form, ids in by_form.items():
            automaton.add_word(form, (len(form), latin(form[0]), latin(form[-1]), tuple(ids)))
        automaton.make_automaton()
        self._automaton = automaton if by_form else None

    def find(self, text: str) -> tuple[int, ...]:
        """Indices into ``words`` of those in ``text`` (as sent, any form), each once, ascending."""
        found: set[int] = set()
        for _, _, ids in self.spans(form_of(text)):
            found.update(ids)
        return tuple(sorted(found))

    def spans(self, form: Form) -> list[Span]:
        """Every place where a word stands in ``form``, by where it ends."""
        if self._automaton is None or not form:
            return []
        spans = []
        for last, (length, bound_left, bound_right, ids) in self._automaton.iter(form):
            end = last + 1
            start = end - length
            if bound_left and start and latin(form[start - 1]):
                continue
            if bound_right and end < len(form) and latin(form[end]):
                continue
            spans.append((start, end, ids))
        return spans


def form_of(text: str) -> Form:
    """The text as :func:`rules.text.normalise` writes it, in UTF-8, one character per byte.

    The automaton looks through a node's branches one by one: a Chinese lexicon has hundreds of
    first characters, but a few dozen first bytes. No character's bytes are found inside another's.
    """
    if text.isascii():
        return text.lower()
    # NFKC writes these signs so too, but ten times as fast where it finds nothing to change.
    text = text.replace("，", ",").replace("！", "!").replace("？", "?").replace("：", ":")
    text = normalise(text.replace("；", ";").replace("（", "(").replace("）", ")"))
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def form_of_word(word: str) -> Form:
    """The form of a pack's word: spaces around it count for nothing."""
    return form_of(word).strip(whitespace)  # of ASCII: a byte of a character may look like others


def latin(char: str) -> bool:
    """Whether words are bounded on both sides of it, as Latin letters and digits are."""
    return char.isascii() and char.isalnum()


def head(form: Form, at: int) -> str:
    """The character at ``at`` if it is Chinese, else the byte."""
    return form[at : at + 3] if form[at : at + 1] >= "\xe0" else form[at : at + 1]
