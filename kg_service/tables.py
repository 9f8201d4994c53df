"""What a query answers, as data: a table of terms, a yes or no, or triples.

A table is written in the SPARQL 1.1 results formats by the engine itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    parse_query_results,
)

from kg_service.store.port import NO_BINDINGS, GraphReader, Term
from kg_service.terms import XSD_NS, shorten

Cell = NamedNode | Literal | BlankNode | None
_STRING = NamedNode(XSD_NS + "string")


@dataclass(frozen=True)
class Table:
    """Rows of terms, in the query's order; None where a variable is unbound."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, solutions: QuerySolutions) -> Table:
        """The solutions of a SELECT query, read to their end."""
        columns = tuple(variable.value for variable in solutions.variables)
        return cls(columns, tuple(tuple(solution) for solution in solutions))

    def texts(self) -> Iterator[list[str]]:
        """Each row as people read it: IRIs shortened, literals without type, one line a cell."""
        for row in self.rows:
            yield [_text(cell) for cell in row]

    def written(self, format: QueryResultsFormat) -> bytes:
        """The table as SPARQL 1.1 results: JSON, XML, CSV or TSV."""
        as_json = self.as_json()
        if format == QueryResultsFormat.JSON:
            return as_json
        solutions = parse_query_results(as_json, format=QueryResultsFormat.JSON)
        return solutions.serialize(format=format) or b""

    def as_json(self) -> bytes:
        """The table as SPARQL 1.1 Query Results JSON (W3C Recommendation, 21 March 2013)."""
        bindings = [
            {
                column: _json_term(cell)
                for column, cell in zip(self.columns, row, strict=True)
                if cell is not None
            }
            for row in self.rows
        ]
        document = {"head": {"vars": list(self.columns)}, "results": {"bindings": bindings}}
        return json.dumps(document, ensure_ascii=False).encode()


Answer = Table | bool | QueryTriples


def evaluate(
    reader: GraphReader, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS
) -> Answer:
    """Run any query: a table for SELECT, a bool for ASK, triples to be written for the rest.

    Raises QuerySyntax, Refused, UsageError and StoreError.
    """
    result = reader.query(sparql, bindings)
    if isinstance(result, QuerySolutions):
        return Table.of(result)
    if isinstance(result, QueryBoolean):
        return bool(result)
    return result


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, NamedNode):
        return shorten(cell.value)
    return " ".join(cell.value.split())


def _json_term(cell: NamedNode | Literal | BlankNode) -> dict[str, str]:
    if isinstance(cell, NamedNode):
        return {"type": "uri", "value": cell.value}
    if isinstance(cell, BlankNode):
        return {"type": "bnode", "value": cell.value}
    term = {"type": "literal", "value": cell.value}
    if cell.language:
        term["xml:lang"] = cell.language
    elif cell.datatype != _STRING:
        term["datatype"] = cell.datatype.value
    return term
