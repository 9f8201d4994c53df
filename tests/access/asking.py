"""Asking every interface of a service, and what its answers are compared by."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from access.worlds import DOI, FILES, IDS, PERSON, SAMPLES, SHA256, TOOL, own
from fastapi import FastAPI
from fastapi.testclient import TestClient
from support import BASE

from kg_service.access.authority import Authority
from kg_service.access.caller import ANONYMOUS, Caller
from kg_service.export.formats import FORMATS
from kg_service.service.context import ServiceContext
from kg_service.terms import CATALOGUE, DECISIONS

Request = tuple[str, dict[str, str], str]
HTML, JSON = "text/html", "application/json"
THINGS = [*SAMPLES, *FILES, TOOL, PERSON, *map(own, IDS), f"{BASE}/source/beta/result.csv"]
WRITTEN = ["plant one", "plant of alpha", "spectrum", "result.csv", "flow", DOI, "never told"]
_THING = "id label kind kinds identifiers description sources { id }"
_GRAPHQL = (
    "{ sources { id visibility ingested version asserted aligned history { since until state } "
    "things(first: 3) { totalCount nodes { id } } } }",
    '{ search(text: "plant", first: 3) { totalCount edges { cursor node { id label } } '
    "pageInfo { hasNextPage endCursor } } }",
    "{ things(first: 100) { totalCount nodes { " + _THING + " } } }",
    "{ specimens(first: 10) { " + _THING + " } }",
    '{ entity(id: "ID") { ' + _THING + " } }",
    '{ node(id: "ID") { id } nodes(ids: ["ID"]) { id } }',
    '{ resultsOfSpecimen(id: "ID") { complete things { id label } } }',
    '{ lineage(id: "ID") { complete stopped nodes { thing { id label } } '
    "edges { kind grade by source { id } } } }",
)


class Known(Authority):
    """Takes tokens that stand for the callers of tests."""

    def key(self, token: str) -> None:
        return None

    def signed_in(self, token: str) -> Caller:
        return _CALLERS[token]


KNOWN = Known()
_CALLERS: dict[str, Caller] = {}


def client_of(app: FastAPI, caller: Caller) -> TestClient:
    """The service, made with ``KNOWN``, as one caller asks it."""
    if caller == ANONYMOUS:
        return TestClient(app, follow_redirects=False)
    token = f"token-{hash(caller)}"
    _CALLERS[token] = caller
    headers = {"Authorization": f"Bearer {token}"}
    return TestClient(app, follow_redirects=False, headers=headers)


def by_sparql(context: ServiceContext) -> Iterator[Request]:
    """What is asked of the tier: SPARQL, and the questions with a name."""
    everything = "SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } FILTER (!isBlank(?s)) "
    everything += "FILTER (!isBlank(?o)) }"
    yield "/sparql", {"query": everything}, JSON
    yield "/sparql", {"query": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"}, JSON
    yield "/sparql", {"query": "SELECT ?g WHERE { GRAPH ?g { } }"}, JSON
    yield "/sparql", {"query": f"DESCRIBE <{SAMPLES[0]}>"}, "application/n-triples"
    for graph in (CATALOGUE, DECISIONS):
        yield "/sparql", {"query": f"SELECT * FROM {graph} WHERE {{ ?s ?p ?o }}"}, JSON
    for question in context.questions:
        if not any(p.required for p in question.parameters):
            yield f"/queries/{question.id}", {}, JSON


def by_graph() -> Iterator[Request]:
    """What is answered for any set of groups."""
    for path in ("/", "/sources"):
        yield path, {}, HTML
    yield from (
        (path, {}, JSON)
        for path in ("/sources", "/links", "/mappings", "/mappings/run-crate", "/health")
    )
    yield "/links", {"candidates": "true"}, JSON
    yield "/.well-known/void", {}, "application/n-triples"
    yield "/.well-known/void", {}, HTML
    yield "/sitemap.xml", {}, "*/*"
    for source in (*IDS, "alpho", "alpha/own"):
        for accept in (JSON, HTML):
            yield f"/sources/{source}", {}, accept
            yield f"/source/{source}", {}, accept
            yield f"/source/{source}/own", {}, accept
            yield f"/version/{source}/0000000000000000", {}, accept
        yield f"/sources/{source}", {}, "application/n-triples"
        yield "/linkset", {"id": f"{BASE}/source/{source}"}, JSON
        yield "/links", {"source": source}, JSON
        yield "/table", {"of": source}, JSON
        yield "/search", {"text": "plant", "source": source}, JSON
        yield "/lineage", {"id": FILES[1], "source": source}, JSON
        for version in ("0000", "1"):
            yield "/lineage", {"id": FILES[1], "asOf": f"{source}@{version * 4}"}, JSON
    for text in ("plant", "plant one", "ada", "table", "measuring", "result", "nothing"):
        for limit in ("1", "20"):
            yield "/search", {"text": text, "limit": limit}, JSON
    for thing in (*THINGS, *WRITTEN, SHA256):
        yield from about(thing)
    for first, second in ((SAMPLES[0], FILES[1]), (own("alpha"), FILES[2]), (FILES[0], FILES[1])):
        for path in ("/path", "/diff"):
            yield path, {"a": first, "b": second}, JSON
        yield "/common", {"id": first, "other": second}, JSON
        why = {"subject": first, "predicate": "rdfs:label", "object": "plant one"}
        yield "/why", why, JSON
        yield "/why", {**why, "predicate": "never"}, JSON
    yield "/affected", {"id": "flow", "version": "2.3"}, JSON
    yield "/affected", {"id": "flow", "version": "9"}, JSON
    for query in _GRAPHQL:
        for thing in (SAMPLES[0], own("alpha"), own("beta"), "plant one"):
            yield "/graphql", {"query": query.replace("ID", thing)}, JSON


def about(thing: str) -> Iterator[Request]:
    """What can be asked of one thing."""
    yield "/entity", {"id": thing}, JSON
    yield "/entity", {"id": thing}, HTML
    yield "/entity", {"id": thing}, "application/n-quads"
    yield "/linkset", {"id": thing}, JSON
    for policy in ("default", "all"):
        yield "/lineage", {"id": thing, "policy": policy}, JSON
    yield "/lineage", {"id": thing, "granularity": "run"}, JSON
    yield "/lineage", {"id": thing, "direction": "up", "depth": "1"}, JSON
    for day in ("2026-03-02", "2026-03-04", "2026-03-06"):
        yield "/lineage", {"id": thing, "asOf": day}, JSON
    for path in ("/results", "/specimens", "/affected", "/gaps", "/links", "/table"):
        asked = {"of" if path == "/table" else "id": thing}
        yield path, asked, JSON
        if path != "/links":
            yield path, {**asked, "asOf": "2026-03-04"}, JSON


def exports() -> Iterator[Request]:
    """Exports in every form."""
    for form in FORMATS:
        yield "/export", {"id": FILES[1], "format": form.name}, "*/*"


def said(client: TestClient, request: Request) -> tuple[int, Any, str]:
    """The status, the body and the type of an answer."""
    path, parameters, accept = request
    answer = client.get(quote(path), params=parameters, headers={"Accept": accept})
    headers = (answer.headers.get(name, "") for name in ("content-type", "link", "location"))
    return answer.status_code, body_of(answer.content), " ".join(headers)


def body_of(content: bytes) -> Any:
    """What an answer says; of what is made when it is asked, without when that was."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return {name: body_of(packed.read(name)) for name in sorted(packed.namelist())}
    try:
        told = json.loads(content)
    except ValueError:
        return sorted(_timeless(content.decode()).splitlines())
    return _in_order(json.loads(_timeless(json.dumps(told))))


def _in_order(told: Any) -> Any:
    """Rows of tables in order: that of SPARQL's solutions is the engine's."""
    if isinstance(told, dict):
        if set(told) == {"bindings"}:
            return sorted(json.dumps(row, sort_keys=True) for row in told["bindings"])
        return {key: _in_order(value) for key, value in told.items()}
    return told


_TODAY = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+]00:00)?")


def _timeless(text: str) -> str:
    def hidden(match: re.Match[str]) -> str:
        return match.group() if match.group().startswith("2026-03-") else "NOW"

    return _TODAY.sub(hidden, text)
