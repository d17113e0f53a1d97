"""The names of everything that a worker or a command is told by its environment."""

from __future__ import annotations

from streams.cluster.security import SECRETS, variables
from streams.settings import OTHERS, Settings

IN_A_FILE = {f"WANGGE_{name.upper()}" for name in Settings.model_fields} | variables() | OTHERS
"""Those that may stand in a ``.env`` too."""
NAMES = IN_A_FILE | {SECRETS}
