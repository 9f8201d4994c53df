"""What GraphQL's resolvers are given: one state of the graph, and loaders that batch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from graphql import GraphQLError
from pyoxigraph import NamedNode
from starlette.concurrency import run_in_threadpool
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext
from strawberry.types import Info

from kg_service.catalogue import SourceRecord
from kg_service.describe import Thing
from kg_service.errors import KgError, UsageError
from kg_service.graph import KnowledgeGraph
from kg_service.history.kept import Kept
from kg_service.service.context import ServiceContext
from kg_service.service.errors import code_of
from kg_service.service.relations import Relation, related

MOST_LISTED = 1000
Value = TypeVar("Value")


class GraphQLContext(BaseContext):
    """One request: all its resolvers see the same state of the graph."""

    def __init__(self, service: ServiceContext) -> None:
        super().__init__()
        self.service = service
        self._guard = threading.Lock()
        self._graph: KnowledgeGraph | None = None
        self.things: DataLoader[str, Thing] = DataLoader(self._load_things)
        self.around: DataLoader[tuple[Relation, str], list[str]] = DataLoader(self._load_around)
        self.sources: DataLoader[str, SourceRecord | None] = DataLoader(self._load_sources)
        self.periods: DataLoader[str, list[Kept]] = DataLoader(self._load_periods)

    @property
    def graph(self) -> KnowledgeGraph:
        """The graph in the state that the request sees. Raises StoreError."""
        with self._guard:
            if self._graph is None:
                self._graph = self.service.now()
            return self._graph

    async def _load_things(self, iris: list[str]) -> list[Thing]:
        def load() -> list[Thing]:
            found = self.graph.describer().things_named(iris)
            return [found[iri] for iri in iris]

        return await answered(load)

    async def _load_around(self, keys: list[tuple[Relation, str]]) -> Sequence[list[str]]:
        return await answered(lambda: related(self.graph.reader, keys))

    async def _load_sources(self, ids: list[str]) -> list[SourceRecord | None]:
        records = {record.id: record for record in await answered(self.service.sources)}
        return [records.get(id) for id in ids]

    async def _load_periods(self, iris: list[str]) -> list[list[Kept]]:
        kept = await answered(lambda: self.graph.history())
        return [kept.get(NamedNode(iri), []) for iri in iris]


Asked = Info[GraphQLContext, None]


async def answered(make: Callable[[], Value]) -> Value:
    """Make an answer in a thread; its errors get a code."""

    def run() -> Value:
        try:
            return make()
        except KgError as error:
            code, _status = code_of(error)
            raise GraphQLError(str(error), extensions={"code": code}) from error

    return await run_in_threadpool(run)


async def from_graph(
    info: Asked, make: Callable[[KnowledgeGraph], Value], as_of: str | None = None
) -> Value:
    """Make an answer from the graph as it is or was, in a thread; its errors get a code."""
    context = info.context
    return await answered(lambda: make(context.graph.as_of(as_of)))


def checked(value: int | None, name: str, highest: int, lowest: int = 0) -> int | None:
    """A number that a caller gave. Raises UsageError."""
    if value is not None and not lowest <= value <= highest:
        raise UsageError(f"{name} must be from {lowest} to {highest}, not {value}")
    return value
