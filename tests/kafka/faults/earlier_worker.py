"""A worker of an earlier release: ``python -m tests.kafka.faults.earlier_worker FOLDER``.

``FOLDER``: the release, checked out; it runs on this release's libraries.
"""

from __future__ import annotations

import os
import runpy
import sys

if __name__ == "__main__":
    folder = sys.argv[1]
    sys.path.insert(0, folder)
    # It knows no other guarantee, and no operator would have set one for it.
    os.environ.pop("WANGGE_DELIVERY", None)
    runpy.run_module("streams.worker", run_name="__main__", alter_sys=True)
