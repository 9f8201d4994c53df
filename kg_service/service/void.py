"""/.well-known/void: what the graph is and holds (https://www.w3.org/TR/void/, section 7.2)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kg_service.service import html
from kg_service.service.context import ServiceContext
from kg_service.service.openapi import NO_STORE, answer
from kg_service.service.resource_forms import FormQuery, form_of, written
from kg_service.service.typed_links import TypedLink, link_header
from kg_service.service.void_description import DOCUMENT, Described, describe_graph
from kg_service.service.void_terms import DATASET_PREFIXES
from kg_service.terms import shorten

TURTLE = "text/turtle"
_EXAMPLE = """<http://127.0.0.1:8000/.well-known/void#graph> a void:Dataset ;
  void:sparqlEndpoint <http://127.0.0.1:8000/sparql> ;
  void:triples 1834 .
"""


def void_router(context: ServiceContext) -> APIRouter:
    """The route of the description."""
    router = APIRouter(tags=["Sources"])

    @router.get(
        DOCUMENT,
        summary="What the graph is and holds, in VoID and DCAT",
        response_class=Response,
        responses={200: answer("The description.", _EXAMPLE, TURTLE), 503: NO_STORE},
    )
    def void(request: Request, form: FormQuery = None) -> Response:
        """The SPARQL endpoint, licences, vocabularies and sizes of the graph; its classes and
        properties with how often each occurs; its sources as subsets, and the link sets between
        them.

        Turtle, or another RDF format or a page by Accept. The counts are those of the sources'
        graphs as they are now; each source tells its own in the same way.
        """
        chosen = form_of(request, form, TURTLE)
        described = context.keep("void", lambda graph: describe_graph(graph, context.base))
        if chosen.is_page:
            return _page(described, request.scope.get("root_path", ""))
        content = written(described.statements, chosen.rdf, DATASET_PREFIXES)
        links = [TypedLink(DOCUMENT, "describes", f"{context.base}{DOCUMENT}#graph")]
        headers = {"Link": link_header(links)}
        return Response(content, media_type=chosen.content_type, headers=headers)

    return router


def _page(described: Described, root: str) -> Response:
    totals = described.totals
    body = html.paragraph("What the sources hold together. The same as data:")
    names = ("turtle", "json-ld", "nt", "rdf")
    links = (html.link(name, f"{root}{DOCUMENT}?format={name}") for name in names)
    body += f"<p>{', '.join(links)}</p>"
    if totals is None:
        body += html.paragraph("It was not counted yet; any kg ingest counts it.")
        return html.page("The graph", body, root)
    sizes = (
        ("statements", totals.triples),
        ("things of some class", totals.entities),
        ("distinct subjects", totals.subjects),
        ("distinct objects", totals.objects),
    )
    for caption, columns, rows in (
        ("Sizes", ("What", "How many"), sizes),
        ("Classes", ("Class", "Things"), totals.classes.items()),
        ("Properties", ("Property", "Statements"), totals.properties.items()),
    ):
        cells = [((shorten(name), None), (f"{number:,}", None)) for name, number in rows]
        body += html.heading(caption) + html.table(
            f"{len(cells)} rows", columns, cells, numbers=(1,)
        )
    return html.page("The graph", body, root)
