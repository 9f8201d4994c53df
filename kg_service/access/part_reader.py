"""A reader that sees a part of a store, for callers whose groups show them more than a tier."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pyoxigraph import NamedNode, Quad

from kg_service.access.part import Part
from kg_service.errors import Refused
from kg_service.store.embedded import OxigraphReader
from kg_service.store.port import NO_BINDINGS, GraphReader, QueryResult, Term
from kg_service.terms import CATALOGUE, DECISIONS

_OWN = (CATALOGUE, DECISIONS)
_FEW = 16


class PartReader:
    """Reads what a part of one state says, and nothing else: see ``GraphReader``.

    SPARQL is answered by ``base``, the highest tier of which the part holds all; it is refused
    where there is none. What the tier holds is read there, and few graphs beyond it one by one,
    so that nothing hidden is met on the way, which would take time.
    """

    def __init__(
        self,
        present: GraphReader,
        part: Part,
        base: GraphReader | None,
        beyond: Collection[NamedNode] = (),
    ) -> None:
        self._present = present
        self._part = part
        self._base = base
        self._beyond = sorted(beyond, key=str) if len(beyond) <= _FEW else None
        self._told = OxigraphReader(part.told())

    def frozen(self) -> PartReader:
        return self

    def generation(self) -> str:
        """The name of what is seen: another wherever anything of it is another."""
        return self._part.key

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        if self._base is None:
            raise Refused("SPARQL is not answered over a part of this store")
        return self._base.query(sparql, bindings)

    def ask_catalogue(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        """Ask what reads nothing but the catalogue: all that is seen of it answers."""
        return self._told.query(sparql, bindings)

    def ask_beyond(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        """Ask all of the store, for one that looks again at whatever it is told."""
        return self._present.query(sparql, bindings)

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        graphs = self._part.graphs
        if graph is None and self._base is not None and self._beyond is not None:
            for quad in self._base.quads(subject, predicate, object_):
                if quad.graph_name in graphs:
                    yield quad
            for one in self._beyond:
                yield from self._present.quads(subject, predicate, object_, one)
        elif graph is None:
            for quad in self._present.quads(subject, predicate, object_):
                if quad.graph_name in graphs:
                    yield quad
        elif graph in graphs:
            yield from self._present.quads(subject, predicate, object_, graph)
        if graph is None or graph in _OWN:
            yield from self._told.quads(subject, predicate, object_, graph)
