"""The remote store: any SPARQL 1.1 server, asked and changed through SPARQLWrapper.

The server's default graph must be the union of its named graphs. A commit writes its new
graphs in chunks, marked as pending in the journal graph, and then makes them the current ones
in one update, which a server applies whole or not at all::

    pending     marks and a guard graph are written, in one update
    new graphs  are written in chunks
    flip        drops the guard (an error if it is gone, which undoes the whole update) and the
                old graphs, changes the catalogue, clears the marks

Whatever undoes a commit drops the same guard first, so that of the two only one can happen.
One writer at a time holds a claim in the journal, which ends by itself when the writer died.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from kg_service.errors import StoreError
from kg_service.store.bound import bind
from kg_service.store.claim import Claim
from kg_service.store.endpoint import Endpoint, is_remote
from kg_service.store.port import NO_BINDINGS, Change, QueryResult, Term
from kg_service.store.sizes import count_in
from kg_service.store.sparql_text import query_form, refuse_calls_out
from kg_service.store.statements import Statements
from kg_service.terms import JOURNAL, PREFIXES, kg

__all__ = ["RemoteStore", "is_remote"]

_PENDING = kg("pending")
_GENERATION = kg("generation")
_STORE = NamedNode("urn:kg:store")
_GUARDS = "urn:kg:commit:"
_CHUNK_BYTES = 1_000_000
_JSON = "application/sparql-results+json"
_N_TRIPLES = "application/n-triples"


_USUAL_PREFIXES = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())


class RemoteStore:
    """Reads a server and, as ``writer``, changes it: see ``GraphStore``.

    Raises StoreError where it can not be reached or its default graph is not the union of the
    named ones, and StoreBusy where another writer is at work.
    """

    def __init__(self, address: str, *, writer: bool = False) -> None:
        self._endpoint = Endpoint.from_address(address)
        self._claim: Claim | None = None
        if writer:
            self._claim = Claim(self._endpoint, self._one_row)
            self._claim.take()
            self._sweep()
        self._check_union()

    def frozen(self) -> RemoteStore:
        return self  # a server has no older states to show

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        refuse_calls_out(sparql)
        # on the first line, so that a server's line numbers stay those of the query
        text = _USUAL_PREFIXES + bind(sparql, bindings)
        if query_form(sparql) in ("CONSTRUCT", "DESCRIBE"):
            return self._graph(text)
        return self._solutions(text)

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        s, p, o, g = (
            term if term is not None else variable
            for term, variable in (
                (subject, "?s"),
                (predicate, "?p"),
                (object_, "?o"),
                (graph, "?g"),
            )
        )
        rows = self._solutions(f"SELECT ?s ?p ?o ?g WHERE {{ GRAPH {g} {{ {s} {p} {o} }} }}")
        assert isinstance(rows, QuerySolutions)
        for row in rows:
            yield Quad(
                subject if subject is not None else row["s"],
                predicate if predicate is not None else row["p"],
                object_ if object_ is not None else row["o"],
                graph if graph is not None else row["g"],
            )

    def generation(self) -> str:
        """Changes when something was committed."""
        for quad in self.quads(_STORE, _GENERATION, None, JOURNAL):
            assert isinstance(quad.object, Literal)
            return quad.object.value
        return ""

    def commit(self, change: Change) -> None:
        if self._claim is None:
            raise StoreError(f"{self._endpoint.name}: opened to read, not to write")
        self._claim.keep()
        guard = NamedNode(f"{_GUARDS}{uuid.uuid4()}")
        try:
            self._endpoint.update(_begin(change.graphs, guard))
            for graph, statements in change.graphs.items():
                for chunk in _chunks(statements):
                    self._endpoint.update(f"INSERT DATA {{ GRAPH {graph} {{ {chunk} }} }}")
                    self._claim.keep()
            sizes = {graph: count_in(self, graph) for graph in change.graphs}
            self._endpoint.update(_flip(change, guard, change.records(sizes)))
        except StoreError as error:
            if not self._undo(error, guard):
                raise StoreError(f"{error}; nothing has changed") from error

    def publish(self) -> None:
        """Nothing to do: the server shows a change as soon as it is committed."""

    def close(self) -> None:
        """Let another writer in."""
        if self._claim is not None:
            self._claim.release()

    def _undo(self, error: StoreError, guard: NamedNode) -> bool:
        """Undo a commit that failed. True where it had in truth been made, unanswered."""
        try:
            pending = self._pending().get(guard)
            if pending is not None:
                self._endpoint.update(_drop(guard, pending))
            return pending is None and self._was_flipped(guard)
        except StoreError:
            raise StoreError(
                f"{error}; what was begun is removed, or found complete, by the next kg ingest"
            ) from error

    def _was_flipped(self, guard: NamedNode) -> bool:
        return self.generation() == guard.value

    def _sweep(self) -> None:
        """Undo the commits of writers that died in the middle of them."""
        for guard, graphs in self._pending().items():
            self._endpoint.update(_drop(guard, graphs))

    def _pending(self) -> dict[NamedNode, list[NamedNode]]:
        """The graphs that are marked as pending, by the guard of their commit."""
        found: dict[NamedNode, list[NamedNode]] = defaultdict(list)
        for mark in self.quads(None, _PENDING, None, JOURNAL):
            if isinstance(mark.subject, NamedNode) and isinstance(mark.object, NamedNode):
                found[mark.object].append(mark.subject)
        return found

    def _check_union(self) -> None:
        """A statement that is in some named graph must be in the default graph as well."""
        row = self._one_row("SELECT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 1", NO_BINDINGS)
        if row is None:
            return
        if not self._solutions(bind("ASK { ?s ?p ?o }", row)):
            raise StoreError(
                f"{self._endpoint.name}: its default graph is not the union of its named graphs; "
                "start Oxigraph's server with --union-default-graph, or set the like for yours"
            )

    def _one_row(self, sparql: str, bindings: Mapping[str, Term]) -> dict[str, Term] | None:
        rows = self._solutions(bind(sparql, bindings))
        assert isinstance(rows, QuerySolutions)
        names = [variable.value for variable in rows.variables]
        for row in rows:
            return {name: row[name] for name in names if row[name] is not None}
        return None

    def _solutions(self, text: str) -> QuerySolutions | QueryBoolean:
        body = self._endpoint.ask(text, _JSON)
        try:
            # once to the end: a server that gives up in the middle still answers with 200
            whole = parse_query_results(body, QueryResultsFormat.JSON)
            if isinstance(whole, QuerySolutions):
                for _row in whole:
                    pass
            return parse_query_results(body, QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise self._broken(error) from error

    def _graph(self, text: str) -> QueryResult:
        body = self._endpoint.ask(text, _N_TRIPLES)
        try:
            graph = Store()
            graph.extend(parse(body, RdfFormat.N_TRIPLES))
        except (SyntaxError, ValueError) as error:
            raise self._broken(error) from error
        result: QueryResult = graph.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        return result

    def _broken(self, error: Exception) -> StoreError:
        return StoreError(
            f"{self._endpoint.name}: the server's answer broke off or is no SPARQL result "
            f"({error}); it may have a time limit: ask for less"
        )


def _begin(graphs: Iterable[NamedNode], guard: NamedNode) -> str:
    content = f"{guard} {_PENDING} {guard} ."
    return f"INSERT DATA {{ GRAPH {guard} {{ {content} }} {_marks(graphs, guard)} }}"


def _marks(graphs: Iterable[NamedNode], guard: NamedNode) -> str:
    marks = " ".join(f"{graph} {_PENDING} {guard} ." for graph in [guard, *graphs])
    return f"GRAPH {JOURNAL} {{ {marks} }}"


def _flip(change: Change, guard: NamedNode, records: Sequence[Quad]) -> str:
    operations = [
        f"DROP GRAPH {guard}",
        *(f"DROP SILENT GRAPH {graph}" for graph in change.drop),
        f"DELETE DATA {{ {_marks(change.graphs, guard)} {_data(change.delete)} }}",
        f"DELETE WHERE {{ GRAPH {JOURNAL} {{ {_STORE} {_GENERATION} ?generation }} }}",
        f"INSERT DATA {{ GRAPH {JOURNAL} {{ {_STORE} {_GENERATION} {Literal(guard.value)} }} "
        f"{_data([*change.insert, *records])} }}",
    ]
    return " ;\n".join(operations)


def _drop(guard: NamedNode, graphs: Iterable[NamedNode]) -> str:
    """The update that undoes a commit: fails where the commit was made, or undone, meanwhile."""
    others = [graph for graph in graphs if graph != guard]
    operations = [
        f"DROP GRAPH {guard}",
        *(f"DROP SILENT GRAPH {graph}" for graph in others),
        f"DELETE WHERE {{ GRAPH {JOURNAL} {{ ?graph {_PENDING} {guard} }} }}",
    ]
    return " ;\n".join(operations)


def _chunks(statements: Statements) -> Iterator[str]:
    """The statements in pieces that no server finds too long."""
    lines: list[bytes] = []
    length = 0
    for line in statements.lines():
        lines.append(line)
        length += len(line)
        if length > _CHUNK_BYTES:
            yield b"".join(lines).decode()
            lines, length = [], 0
    if lines:
        yield b"".join(lines).decode()


def _data(quads: Sequence[Quad]) -> str:
    return "\n".join(
        f"GRAPH {q.graph_name} {{ {q.subject} {q.predicate} {q.object} }}" for q in quads
    )
