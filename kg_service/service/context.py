"""What the service is built from, and what it keeps as long as the store stays the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from kg_service.access.audit import NOWHERE, AuditLog
from kg_service.access.caller import Caller
from kg_service.access.tiers import Tiers
from kg_service.catalogue import SourceRecord
from kg_service.graph import KnowledgeGraph
from kg_service.querying.asking import AskingReader
from kg_service.querying.inline import InlineEngine
from kg_service.querying.query import QueryEngine
from kg_service.querying.workers import Engines
from kg_service.questions import Question
from kg_service.service.callers import caller
from kg_service.service.seen import SeenGraphs
from kg_service.service.whole import WholeEngine
from kg_service.store.port import GraphReader
from kg_service.updating import Updates

Value = TypeVar("Value")
# a value for each state of the store and each group of callers who see the same of it
_MOST_KEPT = 16


class _Kept:
    """Values made from what is seen, each by one thread while others wait for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._values: dict[str, OrderedDict[str, object]] = {}
        self._making: dict[str, threading.Lock] = {}

    def get(self, seen: str, name: str, make: Callable[[], Value]) -> Value:
        with self._guard:
            making = self._making.setdefault(name, threading.Lock())
            values = self._values.setdefault(name, OrderedDict())
        with making:
            if not seen or seen not in values:
                values[seen] = make()
            values.move_to_end(seen)
            while len(values) > _MOST_KEPT:
                values.popitem(last=False)
            return cast(Value, values[seen])


@dataclass(frozen=True)
class ServiceContext:
    """The graph that is served, the questions it is asked, the base of the IRIs in it.

    ``tiers`` are the stores beside it for those who do not see all of it; without them, SPARQL
    is refused to these. ``engine`` answers SPARQL over that graph, and ``engines`` over tiers, in
    the same workers; without one, queries are answered in the process itself, without limits.
    ``updates`` makes the changes of SPARQL Update, where they are switched on; ``audit`` logs them.
    """

    graph: KnowledgeGraph
    questions: tuple[Question, ...]
    base: str
    tiers: Tiers | None = None
    engine: QueryEngine | None = None
    engines: Engines | None = None
    updates: Updates | None = None
    audit: AuditLog = NOWHERE
    _kept: _Kept = field(default_factory=_Kept, repr=False, compare=False)
    _seen: SeenGraphs = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_seen", SeenGraphs(self.graph, self.tiers))

    def now(self) -> KnowledgeGraph:
        """The graph in one state, as who asks may see it, so that several reads of one request
        agree. Raises StoreError."""
        return self._seen.by(caller())

    def query_engine(self) -> QueryEngine:
        """What answers the current caller's SPARQL, over what they may see."""
        return self._engine_of(caller())

    def _engine_of(self, who: Caller) -> QueryEngine:
        if self._seen.is_whole(who):
            engine = self.engine or InlineEngine(self._seen.by(who).reader)
            if who.everything:
                return engine
            return WholeEngine(
                engine, lambda: self._seen.is_whole(who), lambda: self._engine_of(who)
            )
        folder = self._seen.folder(who)
        if folder is not None and self.engines is not None:
            return self.engines.engine_for(folder)
        return InlineEngine(self._seen.by(who).reader)

    def sparql_headers(self) -> dict[str, str]:
        """Says which tier answers a caller's SPARQL who sees more than it holds (by groups)."""
        tier = self._seen.partly_by(caller())
        return {} if tier is None else {"Kg-Sources": tier.value}

    def asking(self, asker: str) -> GraphReader:
        """A reader of one state whose queries have the limits of the SPARQL endpoint."""
        return AskingReader(self.now().reader, self.query_engine(), asker)

    def keep(self, name: str, make: Callable[[KnowledgeGraph], Value]) -> Value:
        """A value that is made again only when what is seen has changed."""
        graph, key = self._seen.with_key(caller())
        if key is None:
            return make(graph)
        return self._kept.get(key, name, lambda: make(graph))

    def generation(self) -> str | None:
        """What changes whenever that has which the caller sees; None where it can not be told."""
        return self._seen.key(caller())

    def prepare(self) -> None:
        """Make what callers who do not see everything will ask, so that none waits for it."""
        self._seen.prepare()

    def sources(self) -> list[SourceRecord]:
        """All sources that are seen, by id."""
        return self.keep("sources", lambda graph: graph.sources())
