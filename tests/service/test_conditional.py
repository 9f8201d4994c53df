"""ETag, If-None-Match and Last-Modified (RFC 9110, section 13), and compression."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from service.changing import ChangingStore, field_entities, field_root
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from support import BASE

from kg_service.access.caller import ANONYMOUS, OPERATOR, Caller
from kg_service.service.callers import set_caller
from kg_service.service.compression import Compressed, accepts_gzip
from kg_service.service.conditional import ConditionalAnswers, matches

SCAN = "/source/field/data/scan.csv"
PATHS = (
    SCAN, f"/entity?id={BASE}{SCAN}", "/sources", "/sources/field", f"/lineage?id={BASE}{SCAN}",
    f"/export?id={BASE}{SCAN}&format=prov-n", f"/linkset?id={BASE}{SCAN}", "/.well-known/void",
    "/search?text=plant", "/links", "/results?id=plant-1",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> ChangingStore:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities(), **field_root())
    return store


def test_nothing_new_until_something_is_ingested(store: ChangingStore) -> None:
    client = store.client()
    tags = {}
    for path in PATHS:
        first = client.get(path)
        assert first.status_code == 200, path
        tags[path] = first.headers["etag"]
        assert "Accept" in first.headers["vary"]
        again = client.get(path, headers={"if-none-match": f'"x", {tags[path]}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == tags[path]
        head = client.head(path, headers={"if-none-match": tags[path]})
        assert head.status_code == 304
    assert len(set(tags.values())) == len(PATHS)
    store.ingest("other", {"@id": "x.csv", "@type": "File", "name": "x"})
    for path in PATHS:
        assert client.get(path, headers={"if-none-match": tags[path]}).status_code == 200, path


def test_a_tag_is_of_one_form(store: ChangingStore) -> None:
    client = store.client()
    tag = client.get(SCAN).headers["etag"]
    turtle = client.get(SCAN, headers={"accept": "text/turtle", "if-none-match": tag})
    assert turtle.status_code == 200
    assert turtle.headers["etag"] != tag


def test_a_tag_is_of_one_caller(store: ChangingStore) -> None:
    """Also where two callers see the same: one of them may be shown another greeting."""
    tagged = ConditionalAnswers(PlainTextResponse("seen"), store.context())

    def client_of(who: Caller) -> TestClient:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            set_caller(who)
            await tagged(scope, receive, send)

        return TestClient(app)

    group = Caller("key:1", groups=frozenset({"a"}))
    tags = set()
    for who in (ANONYMOUS, OPERATOR, group, replace(group, groups=frozenset({"b"}))):
        answer = client_of(who).get("/sources")
        expected = "no-cache" if who is ANONYMOUS else "private, no-cache"
        assert answer.headers["cache-control"] == expected
        for tag in tags:
            again = client_of(who).get("/sources", headers={"if-none-match": tag})
            assert again.status_code == 200
        tags.add(answer.headers["etag"])
    assert len(tags) == 4


def test_errors_have_no_tag_and_a_star_matches_nothing(store: ChangingStore) -> None:
    client = store.client()
    assert "etag" not in client.get("/source/field/none").headers
    assert client.get("/source/field/none", headers={"if-none-match": "*"}).status_code == 404
    assert client.get(SCAN, headers={"if-none-match": "*"}).status_code == 200


def test_when_it_last_changed(store: ChangingStore) -> None:
    (record,) = store.context().sources()
    told = store.client().get(SCAN).headers["last-modified"]
    assert told.endswith("GMT")
    assert record.ingested[8:10] in told


@pytest.mark.parametrize(
    ("header", "found"),
    [('"a"', True), ('W/"a"', True), ('"b", W/"a"', True), ('"aa"', False), ("a", False),
     ("*", False), ("", False), (None, False)],
)  # fmt: skip
def test_if_none_match(header: str | None, found: bool) -> None:
    assert matches(header, "a") is found


@pytest.mark.parametrize(
    ("header", "accepted"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("gzip;q=0", False), ("", False),
     ("identity", False), ("*;q=0", False), ("gzip;q=0, *", False), ("GZIP", True),
     ("gzip;q=x", False)],
)  # fmt: skip
def test_who_accepts_gzip(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def test_answers_are_compressed_for_who_accepts_it(store: ChangingStore) -> None:
    client = store.client()
    for path in (SCAN, "/sources/field", "/.well-known/void", "/openapi.json"):
        plain = client.get(path, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert "Accept-Encoding" in plain.headers["vary"]
        packed = client.get(path, headers={"accept-encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip", path
        assert packed.content == plain.content
        assert int(packed.headers["content-length"]) < len(plain.content)
        head = client.head(path, headers={"accept-encoding": "gzip"})
        assert head.headers["content-length"] == packed.headers["content-length"]


def test_what_is_packed_is_not_packed_again(store: ChangingStore) -> None:
    client = store.client()
    path = f"/export?id={BASE}{SCAN}&format=ro-crate-zip"
    answer = client.get(path, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers
    assert answer.content.startswith(b"PK")


def test_a_stream_stays_one() -> None:
    """Each piece is sent on when it comes, in a form that can be read without the rest."""
    pieces = [b"first " * 500, b"second " * 500]
    app = FastAPI()

    @app.get("/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(iter(pieces), media_type="text/csv", headers={"ETag": '"x"'})

    sent: list[bytes] = []

    class Recording:
        def __init__(self, app: ASGIApp) -> None:
            self._app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def record(message: dict[str, object]) -> None:
                if body := message.get("body"):
                    assert isinstance(body, bytes)
                    sent.append(body)
                await send(message)  # type: ignore[arg-type]

            await self._app(scope, receive, record)  # type: ignore[arg-type]

    app.add_middleware(Compressed)
    app.add_middleware(Recording)
    answer = TestClient(app).get("/stream", headers={"accept-encoding": "gzip"})
    assert answer.content == b"".join(pieces)
    assert answer.headers["etag"] == 'W/"x"'
    assert "content-length" not in answer.headers
    first = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(sent[0])
    assert first == pieces[0]
    assert gzip.decompress(b"".join(sent)) == b"".join(pieces)
