"""The cases of the SPARQL 1.1 Protocol, as the W3C's test suite has them, in a table of our own.

Graphs: ``g1`` to ``g3`` hold one statement each, the name of the graph as value. All graphs are
named; the default graph is their union.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
JSON = "application/sparql-results+json"
NS = "http://example.org/"
G1, G2, G3 = (f"{NS}g{number}" for number in (1, 2, 3))
ASK = "ASK {}"
NAMES = f"SELECT ?name WHERE {{ ?s <{NS}name> ?name }} ORDER BY ?name"
IN_GRAPHS = f"SELECT ?name WHERE {{ GRAPH ?g {{ ?s <{NS}name> ?name }} }} ORDER BY ?name"


@dataclass(frozen=True)
class Case:
    """One request and what must come of it: a status, or one of several, and the names found."""

    name: str
    method: str = "POST"
    params: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    status: tuple[int, ...] = (200,)
    content_type: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    answer: bool | None = None


def form(*parameters: tuple[str, str]) -> bytes:
    return urlencode(parameters).encode()


def _post(name: str, *parameters: tuple[str, str], **expected: object) -> Case:
    return Case(name, body=form(*parameters), headers={"content-type": FORM}, **expected)  # type: ignore[arg-type]


def _get(name: str, *parameters: tuple[str, str], **expected: object) -> Case:
    return Case(name, method="GET", params=parameters, **expected)  # type: ignore[arg-type]


def _direct(name: str, body: str, *parameters: tuple[str, str], **expected: object) -> Case:
    return Case(
        name, params=parameters, body=body.encode(), headers={"content-type": QUERY}, **expected
    )  # type: ignore[arg-type]


BAD = (400, 405, 406, 415)
SOLUTIONS = (JSON, "application/sparql-results+xml", "text/csv", "text/tab-separated-values")
GRAPHS = ("text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json")

QUERIES = (
    _get("query_get", ("query", ASK), answer=True),
    _post("query_post_form", ("query", ASK), answer=True),
    _direct("query_post_direct", ASK, answer=True),
    _get("query_dataset_none", ("query", NAMES), names=("g1", "g2", "g3")),
    _get("query_dataset_default_graph", ("query", NAMES), ("default-graph-uri", G1), names=("g1",)),
    _get(
        "query_dataset_default_graphs_get",
        ("query", NAMES),
        ("default-graph-uri", G1),
        ("default-graph-uri", G2),
        names=("g1", "g2"),
    ),
    _post(
        "query_dataset_default_graphs_post",
        ("query", NAMES),
        ("default-graph-uri", G1),
        ("default-graph-uri", G2),
        names=("g1", "g2"),
    ),
    _direct(
        "query_dataset_default_graphs_post_direct",
        NAMES,
        ("default-graph-uri", G1),
        ("default-graph-uri", G2),
        names=("g1", "g2"),
    ),
    _get(
        "query_dataset_named_graphs_get",
        ("query", IN_GRAPHS),
        ("named-graph-uri", G1),
        ("named-graph-uri", G2),
        names=("g1", "g2"),
    ),
    _post(
        "query_dataset_named_graphs_post",
        ("query", IN_GRAPHS),
        ("named-graph-uri", G1),
        ("named-graph-uri", G2),
        names=("g1", "g2"),
    ),
    _get(
        "query_dataset_named_only_has_an_empty_default_graph",
        ("query", NAMES),
        ("named-graph-uri", G1),
        names=(),
    ),
    _get(
        "query_dataset_default_only_has_no_named_graphs",
        ("query", IN_GRAPHS),
        ("default-graph-uri", G1),
        names=(),
    ),
    _get(
        "query_dataset_full",
        (
            "query",
            f"SELECT ?name WHERE {{ {{ ?s <{NS}name> ?name }} UNION "
            f"{{ GRAPH ?g {{ ?s <{NS}name> ?name }} }} }} ORDER BY ?name",
        ),
        ("default-graph-uri", G3),
        ("named-graph-uri", G1),
        ("named-graph-uri", G2),
        names=("g1", "g2", "g3"),
    ),
    _post(
        "query_multiple_dataset_the_protocol_wins",
        ("query", NAMES.replace("WHERE", f"FROM <{G1}> WHERE")),
        ("default-graph-uri", G2),
        names=("g2",),
    ),
    _get(
        "query_multiple_dataset_named_over_from",
        ("query", NAMES.replace("WHERE", f"FROM <{G1}> WHERE")),
        ("named-graph-uri", G2),
        names=(),
    ),
    _get("query_from", ("query", NAMES.replace("WHERE", f"FROM <{G1}> WHERE")), names=("g1",)),
    _get(
        "query_from_named",
        ("query", IN_GRAPHS.replace("WHERE", f"FROM NAMED <{G2}> WHERE")),
        names=("g2",),
    ),
    _get(
        "query_dataset_unknown_graphs_are_empty",
        ("query", NAMES),
        ("default-graph-uri", f"{NS}nothing"),
        names=(),
    ),
    _get(
        "query_content_type_select",
        ("query", "SELECT (1 AS ?value) {}"),
        headers={"accept": ", ".join(SOLUTIONS)},
        content_type=SOLUTIONS,
    ),
    _get(
        "query_content_type_ask",
        ("query", ASK),
        headers={"accept": "application/sparql-results+xml, application/sparql-results+json"},
        content_type=SOLUTIONS[:2],
    ),
    _get(
        "query_content_type_describe",
        ("query", f"DESCRIBE <{NS}s>"),
        headers={"accept": ", ".join(GRAPHS)},
        content_type=GRAPHS,
    ),
    _get(
        "query_content_type_construct",
        (
            "query",
            "CONSTRUCT { <s> <p> 1 } WHERE {}".replace("<s>", f"<{NS}s>").replace(
                "<p>", f"<{NS}p>"
            ),
        ),
        headers={"accept": ", ".join(GRAPHS)},
        content_type=GRAPHS,
    ),
    Case("bad_query_method", method="PUT", params=(("query", ASK),), status=(405,)),
    Case("bad_query_method_delete", method="DELETE", params=(("query", ASK),), status=(405,)),
    _get("bad_multiple_queries", ("query", ASK), ("query", "SELECT * {}"), status=(400,)),
    _post("bad_multiple_queries_post", ("query", ASK), ("query", "SELECT * {}"), status=(400,)),
    _direct("bad_query_in_both_places", ASK, ("query", ASK), status=(400,)),
    Case(
        "bad_query_wrong_media_type",
        body=ASK.encode(),
        headers={"content-type": "text/plain"},
        status=(415,),
    ),
    Case("bad_query_missing_form_type", body=form(("query", ASK)), status=(415,)),
    Case("bad_query_missing_direct_type", body=ASK.encode(), status=(415,)),
    Case(
        "bad_query_non_utf8",
        body=ASK.encode("utf-16"),
        headers={"content-type": f"{QUERY}; charset=UTF-16"},
        status=(400,),
    ),
    Case(
        "bad_query_non_utf8_unsaid",
        body=b"SELECT ('\xff' AS ?x) {}",
        headers={"content-type": QUERY},
        status=(400,),
    ),
    _get("bad_query_syntax", ("query", "ASK {"), status=(400,)),
    _post("bad_query_syntax_post", ("query", "ASK {"), status=(400,)),
    _direct("bad_query_syntax_direct", "ASK {", status=(400,)),
    _get("bad_query_empty", ("query", ""), status=(400,)),
    _post("bad_form_without_query", ("default-graph-uri", G1), status=(400,)),
    _get("bad_graph_name", ("query", ASK), ("default-graph-uri", "no iri"), status=(400,)),
    _get("bad_relative_graph_name", ("query", ASK), ("named-graph-uri", "g1"), status=(400,)),
    _get("bad_using_for_a_query", ("query", ASK), ("using-graph-uri", G1), status=(400,)),
    _get("bad_format", ("query", ASK), headers={"accept": "image/png"}, status=(406,)),
)

STEWARD = "http://kg.test/steward/notes"
INSERT = f"INSERT DATA {{ GRAPH <{STEWARD}> {{ <{NS}s> <{NS}name> 'note' }} }}"
# each as it is where updates are switched on; where they are not, all are refused
UPDATES = (
    _post("update_post_form", ("update", INSERT)),
    Case("update_post_direct", body=INSERT.encode(), headers={"content-type": UPDATE}),
    Case(
        "update_base_uri",
        body=f"BASE <http://kg.test/steward/> {INSERT.replace(STEWARD, 'notes')}".encode(),
        headers={"content-type": f"{UPDATE}; charset=utf-8"},
    ),
    _get("bad_update_get", ("update", INSERT), status=BAD),
    _post("bad_multiple_updates", ("update", INSERT), ("update", INSERT), status=(400,)),
    _post("bad_query_and_update", ("query", ASK), ("update", INSERT), status=(400,)),
    Case(
        "bad_update_wrong_media_type",
        body=INSERT.encode(),
        headers={"content-type": "text/plain"},
        status=(415,),
    ),
    Case("bad_update_missing_form_type", body=form(("update", INSERT)), status=(415,)),
    Case(
        "bad_update_non_utf8",
        body=INSERT.encode("utf-16"),
        headers={"content-type": f"{UPDATE}; charset=UTF-16"},
        status=(400,),
    ),
    _post("bad_update_syntax", ("update", "INSERT {"), status=(400,)),
    _post("bad_update_is_a_query", ("update", ASK), status=(400,)),
    _post("bad_query_is_an_update", ("query", INSERT), status=(400, 403)),
    _post(
        "bad_update_dataset_conflict",
        (
            "update",
            f"WITH <{STEWARD}> DELETE {{ ?s ?p ?o }} USING <{STEWARD}> WHERE {{ ?s ?p ?o }}",
        ),
        ("using-graph-uri", STEWARD),
        status=(400,),
    ),
)
