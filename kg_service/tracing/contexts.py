"""What activities did with a thing that is no step of a path: an instrument, a program, a plan.

An activity has such a context itself, or by way of another one: its workflow has the program as a
tool, its program needs the container image.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from kg_service.lineage.edges import EdgeSource
from kg_service.rdf import graph_of, is_aligned, object_node, subject_of
from kg_service.store.port import GraphReader
from kg_service.terms import kg, prov

# from an activity to its context
OF_ACTIVITY = (
    kg("hadPlan"), kg("usedInstrument"), prov("wasAssociatedWith"), kg("engine"),
    kg("containerImage"), kg("configuration"), kg("environment"), kg("usedTechnique"),
    kg("parameterValue"), prov("wasStartedBy"), prov("wasEndedBy"),
)  # fmt: skip
# from a context to what it is made of or needs
_OF_CONTEXT = (
    kg("hasTool"), kg("hasStep"), kg("stepTool"), kg("wraps"), kg("requires"),
    kg("containerImage"),
)  # fmt: skip


@dataclass(frozen=True)
class Using:
    """An activity that had a context, and the statement that says so.

    ``by_way_of``: what stands between them, the outermost first; nothing where it had it itself.
    """

    activity: NamedNode
    statement: Quad
    by_way_of: tuple[NamedNode, ...] = ()


def activities_with(
    reader: GraphReader, edges: EdgeSource, contexts: Iterable[NamedNode]
) -> list[Using]:
    """The activities that had any of some contexts, by IRI.

    Of a run of which parts had it themselves, only these parts: they tell more finely.
    """
    found: dict[NamedNode, Using] = {}
    way: dict[NamedNode, tuple[NamedNode, ...]] = dict.fromkeys(contexts, ())
    pending = deque(way)
    while pending:
        context = pending.popleft()
        for predicate in OF_ACTIVITY:
            for quad in _said(reader, predicate, context):
                activity = subject_of(quad)
                if edges.is_activity(activity):
                    known = found.get(activity)
                    if known is None or _order(known) > (len(way[context]), str(quad)):
                        found[activity] = Using(activity, quad, way[context])
        for predicate in _OF_CONTEXT:
            for quad in _said(reader, predicate, context):
                outer = subject_of(quad)
                if outer not in way and not edges.is_activity(outer):
                    way[outer] = (outer, *way[context])
                    pending.append(outer)
    parts_of_runs = {run for activity, using in found.items() for run in edges.runs_of(activity)}
    kept = (u for u in found.values() if not (u.by_way_of and u.activity in parts_of_runs))
    return sorted(kept, key=lambda using: using.activity.value)


def contexts_of(reader: GraphReader, activity: NamedNode) -> list[Quad]:
    """What is said of the context of an activity itself."""
    return [
        quad
        for predicate in OF_ACTIVITY
        for quad in reader.quads(activity, predicate)
        if is_aligned(graph_of(quad)) and isinstance(quad.object, NamedNode)
    ]


def made_of(
    reader: GraphReader, context: NamedNode, graph: NamedNode | None = None
) -> list[NamedNode]:
    """What a context is made of or needs, at any depth, without itself: as one graph says, or
    where it says nothing of a thing, as all do."""
    found: dict[NamedNode, None] = {}
    pending = deque([context])
    while pending:
        node = pending.popleft()
        told = [
            quad
            for predicate in _OF_CONTEXT
            for quad in reader.quads(node, predicate)
            if is_aligned(graph_of(quad)) and isinstance(quad.object, NamedNode)
        ]
        for quad in [q for q in told if graph_of(q) == graph] or told:
            inner = object_node(quad)
            if inner != context and inner not in found:
                found[inner] = None
                pending.append(inner)
    return list(found)


def _said(reader: GraphReader, predicate: NamedNode, object_: NamedNode) -> list[Quad]:
    return [q for q in reader.quads(None, predicate, object_) if is_aligned(graph_of(q))]


def _order(using: Using) -> tuple[int, str]:
    return len(using.by_way_of), str(using.statement)
