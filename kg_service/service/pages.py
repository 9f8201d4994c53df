"""The start page: every door, what is in, and a first query."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response

from kg_service import __version__
from kg_service.catalogue import SourceRecord
from kg_service.graph import KnowledgeGraph
from kg_service.search.held import Wanted
from kg_service.service import html
from kg_service.service.context import ServiceContext
from kg_service.service.sparql_page import FIRST_QUERY

COUNTED = (
    ("specimens and samples", "Material"),
    ("datasets and files", "Data"),
    ("laboratory processes", "LabProcess"),
    ("acquisitions", "Acquisition"),
    ("runs of workflows and tools", "Run"),
)
FIRST_GRAPHQL = """{
  specimens(first: 10) {
    id
    label
    sources { id format }
  }
}"""


def pages_router(context: ServiceContext) -> APIRouter:
    """The route of the start page."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    def start(request: Request) -> Response:
        return start_page(context, request.scope.get("root_path", ""))

    return router


def counts(graph: KnowledgeGraph) -> list[tuple[str, int]]:
    """What is in: names and numbers. Each number costs as much as there are things of its kind."""
    records = graph.sources()
    found = [
        ("sources", len(records)),
        ("statements, as their sources make them", _asserted(records)),
    ]
    things = graph.found()
    found += [(name, things.count(Wanted(kinds=frozenset({kind})))) for name, kind in COUNTED]
    return found


def _asserted(records: list[SourceRecord]) -> int:
    return sum(record.asserted for record in records)


def start_page(context: ServiceContext, root: str) -> Response:
    """The page, with the counts of the store as it is."""
    numbers = context.keep("counts", counts)
    doors = (
        ("/sparql", "SPARQL", "the graph, in a query form here and by the SPARQL 1.1 Protocol"),
        ("/graphql", "GraphQL", "specimens, results and lineage, in an editor here and by POST"),
        ("/queries", "Questions", "questions with a name, answered as tables"),
        ("/sources", "Sources", "what was ingested, with repairs, losses and warnings"),
        ("/.well-known/void", "Sizes", "classes and properties with how often each occurs (VoID)"),
        ("/links", "Links", "what is the same as what, and on what evidence"),
        ("/mappings", "Mappings", "how terms relate to PROV-O, and how often each row fired"),
        ("/sparql-examples", "Examples", "the questions as examples of the SPARQL endpoint"),
        ("/me", "You", "who the service takes you for, and what that allows"),
        ("/docs", "API", "every path, to try out: lineage, search, paths, exports, uploads, ..."),
        ("/redoc", "API reference", "the same, to read"),
        ("/openapi.json", "OpenAPI", "the same, for machines"),
        ("/health", "Health", "whether the service can answer"),
    )
    listed = "\n".join(
        f"<li>{html.link(name, root + path)}: {html.text(what)}</li>" for path, name, what in doors
    )
    rows = [((name, None), (f"{number:,}", None)) for name, number in numbers]
    sparql = f"{root}/sparql?{urlencode({'query': FIRST_QUERY})}"
    graphql = f"{root}/graphql#query={quote(FIRST_GRAPHQL)}"
    body = f"""
<p>From a specimen to every result derived from it, and back, and who says so.</p>
{html.heading("Doors")}
<ul>
{listed}
</ul>
{html.heading("What is in")}
{html.table("Counts", ("What", "How many"), rows, numbers=(1,))}
<form action="{html.text(root)}/entity" method="get">
{html.heading("Look something up")}
<p><label for="id">An IRI, an identifier or a name</label><br>
<input id="id" name="id" size="40" required> <button type="submit">Look up</button></p>
</form>
{html.heading("A first query")}
<p>In SPARQL ({html.link("ask it", sparql)}):</p>
{html.code(FIRST_QUERY)}
<p>In GraphQL ({html.link("open it in the editor", graphql)}):</p>
{html.code(FIRST_GRAPHQL)}
<p>kg-service {html.text(__version__)}</p>
"""
    page = html.page("kg-service", body, root)
    page.headers["Link"] = f'<{root}/.well-known/void>; rel="describedby"; type="text/turtle"'
    return page
