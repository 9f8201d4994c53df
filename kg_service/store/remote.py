"""The remote store: any SPARQL 1.1 server, through the engine that knows its ways.

The server's default graph must be the union of its named graphs. A commit writes its new
graphs in chunks, marked as pending in the journal graph, and then makes them the current ones
in one update, which a server applies whole or not at all::

    pending     marks and a guard graph are written, in one update
    new graphs  are written in chunks
    flip        drops the guard (without it nothing is done), drops or marks the old graphs,
                changes the catalogue, clears the marks

Whatever undoes a commit drops the same guard first, so that of the two only one can happen.
One writer at a time holds a claim in the journal, which ends by itself when the writer died.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Quad

from kg_service.errors import StoreError
from kg_service.store.address import ServerSettings, is_remote
from kg_service.store.claim import Claim, holders
from kg_service.store.engines.choose import open_engine
from kg_service.store.engines.journal import GENERATION, PENDING, STORE
from kg_service.store.port import NO_BINDINGS, Change, QueryResult, Term
from kg_service.store.sizes import count_in
from kg_service.store.sparql_text import query_form, refuse_calls_out
from kg_service.terms import JOURNAL

__all__ = ["RemoteStore", "is_remote"]

_GUARDS = "urn:kg:commit:"


class RemoteStore:
    """Reads a server and, as ``writer``, changes it: see ``GraphStore``.

    Raises StoreError where it can not be reached or its default graph is not the union of the
    named ones, and StoreBusy where another writer is at work.
    """

    def __init__(
        self, address: str, settings: ServerSettings | None = None, *, writer: bool = False
    ) -> None:
        self.engine = open_engine(address, settings)
        self.name = self.engine.endpoint.name
        self._claim: Claim | None = None
        if writer:
            self._claim = Claim(self.engine)
            self._claim.take()
            self._sweep()
        self.engine.check()

    def frozen(self) -> RemoteStore:
        return self  # a server has no older states to show

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        refuse_calls_out(sparql)
        if query_form(sparql) in ("CONSTRUCT", "DESCRIBE"):
            return self.engine.graph(sparql, bindings)
        return self.engine.solutions(sparql, bindings)

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        return self.engine.quads(subject, predicate, object_, graph)

    def generation(self) -> str:
        """Changes when something was committed."""
        for quad in self.quads(STORE, GENERATION, None, JOURNAL):
            assert isinstance(quad.object, Literal)
            return quad.object.value
        return ""

    def commit(self, change: Change) -> None:
        if self._claim is None:
            raise StoreError(f"{self.name}: opened to read, not to write")
        self._claim.keep()
        guard = NamedNode(f"{_GUARDS}{uuid.uuid4()}")
        try:
            self.engine.begin(change.graphs, guard)
            for graph, statements in change.graphs.items():
                for _chunk in self.engine.add(graph, statements):
                    self._claim.keep()
            sizes = {graph: count_in(self, graph) for graph in change.graphs}
            self.engine.flip(change, guard, change.records(sizes))
        except StoreError as error:
            if not self._undo(error, guard):
                raise StoreError(f"{error}; nothing has changed") from error

    def publish(self) -> None:
        """Nothing to do: the server shows a change as soon as it is committed."""

    def close(self) -> None:
        """Let another writer in."""
        if self._claim is not None:
            self._claim.release()
        self.engine.endpoint.close()

    def pending(self) -> dict[NamedNode, list[NamedNode]]:
        """The graphs that are marked as pending, by the guard of their commit."""
        found: dict[NamedNode, list[NamedNode]] = defaultdict(list)
        for mark in self.quads(None, PENDING, None, JOURNAL):
            if isinstance(mark.subject, NamedNode) and isinstance(mark.object, NamedNode):
                found[mark.object].append(mark.subject)
        return found

    def holder(self) -> str:
        """Until when another process claims to write, empty where none does."""
        now = Claim(self.engine).now()
        until = [time for time in holders(self.engine).values() if time >= now]
        return f"a process, until {max(until).isoformat(timespec='seconds')}" if until else ""

    def _undo(self, error: StoreError, guard: NamedNode) -> bool:
        """Undo a commit that failed. True where it had in truth been made, unanswered."""
        try:
            if self._was_flipped(guard):
                return True
            if pending := self.pending().get(guard):
                self.engine.undo(guard, pending)
            return self._was_flipped(guard)
        except StoreError:
            raise StoreError(
                f"{error}; what was begun is removed, or found complete, by the next kg ingest"
            ) from error

    def _was_flipped(self, guard: NamedNode) -> bool:
        return self.generation() == guard.value

    def _sweep(self) -> None:
        """Undo the commits of writers that died in the middle of them."""
        for guard, graphs in self.pending().items():
            self.engine.undo(guard, graphs)
