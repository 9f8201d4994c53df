"""What an export tells: a lineage with all that the sources say of its things, graph by graph.

Every form is written from one ``Account``, so that all tell the same. The relations between the
lineage's nodes are those of the answer (its direction, depth, policy and granularity); what
stands beside them in the store is not followed any further.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import NamedNode, Quad

from kg_service.align.engine import Alignment
from kg_service.catalogue import SourceRecord
from kg_service.describe import Describer, Thing
from kg_service.errors import NotKnown
from kg_service.export.context import Context
from kg_service.identity.evidence import Evidence
from kg_service.lineage.details import LineageView, view
from kg_service.lineage.model import Edge, EdgeKind, Lineage, NodeKind, Stop
from kg_service.store.port import GraphReader
from kg_service.terms import OWL_SAME_AS, prov

_PREDICATES = {
    EdgeKind.USED: prov("used"),
    EdgeKind.GENERATED: prov("wasGeneratedBy"),
    EdgeKind.DERIVED: prov("wasDerivedFrom"),
    EdgeKind.INFORMED: prov("wasInformedBy"),
    EdgeKind.MEMBER: prov("hadMember"),
}
_SURE = (Evidence.DECISION, Evidence.IDENTIFIER, Evidence.SAME_AS)


@dataclass(frozen=True)
class Link:
    """Two things that are the same, in text order, and on what evidence.

    ``key`` is what both have in common; ``by`` says it in words.
    """

    first: NamedNode
    second: NamedNode
    evidence: Evidence
    key: NamedNode
    by: str

    @property
    def is_sure(self) -> bool:
        """Whether a persistent identifier, a source or a steward says that they are the same."""
        return self.evidence in _SURE

    def statements(self) -> tuple[tuple[NamedNode, NamedNode, NamedNode], ...]:
        """As PROV and OWL have it; likeness of place, content or name is told by its key only."""
        first, second = self.first, self.second
        alternate = (first, prov("alternateOf"), second)
        if self.is_sure:
            return alternate, (first, OWL_SAME_AS, second)
        property_ = self.evidence.property
        return alternate, (first, property_, self.key), (second, property_, self.key)


@dataclass(frozen=True)
class Account:
    """A lineage and what is known of its things.

    ``relations`` and ``statements`` hold their graph, an aligned one: who says so. The first
    are the lineage's edges in PROV's terms, the second all else. ``links`` join sources.
    ``things`` are all that ``statements`` describe: nodes, then their context; ``activities``
    are those of them that happened. ``outer`` are the uses and generations of enclosing runs
    among the lineage's entities, which a lineage of steps does not show. ``languages`` are asserted
    statements on the languages of workflows. ``made`` is the time of the export.
    """

    lineage: Lineage
    view: LineageView
    relations: tuple[Quad, ...]
    statements: tuple[Quad, ...]
    outer: tuple[Quad, ...]
    links: tuple[Link, ...]
    languages: tuple[Quad, ...]
    things: Mapping[NamedNode, Thing]
    activities: frozenset[NamedNode]
    sources: Mapping[NamedNode, SourceRecord]
    made: datetime

    @property
    def graphs(self) -> tuple[NamedNode, ...]:
        """The graphs that say something of it, by the id of their source."""
        return tuple(sorted(self.sources, key=lambda g: (self.sources[g].id, g.value)))

    @property
    def stopped(self) -> dict[NamedNode, tuple[str, ...]]:
        """The nodes at which the answer was cut, and why: ``depth``, ``limit``."""
        cut = {Stop.DEPTH, Stop.LIMIT}
        return {
            iri: tuple(sorted(stop.value for stop in node.stops & cut))
            for iri, node in self.lineage.nodes.items()
            if node.stops & cut
        }


def account(
    lineage: Lineage,
    reader: GraphReader,
    alignment: Alignment,
    describer: Describer,
    made: datetime,
) -> Account:
    """Gather all that is told of a lineage. Raises NotKnown where there is nothing to tell."""
    shown = view(lineage, reader, alignment, describer)
    start = shown.start
    if not lineage.edges and not {"Entity", "Activity"} & set(start.kinds):
        raise NotKnown(
            f"nothing to export: no source relates {start.label!r} ({start.kind}) to anything; "
            "ask for a specimen, a sample, a dataset, a file or an activity"
        )
    context = Context(reader, describer, lineage)
    relations = _relations(lineage.edges)
    links = tuple(
        Link(e.earlier, e.later, Evidence.of_property(e.statement[1]), e.statement[2], v.by)
        for e, v in zip(lineage.edges, shown.edges, strict=True)
        if e.kind is EdgeKind.IDENTITY
    )
    known = {NamedNode(n.thing.iri): n.thing for n in shown.nodes}
    things = {iri: known.get(iri) or context.thing(iri) for iri in context.described}
    happened = {iri for iri, node in lineage.nodes.items() if node.kind is NodeKind.ACTIVITY}
    happened |= {iri for iri, thing in things.items() if thing.is_activity}
    graphs = {q.graph_name for q in (*context.statements, *relations, *context.outer)}
    sources = {
        graph: source
        for graph in graphs
        if isinstance(graph, NamedNode) and (source := describer.source_of(graph))
    }
    return Account(
        lineage,
        shown,
        relations,
        tuple(context.statements),
        tuple(context.outer),
        links,
        tuple(context.languages),
        things,
        frozenset(happened),
        sources,
        made,
    )


def _relations(edges: list[Edge]) -> tuple[Quad, ...]:
    """The edges in PROV's terms, each once for each graph that says it."""
    told = {
        Quad(e.later, _PREDICATES[e.kind], e.earlier, e.graph): None
        for e in edges
        if e.kind is not EdgeKind.IDENTITY
    }
    return tuple(sorted(told, key=in_order))


def in_order(quad: Quad) -> tuple[str, str, str, str]:
    """Statements by subject, predicate, object and graph."""
    return (str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph_name))
