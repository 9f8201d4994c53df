"""Bodies that come too slowly, over a real connection."""

from __future__ import annotations

import socket
import time
from contextlib import suppress

import pytest
from fastapi import FastAPI, Request
from service.servers import serving

from kg_service.service.limits import BodyLimits


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(BodyLimits, longest=lambda _m, _p: 1000, patience=0.4)
    return app


def ask(address: str, *pieces: bytes, pause: float = 0.0) -> bytes:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        answer = b""
        # a server that refuses closes the connection, whatever is still sent
        with suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
        with suppress(ConnectionError):
            while more := connection.recv(65536):
                answer += more
        return answer


HEAD = b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


def test_a_body_in_time(app: FastAPI) -> None:
    with serving(app) as address:
        answer = ask(address, HEAD + b"Content-Length: 4\r\n\r\n", b"ab", b"cd", pause=0.05)
    assert b" 200 " in answer.splitlines()[0]
    assert answer.endswith(b"4")


def test_a_body_that_stops(app: FastAPI) -> None:
    with serving(app) as address:
        started = time.monotonic()
        answer = ask(address, HEAD + b"Content-Length: 4\r\n\r\nab")
    assert b" 408 " in answer.splitlines()[0]
    assert time.monotonic() - started < 5


def test_a_body_that_drips(app: FastAPI) -> None:
    """A byte now and then does not hold the connection for ever."""
    with serving(app) as address:
        drops = [b"x"] * 8
        answer = ask(address, HEAD + b"Content-Length: 900\r\n\r\n", *drops, pause=0.12)
    assert b" 408 " in answer.splitlines()[0]


def test_a_body_that_is_longer_than_it_says_nothing_of(app: FastAPI) -> None:
    with serving(app) as address:
        chunks = [b"1f4\r\n" + b"x" * 500 + b"\r\n"] * 3
        answer = ask(address, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunks, b"0\r\n\r\n")
    assert b" 413 " in answer.splitlines()[0]
    assert b"too-large" in answer
