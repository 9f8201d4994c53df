"""The endpoint's pages for browsers: a form, and answers as a table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Triple,
    serialize,
)
from starlette.responses import HTMLResponse

from kg_service.service import html
from kg_service.terms import PREFIXES, shorten

ROWS_SHOWN = 1000
Shown = QuerySolutions | QueryBoolean | Iterator[Triple]
FIRST_QUERY = """PREFIX kg: <https://w3id.org/kg-service/terms#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

# what was made, by which activity, and which source says so
SELECT ?result ?activity ?source WHERE {
  GRAPH ?graph { ?made prov:wasGeneratedBy ?by }
  ?graph kg:sourceOfGraph ?source .
  OPTIONAL { GRAPH ?graph { ?made rdfs:label ?made_label } }
  OPTIONAL { GRAPH ?graph { ?by rdfs:label ?by_label } }
  BIND(COALESCE(?made_label, STR(?made)) AS ?result)
  BIND(COALESCE(?by_label, STR(?by)) AS ?activity)
}
ORDER BY ?result ?activity ?made ?by ?source
LIMIT 25"""


def form_page(root: str) -> HTMLResponse:
    """The form alone, with a first query in it."""
    intro = html.paragraph(
        "Ask the graph in SPARQL 1.1. The default graph is the union of all sources' graphs; "
        "each statement's graph leads to its source. The endpoint is read only."
    )
    return html.page("SPARQL", intro + _form(FIRST_QUERY, root), root)


def answer_page(query: str, result: Shown, root: str) -> HTMLResponse:
    """An answer, with the query below it to change and ask again."""
    others = ", ".join(
        html.link(name, f"{root}/sparql?{urlencode({'query': query, 'format': name})}")
        for name in (("turtle", "nt", "json-ld") if _is_graph(result) else ("json", "csv", "tsv"))
    )
    body = f"{_shown(result)}\n<p>The whole answer as {others}.</p>\n{_form(query, root)}"
    return html.page("Answer", body, root)


def _is_graph(result: Shown) -> bool:
    return not isinstance(result, (QuerySolutions, QueryBoolean))


def _shown(result: Shown) -> str:
    if isinstance(result, QueryBoolean):
        return html.paragraph("Yes." if result else "No.")
    if isinstance(result, QuerySolutions):
        names = [variable.value for variable in result.variables]
        rows = [[_cell(row[name]) for name in names] for row in islice(result, ROWS_SHOWN + 1)]
        shown = rows[:ROWS_SHOWN]
        more = f", the first {ROWS_SHOWN} of them" if len(rows) > ROWS_SHOWN else ""
        count = "more" if more else str(len(rows))
        return html.table(f"{count} rows{more}", names, shown)
    triples = list(islice(result, ROWS_SHOWN + 1))
    first = triples[:ROWS_SHOWN]
    turtle = serialize(first, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""
    many = f"more statements, the first {ROWS_SHOWN} of them" if triples != first else ""
    return html.paragraph(many or f"{len(first)} statements") + html.code(turtle.decode())


def _cell(term: object) -> html.Cell:
    if isinstance(term, NamedNode):
        web = term.value.startswith(("http://", "https://"))
        return shorten(term.value), term.value if web else None
    if isinstance(term, (Literal, BlankNode)):
        return term.value, None
    return ("" if term is None else str(term)), None


def _form(query: str, root: str) -> str:
    rows = min(max(query.count("\n") + 3, 8), 30)
    return f"""
<form action="{html.text(root)}/sparql" method="get">
<p><label for="query">Query</label></p>
<textarea id="query" name="query" rows="{rows}" spellcheck="false">{html.text(query)}</textarea>
<p><button type="submit">Ask</button></p>
</form>"""
