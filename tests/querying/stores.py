"""Stores of two graphs that hold as many statements as asked for."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from kg_service.store.disk import DiskStore
from kg_service.store.port import Change
from kg_service.store.statements import Statements

BASE = "http://kg.test"
NS = "http://example.org/"
# more than any machine counts in the time of a test
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def store_of(folder: Path, statements: int) -> Path:
    """A store on disk."""
    store = DiskStore(folder, BASE)
    write(store, "g", statements)
    store.close()
    return folder


def write(store: DiskStore, graph: str, statements: int) -> None:
    """Add a graph, and show it."""
    triples = (
        Triple(NamedNode(f"{NS}{graph}/{n}"), NamedNode(f"{NS}p"), Literal(f"value {n}"))
        for n in range(statements)
    )
    store.commit(Change(graphs={NamedNode(f"{NS}{graph}"): Statements.of(triples)}))
    store.publish()
