"""/sparql-examples: the questions as examples of the SPARQL endpoint, in RDF."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pyoxigraph import RdfFormat, serialize

from kg_service.questions.executables import EXAMPLE_PREFIXES, executables
from kg_service.service.context import ServiceContext
from kg_service.service.openapi import NOT_ACCEPTABLE, answer
from kg_service.service.sparql_formats import GRAPHS, choose, header

_EXAMPLE = """<http://127.0.0.1:8000/queries/cq7>
    a sh:SPARQLExecutable , sh:SPARQLSelectExecutable ;
    rdfs:comment "Was the execution successful?"@en ;
    sh:select "PREFIX ... SELECT ..." ;
    schema:target <http://127.0.0.1:8000/sparql> ."""


def examples_router(context: ServiceContext) -> APIRouter:
    """The route ``/sparql-examples``."""
    router = APIRouter(tags=["SPARQL"])

    @router.get(
        "/sparql-examples",
        summary="The endpoint's examples",
        responses={
            200: answer("The questions as SHACL executables.", _EXAMPLE, "text/turtle"),
            406: NOT_ACCEPTABLE,
        },
    )
    def examples(
        request: Request,
        format: Annotated[
            str | None, Query(description="turtle, json-ld, nt, rdf, trig, nq or n3.")
        ] = None,
    ) -> Response:
        """The questions as `sh:SPARQLExecutable`, as sib-swiss/sparql-examples writes them.

        They are also in the store, in a graph of their own: editors that ask an endpoint for its
        examples find them there.
        """
        named = (format,) if format else ()
        chosen = choose(GRAPHS, request.headers.get("accept"), named)
        assert isinstance(chosen.writes, RdfFormat)
        triples = executables(context.questions, context.base)
        takes_prefixes = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N3, RdfFormat.RDF_XML)
        prefixes = EXAMPLE_PREFIXES if chosen.writes in takes_prefixes else None
        written = serialize(triples, format=chosen.writes, prefixes=prefixes) or b""
        return Response(written, media_type=header(chosen.media_type))

    return router
