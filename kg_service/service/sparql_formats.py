"""The formats of SPARQL's answers, by media type and by the short names that clients send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat, RdfFormat

from kg_service.service.errors import refuse_format
from kg_service.service.negotiate import best

HTML = "text/html"


@dataclass(frozen=True)
class AnswerFormat:
    """One row of the table: first the standard media type, then others taken for it."""

    writes: QueryResultsFormat | RdfFormat
    media_types: tuple[str, ...]
    names: tuple[str, ...]


# SPARQL 1.1 results: JSON, XML, CSV and TSV
SOLUTIONS = (
    AnswerFormat(
        QueryResultsFormat.JSON,
        ("application/sparql-results+json", "application/json", "text/json"),
        ("json", "srj"),
    ),
    AnswerFormat(
        QueryResultsFormat.XML,
        ("application/sparql-results+xml", "application/xml", "text/xml"),
        ("xml", "srx"),
    ),
    AnswerFormat(QueryResultsFormat.CSV, ("text/csv",), ("csv",)),
    AnswerFormat(QueryResultsFormat.TSV, ("text/tab-separated-values",), ("tsv",)),
)
GRAPHS = (
    AnswerFormat(
        RdfFormat.TURTLE, ("text/turtle", "application/x-turtle"), ("turtle", "ttl", "n3")
    ),
    AnswerFormat(RdfFormat.N_TRIPLES, ("application/n-triples", "text/plain"), ("nt", "n-triples")),
    AnswerFormat(
        RdfFormat.RDF_XML,
        ("application/rdf+xml", "application/xml", "text/xml"),
        ("rdf", "rdf+xml", "xml", "rdfxml"),
    ),
    AnswerFormat(
        RdfFormat.JSON_LD,
        ("application/ld+json", "application/json"),
        ("json-ld", "jsonld", "json"),
    ),
    AnswerFormat(RdfFormat.TRIG, ("application/trig",), ("trig",)),
    AnswerFormat(RdfFormat.N_QUADS, ("application/n-quads",), ("nq", "n-quads")),
    AnswerFormat(RdfFormat.N3, ("text/n3", "text/rdf+n3"), ()),
)


@dataclass(frozen=True)
class Chosen:
    """The format of one answer; ``writes`` is None where it is a page for a browser."""

    media_type: str
    writes: QueryResultsFormat | RdfFormat | None


def choose(
    table: Sequence[AnswerFormat], accept: str | None, named: Sequence[str], *, html: bool = False
) -> Chosen:
    """The format that a caller wants: as it names one, else by its Accept header.

    ``named`` are the values of the ``format`` parameter, names or media types; clients send
    several, and what is not known beside what is known is passed over. ``html``: whether there
    is a page too. Raises HttpError 400 for a name that is not known, 406 for an Accept header.
    """
    if any(named):
        for row in table:
            for name in named:
                if name.lower() in row.names or name.lower() in row.media_types:
                    return Chosen(row.media_types[0], row.writes)
        if html and ("html" in named or HTML in named):
            return Chosen(HTML, None)
        raise refuse_format(400, [row.names[0] for row in table if row.names])
    offered = [row.media_types[0] for row in table]
    aliases = [alias for row in table for alias in row.media_types[1:]]
    # a page only for who names HTML, so that a plain */* gets the standard form
    pages = [HTML] if html and accept and HTML in accept else []
    media_type = best(accept, [*pages, *offered, *aliases])
    if media_type is None:
        raise refuse_format(406, offered)
    if media_type == HTML:
        return Chosen(HTML, None)
    row = next(row for row in table if media_type in row.media_types)
    return Chosen(media_type, row.writes)


def header(media_type: str) -> str:
    """The Content-Type header of a media type."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
