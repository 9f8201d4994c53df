"""GraphQL's lineage, its ends, and links. What costs time is made only where it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry
from pyoxigraph import NamedNode

from kg_service.describe import Describer
from kg_service.describe import Thing as ThingRecord
from kg_service.graph import KnowledgeGraph
from kg_service.identity.evidence import Policy as PolicyOfLinks
from kg_service.lineage import model
from kg_service.lineage.details import EdgeView, edge_view, stop_sentences
from kg_service.lineage.ends import Ends as EndsRecord
from kg_service.lineage.grade import Grounds
from kg_service.links.model import Link as LinkRecord
from kg_service.links.model import LinkEnd as LinkEndRecord
from kg_service.service.graphql_context import (
    MOST_LISTED,
    Asked,
    checked,
    from_graph,
)
from kg_service.service.graphql_types import (
    Direction,
    EdgeKind,
    Evidence,
    Grade,
    Granularity,
    NodeKind,
    Policy,
)
from kg_service.service.relations import Relation
from kg_service.service.rest import DEEPEST, MOST_NODES

if TYPE_CHECKING:
    from kg_service.service.graphql_things import Source, Thing

Record = strawberry.Parent[ThingRecord]
AThing = Annotated["Thing", strawberry.lazy("kg_service.service.graphql_things")]
ASource = Annotated["Source", strawberry.lazy("kg_service.service.graphql_things")]
Way = Annotated[Direction, strawberry.argument(description="To origins, to results, or both.")]
Depth = Annotated[
    int | None,
    strawberry.argument(description="At most so many steps; without it, all of them."),
]
Steps = Annotated[Granularity, strawberry.argument(description="Single steps, or whole runs.")]
Evidences = Annotated[Policy, strawberry.argument(description="Which evidence may join sources.")]
Sources = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description="Only what these sources say, by their ids."),
]
Since = Annotated[
    str | None,
    strawberry.argument(description="Only activities that may have happened since, ISO 8601."),
]
Until = Annotated[
    str | None,
    strawberry.argument(description="Only activities that may have happened until then."),
]
Kinds = Annotated[
    list[str] | None,
    strawberry.argument(description="Show only nodes of these kinds; others are walked through."),
]


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

    @cached_property
    def describer(self) -> Describer:
        return self.graph.describer()

    def stopped(self) -> list[str]:
        """Where and why the walk stopped, in sentences."""
        stopped = [iri for iri, node in self.answer.nodes.items() if node.stops]
        return list(stop_sentences(self.answer, self.describer.things(stopped)))

    def nodes(self) -> list[NodeRecord]:
        """Every node once, nearest first."""
        nodes = sorted((node.depth, iri.value, node) for iri, node in self.answer.nodes.items())
        things = self.describer.things_named([iri for _depth, iri, _node in nodes])
        return [NodeRecord(things[iri], node.kind, depth, node.stops) for depth, iri, node in nodes]

    def edges(self) -> list[EdgeView]:
        """Every relation, with who says so."""
        grounds = Grounds(self.graph.reader, self.graph.alignment, self.describer)
        return [edge_view(edge, self.describer, grounds) for edge in self.answer.edges]


class NodeRecord:
    """A node of a lineage."""

    __slots__ = ("depth", "kind", "stops", "thing")

    def __init__(
        self, thing: ThingRecord, kind: model.NodeKind, depth: int, stops: set[model.Stop]
    ) -> None:
        self.thing = thing
        self.kind = kind
        self.depth = depth
        self.stops = sorted(stop.value for stop in stops) if stops else []


async def walked(
    info: Asked,
    start: str,
    direction: Direction,
    depth: int | None,
    granularity: Granularity,
    policy: Policy,
    only: model.Filter,
) -> Lineage:
    """The lineage of a thing, by any spelling of its id."""

    def make(graph: KnowledgeGraph) -> LineageRecord:
        graph.source_ids(only.sources)
        request = model.Request(
            graph.resolve(start),
            model.Direction[direction.name],
            depth=checked(depth, "depth", DEEPEST),
            limit=MOST_NODES,
            policy=PolicyOfLinks[policy.name],
            granularity=model.Granularity[granularity.name],
            filter=only,
        )
        return LineageRecord(graph, graph.lineage(request))

    return cast("Lineage", await from_graph(info, make))


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
) -> Lineage:
    only = filter_of(sources, since, until, kinds)
    return await walked(info, root.iri, direction, depth, granularity, policy, only)


def filter_of(
    sources: list[strawberry.ID] | None,
    since: str | None,
    until: str | None,
    kinds: list[str] | None,
) -> model.Filter:
    """What of the graph a walk looks at."""
    return model.Filter(frozenset(sources or ()), since, until, frozenset(kinds or ()))


async def results_of(root: Record, info: Asked) -> Ends:
    found = await from_graph(info, lambda graph: graph.results(NamedNode(root.iri)))
    return cast("Ends", found)


async def specimens_of(root: Record, info: Asked) -> Ends:
    found = await from_graph(info, lambda graph: graph.specimens_of(NamedNode(root.iri)))
    return cast("Ends", found)


async def links_of(root: Record, info: Asked) -> list[Link]:
    def make(graph: KnowledgeGraph) -> list[LinkRecord]:
        return list(islice(graph.links(NamedNode(root.iri)), MOST_LISTED))

    return cast("list[Link]", await from_graph(info, make))


Walk = strawberry.Parent[LineageRecord]


async def _start(root: Walk, info: Asked) -> AThing:
    return cast("Thing", await info.context.things.load(root.answer.request.start.value))


async def _stopped(root: Walk, info: Asked) -> list[str]:
    return await from_graph(info, lambda _graph: root.stopped())


async def _nodes(root: Walk, info: Asked) -> list[LineageNode]:
    return cast("list[LineageNode]", await from_graph(info, lambda _graph: root.nodes()))


async def _edges(root: Walk, info: Asked) -> list[LineageEdge]:
    return cast("list[LineageEdge]", await from_graph(info, lambda _graph: root.edges()))


async def _part_of_run(root: strawberry.Parent[NodeRecord], info: Asked) -> AThing | None:
    if root.kind is not model.NodeKind.ACTIVITY:
        return None
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


def _grade(root: strawberry.Parent[EdgeView]) -> Grade:
    return Grade[root.grade.upper()]


@strawberry.type(description="A relation of two nodes of a lineage, with who says so.")
class LineageEdge:
    kind: EdgeKind = strawberry.field(description="How they are related.")
    earlier: strawberry.ID = strawberry.field(description="The IRI of the one that came before.")
    later: strawberry.ID = strawberry.field(description="The IRI of the one that came after.")
    source: ASource | None = strawberry.field(description="The source that says so.")
    grade: Grade = strawberry.field(
        resolver=_grade, description="How the statement stands to what it says."
    )
    by: str = strawberry.field(description="The mapping row, the rule or the evidence behind it.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, EdgeView)


@strawberry.type(description="What a thing came from, what came of it, and who says so.")
class Lineage:
    start: AThing = strawberry.field(resolver=_start, description="Where the walk started.")
    direction: Direction = strawberry.field(description="Which way it went.")
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


@strawberry.type(description="One of two things that are linked.")
class LinkEnd:
    thing: AThing = strawberry.field(description="The thing.")
    value: str = strawberry.field(description="The value it is linked by, as it is written.")
    sources: list[str] = strawberry.field(description="Ids of the sources that give the value.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, LinkEndRecord)


def _evidence(root: strawberry.Parent[LinkRecord]) -> Evidence:
    return Evidence[root.evidence.name]


def _policies(root: strawberry.Parent[LinkRecord]) -> list[Policy]:
    return [Policy[policy.name] for policy in root.policies]


def _since(root: strawberry.Parent[LinkRecord]) -> str | None:
    return root.since or None


def _decided_by(root: strawberry.Parent[LinkRecord]) -> str | None:
    return root.decision.who if root.decision else None


def _because(root: strawberry.Parent[LinkRecord]) -> str | None:
    return root.decision.because if root.decision else None


@strawberry.type(description="Two things that are the same on some evidence, or seem to be.")
class Link:
    evidence: Evidence = strawberry.field(resolver=_evidence, description="The evidence.")
    key: str = strawberry.field(description="What both share, such as doi:10.5072/x.")
    first: LinkEnd = strawberry.field(description="One of the two.")
    second: LinkEnd = strawberry.field(description="The other.")
    since: str | None = strawberry.field(resolver=_since, description="When it came about.")
    policies: list[Policy] = strawberry.field(
        resolver=_policies, description="The policies that follow it."
    )
    why_not: str | None = strawberry.field(description="Why no policy follows it.")
    decided_by: str | None = strawberry.field(
        resolver=_decided_by, description="The steward who decided on the pair."
    )
    because: str | None = strawberry.field(resolver=_because, description="The steward's reason.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, LinkRecord)


@strawberry.type(description="The things at the ends of a lineage.")
class Ends:
    things: list[AThing] = strawberry.field(description="The things, nearest first, each once.")
    complete: bool = strawberry.field(description="Whether the walk saw all there is.")
    stopped: list[str] = strawberry.field(description="Where and why it stopped, in sentences.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, EndsRecord)
