"""The view in a Redis that asks for a password, and speaks TLS alone."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time

import pytest
import redis
import structlog

from incidents.state import MemoryState, Version, Write
from streams.cluster import security
from streams.embedded import child
from streams.embedded.redis_server import binary, free_port
from streams.view import RedisView

SECRET = "geheim-und-lang"
_MADE = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_NAMED = ("-days", "2", "-subj", "/CN=redis", "-addext", "subjectAltName=IP:127.0.0.1")


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """Its address and its certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("redis")
    cert, key, port = folder / "redis.pem", folder / "redis.key", free_port()
    made = ("openssl", "req", *_MADE, "-keyout", str(key), "-out", str(cert), *_NAMED)
    subprocess.run(made, check=True, capture_output=True)
    files = ("--tls-cert-file", str(cert), "--tls-key-file", str(key), "--tls-auth-clients", "no")
    words = ("--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--save", "")
    log = folder / "redis.log"
    server = str(binary())
    asked = ("--requirepass", SECRET, "--dir", str(folder))
    leash = child.start("streams.embedded.leash", server, *words, *files, *asked, log=log)
    url = f"rediss://127.0.0.1:{port}/0"
    try:
        if not _answers(leash, url, cert):
            pytest.skip(f"this server speaks no TLS: {child.tail(log)}")
        yield url, cert
    finally:
        child.stop(leash)


def _answers(leash, url, cert):
    deadline = time.monotonic() + 10.0
    with redis.Redis.from_url(url, password=SECRET, ssl_ca_certs=str(cert)) as client:
        while leash.poll() is None and time.monotonic() < deadline:
            try:
                return client.ping()
            except redis.RedisError:
                time.sleep(0.02)
    return False


@pytest.fixture(autouse=True)
def read_anew(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    security.redis_security.cache_clear()
    yield
    security.redis_security.cache_clear()


async def shown(url):
    """Show a unit by the settings; which shards are behind then."""
    state, writes = MemoryState(), [Write("incident", "a", b"1", 5.0)]
    state.apply(0, Version(number=1, cursor=1), writes)
    view = RedisView(url, "secured", security=security.redis_security().options(url))
    try:
        await view.catch_up(0, state)
        return view.behind
    finally:
        await view.close()


def test_the_view_is_shown_by_password_and_certificate(secured, monkeypatch):
    url, cert = secured
    monkeypatch.setenv("WANGGE_REDIS_PASSWORD", SECRET)
    monkeypatch.setenv("WANGGE_REDIS_CA", str(cert))
    assert asyncio.run(shown(url)) == frozenset()


@pytest.mark.parametrize("password", ["wrong-and-secret", None])
def test_without_the_password_the_view_stays_behind_and_none_is_logged(
    password, secured, monkeypatch
):
    url, cert = secured
    monkeypatch.setenv("WANGGE_REDIS_PASSWORD", password or "")
    monkeypatch.setenv("WANGGE_REDIS_CA", str(cert))
    with structlog.testing.capture_logs() as logged:
        assert asyncio.run(shown(url)) == {0}
    assert [one["event"] for one in logged] == ["view.unreachable"]
    assert not password or password not in str(logged)


def test_a_server_whom_nobody_vouches_for_is_told_no_password(secured, monkeypatch):
    monkeypatch.setenv("WANGGE_REDIS_PASSWORD", SECRET)
    with structlog.testing.capture_logs() as logged:
        assert asyncio.run(shown(secured[0])) == {0}
    assert "certificate verify failed" in logged[0]["error"]
    assert SECRET not in str(logged)
