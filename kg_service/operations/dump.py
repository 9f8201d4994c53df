"""A store, or some of its graphs, as N-Quads: graph by graph, in memory one graph at most.

The graphs stand in the order of their IRIs, and the statements of each in the order of their
text, so that two dumps of one state are the same bytes (but for the labels of blank nodes). Only a
graph of more than ``SORTED_LINES`` statements stands in the order of its store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from pyoxigraph import NamedNode

from kg_service.rdf import solutions_of
from kg_service.store.dump import lines_of_graph
from kg_service.store.port import GraphReader
from kg_service.store.statements import END
from kg_service.terms import JOURNAL

SORTED_LINES = 1_000_000
_GRAPHS = "SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s ?p ?o } }"


def graphs_in(reader: GraphReader) -> list[NamedNode]:
    """The named graphs of a store, but for its journal. Raises StoreError."""
    found = {row["graph"] for row in solutions_of(reader.query(_GRAPHS))}
    named = [graph for graph in found if isinstance(graph, NamedNode) and graph != JOURNAL]
    return sorted(named, key=lambda graph: graph.value)


def lines_of(reader: GraphReader, graph: NamedNode) -> Iterator[bytes]:
    """The statements of a graph as lines of N-Quads. Raises StoreError."""
    lines = lines_of_graph(reader, graph)
    first = sorted(islice(lines, SORTED_LINES))
    end = f" {graph} .\n".encode()
    for line in chain(first, lines):
        yield line.removesuffix(END) + end


def dump(reader: GraphReader, graphs: Iterable[NamedNode]) -> Iterator[bytes]:
    """The statements of graphs as lines of N-Quads."""
    for graph in graphs:
        yield from lines_of(reader, graph)
