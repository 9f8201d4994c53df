"""Indexes of the small graphs of ``lineage_graphs``."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kg_service.index.folder import IndexFolder
from kg_service.index.writer import IndexWriter
from kg_service.rdf import graph_of
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.store.statements import Statements
from kg_service.terms import CATALOGUE, kg

SOURCE = NamedNode("http://kg.test/source/s")


def listed(graph: NamedNode, stamp: str = "1") -> list[Quad]:
    """What the catalogue says of a graph that was derived."""
    return [
        Quad(graph, kg("sourceOfGraph"), SOURCE, CATALOGUE),
        Quad(graph, kg("stamp"), Literal(stamp), CATALOGUE),
    ]


def graphs_of(store: OxigraphStore) -> list[NamedNode]:
    """The graphs of a store."""
    return sorted({g for q in store.quads() if (g := graph_of(q))}, key=lambda g: g.value)


def enlist(store: OxigraphStore, *graphs: NamedNode) -> None:
    """Let the catalogue name graphs."""
    store.commit(Change(insert=[quad for graph in graphs for quad in listed(graph)]))


def feed(store: OxigraphStore, folder: Path, *groups: list[NamedNode]) -> IndexFolder:
    """An index of some graphs of a store; each group of them is published by itself."""
    index = IndexFolder(folder)
    for group in groups:
        enlist(store, *group)
        writer = IndexWriter(index, store)
        for graph in group:
            triples = (quad.triple for quad in store.quads(None, None, None, graph))
            writer.add(graph, Statements.of(triples), None)
        writer.publish()
    return index
