"""A reader that sees only some of a store's graphs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pyoxigraph import NamedNode, Quad

from kg_service.errors import Refused
from kg_service.store.port import NO_BINDINGS, GraphReader, QueryResult, Term

# so few graphs are asked one by one; of more, what they do not say is passed over
_FEW = 8


class VisibleGraphs:
    """What some graphs say, and nothing of the others: see ``GraphReader``.

    SPARQL is refused: over many graphs it is slow, and over few of them, too, a query could
    name others.
    """

    def __init__(self, reader: GraphReader, graphs: Collection[NamedNode]) -> None:
        self._reader = reader
        self._graphs = frozenset(graphs)

    def frozen(self) -> VisibleGraphs:
        return VisibleGraphs(self._reader.frozen(), self._graphs)

    def shows(self, graph: NamedNode | None) -> bool:
        """Whether what this graph says can be seen."""
        return graph in self._graphs

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        raise Refused("SPARQL is not answered over a part of the graphs")

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        if graph is not None:
            if graph in self._graphs:
                yield from self._reader.quads(subject, predicate, object_, graph)
        elif len(self._graphs) <= _FEW:
            for one in sorted(self._graphs, key=lambda g: g.value):
                yield from self._reader.quads(subject, predicate, object_, one)
        else:
            for quad in self._reader.quads(subject, predicate, object_):
                if quad.graph_name in self._graphs:
                    yield quad
