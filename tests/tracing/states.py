"""Small graphs of ``lineage_graphs`` as states that questions are asked of."""

from __future__ import annotations

from functools import cache

from lineage_graphs import NS, Statement, node, store_of

from kg_service.align.engine import Alignment
from kg_service.describe import Describer
from kg_service.lineage.asked import lineage_asked
from kg_service.lineage.model import Request
from kg_service.opening import load_alignment
from kg_service.store.embedded import OxigraphStore
from kg_service.tracing.state import State


@cache
def _alignment() -> Alignment:
    return load_alignment()


def state_of(*statements: Statement, sources: int = 1) -> State:
    """The state of a store of statements."""
    return state_over(store_of(*statements, sources=sources))


def state_over(store: OxigraphStore) -> State:
    """The state of a store, walked by itself."""
    return State(
        store, _alignment(), lambda request: lineage_asked(request, store), Describer(store)
    )


def request(start: str, **options: object) -> Request:
    """A request from a thing of that name."""
    return Request(node(start), **options)  # type: ignore[arg-type]


def name(iri: str) -> str:
    """The name that a thing has in the statements."""
    return iri.removeprefix(NS)
