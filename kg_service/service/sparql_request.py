"""What a request to /sparql asks, by the SPARQL 1.1 Protocol, section 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from pyoxigraph import NamedNode
from starlette.requests import Request

from kg_service.errors import Refused, UsageError
from kg_service.service.errors import HttpError
from kg_service.store.dataset import Dataset

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
LONGEST_BODY = 2 * 1024 * 1024
_MOST_PARAMETERS = 1000
_DEFAULT, _NAMED = "default-graph-uri", "named-graph-uri"
_USING = ("using-graph-uri", "using-named-graph-uri")
_READ_ONLY = "updates are refused: this endpoint is read only; change the graph with kg ingest"
_FORMATS = ("format", "output", "results")

Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A query or an update, None where there is neither.

    ``formats`` are the values of the ``format`` parameter; ``dataset`` what the protocol's
    parameters name.
    """

    query: str | None = None
    update: str | None = None
    formats: tuple[str, ...] = ()
    dataset: Dataset | None = None


async def read_request(request: Request, *, updates: bool = False) -> Asked:
    """What is asked, by GET or one of the kinds of POST; an update only where it is allowed.

    Raises KgErrors.
    """
    in_address = _parameters(request.url.query)
    if request.method != "POST":
        if updates and any(name == "update" for name, _value in in_address):
            raise UsageError("an update is sent by POST, not by GET")
        return _asked(in_address, updates)
    content_type = _content_type(request)
    if content_type == UPDATE and not updates:
        raise Refused(_READ_ONLY)
    body = await _text(request)
    if content_type == FORM:
        asked = _asked([*_parameters(body), *in_address], updates)
        if asked.query is None and asked.update is None:
            raise UsageError("no query: send it as the form's parameter 'query'")
        return asked
    return _asked([*in_address, ("query" if content_type == QUERY else "update", body)], updates)


def _content_type(request: Request) -> str:
    named, *parameters = request.headers.get("content-type", "").split(";")
    content_type = named.strip().lower()
    if content_type not in (FORM, QUERY, UPDATE):
        raise HttpError(
            415,
            "unsupported-media-type",
            f"content type {content_type or 'none'}: send a query as {FORM} or {QUERY}",
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in ("utf-8", "utf8", "us-ascii"):
            raise UsageError(f"charset {charset}: send it in UTF-8")
    return content_type


def _asked(parameters: Parameters, allowed: bool) -> Asked:
    def given(*names: str) -> list[str]:
        return [value for name, value in parameters if name in names]

    queries, updates = given("query"), given("update")
    if updates and not allowed:
        raise Refused(_READ_ONLY)
    if len(queries) + len(updates) > 1:
        raise UsageError(
            f"{len(queries) + len(updates)} queries or updates in one request: send one"
        )
    if [text for text in (*queries, *updates) if not text.strip()]:
        raise UsageError("the query is empty")
    if queries and given(*_USING):
        raise UsageError(f"{_USING[0]} goes with an update; for a query it is {_DEFAULT}")
    if updates and given(_DEFAULT, _NAMED):
        raise UsageError(f"{_DEFAULT} goes with a query; an update names its graphs itself")
    if updates and given(*_USING):
        raise UsageError(f"{_USING[0]} is not supported: write USING in the update itself")
    return Asked(
        query=queries[0] if queries else None,
        update=updates[0] if updates else None,
        formats=tuple(value.strip() for name in _FORMATS for value in given(name)),
        dataset=_dataset(given(_DEFAULT), given(_NAMED)),
    )


def _dataset(default: Sequence[str], named: Sequence[str]) -> Dataset | None:
    for graph in (*default, *named):
        try:
            NamedNode(graph)
        except ValueError as error:
            raise UsageError(
                f"{graph!r} can not name a graph: {error}; write an absolute IRI"
            ) from error
    return Dataset(tuple(default), tuple(named)) if default or named else None


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
