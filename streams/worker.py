"""One worker process, the same by ``wangge worker`` and by ``faust -A streams.app worker``.

``python -m streams.worker`` runs one with the settings of the environment.
"""

from __future__ import annotations

import os

from messages.errors import SettingsError
from streams.broker_check import await_broker
from streams.settings import Settings


def run(settings: Settings, *, as_json: bool) -> None:
    """Run until SIGTERM or SIGINT. Raises before anything starts where the settings cannot work."""
    if not (settings.pack / "city.yaml").is_file():
        raise SettingsError(
            "pack",
            f"{settings.pack} is not a city pack: it has no city.yaml",
            mend="pass --pack DIR, or set WANGGE_PACK",
        )
    # streams.app reads its settings from the environment, so that Faust's own CLI starts the same.
    os.environ.update(environment(settings))
    await_broker(settings.brokers)
    _execute(settings, as_json=as_json)


def environment(settings: Settings) -> dict[str, str]:
    """The ``WANGGE_…`` variables that stand for these settings."""
    values = settings.model_dump(mode="json")
    return {f"WANGGE_{name.upper()}": str(value) for name, value in values.items()}


def _execute(settings: Settings, *, as_json: bool) -> None:
    from mode.loop import use

    use("uvloop")  # before Faust is imported, which binds its loop
    import faust

    from streams.app import app
    from streams.logs import configure

    configure(as_json=as_json, level=settings.log_level)
    worker = faust.Worker(app, loglevel="WARNING", redirect_stdouts=False, quiet=True)
    worker.execute_from_commandline()


if __name__ == "__main__":
    run(Settings.read(), as_json=True)
