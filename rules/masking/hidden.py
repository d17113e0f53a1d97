"""A text without the personal data in it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from rules.masking.english import find_english_names
from rules.masking.names import find_names
from rules.masking.numbers import find_numbers
from rules.masking.plates import find_plates
from rules.masking.spans import Kind, Span, starred
from rules.masking.titles import TITLE

KINDS: Final[tuple[Kind, ...]] = ("phone", "id_number", "card", "plate", "name")

_WIDE: Final = "０-９Ａ-Ｚａ-ｚ＋－．\u3000\u00a0\u2002-\u200a\u2010-\u2015\u2212"
"""Characters that people type for the ones on an English keyboard: widths, spaces and dashes."""
# Digits one by one: re then looks for the first character of any branch, and skips all others.
_SIGN = re.compile("|".join((*"0123456789０１２３４５６７８９", TITLE.pattern)))
_ANY_WIDE = re.compile(f"[{_WIDE}]")
_NARROW: Final = (
    {wide: wide - 0xFEE0 for wide in range(0xFF0B, 0xFF5B) if _ANY_WIDE.match(chr(wide))}
    | dict.fromkeys((0x3000, 0x00A0, *range(0x2002, 0x200B)), " ")
    | dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")
)


class Masked(NamedTuple):
    """``kinds``: what was hidden, each once, in the order of :data:`KINDS`."""

    text: str
    kinds: tuple[Kind, ...]


def mask(text: str) -> str:
    """The text with phone numbers, document numbers, cards, plates and names hidden by stars.

    As long as ``text``; ``text`` itself where nothing was found. ``mask(mask(t)) == mask(t)``.
    """
    spans = _find(text)
    return starred(text, spans) if spans else text


def masked(text: str) -> Masked:
    """What :func:`mask` returns, and the kinds of what it hid."""
    spans = _find(text)
    if not spans:
        return Masked(text, ())
    found = {span.kind for span in spans}
    return Masked(starred(text, spans), tuple(kind for kind in KINDS if kind in found))


def _find(text: str) -> list[Span]:
    if _SIGN.search(text) is None:
        return []
    # One character for one, so that an index into ``form`` is one into ``text``.
    form = text.translate(_NARROW) if _ANY_WIDE.search(text) else text
    spans = find_numbers(form) + find_plates(form)
    if TITLE.search(form):
        spans += find_names(form)
        spans += find_english_names(form)
    return spans
