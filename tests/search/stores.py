"""Small stores of aligned graphs, written without any source."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad, Triple
from support import BASE

from kg_service.store.port import Change, GraphStore
from kg_service.store.statements import Statements
from kg_service.terms import CATALOGUE, dcterms, kg, prov


def source_of(id_: str) -> NamedNode:
    return NamedNode(f"{BASE}/source/{id_}")


def aligned_of(id_: str) -> NamedNode:
    return NamedNode(f"{BASE}/graph/{id_}/0/aligned")


def records(id_: str, ingested: str = "2026-01-01T00:00:00Z") -> list[Quad]:
    """What the catalogue says of a source with one aligned graph."""
    source, version = source_of(id_), NamedNode(f"{BASE}/version/{id_}/0")
    ingest = NamedNode(f"{version.value}/ingest")
    told = [
        (source, kg("currentVersion"), version),
        (source, dcterms("identifier"), Literal(id_)),
        (version, kg("sha256"), Literal("0")),
        (version, kg("alignedGraph"), aligned_of(id_)),
        (version, kg("alignedBy"), Literal("sets 1")),
        (version, prov("wasGeneratedBy"), ingest),
        (ingest, prov("endedAtTime"), Literal(ingested)),
        (aligned_of(id_), kg("sourceOfGraph"), source),
    ]
    return [Quad(*statement, CATALOGUE) for statement in told]


def put(
    store: GraphStore,
    id_: str,
    triples: Iterable[Triple],
    ingested: str = "2026-01-01T00:00:00Z",
    publish: bool = True,
) -> None:
    """A source that says this."""
    graphs = {aligned_of(id_): Statements.of(triples)}
    store.commit(Change(graphs=graphs, insert=records(id_, ingested)))
    if publish:
        store.publish()


def withdraw(store: GraphStore, id_: str) -> None:
    """The source is gone, with all that the catalogue said of it."""
    told = [
        quad
        for node in (
            source_of(id_),
            aligned_of(id_),
            NamedNode(f"{BASE}/version/{id_}/0"),
            NamedNode(f"{BASE}/version/{id_}/0/ingest"),
        )
        for quad in store.quads(node, None, None, CATALOGUE)
    ]
    store.commit(Change(drop=[aligned_of(id_)], delete=told))
    store.publish()
