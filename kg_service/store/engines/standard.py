"""What SPARQL 1.1 lays down, and nothing else: Oxigraph, GraphDB, Fuseki and their like.

An update of several operations is taken to be applied whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from kg_service.errors import StoreError
from kg_service.store.bound import bind
from kg_service.store.dataset import dataset_of
from kg_service.store.endpoint import Endpoint
from kg_service.store.engines.journal import (
    GENERATION,
    PENDING,
    STORE,
    generation_quad,
    guard_quad,
    marks,
)
from kg_service.store.port import NO_BINDINGS, Change, Term
from kg_service.store.statements import Statements
from kg_service.terms import JOURNAL, PREFIXES

JSON = "application/sparql-results+json"
N_TRIPLES = "application/n-triples"
CHUNK_BYTES = 1_000_000
# one query, and so one state: what another writer takes away meanwhile proves nothing
_NOT_THE_UNION = """
ASK {
  { SELECT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 1 }
  FILTER NOT EXISTS { ?s ?p ?o }
}"""
# on the first line, so that a server's line numbers stay those of the query
USUAL_PREFIXES = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())


class StandardEngine:
    """A server asked and changed as the standard has it. Raises QuerySyntax, StoreError."""

    name = "standard"
    answers_truly = True

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def check(self) -> None:
        """Raise StoreError where the default graph is not the union of the named ones."""
        if self.solutions(_NOT_THE_UNION):
            raise StoreError(
                f"{self.endpoint.name}: its default graph is not the union of its named "
                "graphs; start Oxigraph's server with --union-default-graph, or set the like "
                "for yours"
            )

    def solutions(
        self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS
    ) -> QuerySolutions | QueryBoolean:
        """What a SELECT or ASK finds."""
        text = USUAL_PREFIXES + bind(sparql, bindings)
        body = self.endpoint.ask(text, JSON, dataset_of(text)).body
        try:
            # once to the end: a server that gives up in the middle still answers with 200
            whole = parse_query_results(body, QueryResultsFormat.JSON)
            if isinstance(whole, QuerySolutions):
                for _row in whole:
                    pass
            body.seek(0)
            return parse_query_results(body, QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise self.broken(error) from error

    def graph(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryTriples:
        """What a CONSTRUCT makes or a DESCRIBE tells."""
        text = USUAL_PREFIXES + bind(sparql, bindings)
        body = self.endpoint.ask(text, N_TRIPLES, dataset_of(text)).body
        try:
            graph = Store()
            graph.extend(parse(body, RdfFormat.N_TRIPLES))
        except (SyntaxError, ValueError) as error:
            raise self.broken(error) from error
        return all_triples(graph)

    def quads(
        self,
        subject: NamedNode | None,
        predicate: NamedNode | None,
        object_: Term | None,
        graph: NamedNode | None,
    ) -> Iterator[Quad]:
        """The statements that match a pattern."""
        rows = self.solutions(pattern_query(subject, predicate, object_, graph))
        assert isinstance(rows, QuerySolutions)
        for row in rows:
            yield Quad(
                subject if subject is not None else row["s"],
                predicate if predicate is not None else row["p"],
                object_ if object_ is not None else row["o"],
                graph if graph is not None else row["g"],
            )

    def update(self, sparql: str) -> None:
        """Change the server."""
        self.endpoint.update(sparql)

    def begin(self, graphs: Iterable[NamedNode], guard: NamedNode) -> None:
        """Mark graphs as pending, and write the guard of their commit."""
        self.update(f"INSERT DATA {{ {data([guard_quad(guard), *marks(graphs, guard)])} }}")

    def add(self, graph: NamedNode, statements: Statements) -> Iterator[None]:
        """Write a graph in pieces; pauses after each."""
        for chunk in chunks(statements):
            if self.endpoint.address.graphs_url:
                self.endpoint.load(graph.value, chunk)
            else:
                self.update(f"INSERT DATA {{ GRAPH {graph} {{ {chunk.decode()} }} }}")
            yield

    def flip(self, change: Change, guard: NamedNode, records: Sequence[Quad]) -> None:
        """Make a commit's graphs the current ones, in one update; fails without its guard."""
        delete = [*marks(change.graphs, guard), *change.delete]
        insert = [generation_quad(guard), *change.insert, *records]
        operations = [
            f"DROP GRAPH {guard}",
            *(f"DROP SILENT GRAPH {graph}" for graph in change.drop),
            f"DELETE DATA {{ {data(delete)} }}",
            f"DELETE WHERE {{ GRAPH {JOURNAL} {{ {STORE} {GENERATION} ?generation }} }}",
            f"INSERT DATA {{ {data(insert)} }}",
        ]
        self.update(" ;\n".join(operations))

    def undo(self, guard: NamedNode, graphs: Iterable[NamedNode]) -> None:
        """Undo a commit; fails where it was made, or undone, meanwhile."""
        others = [graph for graph in graphs if graph != guard]
        operations = [
            f"DROP GRAPH {guard}",
            *(f"DROP SILENT GRAPH {graph}" for graph in others),
            f"DELETE WHERE {{ GRAPH {JOURNAL} {{ ?graph {PENDING} {guard} }} }}",
        ]
        self.update(" ;\n".join(operations))

    def broken(self, error: Exception) -> StoreError:
        """The error for an answer that is none."""
        return StoreError(
            f"{self.endpoint.name}: the server's answer broke off or is no SPARQL result "
            f"({error}); it may have a time limit: ask for less"
        )


def pattern_query(
    subject: NamedNode | None,
    predicate: NamedNode | None,
    object_: Term | None,
    graph: NamedNode | None,
) -> str:
    """The query for the statements that match a pattern, with variables s, p, o and g."""
    s, p, o, g = (
        term if term is not None else variable
        for term, variable in ((subject, "?s"), (predicate, "?p"), (object_, "?o"), (graph, "?g"))
    )
    return f"SELECT ?s ?p ?o ?g WHERE {{ GRAPH {g} {{ {s} {p} {o} }} }}"


def all_triples(graph: Store) -> QueryTriples:
    """The statements of a store in memory, as the result of a query."""
    made = graph.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert isinstance(made, QueryTriples)
    return made


def chunks(statements: Statements, most: int = CHUNK_BYTES) -> Iterator[bytes]:
    """The statements in pieces that no server finds too long.

    Those with blank nodes are one piece, as their labels hold within one request only.
    """
    lines: list[bytes] = []
    blank: list[bytes] = []
    length = 0
    for line in statements.lines():
        if line.startswith(b"_:") or b" _:" in line:
            blank.append(line)
            continue
        lines.append(line)
        length += len(line)
        if length > most:
            yield b"".join(lines)
            lines, length = [], 0
    for rest in (lines, blank):
        if rest:
            yield b"".join(rest)


def data(quads: Sequence[Quad]) -> str:
    """Statements as they stand in INSERT DATA; terms write themselves."""
    return "\n".join(
        f"GRAPH {q.graph_name} {{ {q.subject} {q.predicate} {q.object} }}" for q in quads
    )
