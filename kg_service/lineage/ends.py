"""The ends of a lineage: the results that come from a specimen, the specimens behind a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from kg_service.describe import Describer, Thing
from kg_service.identity.evidence import Policy
from kg_service.lineage.details import stop_sentences
from kg_service.lineage.edges import StoreEdges, same_things
from kg_service.lineage.model import Edge, EdgeKind, Lineage, Node, NodeKind
from kg_service.store.port import GraphReader
from kg_service.terms import RDF_TYPE, kg

_NO_RESULT = {"Material", "Value", "FormalParameter", "ParameterConnection", "Plan", "Agent"}


@dataclass(frozen=True)
class Ends:
    """Things at the end of a lineage, nearest first, and whether the walk saw all of it.

    ``steps`` tells of each thing how many steps away it is.
    """

    things: tuple[Thing, ...]
    complete: bool
    stopped: tuple[str, ...]
    steps: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "complete": self.complete,
            "stopped": list(self.stopped),
            "things": [
                {**thing.brief_json(), "steps": steps}
                for thing, steps in zip(self.things, self.steps, strict=True)
            ],
        }


def find_results(describer: Describer, downstream: Lineage) -> Ends:
    """The data among what is downstream of a material, each thing once."""
    return _ends(
        describer,
        downstream,
        [
            n.iri
            for n in _by_depth(downstream)
            if n.iri != downstream.request.start and not n.container
        ],
        lambda thing: _NO_RESULT.isdisjoint(thing.kinds),
    )


def find_specimens(describer: Describer, upstream: Lineage) -> Ends:
    """The specimens upstream: what is called one, and materials that nothing made."""
    groups = things_made_one(upstream.edges)
    made = {groups.get(e.later, e.later) for e in upstream.edges if e.kind is not EdgeKind.IDENTITY}
    first = [n.iri for n in _by_depth(upstream) if groups.get(n.iri, n.iri) not in made]
    entities = [n.iri for n in _by_depth(upstream)]
    told = describer.things(entities)
    called = [iri for iri in entities if "Specimen" in told[iri].kinds]
    candidates = list(dict.fromkeys([*called, *first]))
    return _ends(describer, upstream, candidates, lambda thing: "Material" in thing.kinds)


def list_specimens(reader: GraphReader, describer: Describer) -> list[Thing]:
    """All specimens: what a source calls one, and samples whose making no source tells."""
    edges = StoreEdges(reader, Policy.DEFAULT)
    called = _typed(reader, "Specimen")
    samples = [n for n in _typed(reader, "Sample") if n not in set(called)]
    told: set[NamedNode] = set()
    for node in called:
        told.update(same_things(edges, node))
    found = list(called)
    for node in samples:
        same = [node, *same_things(edges, node)]
        made = any(edges.generations_of(n) or edges.origins_of(n) for n in same)
        if node not in told and not made:
            found.append(node)
            told.update(same)
    return sorted(describer.things(found).values(), key=lambda t: (t.label, t.iri))


def _typed(reader: GraphReader, kind: str) -> list[NamedNode]:
    found = {
        q.subject
        for q in reader.quads(None, RDF_TYPE, kg(kind))
        if isinstance(q.subject, NamedNode)
    }
    return sorted(found, key=lambda n: n.value)


def _by_depth(lineage: Lineage) -> list[Node]:
    entities = [n for n in lineage.nodes.values() if n.kind is NodeKind.ENTITY]
    return sorted(entities, key=lambda n: (n.depth, n.iri.value))


def _ends(
    describer: Describer,
    lineage: Lineage,
    nodes: Sequence[NamedNode],
    wanted: Callable[[Thing], bool],
) -> Ends:
    groups = things_made_one(lineage.edges)
    things = describer.things([*nodes, *(iri for iri, n in lineage.nodes.items() if n.stops)])
    told: set[NamedNode] = set()
    found: dict[Thing, int] = {}
    for node in nodes:
        group = groups.get(node, node)
        if group in told:
            continue
        thing = things[node]
        if wanted(thing):
            told.add(group)
            found[thing] = lineage.nodes[node].depth
    sentences = stop_sentences(lineage, things)
    return Ends(tuple(found), lineage.complete, sentences, tuple(found.values()))


def things_made_one(edges: Iterable[Edge]) -> dict[NamedNode, NamedNode]:
    """For each node with an identity edge, the node that stands for all that it is the same as."""
    parent: dict[NamedNode, NamedNode] = {}

    def find(node: NamedNode) -> NamedNode:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for edge in edges:
        if edge.kind is EdgeKind.IDENTITY:
            first, second = sorted((find(edge.earlier), find(edge.later)), key=lambda n: n.value)
            parent[second] = first
    return {node: find(node) for node in parent}
