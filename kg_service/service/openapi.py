"""What the API's documentation says beyond what the routes' own signatures tell."""

from __future__ import annotations

from typing import Any

from kg_service.service.sparql_formats import GRAPHS, SOLUTIONS
from kg_service.service.sparql_request import FORM, QUERY

TITLE = "kg-service"
DESCRIPTION = """\
The provenance knowledge graph: from a specimen to every result derived from it, and back, and
who says so. What is public is open to all; credentials show more, and let sources be uploaded
(`/me` tells what yours allow). The graph is else changed with `kg ingest`.

An `id` is an IRI, a persistent identifier in any spelling (`10.5072/x`, `https://doi.org/10.5072/x`),
or a name that only one thing has. Every error is `{"error": {"code": ..., "message": ...}}`.
"""
TAGS = [
    {"name": "SPARQL", "description": "SPARQL 1.1 Protocol, read only."},
    {"name": "GraphQL", "description": "The graph in the field's words; try it at /graphql."},
    {"name": "Questions", "description": "Questions with a name, answered as tables."},
    {"name": "Sources", "description": "What was ingested, from where, with what findings."},
    {"name": "Uploads", "description": "Taking sources in and out; needs the scope write."},
    {"name": "Entities", "description": "What the sources say of one thing."},
    {"name": "Lineage", "description": "What came of what, who says so, and where it breaks."},
    {"name": "Alignment", "description": "Mapping sets, and why a statement stands."},
    {"name": "Service", "description": "The service itself."},
]
Operation = dict[str, Any]


def error(description: str, code: str, message: str) -> Operation:
    """An error's entry among an operation's responses, with an example."""
    return {
        "description": description,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {
                        "error": {
                            "type": "object",
                            "required": ["code", "message"],
                            "properties": {
                                "code": {"type": "string"},
                                "message": {"type": "string"},
                            },
                        }
                    },
                },
                "example": {"error": {"code": code, "message": message}},
            }
        },
    }


def answer(description: str, example: Any, media_type: str = "application/json") -> Operation:
    """A good answer's entry, with an example."""
    return {"description": description, "content": {media_type: {"example": example}}}


UNKNOWN = error("No such thing.", "not-known", "'plant-9' is not known: no IRI, ...")
GONE = error("It was withdrawn.", "withdrawn", "trial was withdrawn on 2026-11-20 by ...: why")
NO_STORE = error("The store can not be read.", "store", "there is no store yet; create it ...")
BAD = error("The request makes no sense.", "usage", "depth: Input should be a valid integer")
NOT_ACCEPTABLE = error(
    "No such format.", "not-acceptable", "no such format for this answer; there are ..."
)

_EXAMPLE = """PREFIX kg: <https://w3id.org/kg-service/terms#>
SELECT ?source ?version WHERE { ?source kg:currentVersion ?version }"""
_SHORT = "SELECT * WHERE { ?s ?p ?o } LIMIT 3"
_PARAMETERS: list[Operation] = [
    {
        "name": "query",
        "in": "query",
        "description": "A SPARQL 1.1 query. Without one, the service description is given.",
        "schema": {"type": "string"},
        "example": _EXAMPLE,
    },
    {
        "name": "format",
        "in": "query",
        "description": "The answer's format, where no Accept header can be sent.",
        "schema": {
            "type": "string",
            "enum": [row.names[0] for row in (*SOLUTIONS, *GRAPHS) if row.names],
        },
        "example": "json",
    },
    {
        "name": "default-graph-uri",
        "in": "query",
        "description": "A graph of the default graph; may be repeated. Counts before FROM.",
        "schema": {"type": "array", "items": {"type": "string"}},
        "example": ["https://w3id.org/kg-service/graph/catalogue"],
    },
    {
        "name": "named-graph-uri",
        "in": "query",
        "description": "A named graph; may be repeated. Counts before FROM NAMED.",
        "schema": {"type": "array", "items": {"type": "string"}},
        "example": [],
    },
]
SPARQL_RESPONSES: dict[int | str, Operation] = {
    200: {
        "description": "The answer: solutions for SELECT and ASK, a graph for CONSTRUCT and "
        "DESCRIBE.",
        "content": {
            "application/sparql-results+json": {
                "example": {
                    "head": {"vars": ["s"]},
                    "results": {
                        "bindings": [{"s": {"type": "uri", "value": "http://example.org/a"}}]
                    },
                }
            },
            **{row.media_types[0]: {} for row in (*SOLUTIONS[1:], *GRAPHS)},
        },
    },
    400: error(
        "The query does not parse, or the request is not as the protocol wants it.",
        "query-syntax",
        'the SPARQL query does not parse: line 1, column 22: expected one of "{", "WHERE"',
    ),
    403: error("SERVICE or an update.", "refused", "SERVICE is refused: ..."),
    406: NOT_ACCEPTABLE,
    413: error("A query that is too long.", "too-large", "a query may have at most ... bytes"),
    415: error(
        "Not a content type of the protocol.", "unsupported-media-type", "send a query as ..."
    ),
    429: error(
        "Too many queries of this caller; Retry-After says when to come again.",
        "too-many-queries",
        "8 of your queries are running or waiting already, ...",
    ),
    503: error(
        "The query met its limit of time or memory, too many are waiting, or the store can not be "
        "read.",
        "query-timeout",
        "the query was ended after 60 s, the limit of this service; ask for less: ...",
    ),
}
SPARQL_GET: Operation = {"parameters": _PARAMETERS}
SPARQL_POST: Operation = {
    "parameters": _PARAMETERS[1:],
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["query"],
                    "properties": {"query": {"type": "string"}, "format": {"type": "string"}},
                },
                "example": {"query": _SHORT},
            },
            QUERY: {"schema": {"type": "string"}, "example": _SHORT},
        },
    },
}

_SECURITY: Operation = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`kg_...`), or a token of an OpenID Connect issuer.",
    },
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


def with_security(described: Operation) -> Operation:
    """The API's description with what credentials it takes; what is public needs none."""
    components = described.setdefault("components", {})
    components["securitySchemes"] = _SECURITY
    needed: list[dict[str, list[str]]] = [{name: []} for name in _SECURITY]
    described["security"] = [{}, *needed]
    for operations in described["paths"].values():
        for operation in operations.values():
            if {"401", "403"} <= operation["responses"].keys():
                operation["security"] = needed
    return described
