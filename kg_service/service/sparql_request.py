"""What a request to /sparql asks, by the SPARQL 1.1 Protocol, section 2.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from kg_service.errors import Refused, UsageError
from kg_service.service.errors import HttpError

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
LONGEST_BODY = 2 * 1024 * 1024
_MOST_PARAMETERS = 1000
_DATASET = ("default-graph-uri", "named-graph-uri")
_FORMATS = ("format", "output", "results")
_READ_ONLY = "updates are refused: this endpoint is read only; change the graph with kg ingest"

Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """The query, None where there is none; the values of the ``format`` parameter."""

    query: str | None
    formats: tuple[str, ...]


async def read_request(request: Request) -> Asked:
    """What is asked, by GET or one of the two kinds of POST. Raises KgErrors."""
    in_address = _parameters(request.url.query)
    if request.method != "POST":
        return _asked(in_address)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == UPDATE:
        raise Refused(_READ_ONLY)
    if content_type not in (FORM, QUERY):
        named = content_type or "none"
        raise HttpError(
            415,
            "unsupported-media-type",
            f"content type {named}: send a query as {FORM} or {QUERY}",
        )
    body = await _text(request)
    if content_type == QUERY:
        return _asked([*in_address, ("query", body)])
    asked = _asked([*_parameters(body), *in_address])
    if asked.query is None:
        raise UsageError("no query: send it as the form's parameter 'query'")
    return asked


def _asked(parameters: Parameters) -> Asked:
    names = [name for name, _value in parameters]
    if "update" in names:
        raise Refused(_READ_ONLY)
    for name in _DATASET:
        if name in names:
            raise UsageError(
                f"{name} is not supported: name graphs in the query itself, with GRAPH or FROM"
            )
    queries = [value for name, value in parameters if name == "query"]
    if len(queries) > 1:
        raise UsageError(f"{len(queries)} queries in one request: send one")
    if queries and not queries[0].strip():
        raise UsageError("the query is empty")
    formats = tuple(v.strip() for name in _FORMATS for n, v in parameters if n == name)
    return Asked(queries[0] if queries else None, formats)


def _parameters(encoded: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            encoded, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError as error:
        raise UsageError(f"the parameters are not valid URL encoding in UTF-8: {error}") from error


async def _text(request: Request) -> str:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_BODY:
            raise HttpError(413, "too-large", f"a query may have at most {LONGEST_BODY} bytes")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"the query is not valid UTF-8 (byte {error.start})") from error
