"""The forms in which what has a page is told: a page, plain JSON, or RDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request
from pyoxigraph import Quad, RdfFormat, Triple, serialize

from kg_service.service.errors import refuse_format
from kg_service.service.negotiate import best, wants_html
from kg_service.service.sparql_formats import GRAPHS, HTML, header
from kg_service.terms import PREFIXES

JSON = "application/json"
JSON_LD = "application/ld+json"
WRITES = {row.media_types[0]: row.writes for row in GRAPHS}
# those of the RDF formats that keep the graph of a statement
DATASETS = (RdfFormat.TRIG, RdfFormat.N_QUADS, RdfFormat.JSON_LD)
_WITH_PREFIXES = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML)
NAMES = {
    "html": HTML,
    "json": JSON,
    **{name: row.media_types[0] for row in GRAPHS for name in row.names if name != "json"},
}
_OFFERED = (JSON, JSON_LD, *(m for m in WRITES if m != JSON_LD))
SHORT_NAMES = ("html", "json", "json-ld", "turtle", "nt", "rdf", "trig", "nq")

FormQuery = Annotated[
    str | None,
    Query(
        alias="format",
        description=f"{', '.join(SHORT_NAMES)}: where no Accept header can be sent.",
        examples=["turtle"],
    ),
]


@dataclass(frozen=True)
class Form:
    """The form of one answer."""

    media_type: str

    @property
    def is_page(self) -> bool:
        return self.media_type == HTML

    @property
    def content_type(self) -> str:
        return header(self.media_type)

    @property
    def rdf(self) -> RdfFormat:
        """The RDF format; plain JSON, where it is RDF, is JSON-LD."""
        writes = WRITES[JSON_LD if self.media_type == JSON else self.media_type]
        assert isinstance(writes, RdfFormat)
        return writes


def form_of(request: Request, named: str | None, first: str) -> Form:
    """The form that is named, else the best by Accept, of equal ones ``first``.

    Raises HttpError 400 for a name that is not known, 406 for an Accept header.
    """
    if named is not None:
        if named.lower() not in NAMES:
            raise refuse_format(400, list(SHORT_NAMES))
        return Form(NAMES[named.lower()])
    accept = request.headers.get("accept")
    if wants_html(accept):
        return Form(HTML)
    offered = [first, *(m for m in _OFFERED if m != first)]
    media_type = best(accept, offered)
    if media_type is None:
        raise refuse_format(406, offered)
    return Form(media_type)


def written(
    statements: Sequence[Quad], format_: RdfFormat, prefixes: Mapping[str, str] = PREFIXES
) -> bytes:
    """Statements in an RDF format; with their graphs where it has graphs, else each once."""
    told: Sequence[Quad] | Sequence[Triple] = statements
    if format_ not in DATASETS:
        told = list(dict.fromkeys(quad.triple for quad in statements))
    if format_ not in _WITH_PREFIXES:
        return serialize(told, format=format_) or b""
    return serialize(told, format=format_, prefixes=dict(prefixes)) or b""
