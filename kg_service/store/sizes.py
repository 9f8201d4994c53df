"""How many statements a graph holds."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, QuerySolutions

from kg_service.store.port import GraphReader

_COUNT = "SELECT ?graph (COUNT(*) AS ?n) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


def count_in(reader: GraphReader, graph: NamedNode) -> int:
    """The number of distinct statements in a graph."""
    rows = reader.query(_COUNT, {"graph": graph})
    assert isinstance(rows, QuerySolutions)
    for row in rows:
        number = row["n"]
        assert isinstance(number, Literal)
        return int(number.value)
    return 0
