"""Virtuoso 7, as it is: what it does otherwise than SPARQL 1.1 has it.

- It takes requests in forms only, asks for a digest, and answers ASK with a row or none.
- Its default graph is the union of its graphs, its own among them, which are kept out; a
  statement that several graphs make counts once for each.
- An answer is cut at ``ResultSetMaxRows`` or at a time limit, with status 200: its headers say so,
  but for CONSTRUCT, whose solutions are therefore asked for as well. DESCRIBE finds nothing, and
  is answered here.
- An update of several operations is not whole or not at all, and DROP wants a graph that was
  made with CREATE. One DELETE/INSERT with a condition is; the flip of a commit is made of one, and
  what it replaces is removed after it, in the sight of readers.
- It takes some thousand statements in a group, some hundred in a template: what is more is first
  written to a graph of its own. Some terms are changed: see ``virtuoso_terms``.
"""

from __future__ import annotations

import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from kg_service.errors import QuerySyntax, StoreError, UsageError
from kg_service.store.bound import bind
from kg_service.store.dataset import dataset_of
from kg_service.store.endpoint import Answer
from kg_service.store.engines.journal import (
    GENERATION,
    PENDING,
    STORE,
    generation_quad,
    guard_quad,
    mark,
    marks,
)
from kg_service.store.engines.standard import (
    JSON,
    N_TRIPLES,
    USUAL_PREFIXES,
    StandardEngine,
    all_triples,
    chunks,
    pattern_query,
)
from kg_service.store.engines.virtuoso_terms import (
    as_it_was,
    term_as_it_was,
    to_write,
)
from kg_service.store.forms import names_graphs, solutions_query, written_out
from kg_service.store.port import NO_BINDINGS, Change, Term
from kg_service.store.sparql_text import query_form
from kg_service.store.statements import Statements
from kg_service.terms import JOURNAL

_log = logging.getLogger(__name__)
_OWN_GRAPHS = (
    "http://www.openlinksw.com/schemas/virtrdf#",
    "http://www.w3.org/ns/ldp#",
    "http://www.w3.org/2002/07/owl#",
    "http://localuriqaserver/sparql",
    "http://localhost:8890/DAV/",
    "http://localhost:8890/sparql",
    "urn:activitystreams-owl:map",
    "urn:core:services:sparql",
)
_DEFINES = "".join(
    f"DEFINE input:default-graph-exclude <{graph}> DEFINE input:named-graph-exclude <{graph}> "
    for graph in _OWN_GRAPHS
)
_CHUNK_BYTES = 500_000
_IN_A_GROUP = 500
_IN_A_TEMPLATE = 300
_SAID = re.compile(
    r"Virtuoso (?P<state>\w+) Error (?P<said>.*?)(?:\s*SPARQL query:.*)?$", re.DOTALL
)
_LAST_LIMIT = re.compile(r"\bLIMIT\s+(\d+)(?:\s+OFFSET\s+\d+)?\s*\Z", re.IGNORECASE)


class VirtuosoEngine(StandardEngine):
    """A Virtuoso server. Raises QuerySyntax, UsageError, StoreError."""

    name = "virtuoso"
    # property paths, OPTIONAL, EXISTS and times: see docs/scaling.md
    answers_truly = False

    def check(self) -> None:
        """Its default graph is always the union; whether it answers at all is seen."""
        self.solutions("ASK { ?s ?p ?o }")

    def solutions(
        self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS
    ) -> QuerySolutions | QueryBoolean:
        answer = self._whole(bind(sparql, {k: to_write(v) for k, v in bindings.items()}))
        if query_form(sparql) == "ASK":
            answer = {"head": {}, "boolean": bool(answer["results"]["bindings"])}
        return _parsed(answer)

    def graph(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryTriples:
        bound = {name: to_write(term) for name, term in bindings.items()}
        text = bind(written_out(sparql), bound)
        graph = Store()
        # also for a CONSTRUCT: one that was cut does not say so, its solutions do
        found = self._whole(solutions_query(text))
        if query_form(sparql) == "DESCRIBE":
            graph.extend(self._described(text, _parsed(found)))
            return all_triples(graph)
        body = self._asked(text, N_TRIPLES).body
        try:
            for quad in parse(body, RdfFormat.N_TRIPLES):
                graph.add(Quad(quad.subject, quad.predicate, as_it_was(quad.object)))
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
        wanted = None if object_ is None else to_write(object_)
        for row in self._all_rows(pattern_query(subject, predicate, wanted, graph)):
            yield Quad(
                subject if subject is not None else row["s"],
                predicate if predicate is not None else row["p"],
                object_ if object_ is not None else row["o"],
                graph if graph is not None else row["g"],
            )

    def update(self, sparql: str) -> None:
        try:
            self.endpoint.update(sparql, form=True)
        except StoreError as error:
            raise StoreError(_said(str(error))) from error

    def begin(self, graphs: Iterable[NamedNode], guard: NamedNode) -> None:
        self.update(f"INSERT DATA {{ {_data([guard_quad(guard), *marks(graphs, guard)])} }}")

    def add(self, graph: NamedNode, statements: Statements) -> Iterator[None]:
        for chunk in chunks(statements, _CHUNK_BYTES):
            quads = [
                Quad(quad.subject, quad.predicate, quad.object, graph)
                for quad in parse(chunk, RdfFormat.N_TRIPLES)
            ]
            self.update(f"INSERT DATA {{ {_data(quads)} }}")
            yield

    def flip(self, change: Change, guard: NamedNode, records: Sequence[Quad]) -> None:
        delete = [*marks(change.graphs, guard), *change.delete]
        insert = [generation_quad(guard), *change.insert, *records]
        staged = _Staged(guard)
        gone, come = staged.template(delete, "d"), staged.template(insert, "i")
        after = [*change.drop, *staged.graphs]
        later = _data([mark(graph, guard) for graph in change.drop])
        if staged.graphs:
            self.update(f"INSERT DATA {{ {_data([mark(g, guard) for g in staged.graphs])} }}")
            for graph, quads in staged.graphs.items():
                for part in _parts(quads, _IN_A_GROUP * 20):
                    self.update(f"INSERT DATA {{ {_data(part, graph)} }}")
        held = _data([guard_quad(guard)])
        was = f"GRAPH {JOURNAL} {{ {STORE} {GENERATION} ?was }}"
        self.update(
            f"DELETE {{ {held} {gone} {was} }} INSERT {{ {come} {later} }} "
            f"WHERE {{ {held} OPTIONAL {{ {was} }} {staged.pattern()} }}"
        )
        if not self._is_generation(guard):
            raise StoreError(f"{self.endpoint.name}: another process undid this commit")
        try:
            self._remove(after, guard)
        except StoreError as error:
            _log.warning("%s; what was replaced is removed by the next writer", error)

    def undo(self, guard: NamedNode, graphs: Iterable[NamedNode]) -> None:
        held = _data([guard_quad(guard)])
        self.update(f"DELETE {{ {held} }} WHERE {{ {held} }}")
        # from here on the commit can not be made; what is marked now is not to be there
        marked = [quad.subject for quad in self.quads(None, PENDING, guard, JOURNAL)]
        self._remove([graph for graph in marked if isinstance(graph, NamedNode)], guard)

    def _remove(self, graphs: Iterable[NamedNode], guard: NamedNode) -> None:
        for graph in graphs:
            self.update(f"CLEAR GRAPH {graph}")
            self.update(f"DELETE DATA {{ {_data([mark(graph, guard)])} }}")

    def _is_generation(self, guard: NamedNode) -> bool:
        told = generation_quad(guard)
        found = self.quads(STORE, GENERATION, None, JOURNAL)
        return any(quad.object == told.object for quad in found)

    def _described(self, text: str, found: QuerySolutions | QueryBoolean) -> Iterator[Quad]:
        """The statements about the resources that a DESCRIBE names or finds."""
        assert isinstance(found, QuerySolutions)
        clauses = dataset_of(USUAL_PREFIXES + text)
        from_ = " ".join(
            [f"FROM <{g}>" for g in clauses.default] + [f"FROM NAMED <{g}>" for g in clauses.named]
        )
        resources = {term for row in found for term in row if isinstance(term, NamedNode)}
        for node in sorted(resources, key=str):
            rows = _parsed(self._whole(f"SELECT DISTINCT ?p ?o {from_} WHERE {{ {node} ?p ?o }}"))
            assert isinstance(rows, QuerySolutions)
            for row in rows:
                yield Quad(node, row["p"], row["o"])

    def _asked(self, text: str, accept: str) -> Answer:
        # where a query names a graph, what keeps its own graphs out would keep that one out, too
        defines = "" if names_graphs(text) else _DEFINES
        text = USUAL_PREFIXES + text
        try:
            answer = self.endpoint.ask(defines + text, accept, dataset_of(text))
        except QuerySyntax as error:
            said = _said(str(error))
            if "SP030" in str(error):
                raise QuerySyntax(f"the SPARQL query does not parse: {said}") from error
            raise UsageError(f"the server can not evaluate the query: {said}") from error
        except StoreError as error:
            raise StoreError(_said(str(error))) from error
        if answer.headers.get("X-SQL-State"):
            raise StoreError(
                f"{self.endpoint.name}: the server gave up at a time limit and answered a part "
                f"({answer.headers['X-SQL-State']}); ask for less, or raise MaxQueryExecutionTime"
            )
        return answer

    def _page(self, text: str) -> tuple[dict[str, Any], int | None]:
        """An answer in JSON, with its terms as they were, and after how many rows it was cut."""
        answer = self._asked(text, JSON)
        most = answer.headers.get("X-SPARQL-MaxRows", "")
        try:
            told: dict[str, Any] = json.load(answer.body)
            for row in told["results"]["bindings"]:
                for name, term in row.items():
                    row[name] = term_as_it_was(term)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self.broken(error) from error
        return told, int(most) if most.isdigit() else None

    def _whole(self, text: str) -> dict[str, Any]:
        """An answer that is not cut."""
        told, most = self._page(text)
        limit = _LAST_LIMIT.search(text)
        if most is not None and not (limit and int(limit[1]) <= most):
            raise StoreError(
                f"{self.endpoint.name}: the server cuts answers after {most} rows "
                "(ResultSetMaxRows); ask for fewer, with LIMIT, or raise it"
            )
        return told

    def _all_rows(self, text: str) -> Iterator[QuerySolution]:
        """Every row for a pattern, asked for in parts where the server cuts answers."""
        told, most = self._page(text)
        yield from _rows(told)
        if most is None:
            return
        seen = set(_keys(told))
        offset = len(told["results"]["bindings"])
        while most is not None:
            told, most = self._page(f"{text} LIMIT {most} OFFSET {offset}")
            yield from _rows(told)
            seen.update(_keys(told))
            offset += len(told["results"]["bindings"])
        counted = self._whole(f"SELECT (COUNT(*) AS ?n) WHERE {text.split('WHERE', 1)[1]}")
        number = int(counted["results"]["bindings"][0]["n"]["value"])
        if number != len(seen):
            raise StoreError(
                f"{self.endpoint.name}: the server cuts answers, and their parts make no whole "
                f"({len(seen)} of {number} rows); raise its ResultSetMaxRows"
            )


class _Staged:
    """Templates of what is too much for one: by way of graphs that hold it for a while."""

    def __init__(self, guard: NamedNode) -> None:
        self._guard = guard
        self.graphs: dict[NamedNode, list[Quad]] = {}

    def template(self, quads: Sequence[Quad], letter: str) -> str:
        """What stands in the template for the statements."""
        by_graph: dict[str, list[Quad]] = defaultdict(list)
        for quad in quads:
            by_graph[str(quad.graph_name)].append(quad)
        parts = []
        for number, (graph, there) in enumerate(by_graph.items()):
            if len(there) <= _IN_A_TEMPLATE:
                parts.append(_data(there))
                continue
            name = f"{letter}{number}"
            self.graphs[NamedNode(f"{self._guard.value}:{name}")] = there
            parts.append(f"GRAPH {graph} {{ ?s{name} ?p{name} ?o{name} }}")
        return " ".join(parts)

    def pattern(self) -> str:
        """What binds the variables of the templates."""
        found = []
        for graph in self.graphs:
            name = graph.value.rpartition(":")[2]
            found.append(f"{{ GRAPH {graph} {{ ?s{name} ?p{name} ?o{name} }} }}")
        return " UNION ".join(found)


def _data(quads: Sequence[Quad], graph: NamedNode | None = None) -> str:
    """Statements in groups that its parser bears, in their graphs or all in one."""
    by_graph: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        by_graph[str(graph or quad.graph_name)].append(quad)
    return " ".join(
        f"GRAPH {name} {{ {' '.join(map(_line, part))} }}"
        for name, there in by_graph.items()
        for part in _parts(there, _IN_A_GROUP)
    )


def _line(quad: Quad) -> str:
    graph = str(quad.graph_name)
    terms = (quad.subject, quad.predicate, quad.object)
    return " ".join(str(to_write(term, graph)) for term in terms) + " ."


def _parts(quads: Sequence[Quad], size: int) -> Iterator[list[Quad]]:
    remaining = iter(quads)
    while part := list(islice(remaining, size)):
        yield part


def _parsed(answer: dict[str, Any]) -> QuerySolutions | QueryBoolean:
    return parse_query_results(json.dumps(answer).encode(), QueryResultsFormat.JSON)


def _rows(answer: dict[str, Any]) -> QuerySolutions:
    rows = _parsed(answer)
    assert isinstance(rows, QuerySolutions)
    return rows


def _keys(answer: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for row in answer["results"]["bindings"]:
        terms = (sorted(term.items()) for _name, term in sorted(row.items()))
        yield tuple(map(str, chain.from_iterable(terms)))


def _said(text: str) -> str:
    """What the server said, without the query that it repeats."""
    match = _SAID.search(text)
    if match is None:
        return text
    return f"{text[: match.start()]}Virtuoso {match['state']}: {' '.join(match['said'].split())}"
