"""What the service is built from, and what it keeps as long as the store stays the same."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from kg_service.catalogue import SourceRecord
from kg_service.graph import KnowledgeGraph
from kg_service.querying.asking import AskingReader
from kg_service.querying.inline import InlineEngine
from kg_service.querying.query import QueryEngine
from kg_service.querying.workers import Engines
from kg_service.questions import Question
from kg_service.store.port import GraphReader
from kg_service.updating import Updates

Value = TypeVar("Value")


class _Kept:
    """Values made from one generation of the store, each by one thread while others wait for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._values: dict[str, tuple[str, object]] = {}
        self._making: dict[str, threading.Lock] = {}

    def get(self, generation: str, name: str, make: Callable[[], Value]) -> Value:
        with self._guard:
            making = self._making.setdefault(name, threading.Lock())
        with making:
            made_from, value = self._values.get(name, ("", None))
            if made_from != generation or not generation:
                value = make()
                self._values[name] = (generation, value)
            return cast(Value, value)


@dataclass(frozen=True)
class ServiceContext:
    """The graph that is served, the questions it is asked, the base of the IRIs in it.

    ``engine`` answers SPARQL over that graph, and ``engines`` over other folders, in the same
    workers; without one, queries are answered in the process itself, without limits.
    ``updates`` makes the changes of SPARQL Update, where they are switched on.
    """

    graph: KnowledgeGraph
    questions: tuple[Question, ...]
    base: str
    engine: QueryEngine | None = None
    engines: Engines | None = None
    updates: Updates | None = None
    _kept: _Kept = field(default_factory=_Kept, repr=False, compare=False)

    def now(self) -> KnowledgeGraph:
        """The graph in one state, so that several reads of one request agree. Raises StoreError."""
        return self.graph.frozen()

    def query_engine(self) -> QueryEngine:
        """What answers the current caller's SPARQL."""
        return self.engine or InlineEngine(self.now().reader)

    def asking(self, asker: str) -> GraphReader:
        """A reader of one state whose queries have the limits of the SPARQL endpoint."""
        return AskingReader(self.now().reader, self.query_engine(), asker)

    def keep(self, name: str, make: Callable[[KnowledgeGraph], Value]) -> Value:
        """A value that is made again only when the store has changed."""
        generation = self.generation()
        if generation is None:
            return make(self.graph)
        return self._kept.get(generation, name, lambda: make(self.now()))

    def generation(self) -> str | None:
        """What changes whenever the store has; None where a store can not tell."""
        told: Callable[[], str] | None = getattr(self.graph.reader, "generation", None)
        return told() if told is not None else None

    def sources(self) -> list[SourceRecord]:
        """All sources, by id."""
        return self.keep("sources", lambda graph: graph.sources())
