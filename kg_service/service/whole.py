"""SPARQL over the whole store, for callers from whom nothing was hidden when they asked."""

from __future__ import annotations

from collections.abc import Callable

from kg_service.querying.query import Answer, Query, QueryEngine, Stop


class WholeEngine:
    """Asks the engine of the store, which takes its newest state: see ``QueryEngine``.

    A query may wait, and something may be hidden from the caller meanwhile. So whether they still
    see everything is asked again once the query has its state; where they do not, that answer is
    thrown away, and ``otherwise`` gives what they are to ask.
    """

    def __init__(
        self,
        engine: QueryEngine,
        is_whole: Callable[[], bool],
        otherwise: Callable[[], QueryEngine],
    ) -> None:
        self._engine = engine
        self._is_whole = is_whole
        self._otherwise = otherwise

    def ask(self, query: Query, caller: str, stop: Stop | None = None) -> Answer:
        answer = self._engine.ask(query, caller, stop)
        if self._is_whole():
            return answer
        answer.close()
        return self._otherwise().ask(query, caller, stop)

    def close(self) -> None:
        """The engine is not this one's own."""
