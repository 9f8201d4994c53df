"""What the service is built from, and what it keeps as long as the store stays the same."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from kg_service.catalogue import SourceRecord
from kg_service.graph import KnowledgeGraph
from kg_service.questions import Question

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
    """The graph that is served, the questions it is asked, the base of the IRIs in it."""

    graph: KnowledgeGraph
    questions: tuple[Question, ...]
    base: str
    _kept: _Kept = field(default_factory=_Kept, repr=False, compare=False)

    def now(self) -> KnowledgeGraph:
        """The graph in one state, so that several reads of one request agree. Raises StoreError."""
        return self.graph.frozen()

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
