"""Servers for tests: Oxigraph's, as its own process, and ours, in a thread."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

START_TIMEOUT_S = 60


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def oxigraph_binary() -> str:
    """The server that PyPI's ``oxigraph`` package installs; skips the test where it is missing."""
    beside_python = Path(sys.executable).parent / "oxigraph"
    found = str(beside_python) if beside_python.exists() else shutil.which("oxigraph")
    if found is None:
        pytest.skip("needs the server of PyPI's 'oxigraph' package, which is not installed")
    return found


def wait_for(port: int, process: subprocess.Popen[bytes] | None = None) -> None:
    """Return as soon as something listens on the port."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            raise AssertionError(f"the server ended at once, with code {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on port {port} after {START_TIMEOUT_S} s")


@contextmanager
def running(
    command: Sequence[str], port: int, **options: object
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command that serves on a port, until the block ends; gives its process."""
    process = subprocess.Popen(  # type: ignore[call-overload]
        list(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )
    try:
        wait_for(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def oxigraph(folder: Path, *, union: bool = True, timeout_s: int | None = None) -> Iterator[str]:
    """An Oxigraph server over a folder; gives its address as a store's."""
    port = free_port()
    command = [oxigraph_binary(), "serve", "--location", str(folder)]
    command += ["--bind", f"127.0.0.1:{port}"]
    command += ["--union-default-graph"] if union else []
    command += ["--timeout-s", str(timeout_s)] if timeout_s else []
    with running(command, port):
        yield f"sparql+http://127.0.0.1:{port}"


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Our service in a thread; gives its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
