"""The journal graph of a server: which commit is under way, and which was the last."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad

from kg_service.terms import JOURNAL, kg

PENDING = kg("pending")
GENERATION = kg("generation")
STORE = NamedNode("urn:kg:store")


def mark(graph: NamedNode, guard: NamedNode) -> Quad:
    """What says that a graph is not there yet, or no more, as the commit of a guard has it."""
    return Quad(graph, PENDING, guard, JOURNAL)


def marks(graphs: Iterable[NamedNode], guard: NamedNode) -> list[Quad]:
    """The marks of the graphs that a commit writes, and of its guard."""
    return [mark(graph, guard) for graph in [guard, *graphs]]


def guard_quad(guard: NamedNode) -> Quad:
    """What a guard graph holds."""
    return Quad(guard, PENDING, guard, guard)


def generation_quad(guard: NamedNode) -> Quad:
    """What says which commit was the last."""
    return Quad(STORE, GENERATION, Literal(guard.value), JOURNAL)
