"""The port: all that the service asks of a store of named graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
)

from kg_service.store.grades import Grades
from kg_service.store.statements import Statements

Term = NamedNode | Literal
QueryResult = QuerySolutions | QueryBoolean | QueryTriples
NO_BINDINGS: Mapping[str, Term] = {}
Sizes = Mapping[NamedNode, int]


def _no_records(sizes: Sizes) -> Sequence[Quad]:
    return ()


class GraphReader(Protocol):
    """Reads a store. The default graph is the union of all graphs."""

    def frozen(self) -> GraphReader:
        """One state of the store, for a caller that reads several times for one answer."""
        ...

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        """Run a SPARQL 1.1 query, with variables (that it must project) bound to terms.

        The prefixes of ``kg_service.terms.PREFIXES`` need no declaration.

        Raises QuerySyntax, Refused (for SERVICE) and StoreError.
        """
        ...

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        """The statements that match a pattern, each with its graph."""
        ...


@dataclass(frozen=True)
class Change:
    """One change that becomes visible as a whole, or not at all.

    ``graphs`` are new and must not be there yet, ``grades`` are those of the lineage statements
    of the aligned ones among them; ``drop`` are removed with their content;
    ``delete`` and ``insert`` are statements of graphs that last, such as the catalogue.
    ``supersedes`` is the source of which another version or alignment takes over, ``forgets``
    the one that is withdrawn, for what keeps the past.
    ``records`` gives further ones to insert, when it is known how many distinct statements
    each new graph holds.
    """

    graphs: Mapping[NamedNode, Statements] = field(default_factory=dict)
    grades: Mapping[NamedNode, Grades] = field(default_factory=dict)
    drop: Sequence[NamedNode] = ()
    delete: Sequence[Quad] = ()
    insert: Sequence[Quad] = ()
    supersedes: NamedNode | None = None
    forgets: NamedNode | None = None
    records: Callable[[Sizes], Sequence[Quad]] = _no_records


class GraphStore(GraphReader, Protocol):
    """Reads and writes. One writer at a time."""

    def commit(self, change: Change) -> None:
        """Make the change, crash-safe. Raises StoreError; then nothing has changed."""
        ...

    def publish(self) -> None:
        """Let readers see what was committed."""
        ...

    def close(self) -> None: ...
