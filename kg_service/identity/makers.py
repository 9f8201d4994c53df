"""Results that coincide: one source has two things of the same bytes, made independently.

The outputs of two runs on two patients may be equal byte for byte, and are two results all the
same. A copy is told from them by what made it: nothing, the same activity, or a whole workflow run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode

from kg_service.identity.evidence import Holder
from kg_service.rdf import is_aligned, node_object, subject_of
from kg_service.store.port import GraphReader
from kg_service.terms import RDF_TYPE, kg, prov

_GENERATED = prov("wasGeneratedBy")
_MEMBER = prov("hadMember")
_WHOLE_RUNS = {kg("WorkflowRun"), kg("EngineRun")}


class Makers:
    """Finds the activities that made a thing, or a collection it is in; whole runs do not count."""

    def __init__(self, reader: GraphReader) -> None:
        self._reader = reader
        self._known: dict[NamedNode, frozenset[NamedNode]] = {}
        self._whole: dict[NamedNode, bool] = {}

    def coincident(self, holders: Mapping[NamedNode, Holder]) -> frozenset[NamedNode]:
        """Those that share a graph with another of which each has a maker the other has not."""
        by_graph: dict[NamedNode, list[NamedNode]] = defaultdict(list)
        for holder in holders.values():
            for graph in holder.graphs:
                by_graph[graph].append(holder.node)
        found: set[NamedNode] = set()
        for nodes in by_graph.values():
            if len(nodes) < 2:
                continue
            made = {node: self._of(node) for node in nodes}
            kinds = set(made.values())
            found.update(n for n in nodes if any(made[n] - k and k - made[n] for k in kinds))
        return frozenset(found)

    def _of(self, node: NamedNode) -> frozenset[NamedNode]:
        if node not in self._known:
            collections = (
                subject_of(quad)
                for quad in self._reader.quads(None, _MEMBER, node)
                if is_aligned(quad.graph_name)
            )
            self._known[node] = frozenset(self._generators([node, *collections]))
        return self._known[node]

    def _generators(self, nodes: Iterable[NamedNode]) -> Iterable[NamedNode]:
        for node in nodes:
            for quad in self._reader.quads(node, _GENERATED):
                activity = node_object(quad)
                if activity and is_aligned(quad.graph_name) and not self._is_whole(activity):
                    yield activity

    def _is_whole(self, activity: NamedNode) -> bool:
        if activity not in self._whole:
            kinds = (quad.object for quad in self._reader.quads(activity, RDF_TYPE))
            self._whole[activity] = any(kind in _WHOLE_RUNS for kind in kinds)
        return self._whole[activity]
