"""City packs: YAML with line numbers → strict models, content hash, cross-checks.

``packs.load(folder)`` returns a :class:`~packs.pack.Pack` or raises ``PackError``.
"""

from packs.checks.territories import check_territories
from packs.load import load
from packs.pack import Pack

__all__ = ["Pack", "check_territories", "load"]
