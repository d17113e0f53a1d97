"""One worker process, the same by ``wangge worker`` and by ``faust -A streams.app worker``.

``python -m streams.worker`` runs one with the settings of the environment.
"""

from __future__ import annotations

import os

from messages.errors import WanggeError
from packs.load import load
from streams.cluster.brokers import practise
from streams.cluster.waiting import await_broker
from streams.leave import leave
from streams.logs import configure
from streams.settings import Settings


def run(settings: Settings, *, as_json: bool) -> None:
    """Run until SIGTERM or SIGINT. Raises before anything starts where the settings cannot work."""
    configure(as_json=as_json, level=settings.log_level)
    load(settings.pack)  # a pack with an error is told of before anything is joined
    # streams.app reads its settings from the environment, so that Faust's own CLI starts the same.
    os.environ.update(environment(settings))
    if settings.embedded:
        practise(settings.brokers)
    await_broker(settings.brokers)
    _execute()


def environment(settings: Settings) -> dict[str, str]:
    """The ``WANGGE_…`` variables that stand for these settings; none for what is not set."""
    values = settings.model_dump(mode="json", exclude_none=True)
    return {f"WANGGE_{name.upper()}": str(value) for name, value in values.items()}


def _execute() -> None:
    from mode.loop import use

    use("uvloop")  # before Faust is imported, which binds its loop
    import faust

    from streams.app import app

    worker = faust.Worker(app, loglevel="WARNING", redirect_stdouts=False, quiet=True)
    worker.spinner = None  # it hides the cursor, of a log file too
    worker.execute_from_commandline()


if __name__ == "__main__":
    try:
        run(Settings.read(), as_json=True)
    except WanggeError as error:
        leave(str(error), code=2)
