"""Stores of pyoxigraph: one that is read, and one that is written as a whole or not at all.

A commit marks its new graphs as pending in the journal graph, writes them, and then drops the
old graphs, changes the catalogue and clears the marks in one atomic update. Large old graphs
are only marked in that update, and removed after it in steps: what readers are shown is
published later. A writer that finds marks when it opens drops the graphs they name.

The engine checks what it reads and says so where its files are damaged. Where a write fails it
may take no more until it is opened again; what stays marked then is never published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import IO

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Variable

from kg_service.errors import QuerySyntax, StoreError, UsageError
from kg_service.store.dataset import Dataset
from kg_service.store.engine_errors import ENGINE_ERRORS, engine_error, is_damage, reason, todo
from kg_service.store.port import NO_BINDINGS, Change, QueryResult, Term
from kg_service.store.sizes import count_in
from kg_service.store.sparql_text import keywords, refuse_calls_out
from kg_service.store.statements import Statements
from kg_service.store.syntax import explain_syntax
from kg_service.terms import JOURNAL, PREFIXES, kg

_BULK_FROM = 5_000
_BULK_LINES = 50_000
_REMOVED_AT_ONCE = 2_000
_FLUSH_BYTES = 8_000_000
# a graph serialises itself, so nothing of it can end the query
_REMOVAL = (
    "DELETE {{ GRAPH {graph} {{ ?s ?p ?o }} }} "
    "WHERE {{ SELECT * WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }} LIMIT {limit} }}"
)
_PENDING = kg("pending")


class OxigraphReader:
    """Reads a pyoxigraph store, which messages call ``where``: see ``GraphReader``."""

    def __init__(self, store: Store, where: str = "the store") -> None:
        self._store = store
        self._where = where

    def frozen(self) -> OxigraphReader:
        return self

    def query(
        self,
        sparql: str,
        bindings: Mapping[str, Term] = NO_BINDINGS,
        dataset: Dataset | None = None,
    ) -> QueryResult:
        """As ``GraphReader.query``. ``dataset`` overrides what the query names with FROM."""
        refuse_calls_out(sparql)
        try:
            result: QueryResult = self._store.query(
                sparql,
                prefixes=PREFIXES,
                # a query that names its own dataset (FROM) has that one
                use_default_graph_as_union=dataset is None and "FROM" not in set(keywords(sparql)),
                default_graph=None if dataset is None else list(map(NamedNode, dataset.default)),
                named_graphs=None if dataset is None else list(map(NamedNode, dataset.named)),
                substitutions={Variable(name): term for name, term in bindings.items()},
            )
        except SyntaxError as error:
            said = explain_syntax(sparql, str(error.msg))
            raise QuerySyntax(f"the SPARQL query does not parse: {said}") from error
        except (ValueError, RuntimeError) as error:
            if is_damage(error):
                raise engine_error(self._where, error) from error
            raise UsageError(f"the SPARQL query can not be evaluated: {error}") from error
        except OSError as error:
            raise engine_error(self._where, error) from error
        return result

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        try:
            yield from self._store.quads_for_pattern(subject, predicate, object_, graph)
        except ENGINE_ERRORS as error:
            raise engine_error(self._where, error) from error

    def graph_names(self) -> set[NamedNode]:
        """All graphs that hold something. Raises StoreError."""
        try:
            return {name for name in self._store.named_graphs() if isinstance(name, NamedNode)}
        except ENGINE_ERRORS as error:
            raise engine_error(self._where, error) from error

    def dump(self, file: IO[bytes], graph: NamedNode) -> None:
        """Write what a graph says, as N-Triples. Raises StoreError."""
        try:
            self._store.dump(file, RdfFormat.N_TRIPLES, from_graph=graph)
        except ENGINE_ERRORS as error:
            raise engine_error(self._where, error) from error


class OxigraphStore(OxigraphReader):
    """Reads and writes a pyoxigraph store, in memory if none is given: see ``GraphStore``."""

    def __init__(self, store: Store | None = None, where: str = "the store") -> None:
        super().__init__(Store() if store is None else store, where)
        self._unflushed = 0
        self._failed = False
        self._sweep()

    def commit(self, change: Change) -> None:
        marks = [_mark(graph) for graph in change.graphs]
        later: list[NamedNode] = []
        try:
            self._sweep()  # what an interruption left
            self._flush_when_full()
            for graph in change.graphs:
                if not self._is_empty(graph):
                    # else a failure would take what it holds
                    raise ValueError(f"there is a graph {graph} already")
            if marks:
                self._store.extend(marks)
            sizes = {graph: self._write(graph, told) for graph, told in change.graphs.items()}
            at_once = [graph for graph in change.drop if self._is_small(graph)]
            later = [graph for graph in change.drop if graph not in at_once]
            records = [*change.insert, *change.records(sizes), *map(_mark, later)]
            text = _update_text(at_once, [*change.delete, *marks], records)
            self._store.update(text)
            self._unflushed += len(text)
        except (*ENGINE_ERRORS, ValueError, SyntaxError) as error:
            self._undo()
            raise StoreError(
                f"{self._where}: the change was not written ({reason(error)}); the store is as "
                f"it was: {todo(error)}"
            ) from error
        except BaseException:
            self._undo()
            raise
        try:
            for graph in later:
                self._remove(graph)
        except ENGINE_ERRORS as error:
            self._failed = True
            raise StoreError(
                f"{self._where}: the change was written, but what it replaces could not be "
                f"removed ({reason(error)}); readers see the store as it was: {todo(error)}"
            ) from error

    def _undo(self) -> None:
        """Drop what was written of a change; where that fails too, it is swept at the next open."""
        try:
            self._sweep()
        except ENGINE_ERRORS:
            self._failed = True

    def _write(self, graph: NamedNode, statements: Statements) -> int:
        """Write a new graph. Its number of distinct statements."""
        if statements.written < _BULK_FROM:
            lines = set(statements.lines())
            text = b"".join(lines)
            self._store.load(text, RdfFormat.N_TRIPLES, to_graph=graph)
            self._unflushed += len(text)
            return len(lines)
        for chunk in statements.chunks(_BULK_LINES):
            # in pieces: the engine's bulk loader keeps all that one call gives it in memory;
            # lenient, as these lines were written by its own serialiser
            self._store.bulk_load(chunk, RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        return count_in(self, graph)

    def _flush_when_full(self) -> None:
        """The engine keeps what transactions wrote in memory, long after; this lets it go."""
        if self._unflushed > _FLUSH_BYTES:
            self._store.flush()
            self._unflushed = 0

    def _is_empty(self, graph: NamedNode) -> bool:
        return next(self._store.quads_for_pattern(None, None, None, graph), None) is None

    def _is_small(self, graph: NamedNode) -> bool:
        quads = self._store.quads_for_pattern(None, None, None, graph)
        return sum(1 for _ in islice(quads, _REMOVED_AT_ONCE + 1)) <= _REMOVED_AT_ONCE

    def _remove(self, graph: NamedNode) -> None:
        """Remove a marked graph, then its mark: in steps, as a transaction is kept in memory."""
        while not self._is_small(graph):
            self._store.update(_REMOVAL.format(graph=graph, limit=_BULK_LINES))
            self._store.flush()
        self._store.remove_graph(graph)
        self._store.remove(_mark(graph))

    def publish(self) -> None:
        """In memory there is nothing to publish: reader and writer are one."""

    def close(self) -> None:
        """Let go of the database."""

    def _sweep(self) -> None:
        pending = list(self._store.quads_for_pattern(None, _PENDING, None, JOURNAL))
        for mark in pending:
            assert isinstance(mark.subject, NamedNode)
            self._remove(mark.subject)


def _mark(graph: NamedNode) -> Quad:
    """What says that a graph is not there yet, or no more."""
    return Quad(graph, _PENDING, graph, JOURNAL)


def _update_text(drop: Sequence[NamedNode], delete: Sequence[Quad], insert: Sequence[Quad]) -> str:
    """One SPARQL update, which the engine applies atomically. Terms serialise themselves."""
    operations = [f"DROP SILENT GRAPH {graph}" for graph in drop]
    if delete:
        operations.append(f"DELETE DATA {{ {_data(delete)} }}")
    if insert:
        operations.append(f"INSERT DATA {{ {_data(insert)} }}")
    return " ;\n".join(operations)


def _data(quads: Sequence[Quad]) -> str:
    parts = []
    for quad in quads:
        assert not isinstance(quad.graph_name, DefaultGraph)
        parts.append(f"GRAPH {quad.graph_name} {{ {quad.subject} {quad.predicate} {quad.object} }}")
    return "\n".join(parts)
