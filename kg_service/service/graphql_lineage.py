"""GraphQL's lineage. What costs time is made only where it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry
from pyoxigraph import NamedNode

from kg_service.describe import Describer
from kg_service.describe import Thing as ThingRecord
from kg_service.graph import KnowledgeGraph
from kg_service.identity.evidence import Policy as PolicyOfLinks
from kg_service.lineage import model
from kg_service.lineage.details import EdgeView, edge_view, stop_sentences
from kg_service.lineage.edges import StoreEdges
from kg_service.lineage.grade import Grounds
from kg_service.lineage.levels import outermost_run
from kg_service.service.graphql_arguments import (
    AsOf,
    Depth,
    Evidences,
    Id,
    Kinds,
    Since,
    Sources,
    Steps,
    Until,
    Way,
    looking,
    request,
)
from kg_service.service.graphql_context import Asked, from_graph
from kg_service.service.graphql_types import (
    Direction,
    EdgeKind,
    Grade,
    Granularity,
    NodeKind,
    Policy,
    grade_of,
)
from kg_service.service.relations import Relation

if TYPE_CHECKING:
    from kg_service.service.graphql_things import Source, Thing

Record = strawberry.Parent[ThingRecord]
AThing = Annotated["Thing", strawberry.lazy("kg_service.service.graphql_things")]
ASource = Annotated["Source", strawberry.lazy("kg_service.service.graphql_things")]


@dataclass
class LineageRecord:
    """A walk's answer, and what tells more of it."""

    graph: KnowledgeGraph
    answer: model.Lineage

    @property
    def complete(self) -> bool:
        return self.answer.complete

    @property
    def direction(self) -> model.Direction:
        return self.answer.request.direction

    @property
    def as_of(self) -> str | None:
        """The moment that the answer is of, where it is a past one."""
        return self.graph.past.moment.isoformat() if self.graph.past else None

    @property
    def filter(self) -> model.Filter:
        return self.answer.request.filter

    @cached_property
    def describer(self) -> Describer:
        return self.graph.describer()

    def stopped(self) -> list[str]:
        """Where and why the walk stopped, in sentences."""
        met = (*self.answer.nodes.items(), *self.answer.hidden.items())
        stopped = [iri for iri, node in met if node.stops]
        return list(stop_sentences(self.answer, self.describer.things(stopped)))

    def nodes(self) -> list[NodeRecord]:
        """Every node once, nearest first."""
        nodes = sorted((node.depth, iri.value, node) for iri, node in self.answer.nodes.items())
        things = self.describer.things_named([iri for _depth, iri, _node in nodes])
        past = self.graph if self.graph.past else None
        return [
            NodeRecord(things[iri], node.kind, depth, node.stops, past)
            for depth, iri, node in nodes
        ]

    def edges(self) -> list[EdgeView]:
        """Every relation, with who says so."""
        grounds = Grounds(self.graph.reader, self.graph.alignment, self.describer)
        edges = sorted(self.answer.edges, key=lambda edge: edge.order)
        return [edge_view(edge, self.describer, grounds) for edge in edges]


class NodeRecord:
    """A node of a lineage, and the past that it was known in, if that was asked for."""

    __slots__ = ("depth", "kind", "past", "stops", "thing")

    def __init__(
        self,
        thing: ThingRecord,
        kind: model.NodeKind,
        depth: int,
        stops: frozenset[model.Stop],
        past: KnowledgeGraph | None,
    ) -> None:
        self.thing = thing
        self.kind = kind
        self.depth = depth
        self.past = past
        self.stops = sorted(stop.value for stop in stops) if stops else []


async def _walked(
    info: Asked,
    start: str,
    direction: Direction,
    depth: int | None,
    granularity: Granularity,
    policy: Policy,
    sources: list[strawberry.ID] | None,
    since: str | None,
    until: str | None,
    kinds: list[str] | None,
    as_of: str | None,
) -> Lineage:
    """The lineage of a thing, by any spelling of its id."""

    def make(present: KnowledgeGraph) -> LineageRecord:
        graph = present.as_of(as_of)
        asked = request(
            graph,
            looking(policy, sources, since, until),
            graph.resolve(start),
            direction=direction,
            depth=depth,
            granularity=granularity,
            kinds=kinds,
        )
        return LineageRecord(graph, graph.lineage(asked))

    return cast("Lineage", await from_graph(info, make))


async def lineage(
    info: Asked,
    id: Id,
    direction: Way = Direction.BOTH,
    depth: Depth = None,
    granularity: Steps = Granularity.STEP,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    kinds: Kinds = None,
    as_of: AsOf = None,
) -> Lineage | None:
    return await _walked(
        info, id, direction, depth, granularity, policy, sources, since, until, kinds, as_of
    )


async def lineage_of(
    root: Record,
    info: Asked,
    direction: Way = Direction.BOTH,
    depth: Depth = None,
    granularity: Steps = Granularity.STEP,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    kinds: Kinds = None,
    as_of: AsOf = None,
) -> Lineage:
    return await _walked(
        info, root.iri, direction, depth, granularity, policy, sources, since, until, kinds, as_of
    )


Walk = strawberry.Parent[LineageRecord]


async def _start(root: Walk, info: Asked) -> AThing:
    start = root.answer.request.start
    if root.graph.past is None:
        return cast("Thing", await info.context.things.load(start.value))
    return cast("Thing", await from_graph(info, lambda _graph: root.describer.thing(start)))


async def _stopped(root: Walk, info: Asked) -> list[str]:
    return await from_graph(info, lambda _graph: root.stopped())


async def _nodes(root: Walk, info: Asked) -> list[LineageNode]:
    return cast("list[LineageNode]", await from_graph(info, lambda _graph: root.nodes()))


async def _edges(root: Walk, info: Asked) -> list[LineageEdge]:
    return cast("list[LineageEdge]", await from_graph(info, lambda _graph: root.edges()))


async def _part_of_run(root: strawberry.Parent[NodeRecord], info: Asked) -> AThing | None:
    if root.kind is not model.NodeKind.ACTIVITY:
        return None
    if root.past is not None:
        past, step = root.past, NamedNode(root.thing.iri)

        def make(_graph: KnowledgeGraph) -> ThingRecord | None:
            run = outermost_run(StoreEdges(past.reader, PolicyOfLinks.DEFAULT), step)
            return past.thing(run) if run else None

        return cast("Thing | None", await from_graph(info, make))
    iris = await info.context.around.load((Relation.OUTERMOST_RUN, root.thing.iri))
    return cast("Thing", await info.context.things.load(iris[0])) if iris else None


@strawberry.type(description="A node of a lineage.")
class LineageNode:
    thing: AThing = strawberry.field(description="The thing or activity.")
    kind: NodeKind = strawberry.field(description="Whether it is an entity or an activity.")
    depth: int = strawberry.field(description="How many steps it is from the start.")
    stops: list[str] = strawberry.field(
        description="Why the walk stopped here: depth, limit or cycle. Empty where it did not."
    )
    part_of_run: AThing | None = strawberry.field(
        resolver=_part_of_run, description="The workflow run that this activity is a part of."
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, NodeRecord)


@strawberry.type(description="A relation of two nodes of a lineage, with who says so.")
class LineageEdge:
    kind: EdgeKind = strawberry.field(description="How they are related.")
    earlier: strawberry.ID = strawberry.field(description="The IRI of the one that came before.")
    later: strawberry.ID = strawberry.field(description="The IRI of the one that came after.")
    source: ASource | None = strawberry.field(description="The source that says so.")
    grade: Grade = strawberry.field(
        resolver=grade_of, description="How the statement stands to what it says."
    )
    by: str = strawberry.field(description="The mapping row, the rule or the evidence behind it.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, EdgeView)


def _filter_sources(root: strawberry.Parent[model.Filter]) -> list[strawberry.ID]:
    return [strawberry.ID(source) for source in sorted(root.sources)]


def _filter_kinds(root: strawberry.Parent[model.Filter]) -> list[str]:
    return sorted(root.kinds)


@strawberry.type(description="What of the graph a lineage looked at.")
class LineageFilter:
    sources: list[strawberry.ID] = strawberry.field(
        resolver=_filter_sources, description="Only what these sources say; empty for all."
    )
    since: str | None = strawberry.field(description="Only activities since then.")
    until: str | None = strawberry.field(description="Only activities until then.")
    kinds: list[str] = strawberry.field(
        resolver=_filter_kinds, description="The kinds that are shown; empty for all."
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, model.Filter)


@strawberry.type(description="What a thing came from, what came of it, and who says so.")
class Lineage:
    start: AThing = strawberry.field(resolver=_start, description="Where the walk started.")
    direction: Direction = strawberry.field(description="Which way it went.")
    as_of: str | None = strawberry.field(
        description="The moment that it is of, where a past one was asked for."
    )
    filter: LineageFilter = strawberry.field(description="What of the graph it looked at.")
    complete: bool = strawberry.field(description="Whether this is all there is.")
    stopped: list[str] = strawberry.field(
        resolver=_stopped, description="Where and why it stopped, in sentences."
    )
    nodes: list[LineageNode] = strawberry.field(
        resolver=_nodes, description="Every node once, nearest first."
    )
    edges: list[LineageEdge] = strawberry.field(
        resolver=_edges, description="Every relation that was followed."
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, LineageRecord)
