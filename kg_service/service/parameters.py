"""Query parameters that a route does not have are refused: a mistyped one would be passed over,
and the answer would be another than the one asked for."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from kg_service.errors import UsageError

# whatever stands behind the ? may be a part of a thing's IRI
_IRIS = ("/source/", "/version/", "/graph/")


def only_known(request: Request) -> None:
    """Raise UsageError for a parameter that the route of a request does not have.

    Routes that are told of in ``openapi_extra`` read their parameters themselves.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or not route.include_in_schema or route.openapi_extra:
        return
    if route.path.startswith(_IRIS):
        return
    known = list(_parameters(route.dependant))
    for name in request.query_params:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            there = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise UsageError(
                f"{route.path} has no parameter {name!r}; {there if known else 'it has none'}"
            )


def _parameters(dependant: Dependant) -> Iterator[str]:
    """The names of a route's query parameters, and of those that it shares with others."""
    yield from (field.alias for field in dependant.query_params)
    for one in dependant.dependencies:
        yield from _parameters(one)
