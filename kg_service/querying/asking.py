"""A reader whose queries go through an engine, so that its limits hold for them as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import NamedNode, Quad

from kg_service.querying.query import Query, QueryEngine
from kg_service.querying.spooled import result_of
from kg_service.store.port import NO_BINDINGS, GraphReader, QueryResult, Term


class AskingReader:
    """Statements from one reader, queries by an engine: see ``GraphReader``.

    Queries raise Limited and Busy as well. The reader may be of an older state than the engine,
    which always answers from the newest.
    """

    def __init__(self, reader: GraphReader, engine: QueryEngine, caller: str) -> None:
        self._reader = reader
        self._engine = engine
        self._caller = caller

    def frozen(self) -> AskingReader:
        return self

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        return result_of(self._engine.ask(Query(sparql, bindings=bindings), self._caller))

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        return self._reader.quads(subject, predicate, object_, graph)
