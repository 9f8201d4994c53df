"""/search: things by their words, as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from kg_service.search.held import Wanted
from kg_service.service.context import ServiceContext
from kg_service.service.graphql_paging import cursor_of, key_of, list_of
from kg_service.service.openapi import BAD, NO_STORE, answer

MOST_FOUND = 1000
_EXAMPLE = {
    "total": 1,
    "things": [
        {
            "id": "http://127.0.0.1:8000/source/field/samples/plant-1",
            "label": "plant-1",
            "kind": "Sample",
            "kinds": ["Entity", "Material", "Sample"],
            "identifiers": ["https://doi.org/10.5072/kg-plant-1"],
            "description": None,
            "sources": ["field"],
        }
    ],
    "next": None,
}


def search_router(context: ServiceContext) -> APIRouter:
    """The route ``/search``."""
    router = APIRouter()

    @router.get(
        "/search",
        tags=["Entities"],
        summary="Things by their words",
        responses={200: answer("The best matches first.", _EXAMPLE), 400: BAD, 503: NO_STORE},
    )
    def search(
        text: Annotated[
            str,
            Query(min_length=1, description="Words, or beginnings of words; all must be there."),
        ],
        kind: Annotated[
            list[str] | None, Query(description="Only things of any of these kinds.")
        ] = None,
        source: Annotated[
            list[str] | None, Query(description="Only things of any of these sources.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_FOUND, description="At most so many.")] = 20,
        after: Annotated[
            str | None, Query(description="Those after this, the `next` of the page before.")
        ] = None,
    ) -> JSONResponse:
        """Names, identifiers and descriptions are searched; case and accents do not matter.

        `total` counts all matches. `next`, where there are more, goes into `after`.
        """
        graph = context.now()
        wanted = Wanted(text, frozenset(kind or ()), graph.source_ids(source or ()))
        name = list_of(wanted)
        found = graph.found()
        page = found.page(wanted, limit, key_of(name, after, 2 if found.ranks(wanted) else 1))
        return JSONResponse(
            {
                "total": found.count(wanted),
                "things": [thing.as_json() for thing in page.things],
                "next": cursor_of(name, page.keys[-1]) if page.more else None,
            }
        )

    return router
