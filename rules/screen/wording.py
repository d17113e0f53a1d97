"""``blank``, ``contact_only`` and ``test_message``: texts that tell nobody what has happened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from rules.screen.check import Check
from rules.screen.facts import ScreenFacts
from rules.text import normalise

# Format characters (Unicode category Cf) that keyboards and web pages leave behind: nobody sees
# them. Code points, as they would not be seen here either.
_UNSEEN = "".join(map(chr, (0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF)))
_NOTHING = re.compile(rf"[\s{_UNSEEN}]*+")
_SEPARATORS = re.compile(r"[\W_]+")


class ContactOnly(Protocol):
    """Greetings, titles, names: what stands beside a telephone number."""

    @property
    def words(self) -> Sequence[str]: ...


class TestMessage(Protocol):
    """What people write to see whether it works."""

    @property
    def texts(self) -> Sequence[str]: ...
    @property
    def prefixes(self) -> Sequence[str]: ...


def blank(given: object) -> Check:
    """Events that bring nothing: no text, no picture and no category hint."""

    def found(facts: ScreenFacts, form: str) -> str | None:
        if facts.has_media or facts.has_hint or (form and _visible(form)):
            return None
        return "no text, no picture and no category hint"

    return found


def contact_only(given: ContactOnly) -> Check:
    """Texts of which nothing is left without digits, separators and the ``words`` (the longest
    first), where no picture and no hint says more."""
    forms = _forms(given.words)
    starts = frozenset(form[0] for form in forms)
    words = "".join(f"|{re.escape(form)}" for form in forms)
    # Possessive: what is taken away is not given back, so that no text takes more than one pass.
    nothing_else = re.compile(rf"(?:[\W\d_]++{words})*+")

    def found(facts: ScreenFacts, form: str) -> str | None:
        if not form or facts.has_media or facts.has_hint:
            return None
        first = form[0]
        if first.isalpha() and first not in starts:
            return None
        if nothing_else.fullmatch(form) is None or not _visible(form):
            return None
        return f"{len(form.strip())} characters, all of them digits, separators or words of contact"

    return found


def test_message(given: TestMessage) -> Check:
    """Texts that are one of ``texts``, with or without their punctuation, or begin with one of
    ``prefixes``; a prefix that ends in a Latin letter or digit ends there as a word."""
    whole = frozenset(_forms(given.texts))
    bare = frozenset(filter(None, map(_letters, whole)))
    forms = _forms(given.prefixes)
    ends = "|".join(re.escape(f) + ("(?![0-9a-z])" if _latin(f[-1]) else "") for f in forms)
    begins = re.compile(ends).match if forms else None
    starts = frozenset(form[0] for form in (*whole, *bare, *forms))

    def found(facts: ScreenFacts, form: str) -> str | None:
        if not form or (form[0].isalnum() and form[0] not in starts):
            return None
        text = form.strip()
        if text in whole or _letters(text) in bare:
            return f"the whole text is a test: {text[:32]}"
        prefix = begins(text) if begins is not None else None
        return f"the text begins as a test: {prefix[0]}" if prefix is not None else None

    return found


def _forms(words: Iterable[str]) -> list[str]:
    """The words in normal form, the longest first."""
    return sorted({normalise(word).strip() for word in words}, key=lambda form: (-len(form), form))


def _letters(form: str) -> str:
    return _SEPARATORS.sub("", form)


def _visible(form: str) -> bool:
    return form[0].isalnum() or _NOTHING.fullmatch(form) is None


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
