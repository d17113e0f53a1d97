"""Texts as the lexicon sees them: full-width and half-width, capital and small are the same."""

from __future__ import annotations

from unicodedata import normalize


def normalise(text: str) -> str:
    """NFKC (Unicode Standard Annex 15), then case folded. The length may change."""
    if text.isascii():
        return text.lower()
    return normalize("NFKC", text).casefold()
