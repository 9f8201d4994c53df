"""Who a request is by: credentials in headers, what is refused, and that it reaches every route."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from login.issuer import AUDIENCE, LocalIssuer, issuing
from login.places import Place
from service.servers import serving
from support import REPOSITORY

from kg_service.access.caller import Scope
from kg_service.access.issuers import Issuer
from kg_service.access.jwks import IssuerKeys
from kg_service.access.oidc import OidcTokens
from kg_service.align.engine import Alignment
from kg_service.service.callers import caller
from kg_service.service.limits import LONGEST_BODY


@pytest.fixture(scope="module")
def issuer() -> Iterator[LocalIssuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, alignment: Alignment, issuer: LocalIssuer
) -> Place:
    """A service that takes keys and an issuer's tokens."""
    tokens = OidcTokens([IssuerKeys(Issuer(issuer.address, (AUDIENCE,)))])
    return Place(tmp_path_factory.mktemp("both"), alignment, oidc=tokens)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_without_credentials(shared: Place) -> None:
    told = shared.client.get("/me").json()
    assert told["anonymous"] is True
    assert told["scopes"] == ["read"]
    assert told["sees"] == {"internal": False, "groups": [], "everything": False}


def test_a_key_in_either_header(shared: Place) -> None:
    key = shared.key("els", internal=True, groups=("beam",))
    token = key["Authorization"].partition(" ")[2]
    told = shared.client.get("/me", headers=key).json()
    assert told["name"].startswith("key:")
    assert told["sees"] == {"internal": True, "groups": ["beam"], "everything": False}
    assert told["uploads"] == "~els"
    for headers in ({"X-API-Key": token}, {"authorization": f"bearer  {token} "}):
        assert shared.client.get("/me", headers=headers).json() == told


def test_a_token_of_the_issuer(both: Place, issuer: LocalIssuer) -> None:
    token = issuer.token(groups=["beam"], scope="kg:write")
    told = both.client.get("/me", headers=bearer(token)).json()
    assert told["name"].startswith("oidc:alice@127.0.0.1")
    assert told["sees"]["groups"] == ["beam"]
    assert told["scopes"] == ["read", "write"]
    assert told["uploads"].startswith("~u-")


WRONG = ["kg_", "kg_000000000000_" + "x" * 43, "a.b.c", "nonsense", "é"]


@pytest.mark.parametrize("path", ["/me", "/sources", "/health", "/", "/nowhere", "/static/x"])
@pytest.mark.parametrize("token", WRONG)
def test_wrong_credentials_are_refused_everywhere(both: Place, path: str, token: str) -> None:
    answer = both.client.get(path, headers={"Authorization": f"Bearer {token}".encode()})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid-token"
    said = answer.headers["www-authenticate"]
    assert said.startswith('Bearer realm="kg-service", error="invalid_token", error_description="')
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Authorization": "Bearer"},
        {"Authorization": ""},
        {"Authorization": "kg_000000000000_x"},
        {"X-API-Key": ""},
        {"X-API-Key": "a.b.c"},
    ],
)
def test_malformed_credentials(both: Place, headers: dict[str, str]) -> None:
    assert both.client.get("/sources", headers=headers).status_code == 401


def test_expired_and_revoked_keys(place: Place) -> None:
    key = place.key("els")
    assert place.client.get("/sources", headers=key).status_code == 200
    (kept,) = place.ring.every()
    place.ring.rotate(kept.id, timedelta(0), "2020-01-01T00:00:00Z")
    assert place.client.get("/sources", headers=key).status_code == 401
    other = place.key("els")
    place.ring.revoke(place.ring.every()[-1].id)
    place.ring.revoke(place.ring.every()[0].id)
    assert place.client.get("/sources", headers=other).status_code == 401


def test_two_kinds_of_credentials(shared: Place) -> None:
    key = shared.key("els")
    token = key["Authorization"].partition(" ")[2]
    twice = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    for headers in (twice, {**key, "X-API-Key": token}):
        answer = shared.client.get("/me", headers=headers)
        assert answer.status_code == 400
        assert 'error="invalid_request"' in answer.headers["www-authenticate"]


def test_credentials_in_the_address(shared: Place) -> None:
    token = shared.key("els")["Authorization"].partition(" ")[2]
    for query in (f"access_token={token}", f"key={token}", f"x=1&q=kg%5f{token[3:]}"):
        answer = shared.client.get(f"/sources?{query}")
        assert answer.status_code == 400, query
        assert answer.json()["error"]["code"] == "credentials-in-address"
        assert token not in answer.text
    assert shared.client.get("/me?access_token=a.b.c").status_code == 400


def test_an_issuer_that_is_down(tmp_path: Path, alignment: Alignment) -> None:
    with issuing() as issuer:
        tokens = OidcTokens([IssuerKeys(Issuer(issuer.address, (AUDIENCE,)))])
        place = Place(tmp_path, alignment, oidc=tokens)
        issuer.down = True
        answer = place.client.get("/sources", headers=bearer(issuer.token()))
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "issuer-down"
        assert answer.headers["retry-after"]
        # those who do not sign in there do not notice
        assert place.client.get("/sources", headers=place.key("els")).status_code == 200
        assert place.client.get("/sources").status_code == 200


def test_nobody_without_credentials(tmp_path: Path, alignment: Alignment) -> None:
    place = Place(tmp_path, alignment, anonymous=False)
    for path in ("/", "/sources", "/sparql?query=ASK{}", "/me", "/docs", "/openapi.json", "/jobs"):
        answer = place.client.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == 'Bearer realm="kg-service"'
    assert place.client.post("/graphql", json={"query": "{__typename}"}).status_code == 401
    assert place.client.get("/health").status_code == 200
    assert place.client.get("/sources", headers=place.key("els", Scope.READ)).status_code == 200
    preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    assert place.client.options("/sources", headers=preflight).status_code == 200


def test_the_refusal_tells_which_scope_is_missing(shared: Place) -> None:
    reader = shared.key("reader", Scope.READ)
    answer = shared.client.post("/sources", headers=reader, files={"file": ("a", b"x")})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "insufficient-scope"
    said = answer.headers["www-authenticate"]
    assert 'error="insufficient_scope"' in said
    assert 'scope="write"' in said
    anonymous = shared.client.post("/sources", files={"file": ("a", b"x")})
    assert anonymous.status_code == 401
    assert "error=" not in anonymous.headers["www-authenticate"]


def test_who_asks_reaches_threads_streams_and_nobody_else(place: Place) -> None:
    """Routes in threads, in the event loop and streams, many at once, each with its own caller."""
    app: FastAPI = place.app

    @app.get("/try/thread")
    def in_thread() -> str:
        return caller().name

    @app.get("/try/loop")
    async def in_loop() -> str:
        await asyncio.sleep(0.001)
        return caller().name

    @app.get("/try/stream")
    def streamed() -> StreamingResponse:
        return StreamingResponse(caller().name for _ in range(3))

    @app.get("/try/async-stream")
    async def async_streamed() -> StreamingResponse:
        async def pieces() -> Any:
            for _ in range(3):
                await asyncio.sleep(0.001)
                yield caller().name

        return StreamingResponse(pieces())

    keys = [place.key(f"owner-{number}", Scope.READ) for number in range(4)]
    with serving(app) as address, httpx.Client(base_url=address) as client:
        names = [client.get("/me", headers=key).json()["name"] for key in keys]
        everyone: list[tuple[dict[str, str], str]] = [*zip(keys, names, strict=True)]
        everyone.append(({}, "anonymous"))
        asked = [
            (path, who, times)
            for path, times in (
                ("/try/thread", 1),
                ("/try/loop", 1),
                ("/try/stream", 3),
                ("/try/async-stream", 3),
            )
            for who in everyone * 5
        ]

        def ask(one: tuple[str, tuple[dict[str, str], str], int]) -> None:
            path, (key, name), times = one
            assert client.get(path, headers=key).text.strip('"') == name * times

        with ThreadPoolExecutor(12) as pool:
            list(pool.map(ask, asked))
    assert caller().name == "anonymous"


def test_a_connection_is_nobodys(shared: Place) -> None:
    """Requests sent at once over one connection: who made the first is not who made the second."""
    token = shared.key("els")["Authorization"]
    ask = "GET /me HTTP/1.1\r\nHost: x\r\n{}\r\n"
    asked = [
        ask.format(f"Authorization: {token}\r\n"),
        ask.format(""),
        ask.format(f"Authorization: {token}\r\n"),
        ask.format("Connection: close\r\n"),
    ]
    with serving(shared.app) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall("".join(asked).encode())
            answer = b""
            while more := connection.recv(65536):
                answer += more
    told = re.findall(rb'"name":"(\w+)', answer)
    assert told == [b"key", b"anonymous", b"key", b"anonymous"]


def test_the_log_names_the_caller_and_never_the_key(
    shared: Place, caplog: pytest.LogCaptureFixture
) -> None:
    key = shared.key("els")
    name = shared.client.get("/me", headers=key).json()["name"]
    caplog.set_level(logging.INFO)
    shared.client.get("/sources", headers=key)
    shared.client.get("/sources")
    shared.client.get("/sources", headers={"X-API-Key": "wrong"})
    callers = [record.caller for record in caplog.records if hasattr(record, "caller")]
    assert callers == [name, "anonymous", "nobody"]
    assert key["Authorization"].rpartition("_")[2] not in str([vars(r) for r in caplog.records])


def test_headers_that_protect(shared: Place) -> None:
    for path in ("/", "/sources", "/health", "/me", "/nowhere", "/docs", "/graphql"):
        headers = shared.client.get(path, headers={"Accept": "text/html"}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
        assert {"Authorization", "X-API-Key"} <= {v.strip() for v in headers["vary"].split(",")}
    secure = TestClient(shared.app, base_url="https://testserver")
    assert "max-age" in secure.get("/health").headers["strict-transport-security"]


def test_answers_to_somebody_stay_out_of_shared_caches(shared: Place) -> None:
    key = shared.key("els")
    query = {"query": "{ __typename }"}
    for answer in (
        shared.client.get("/sources", headers=key),
        shared.client.post("/graphql", headers=key, json=query),
        shared.client.get("/me", headers=key),
    ):
        assert answer.status_code == 200
        assert answer.headers["cache-control"].startswith("private, no-")
    assert "private" not in shared.client.get("/sources").headers.get("cache-control", "")


def test_scripts_of_other_sites(shared: Place) -> None:
    origin = {"Origin": "https://a.example"}
    preflight = shared.client.options(
        "/sources",
        headers={
            **origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert preflight.status_code == 200
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    for answer in (preflight, shared.client.get("/me", headers={**origin, "X-API-Key": "x"})):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


def test_bodies_that_are_too_long(shared: Place) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(LONGEST_BODY // 100_000 + 2):
            yield b"x" * 100_000

    for path in ("/graphql", "/sparql", "/sources", "/nowhere", "/links"):
        declared = shared.client.post(path, content=b"x" * (LONGEST_BODY + 1))
        chunked = shared.client.post(path, content=pieces(), headers={"Content-Type": "text/x"})
        for answer in (declared, chunked):
            # who may not upload, and what is not there, is refused before the body is read
            assert answer.status_code in (401, 404, 405, 413, 415), (path, answer.status_code)
    too_long = shared.client.post("/graphql", content=b"x" * (LONGEST_BODY + 1))
    assert too_long.status_code == 413
    assert too_long.json()["error"]["code"] == "too-large"


def test_keys_that_can_not_be_read(tmp_path: Path, alignment: Alignment) -> None:
    """Nobody is let in, and nobody told where on the machine they are."""
    place = Place(tmp_path, alignment)
    key = place.key("els")
    (tmp_path / "keys" / "keys.json").write_text("damaged")
    answer = place.client.get("/sources", headers=key)
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text
    assert place.client.get("/sources").status_code == 200


def test_what_is_described(shared: Place) -> None:
    described = shared.client.get("/openapi.json").json()
    page = (REPOSITORY / "docs" / "http.md").read_text("utf-8")
    for path, operations in described["paths"].items():
        assert "/" + path.split("/")[1] in page or path == "/schema.graphql", path
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert len(operation["description"]) > 20, (method, path)
    assert described["components"]["securitySchemes"].keys() == {"bearer", "apiKey"}
    assert {} in described["security"]
    assert {} not in described["paths"]["/sources"]["post"]["security"]
    assert "security" not in described["paths"]["/sources"]["get"]
    assert "multipart/form-data" in described["paths"]["/sources"]["post"]["requestBody"]["content"]
