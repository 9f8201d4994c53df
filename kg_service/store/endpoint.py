"""Requests to a SPARQL 1.1 server (SPARQL 1.1 Protocol, Graph Store HTTP Protocol).

SPARQLWrapper makes the requests of SPARQL. They are sent by an opener of our own: SPARQLWrapper's
way to digest would set the opener of the whole process, and it would follow a redirect with the
credentials, which are to go to the server that was named and to no other.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import (
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    HTTPRedirectHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from SPARQLWrapper import INSERT, POST, POSTDIRECTLY, SELECT, URLENCODED, SPARQLWrapper

from kg_service import __version__
from kg_service.errors import QuerySyntax, StoreError
from kg_service.store.address import PREFIX, Address, ServerSettings
from kg_service.store.dataset import Dataset
from kg_service.store.statements import temporary_space
from kg_service.store.syntax import explain_syntax

_IN_MEMORY_BYTES = 16_000_000
_PIECE_BYTES = 1 << 16
_LONGEST_DETAIL = 500
_AGENT = f"kg-service/{__version__} (SPARQLWrapper)"


@dataclass(frozen=True)
class Answer:
    """What a server answered: its headers, and its body as a file at its beginning."""

    headers: Mapping[str, str]
    body: IO[bytes]


class Endpoint:
    """One server. ``digest`` is how a user shows who they are unless the address says."""

    def __init__(self, address: Address, *, digest: bool = False) -> None:
        self.address = address
        self.name = address.name
        told = address.credentials
        scheme = told.scheme or ("digest" if digest else "basic")
        self._digests = bool(told.user) and scheme == "digest"
        self._opener = _opener(address, self._digests)

    @classmethod
    def from_address(cls, address: str, settings: ServerSettings | None = None) -> Endpoint:
        """The server at an address; see ``Address.read``. Raises UsageError."""
        return cls(Address.read(address, settings))

    def ask(self, sparql: str, accept: str, dataset: Dataset | None = None) -> Answer:
        """The server's answer to a query. Raises QuerySyntax and StoreError."""
        wrapper = self._wrapper(accept)
        # set directly: setQuery would guess the form with a regular expression over the text
        wrapper.queryString, wrapper.queryType = sparql, SELECT
        for name, graphs in (
            ("default-graph-uri", dataset.default if dataset else ()),
            ("named-graph-uri", dataset.named if dataset else ()),
        ):
            for graph in graphs:
                wrapper.addParameter(name, graph)
        return self._answer(wrapper._createRequest(), sparql)

    def update(self, sparql: str, *, form: bool = False) -> None:
        """Run an update, in the request's body or in a form. Raises StoreError."""
        wrapper = self._wrapper("*/*")
        wrapper.setRequestMethod(URLENCODED if form else POSTDIRECTLY)
        wrapper.queryString, wrapper.queryType = sparql, INSERT
        try:
            self._answer(wrapper._createRequest(), sparql)
        except QuerySyntax as error:
            raise StoreError(f"{self.name}: the server takes no such update: {error}") from error

    def load(self, graph: str, lines: bytes) -> None:
        """Add N-Triples to a graph by the Graph Store Protocol. Raises StoreError."""
        url = self.address.graphs_url
        request = Request(
            f"{url}{'&' if '?' in url else '?'}graph={quote(graph, safe='')}",
            lines,
            {"Content-Type": "application/n-triples", "User-Agent": _AGENT, **self._credentials()},
            method="POST",
        )
        self._answer(request, "")

    def server(self) -> str:
        """What the server calls itself, empty where it does not say. Raises StoreError."""
        wrapper = self._wrapper("*/*")
        wrapper.queryString, wrapper.queryType = "ASK {}", SELECT
        with self._translated():
            try:
                answer = self._opener.open(wrapper._createRequest(), timeout=self.address.timeout)
            except HTTPError as error:  # who refuses says who it is all the same
                answer = error
            with closing(answer):
                return str(answer.headers.get("Server", ""))

    def close(self) -> None:
        """Each request has a connection of its own: nothing is kept."""

    def _wrapper(self, accept: str) -> SPARQLWrapper:
        wrapper = SPARQLWrapper(self.address.query_url, self.address.update_url, agent=_AGENT)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        for name, value in {"Accept": accept, **self._credentials()}.items():
            wrapper.addCustomHttpHeader(name, value)
        return wrapper

    def _credentials(self) -> dict[str, str]:
        """The header that shows who we are, unless the server is to ask for a digest first."""
        told = self.address.credentials
        if told.token:
            return {"Authorization": f"Bearer {told.token}"}
        if told.user and not self._digests:
            pair = f"{told.user}:{told.password}".encode()
            return {"Authorization": f"Basic {b64encode(pair).decode()}"}
        return {}

    def _answer(self, request: Request, sparql: str) -> Answer:
        with self._translated():
            try:
                response = self._opener.open(request, timeout=self.address.timeout)
            except HTTPError as error:
                with closing(error):
                    raise self._refusal(error, sparql) from error
            with closing(response):
                return Answer(response.headers, _kept(response))

    def _refusal(self, error: HTTPError, sparql: str) -> Exception:
        detail = _detail(error.read().decode("utf-8", "replace"))
        if error.code == 400:
            said = explain_syntax(sparql, detail)
            return QuerySyntax(f"the SPARQL query does not parse: {said}")
        if error.code in (401, 403):
            return StoreError(
                f"{self.name}: the server wants other credentials ({error.code}); give them as "
                f"KG_STORE_USER and KG_STORE_PASSWORD_FILE, as KG_STORE_TOKEN_FILE, or in the "
                f"address, as {PREFIX}http://USER:PASSWORD@HOST"
            )
        if error.code in (404, 405):
            return StoreError(
                f"{self.name}: the server has nothing at {error.url}; name its paths in the "
                "address, as ?query=...&update=..., or as KG_STORE_QUERY and KG_STORE_UPDATE"
            )
        if 300 <= error.code < 400 and "Location" in error.headers:
            return StoreError(
                f"{self.name}: {error.url} has moved to {error.headers['Location']}; name that "
                "address (credentials are sent to no other than the one that is named)"
            )
        return StoreError(
            f"{self.name}: the server failed ({error.code}): {detail or error.reason}"
        )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn errors of the connection into StoreError."""
        try:
            yield
        except (URLError, HTTPException, OSError) as error:
            cause = error.reason if isinstance(error, URLError) else error
            if isinstance(cause, TimeoutError):
                raise StoreError(
                    f"{self.name}: no answer within {self.address.timeout} s; ask for less, "
                    "or allow more with ?timeout=SECONDS in the address"
                ) from error
            if isinstance(error, URLError):
                raise StoreError(
                    f"{self.name}: nothing answers there; start the server or check the address "
                    f"({cause})"
                ) from error
            raise StoreError(
                f"{self.name}: no whole answer ({cause}); the server may have a time limit (ask "
                "for less): see its log"
            ) from error


class _NoRedirect(HTTPRedirectHandler):
    """Leaves a redirect to be told as an error."""

    def redirect_request(self, *_told: Any) -> None:
        return None


def _opener(address: Address, digests: bool) -> OpenerDirector:
    if not digests:
        return build_opener(_NoRedirect)
    known = HTTPPasswordMgrWithDefaultRealm()
    for url in (address.query_url, address.update_url, address.graphs_url):
        known.add_password(None, url, address.credentials.user, address.credentials.password)
    return build_opener(_NoRedirect, HTTPDigestAuthHandler(known))


def _kept(response: HTTPResponse) -> IO[bytes]:
    """The body of an answer, in memory while it is small. Raises IncompleteRead."""
    with temporary_space():
        body = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - passed on
        while piece := response.read(_PIECE_BYTES):
            body.write(piece)
        # read in pieces, a body that is shorter than was said is no error to http.client
        said = response.headers.get("Content-Length")
        if said is not None and body.tell() < int(said):
            raise IncompleteRead(b"", int(said) - body.tell())
        body.seek(0)
    return cast(IO[bytes], body)


def _detail(said: str) -> str:
    text = said.strip()
    return text if len(text) <= _LONGEST_DETAIL else f"{text[:_LONGEST_DETAIL]}..."
