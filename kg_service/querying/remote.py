"""The engine over a SPARQL server: what it answers is passed on as it comes.

A server may end a query at a limit of its own and still answer with 200: the end of every
answer is looked at. SPARQL's JSON shows by itself whether it is whole, so solutions are asked
for in it, and written anew where the caller wants another format.
"""

from __future__ import annotations

import base64
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader
from typing import IO, TypeVar
from urllib.parse import urlencode, urlsplit

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    parse,
    parse_query_results,
    serialize,
)

from kg_service import __version__
from kg_service.errors import Busy, KgError, Limited, QuerySyntax, StoreError
from kg_service.querying.limits import Limits, out_of_time
from kg_service.querying.query import Answer, Kind, NoFormat, Query, Stop
from kg_service.querying.spooled import Pieces, Spooled
from kg_service.store.address import ServerSettings
from kg_service.store.bound import bind
from kg_service.store.dataset import dataset_of
from kg_service.store.endpoint import Endpoint
from kg_service.store.sparql_text import query_form, refuse_calls_out
from kg_service.store.syntax import explain_syntax
from kg_service.terms import PREFIXES

_USUAL_PREFIXES = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
_READ_BYTES = 1 << 16
_TAIL_BYTES = 200
_LONGEST_DETAIL = 500
# how results in JSON end (SPARQL 1.1 Query Results JSON Format, section 3)
_WHOLE_JSON = re.compile(rb'(?:\]\s*\}\s*\}|"boolean"\s*:\s*(?:true|false)\s*\})\s*\Z')
_WHOLE_LINES = re.compile(rb"(?:\A|\.[ \t]*[\r\n])\s*\Z")
_RETRY_S = 5
Waited = TypeVar("Waited")


class RemoteEngine:
    """Queries to one server: see ``QueryEngine``. The rows of an answer are not limited."""

    def __init__(
        self, address: str, limits: Limits, settings: ServerSettings | None = None
    ) -> None:
        self._endpoint = Endpoint.from_address(address, settings)
        self._limits = limits
        self._guard = threading.Lock()
        self._asking: Counter[str] = Counter()

    def ask(self, query: Query, caller: str, stop: Stop | None = None) -> Answer:
        refuse_calls_out(query.text)
        is_graph = query_form(query.text) in ("CONSTRUCT", "DESCRIBE")
        format_ = query.graph if is_graph else query.solutions
        if format_ is None:
            raise NoFormat(Kind.GRAPH if is_graph else Kind.SOLUTIONS)
        self._enter(caller)
        try:
            response = _Response(self._endpoint, query, is_graph, self._limits, stop or Stop())
        except BaseException:
            self._leave(caller)
            raise
        answer = RemoteAnswer(self, caller, response, is_graph)
        if format_ in (QueryResultsFormat.JSON, RdfFormat.N_TRIPLES):
            return answer
        return _rewritten(answer, format_)

    def close(self) -> None:
        """Connections end with their answers."""

    def _enter(self, caller: str) -> None:
        with self._guard:
            if self._asking[caller] >= self._limits.per_caller:
                raise Busy(
                    f"{self._asking[caller]} of your queries are running already; wait for one",
                    _RETRY_S,
                    own=True,
                )
            if self._asking.total() >= self._limits.workers + self._limits.waiting:
                raise Busy("too many queries are running; try again later", _RETRY_S, own=False)
            self._asking[caller] += 1

    def _leave(self, caller: str) -> None:
        with self._guard:
            self._asking[caller] -= 1
            if not self._asking[caller]:
                del self._asking[caller]


class RemoteAnswer:
    """What a server answers: see ``Answer``."""

    def __init__(
        self, engine: RemoteEngine, caller: str, response: _Response, is_graph: bool
    ) -> None:
        self.kind = Kind.GRAPH if is_graph else Kind.SOLUTIONS
        self.length: int | None = None
        self._leave: Callable[[], None] = lambda: engine._leave(caller)
        self._response = response
        self._closed = False

    def pieces(self) -> Iterator[bytes]:
        try:
            yield from self._response.pieces(
                _WHOLE_LINES if self.kind is Kind.GRAPH else _WHOLE_JSON
            )
        finally:
            self.close()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._response.close()
            self._leave()


class _Response:
    """One request, and what comes back. Its time runs while it is waited for."""

    def __init__(
        self, endpoint: Endpoint, query: Query, is_graph: bool, limits: Limits, stop: Stop
    ) -> None:
        self._endpoint = endpoint
        self._limits = limits
        self._left = limits.timeout_s or float(endpoint.address.timeout)
        self._stopped = False
        parts = urlsplit(endpoint.address.query_url)
        self._connection = (
            HTTPSConnection(parts.netloc, timeout=self._left)
            if parts.scheme == "https"
            else HTTPConnection(parts.netloc, timeout=self._left)
        )
        stop.on(self._stop)
        try:
            self._connection.request(
                "POST", parts.path, urlencode(_parameters(query)), _headers(endpoint, is_graph)
            )
            self._response: HTTPResponse = self._timed(self._connection.getresponse)
            if self._response.status != 200:
                raise self._refusal(query)
        except KgError:
            self.close()
            raise
        except (OSError, HTTPException) as error:
            self.close()
            raise self._failure(error) from error

    def pieces(self, whole: re.Pattern[bytes]) -> Iterator[bytes]:
        tail = b""
        size = 0
        try:
            while piece := self._timed(lambda: self._response.read1(_READ_BYTES)):
                size += len(piece)
                if self._limits.bytes and size > self._limits.bytes:
                    raise Limited(
                        f"the answer is larger than {self._limits.bytes:,} bytes; ask for less",
                        "bytes",
                    )
                tail = (tail + piece)[-_TAIL_BYTES:]
                yield piece
        except (OSError, HTTPException, ValueError) as error:
            raise self._failure(error) from error
        if self._response.length or not whole.search(tail):
            raise StoreError(
                f"{self._endpoint.name}: the server's answer broke off; it may have a limit of "
                "its own: ask for less"
            )

    def close(self) -> None:
        self._connection.close()

    def _timed(self, wait: Callable[[], Waited]) -> Waited:
        began = time.monotonic()
        if self._connection.sock is not None:
            self._connection.sock.settimeout(self._left)
        try:
            return wait()
        finally:
            self._left = max(0.001, self._left - (time.monotonic() - began))

    def _stop(self) -> None:
        self._stopped = True
        connected = self._connection.sock
        if connected is not None:
            try:
                connected.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it ended by itself meanwhile

    def _failure(self, error: Exception) -> KgError:
        if self._stopped:
            return Busy("the caller has gone", _RETRY_S, own=True)
        if isinstance(error, TimeoutError):
            return out_of_time(self._limits.timeout_s or self._endpoint.address.timeout)
        return StoreError(
            f"{self._endpoint.name}: no whole answer ({error or type(error).__name__}); check "
            "the server and its log"
        )

    def _refusal(self, query: Query) -> KgError:
        said = self._response.read(_LONGEST_DETAIL).decode("utf-8", "replace").strip()
        if self._response.status == 400:
            why = explain_syntax(query.text, said)
            return QuerySyntax(f"the SPARQL query does not parse: {why}")
        return StoreError(f"{self._endpoint.name}: it answered {self._response.status}: {said}")


def _parameters(query: Query) -> list[tuple[str, str]]:
    # on the first line, so that a server's line numbers stay those of the query
    parameters = [("query", _USUAL_PREFIXES + bind(query.text, query.bindings))]
    dataset = query.dataset or dataset_of(query.text)
    parameters += [("default-graph-uri", graph) for graph in dataset.default]
    parameters += [("named-graph-uri", graph) for graph in dataset.named]
    return parameters


def _headers(endpoint: Endpoint, is_graph: bool) -> dict[str, str]:
    asked = RdfFormat.N_TRIPLES if is_graph else QueryResultsFormat.JSON
    headers = {
        "Accept": asked.media_type,
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": f"kg-service/{__version__}",
    }
    told = endpoint.address.credentials
    if told.token:
        headers["Authorization"] = f"Bearer {told.token}"
    elif told.user:
        credentials = base64.b64encode(f"{told.user}:{told.password}".encode())
        headers["Authorization"] = f"Basic {credentials.decode()}"
    return headers


def _rewritten(answer: RemoteAnswer, format_: QueryResultsFormat | RdfFormat) -> Answer:
    """The answer in another format, whole."""
    source = Pieces(answer.pieces())

    def fill(file: IO[bytes]) -> Kind:
        with BufferedReader(source, _READ_BYTES) as text:
            if isinstance(format_, RdfFormat):
                triples = (quad.triple for quad in parse(text, RdfFormat.N_TRIPLES))
                serialize(triples, file, format=format_)
                return Kind.GRAPH
            result = parse_query_results(text, QueryResultsFormat.JSON)
            result.serialize(file, format=format_)
            return Kind.BOOLEAN if isinstance(result, QueryBoolean) else Kind.SOLUTIONS

    try:
        return Spooled(fill)
    except (SyntaxError, ValueError, OSError) as error:
        raise source.failure or StoreError(
            f"the server's answer can not be read: {error}"
        ) from error
    finally:
        answer.close()
