"""A health probe as a container runs it, against a page that says what it is told to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


def exit_code(probe: Sequence[str], status: int) -> int:
    """What ``python -c CODE`` of a probe ends with while ``/-/healthy`` answers ``status``."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/-/healthy" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        program, flag, code = probe
        assert (program, flag) == ("python", "-c")
        port = str(server.server_port)
        done = subprocess.run(
            [sys.executable, flag, code.replace("6066", port)],
            env={"WANGGE_WEB_PORT": port},
            capture_output=True,
            timeout=20,
            check=False,
        )
        server.shutdown()
    return done.returncode
