"""One error tree. Every error has a stable code, says what is wrong and what to do.

::

    WanggeError
    ├── EventError          one event cannot be used: it goes to the dead-letter topic
    ├── ActionError         what a unit asks for is refused, on its own queue
    ├── PackError           a city pack is wrong: file, line, mend; nothing starts on it
    ├── BoundaryError       a boundary set cannot be used (no CRS, no parent, bad ring)
    ├── SettingsError       a setting or a command-line value is wrong
    ├── BrokerError         Kafka cannot be reached or refuses
    ├── StateError          the desk's state cannot be read or has moved on
    └── RunError            a run folder is missing something or does not add up

Codes are dotted lower-case words (``event.body_too_large``). They are an interface: consoles
filter on them, so a code is never reused for another meaning.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class WanggeError(Exception):
    """Whatever Wangge refuses. ``str(error)`` is one line a person can act on.

    ``code``: stable, dotted. ``mend``: what to do about it, or an empty string.
    """

    family: ClassVar[str] = "wangge"

    def __init__(self, code: str, message: str, *, mend: str = "") -> None:
        self.code = f"{self.family}.{code}"
        self.message = message
        self.mend = mend
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.message} [{self.code}]"
        return f"{text}\n  mend: {self.mend}" if self.mend else text


class EventError(WanggeError):
    """One event cannot be decoded or decided; its original bytes go to the dead letters.

    ``field`` is the dotted path of the field at fault, or an empty string.
    """

    family = "event"

    def __init__(self, code: str, message: str, *, field: str = "", mend: str = "") -> None:
        self.field = field
        super().__init__(code, message, mend=mend)


class ActionError(WanggeError):
    """What a unit asks for is refused: it hears so on its own queue, and nothing has changed."""

    family = "action"


class PackError(WanggeError):
    """A city pack is wrong. ``file`` and ``line`` (from 1, 0 if unknown) say where."""

    family = "pack"

    def __init__(
        self, code: str, message: str, *, file: Path | str = "", line: int = 0, mend: str = ""
    ) -> None:
        self.file = str(file)
        self.line = line
        super().__init__(code, message, mend=mend)

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return where + super().__str__()


class BoundaryError(WanggeError):
    """A boundary set cannot be used as it stands. ``file`` names it where it came from one."""

    family = "boundary"

    def __init__(self, code: str, message: str, *, file: Path | str = "", mend: str = "") -> None:
        self.file = str(file)
        super().__init__(code, message, mend=mend)

    def __str__(self) -> str:
        return (f"{self.file}: " if self.file else "") + super().__str__()


class SettingsError(WanggeError):
    """A setting, an argument or an environment variable is wrong."""

    family = "settings"


class BrokerError(WanggeError):
    """Kafka cannot be reached, or refuses what was asked."""

    family = "broker"


class StateError(WanggeError):
    """The desk's state cannot be read, or a writer found that another has moved on."""

    family = "state"


class RunError(WanggeError):
    """A run folder (``--run DIR``) is missing, incomplete or does not add up."""

    family = "run"
