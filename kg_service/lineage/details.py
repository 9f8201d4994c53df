"""An answer made ready for people and interfaces: labels, sources and grades for every edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from kg_service.align.engine import Alignment
from kg_service.align.explain import Ground
from kg_service.catalogue import SourceRecord
from kg_service.describe import Describer, Thing
from kg_service.history.asof import AsOfReader
from kg_service.identity.evidence import Policy
from kg_service.lineage.edges import StoreEdges
from kg_service.lineage.grade import Grounds
from kg_service.lineage.levels import outermost_run
from kg_service.lineage.model import Edge, EdgeKind, Filter, Lineage, NodeKind, Stop
from kg_service.store.port import GraphReader


@dataclass(frozen=True)
class NodeView:
    """A node, with the workflow run that encloses it where it is a step of one."""

    thing: Thing
    node_kind: NodeKind
    depth: int
    stops: tuple[str, ...]
    enclosing: Thing | None


@dataclass(frozen=True)
class EdgeView:
    """An edge, with who says so: its source, its grade, and what made it."""

    kind: EdgeKind
    earlier: str
    later: str
    source: SourceRecord | None
    grade: str
    by: str

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "kind": self.kind.value,
            "earlier": self.earlier,
            "later": self.later,
            "source": self.source.id if self.source else None,
            "grade": self.grade,
            "by": self.by,
        }


@dataclass(frozen=True)
class LineageView:
    """A lineage as it is shown. ``stopped`` says in sentences where and why it stopped."""

    start: Thing
    direction: str
    complete: bool
    stopped: tuple[str, ...]
    nodes: tuple[NodeView, ...]
    edges: tuple[EdgeView, ...]
    filter: Filter
    as_of: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "start": self.start.iri,
            "direction": self.direction,
            "complete": self.complete,
            **({"asOf": self.as_of} if self.as_of else {}),
            "stopped": list(self.stopped),
            "filter": self.filter.as_json(),
            "nodes": [
                {
                    "id": n.thing.iri,
                    "label": n.thing.label,
                    "kind": n.thing.kind,
                    "kinds": list(n.thing.kinds),
                    "node": n.node_kind.value,
                    "depth": n.depth,
                    "identifiers": list(n.thing.identifiers),
                    "sources": [s.id for s in n.thing.sources],
                    "stops": list(n.stops),
                    "partOfRun": n.enclosing.iri if n.enclosing else None,
                }
                for n in self.nodes
            ],
            "edges": [e.as_json() for e in self.edges],
        }


def view(
    lineage: Lineage,
    reader: GraphReader,
    alignment: Alignment,
    describer: Describer,
    *,
    explain: bool = True,
) -> LineageView:
    """Describe every node and edge of an answer, and put its edges in order.

    Without ``explain``, edges have their grade but not the row, rule or evidence behind it,
    which takes a few reads each.
    """
    lineage.edges.sort(key=lambda edge: edge.order)
    grounds = Grounds(reader, alignment, describer)
    edges_of_store = StoreEdges(reader, Policy.DEFAULT)
    stopped_at = (iri for iri, node in lineage.hidden.items() if node.stops)
    things = describer.things([*lineage.nodes, *stopped_at])
    runs = {
        iri: outermost_run(edges_of_store, iri)
        for iri, node in lineage.nodes.items()
        if node.kind is NodeKind.ACTIVITY
    }
    told = describer.things(run for run in runs.values() if run)

    def enclosing(iri: NamedNode) -> Thing | None:
        run = runs.get(iri)
        return told[run] if run else None

    nodes = tuple(
        NodeView(
            things[iri],
            node.kind,
            node.depth,
            tuple(sorted(stop.value for stop in node.stops)),
            enclosing(iri),
        )
        for iri, node in sorted(lineage.nodes.items(), key=lambda i: (i[1].depth, i[0].value))
    )
    return LineageView(
        start=things[lineage.request.start],
        direction=lineage.request.direction.value,
        complete=lineage.complete,
        stopped=stop_sentences(lineage, things),
        nodes=nodes,
        edges=tuple(edge_view(edge, describer, grounds, explain=explain) for edge in lineage.edges),
        as_of=reader.past.moment.isoformat() if isinstance(reader, AsOfReader) else None,
        filter=lineage.request.filter,
    )


def edge_view(
    edge: Edge, describer: Describer, grounds: Grounds, *, explain: bool = True
) -> EdgeView:
    """Who says so, for one edge."""
    ground = grounds.of(edge) if explain else Ground(grounds.grade_of(edge), "")
    return EdgeView(
        edge.kind,
        edge.earlier.value,
        edge.later.value,
        describer.source_of(edge.graph),
        ground.grade.value,
        ground.by,
    )


def stop_sentences(lineage: Lineage, things: dict[NamedNode, Thing]) -> tuple[str, ...]:
    """Where and why the walk stopped, in words; cycles are told too."""

    def names(stop: Stop) -> list[str]:
        met = (*lineage.nodes.items(), *lineage.hidden.items())
        found = [things[i].label for i, n in met if stop in n.stops]
        shown = sorted(found)[:5]
        return [*shown, f"{len(found) - 5} more"] if len(found) > 5 else shown

    sentences = []
    if at_depth := names(Stop.DEPTH):
        depth = lineage.request.depth
        sentences.append(f"stopped at depth {depth}, more lies beyond: {', '.join(at_depth)}")
    if at_limit := names(Stop.LIMIT):
        limit = lineage.request.limit
        sentences.append(f"stopped at the limit of {limit} nodes: {', '.join(at_limit)}")
    if cyclic := names(Stop.CYCLE):
        sentences.append(f"the sources record a cycle through: {', '.join(cyclic)}")
    return (*sentences, *lineage.missing)
