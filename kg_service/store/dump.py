"""A graph's statements as lines of N-Triples, written by the engine itself where it can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from tempfile import TemporaryFile

from pyoxigraph import NamedNode, RdfFormat, serialize

from kg_service.store.embedded import OxigraphReader
from kg_service.store.port import GraphReader
from kg_service.store.statements import Statements, temporary_space

_LINES = 50_000


def lines_of_graph(reader: GraphReader, graph: NamedNode) -> Iterator[bytes]:
    """Each statement as a line. Raises StoreError."""
    with temporary_space(), TemporaryFile() as file:
        if isinstance(reader, OxigraphReader):
            reader.dump(file, graph)
        else:
            triples = (quad.triple for quad in reader.quads(None, None, None, graph))
            serialize(triples, file, format=RdfFormat.N_TRIPLES)
        file.seek(0)
        yield from file


@contextmanager
def copied(reader: GraphReader, graph: NamedNode) -> Iterator[Statements]:
    """The statements of a graph, to be written to another store. Raises StoreError."""
    statements = Statements()
    try:
        lines = lines_of_graph(reader, graph)
        while piece := list(islice(lines, _LINES)):
            statements.write(piece)
        yield statements
    finally:
        statements.close()
