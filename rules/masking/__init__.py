"""Personal data in free text, hidden before anybody else reads it.

``mask`` is the text with stars; ``masked`` also tells which kinds were found. ``numbers`` (phones,
resident ids, cards, passports) and ``plates`` read digits; ``names`` and ``english`` read what
stands beside a title, with the surnames of ``surnames``, the titles of ``titles`` and the words of
``not_names``. All are finders of ``spans``.

Pure: no file, clock or randomness. No text raises, and time grows with the length of the text.
"""

from rules.masking.hidden import Masked, mask, masked
from rules.masking.spans import Kind

__all__ = ["Kind", "Masked", "mask", "masked"]
