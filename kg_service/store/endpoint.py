"""Requests to a SPARQL 1.1 server (SPARQL 1.1 Protocol, Graph Store HTTP Protocol).

No redirect is followed, so that credentials go to the server that was named and to no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, cast

import httpx

from kg_service import __version__
from kg_service.errors import QuerySyntax, StoreError
from kg_service.store.address import PREFIX, Address, ServerSettings
from kg_service.store.dataset import Dataset
from kg_service.store.statements import temporary_space
from kg_service.store.syntax import explain_syntax

_IN_MEMORY_BYTES = 16_000_000
_LONGEST_DETAIL = 500
_AGENT = {"User-Agent": f"kg-service/{__version__}"}


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
        # a connection that is used again may have been closed by the server meanwhile: a query
        # is then sent once more; an update, which may have been made, has a connection of its own
        self._asking = _client(address, digest, kept=8)
        self._changing = _client(address, digest, kept=0)

    @classmethod
    def from_address(cls, address: str, settings: ServerSettings | None = None) -> Endpoint:
        """The server at an address; see ``Address.read``. Raises UsageError."""
        return cls(Address.read(address, settings))

    def ask(self, sparql: str, accept: str, dataset: Dataset | None = None) -> Answer:
        """The server's answer to a query. Raises QuerySyntax and StoreError."""
        form: dict[str, str | list[str]] = {"query": sparql}
        if dataset is not None:
            form["default-graph-uri"] = list(dataset.default)
            form["named-graph-uri"] = list(dataset.named)
        request = self._asking.build_request(
            "POST", self.address.query_url, data=form, headers={"Accept": accept}
        )
        return self._answer(self._asking, request, sparql, again=True)

    def update(self, sparql: str, *, form: bool = False) -> None:
        """Run an update, in the request's body or in a form. Raises StoreError."""
        headers = {"Accept": "*/*"}
        if form:
            request = self._changing.build_request(
                "POST", self.address.update_url, data={"update": sparql}, headers=headers
            )
        else:
            headers["Content-Type"] = "application/sparql-update; charset=utf-8"
            request = self._changing.build_request(
                "POST", self.address.update_url, content=sparql.encode(), headers=headers
            )
        try:
            self._answer(self._changing, request, sparql)
        except QuerySyntax as error:
            raise StoreError(f"{self.name}: the server takes no such update: {error}") from error

    def load(self, graph: str, lines: bytes) -> None:
        """Add N-Triples to a graph by the Graph Store Protocol. Raises StoreError."""
        request = self._changing.build_request(
            "POST",
            self.address.graphs_url,
            params={"graph": graph},
            content=lines,
            headers={"Content-Type": "application/n-triples"},
        )
        self._answer(self._changing, request, "")

    def server(self) -> str:
        """What the server calls itself, empty where it does not say."""
        with self._translated():
            said = self._asking.post(self.address.query_url, data={"query": "ASK {}"})
            return str(said.headers.get("Server", ""))

    def close(self) -> None:
        """Let go of the connections."""
        self._asking.close()
        self._changing.close()

    def _answer(
        self, client: httpx.Client, request: httpx.Request, sparql: str, *, again: bool = False
    ) -> Answer:
        with self._translated():
            try:
                response = client.send(request, stream=True)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                if not again:
                    raise
                response = client.send(request, stream=True)
            try:
                if not response.is_success:
                    self._refuse(response, sparql)
                return Answer(response.headers, _kept(response))
            finally:
                response.close()

    def _refuse(self, response: httpx.Response, sparql: str) -> None:
        status, url = response.status_code, response.request.url
        detail = _detail(response.read().decode("utf-8", "replace"))
        if status == 400:
            said = explain_syntax(sparql, detail)
            raise QuerySyntax(f"the SPARQL query does not parse: {said}")
        if status in (401, 403):
            raise StoreError(
                f"{self.name}: the server wants other credentials ({status}); give them as "
                f"KG_STORE_USER and KG_STORE_PASSWORD_FILE, as KG_STORE_TOKEN_FILE, or in the "
                f"address, as {PREFIX}http://USER:PASSWORD@HOST"
            )
        if status in (404, 405):
            raise StoreError(
                f"{self.name}: the server has nothing at {url}; name its paths in the address, "
                "as ?query=...&update=..., or as KG_STORE_QUERY and KG_STORE_UPDATE"
            )
        if response.has_redirect_location:
            raise StoreError(
                f"{self.name}: {url} has moved to {response.headers['Location']}; name that "
                "address (credentials are sent to no other than the one that is named)"
            )
        raise StoreError(
            f"{self.name}: the server failed ({status}): {detail or response.reason_phrase}"
        )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn errors of the connection into StoreError."""
        try:
            yield
        except httpx.TimeoutException as error:
            raise StoreError(
                f"{self.name}: no answer within {self.address.timeout} s; ask for less, "
                "or allow more with ?timeout=SECONDS in the address"
            ) from error
        except httpx.ConnectError as error:
            raise StoreError(
                f"{self.name}: nothing answers there; start the server or check the address "
                f"({error})"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StoreError(
                f"{self.name}: no whole answer ({error}); the server may have a time limit (ask "
                "for less): see its log"
            ) from error


def _client(address: Address, digest: bool, kept: int) -> httpx.Client:
    told = address.credentials
    headers = dict(_AGENT)
    auth: httpx.Auth | None = None
    if told.token:
        headers["Authorization"] = f"Bearer {told.token}"
    elif told.user and (told.scheme == "digest" or (digest and not told.scheme)):
        auth = httpx.DigestAuth(told.user, told.password)
    elif told.user:
        auth = httpx.BasicAuth(told.user, told.password)
    return httpx.Client(
        auth=auth,
        headers=headers,
        timeout=address.timeout,
        follow_redirects=False,
        limits=httpx.Limits(max_keepalive_connections=kept),
    )


def _kept(response: httpx.Response) -> IO[bytes]:
    """The body of an answer, in memory while it is small."""
    with temporary_space():
        body = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - passed on
        for piece in response.iter_bytes():
            body.write(piece)
        body.seek(0)
    return cast(IO[bytes], body)


def _detail(said: str) -> str:
    text = said.strip()
    return text if len(text) <= _LONGEST_DETAIL else f"{text[:_LONGEST_DETAIL]}..."
