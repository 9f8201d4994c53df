"""One SPARQL 1.1 server: its addresses, and requests to it through SPARQLWrapper."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from SPARQLWrapper import INSERT, POST, POSTDIRECTLY, SELECT, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import (
    EndPointNotFound,
    QueryBadFormed,
    SPARQLWrapperException,
    Unauthorized,
)

from kg_service import __version__
from kg_service.errors import QuerySyntax, StoreError, UsageError
from kg_service.store.dataset import dataset_of
from kg_service.store.syntax import explain_syntax

PREFIX = "sparql+"
DEFAULT_TIMEOUT_S = 300
_LONGEST_DETAIL = 500


def is_remote(address: str) -> bool:
    """Whether a store's address names a server."""
    return address.startswith((f"{PREFIX}http://", f"{PREFIX}https://"))


@dataclass(frozen=True)
class Endpoint:
    """Where a server takes queries and updates. Timeouts are in seconds."""

    name: str
    query_url: str
    update_url: str
    user: str = ""
    password: str = ""
    timeout: int = DEFAULT_TIMEOUT_S

    @classmethod
    def from_address(cls, address: str) -> Endpoint:
        """Read ``sparql+http://[user:password@]host[:port][/path][?query=&update=&timeout=]``.

        ``query`` and ``update`` are paths, below the address or absolute; without them they are
        ``query`` and ``update``, as Oxigraph's server has it. Raises UsageError.
        """
        if not is_remote(address):
            raise UsageError(f"{address}: a server's address starts with {PREFIX}http://")
        parts = urlsplit(address.removeprefix(PREFIX))
        try:
            port = parts.port
        except ValueError as error:
            raise UsageError(f"{address}: the port is no number") from error
        if not parts.hostname:
            raise UsageError(f"{address}: names no host")
        options = dict(parse_qsl(parts.query))
        unknown = sorted(options.keys() - {"query", "update", "timeout"})
        if unknown:
            raise UsageError(
                f"{address}: {unknown[0]!r} is no option; there are query, update and timeout"
            )
        if not options.get("timeout", "1").isdigit():
            raise UsageError(f"{address}: timeout must be whole seconds")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        place = host if port is None else f"{host}:{port}"
        path = parts.path.rstrip("/")

        def url(option: str) -> str:
            given = options.get(option, option)
            full = given if given.startswith("/") else f"{path}/{given}"
            return urlunsplit((parts.scheme, place, full, "", ""))

        return cls(
            name=f"{parts.scheme}://{place}{path}",
            query_url=url("query"),
            update_url=url("update"),
            user=parts.username or "",
            password=parts.password or "",
            timeout=int(options.get("timeout", DEFAULT_TIMEOUT_S)),
        )

    def ask(self, sparql: str, accept: str) -> bytes:
        """The server's answer to a query. Raises QuerySyntax and StoreError."""
        wrapper = self._wrapper()
        # set directly: setQuery would guess the form with a regular expression over the text
        wrapper.queryString, wrapper.queryType = sparql, SELECT
        wrapper.addCustomHttpHeader("Accept", accept)
        dataset = dataset_of(sparql)
        for graph in dataset.default:
            wrapper.addParameter("default-graph-uri", graph)
        for graph in dataset.named:
            wrapper.addParameter("named-graph-uri", graph)
        return self._answer(wrapper)

    def update(self, sparql: str) -> None:
        """Run an update, which the server applies whole or not at all. Raises StoreError."""
        wrapper = self._wrapper()
        wrapper.setRequestMethod(POSTDIRECTLY)
        wrapper.queryString, wrapper.queryType = sparql, INSERT
        wrapper.addCustomHttpHeader("Accept", "*/*")
        try:
            self._answer(wrapper)
        except QuerySyntax as error:
            raise StoreError(f"{self.name}: the server takes no such update: {error}") from error

    def _wrapper(self) -> SPARQLWrapper:
        wrapper = SPARQLWrapper(
            self.query_url, self.update_url, agent=f"kg-service/{__version__} (SPARQLWrapper)"
        )
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.setTimeout(self.timeout)
        if self.user:
            wrapper.setCredentials(self.user, self.password)
        return wrapper

    def _answer(self, wrapper: SPARQLWrapper) -> bytes:
        try:
            body: bytes = wrapper.query().response.read()
            return body
        except QueryBadFormed as error:
            said = explain_syntax(wrapper.queryString, _detail(error))
            raise QuerySyntax(f"the SPARQL query does not parse: {said}") from error
        except EndPointNotFound as error:
            raise StoreError(
                f"{self.name}: the server has nothing at {self.query_url} or {self.update_url}; "
                "name its paths in the address, as ?query=...&update=..."
            ) from error
        except Unauthorized as error:
            raise StoreError(
                f"{self.name}: the server wants other credentials; "
                f"give them in the address, as {PREFIX}http://USER:PASSWORD@HOST"
            ) from error
        except SPARQLWrapperException as error:
            raise StoreError(f"{self.name}: the server failed: {_detail(error)}") from error
        except HTTPError as error:
            raise StoreError(
                f"{self.name}: the server answered {error.code} {error.reason}; see its log"
            ) from error
        except (URLError, HTTPException, OSError) as error:
            raise StoreError(self._no_answer(error)) from error

    def _no_answer(self, error: Exception) -> str:
        cause = getattr(error, "reason", error)
        if isinstance(cause, TimeoutError):
            return (
                f"{self.name}: no answer within {self.timeout} s; ask for less, "
                "or allow more with ?timeout=SECONDS in the address"
            )
        if isinstance(cause, ConnectionRefusedError):
            return f"{self.name}: nothing answers there; start the server or check the address"
        return f"{self.name}: no whole answer ({cause}); check the address and the server's log"


def _detail(error: SPARQLWrapperException) -> str:
    """What the server itself said, which SPARQLWrapper puts last, as the text of a bytes object."""
    _message, marker, response = str(error).partition("Response:\n")
    if not marker:
        return str(error)
    said: bytes = ast.literal_eval(response)
    text = said.decode("utf-8", "replace").strip()
    return text if len(text) <= _LONGEST_DETAIL else f"{text[:_LONGEST_DETAIL]}..."
