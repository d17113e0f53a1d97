"""What a process does once everything it keeps is loaded, and before its first event."""

from __future__ import annotations

import gc

from streams.city import City


def settle(city: City) -> None:
    """Build what is built on first use, and take what is loaded out of the collector's sight.

    Left in it, a city's cells and models would be walked again and again for the few million
    short-lived bodies a minute: a quarter of the worker's time.
    """
    city.warm()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
