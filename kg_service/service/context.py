"""What the service is built from, and what it keeps as long as the store stays the same."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, cast, runtime_checkable

from kg_service.catalogue import SourceRecord
from kg_service.graph import KnowledgeGraph
from kg_service.questions import Question
from kg_service.store.port import GraphReader

Value = TypeVar("Value")


@runtime_checkable
class _Versioned(Protocol):
    def generation(self) -> str: ...


@runtime_checkable
class _Frozen(Protocol):
    def frozen(self) -> GraphReader: ...


class _Kept:
    """Values made from one generation of the store, each made once and by one thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._generation = ""
        self._values: dict[str, object] = {}

    def get(self, generation: str, name: str, make: Callable[[], Value]) -> Value:
        with self._guard:
            if generation != self._generation:
                self._generation, self._values = generation, {}
            if name not in self._values:
                self._values[name] = make()
            return cast(Value, self._values[name])


@dataclass(frozen=True)
class ServiceContext:
    """The graph that is served, the questions it is asked, the base of the IRIs in it."""

    graph: KnowledgeGraph
    questions: tuple[Question, ...]
    base: str
    _kept: _Kept = field(default_factory=_Kept, repr=False, compare=False)

    def now(self) -> KnowledgeGraph:
        """The graph in one state, so that several reads of one request agree. Raises StoreError."""
        reader = self.graph.reader
        if isinstance(reader, _Frozen):
            return KnowledgeGraph(reader.frozen(), self.graph.alignment)
        return self.graph

    def keep(self, name: str, make: Callable[[KnowledgeGraph], Value]) -> Value:
        """A value that is made again only when the store has changed."""
        reader = self.graph.reader
        if not isinstance(reader, _Versioned):
            return make(self.graph)
        return self._kept.get(reader.generation(), name, lambda: make(self.now()))

    def sources(self) -> list[SourceRecord]:
        """All sources, by id."""
        return self.keep("sources", lambda graph: graph.sources())
