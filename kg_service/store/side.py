"""Side indexes: what is kept beside a store so that some questions are answered faster.

They hold nothing that the store does not say, and are fed with each graph as it is written.
Where one was not (a crash between the two), it finds out by itself: the catalogue names the
graphs that there are, and what a graph of that name says never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from pyoxigraph import NamedNode, Quad

from kg_service.store.grades import Grades
from kg_service.store.port import NO_BINDINGS, Change, GraphStore, QueryResult, Term
from kg_service.store.statements import Statements


class SideIndex(Protocol):
    """What is fed with the graphs of a store. Raises StoreError."""

    def add(self, graph: NamedNode, statements: Statements, grades: Grades | None) -> None:
        """Take in a graph that was committed; some statements may stand there twice.

        An aligned graph comes with the grades of its lineage statements.
        """
        ...

    def drop(self, graph: NamedNode) -> None:
        """Forget a graph that was dropped."""
        ...

    def publish(self) -> None:
        """Let readers see what was taken in, after the store let them see it."""
        ...

    def close(self) -> None: ...


class IndexedStore:
    """A store that feeds side indexes with what is written: see ``GraphStore``."""

    def __init__(self, store: GraphStore, indexes: Sequence[SideIndex]) -> None:
        self._store = store
        self._indexes = tuple(indexes)

    def frozen(self) -> IndexedStore:
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
        self._store.commit(change)
        for index in self._indexes:
            for graph in change.drop:
                index.drop(graph)
            for graph, statements in change.graphs.items():
                index.add(graph, statements, change.grades.get(graph))

    def publish(self) -> None:
        self._store.publish()
        for index in self._indexes:
            index.publish()

    def close(self) -> None:
        for index in self._indexes:
            index.close()
        self._store.close()
