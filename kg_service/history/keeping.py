"""Keeping the past: a store that archives what a change is about to replace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from pyoxigraph import NamedNode, Quad

from kg_service.catalogue import Catalogue
from kg_service.errors import StoreError
from kg_service.history.archive import Archive
from kg_service.history.timelines import timelines
from kg_service.rdf import is_aligned, object_node, subject_of
from kg_service.store.port import NO_BINDINGS, Change, GraphReader, GraphStore, QueryResult, Term
from kg_service.terms import CATALOGUE, kg, prov

# who may see a version need not see the one before it, of which the catalogue goes on telling
_NOT_KEPT = {kg("unmappedTerm"), prov("wasRevisionOf")}


class KeepingStore:
    """A store whose past is kept in an archive: see ``GraphStore``."""

    def __init__(self, store: GraphStore, archive: Archive) -> None:
        self._store = store
        self._archive = archive
        sweep(store, archive)

    def frozen(self) -> KeepingStore:
        return self

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        return self._store.query(sparql, bindings)

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        return self._store.quads(subject, predicate, object_, graph)

    def commit(self, change: Change) -> None:
        if change.supersedes is not None:
            self._keep(change.supersedes, change)
        for graph, grades in change.grades.items():
            if grades:
                self._archive.note_grades(graph, grades)
        self._store.commit(change)
        for graph in change.drop:
            self._archive.forget_grades(graph)
        if change.forgets is not None:
            self._archive.forget(change.forgets)

    def publish(self) -> None:
        self._store.publish()

    def close(self) -> None:
        self._store.close()

    def _keep(self, source: NamedNode, change: Change) -> None:
        periods = timelines(self._store, source).get(source)
        record = Catalogue(self._store).source(source)
        if not periods or record is None:
            return
        graphs = [NamedNode(name) for name in (*record.aligned_graphs, record.identity_graph)]
        dropped = [graph for graph in graphs if graph in change.drop]
        aligned = [graph for graph in dropped if is_aligned(graph)]
        quads = _said(self._store, source, dropped)
        self._archive.keep(source, periods[-1].since, quads, aligned)


def sweep(reader: GraphReader, archive: Archive) -> None:
    """Remove what an interruption left: periods that did not end, or of withdrawn sources."""
    found = timelines(reader)
    past = {iri: {p.since for p in periods if p.until} for iri, periods in found.items()}
    graphs = [subject_of(q) for q in reader.quads(None, kg("alignedFrom"), None, CATALOGUE)]
    with suppress(StoreError):  # a full or read-only disk: the next writer will
        archive.sweep(lambda source: past.get(source, ()), graphs)


def _said(reader: GraphReader, source: NamedNode, graphs: list[NamedNode]) -> Iterator[Quad]:
    """What derived graphs say, and the catalogue of the version they belong to."""
    for graph in graphs:
        yield from reader.quads(None, None, None, graph)
        yield from reader.quads(graph, None, None, CATALOGUE)
    yield from reader.quads(source, None, None, CATALOGUE)
    for current in reader.quads(source, kg("currentVersion"), None, CATALOGUE):
        version = object_node(current)
        for quad in reader.quads(version, None, None, CATALOGUE):
            if quad.predicate not in _NOT_KEPT:
                yield quad
            if quad.predicate == prov("wasGeneratedBy"):
                yield from reader.quads(object_node(quad), None, None, CATALOGUE)
