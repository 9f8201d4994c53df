"""What the service is built from, and what it keeps as long as the store stays the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from kg_service.access.tiers import Tiers
from kg_service.catalogue import SourceRecord
from kg_service.graph import KnowledgeGraph
from kg_service.questions import Question
from kg_service.service.callers import caller
from kg_service.service.seen import SeenGraphs

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
    is refused to these.
    """

    graph: KnowledgeGraph
    questions: tuple[Question, ...]
    base: str
    tiers: Tiers | None = None
    _kept: _Kept = field(default_factory=_Kept, repr=False, compare=False)
    _seen: SeenGraphs = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_seen", SeenGraphs(self.graph, self.tiers))

    def now(self) -> KnowledgeGraph:
        """The graph in one state, as who asks may see it, so that several reads of one request
        agree. Raises StoreError."""
        return self._seen.by(caller())

    def keep(self, name: str, make: Callable[[KnowledgeGraph], Value]) -> Value:
        """A value that is made again only when what is seen has changed."""
        graph, generation = self._seen.by(caller()), self.generation()
        if generation is None:
            return make(graph)
        return self._kept.get(generation, name, lambda: make(graph))

    def generation(self) -> str | None:
        """What changes whenever that has which the caller sees; None where it can not be told."""
        return self._seen.key(caller())

    def sparql_folder(self) -> Path | None:
        """The folder of the store that answers the caller's SPARQL: a tier that is up to date.

        None where it is the store itself, of which the caller sees everything.
        """
        return self._seen.folder(caller())

    def prepare(self) -> None:
        """Make what callers who do not see everything will ask, so that none waits for it."""
        self._seen.prepare()

    def sources(self) -> list[SourceRecord]:
        """All sources that are seen, by id."""
        return self.keep("sources", lambda graph: graph.sources())
