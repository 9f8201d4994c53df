"""An engine over a store that follows another one: it is brought up to date before each query."""

from __future__ import annotations

from collections.abc import Callable

from kg_service.errors import Refused
from kg_service.querying.query import Answer, Query, QueryEngine, Stop, Update


class FollowingEngine:
    """Queries by another engine, after ``follow``: see ``QueryEngine``."""

    def __init__(self, follow: Callable[[], None], engine: QueryEngine) -> None:
        self._follow = follow
        self._engine = engine

    def ask(self, query: Query, caller: str, stop: Stop | None = None) -> Answer:
        self._follow()
        return self._engine.ask(query, caller, stop)

    def plan(self, update: Update, caller: str) -> Answer:
        raise Refused("SPARQL Update is for a store on disk; send it to the server itself")

    def close(self) -> None:
        self._engine.close()
