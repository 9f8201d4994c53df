"""/links: what joins sources, on what evidence."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from kg_service.identity.evidence import Evidence
from kg_service.lineage.scope import source_with_id
from kg_service.links.listing import LISTED, EvidenceWord
from kg_service.service.context import ServiceContext
from kg_service.service.openapi import BAD, NO_STORE, UNKNOWN, answer

MOST_LINKS = 10_000

_EXAMPLE = {
    "complete": True,
    "links": [
        {
            "evidence": "identifier",
            "key": "igsn:kgex00001",
            "first": {
                "id": "http://127.0.0.1:8000/source/barley-roots/sample/root-01",
                "label": "root-01",
                "kind": "Sample",
                "value": "igsn:10273/KGEX00001",
                "sources": ["barley-roots"],
            },
            "second": {"id": "...", "value": "https://igsn.org/KGEX00001", "sources": ["els"]},
            "since": "2026-11-21T09:30:00+00:00",
            "policies": ["strict", "default", "all"],
            "whyNot": None,
            "decision": None,
        }
    ],
}


def links_router(context: ServiceContext) -> APIRouter:
    """The route ``/links``."""
    router = APIRouter(tags=["Entities"])

    @router.get(
        "/links",
        summary="What is the same as what, and on what evidence",
        responses={200: answer("The links.", _EXAMPLE), 400: BAD, 404: UNKNOWN, 503: NO_STORE},
    )
    def links(
        id: Annotated[
            str | None,
            Query(description="Only of this thing: an IRI, an identifier in any spelling, a name."),
        ] = None,
        evidence: Annotated[
            list[EvidenceWord] | None, Query(description="Only on this; may be repeated.")
        ] = None,
        source: Annotated[str | None, Query(description="Only links of this source.")] = None,
        candidates: Annotated[
            bool, Query(description="Instead, pairs with the same name that nobody decided on.")
        ] = False,
        limit: Annotated[int, Query(ge=1, le=MOST_LINKS, description="At most so many.")] = 1000,
    ) -> JSONResponse:
        """Each link with its evidence, both values, the sources that give them, since when, and
        the policies that follow it; `whyNot` says why none does.

        `complete` tells whether these are all there are.
        """
        graph = context.now()
        node = graph.resolve(id) if id is not None else None
        if source is not None:
            source_with_id(graph.reader, source)
        chosen = [Evidence[word.name] for word in evidence] if evidence else LISTED
        found = graph.candidates(node, source) if candidates else graph.links(node, chosen, source)
        shown = [link.as_json() for link in islice(found, limit)]
        return JSONResponse({"complete": next(found, None) is None, "links": shown})

    return router
