"""The GraphQL types, in the field's words. Each has a counterpart in the service's own model."""

from __future__ import annotations

from enum import Enum

import strawberry

from kg_service.catalogue import SourceRecord
from kg_service.describe import Thing as ThingRecord
from kg_service.lineage.details import EdgeView, LineageView, NodeView
from kg_service.lineage.ends import Ends as EndsRecord
from kg_service.links.model import Link as LinkRecord
from kg_service.links.model import LinkEnd as LinkEndRecord
from kg_service.questions import Question as QuestionRecord
from kg_service.tables import Table as TableRecord

ID_MEANS = "An IRI, a persistent identifier in any spelling, or a name that only one thing has."


@strawberry.enum(description="Which way lineage is followed.")
class Direction(Enum):
    UP = strawberry.enum_value("up", description="To origins: what it came from.")
    DOWN = strawberry.enum_value("down", description="To results: what came of it.")
    BOTH = strawberry.enum_value("both", description="Both walks from the start, joined.")


@strawberry.enum(description="How fine the steps of a lineage are.")
class Granularity(Enum):
    STEP = strawberry.enum_value("step", description="The finest steps that are recorded.")
    RUN = strawberry.enum_value("run", description="A workflow run stands for its steps.")


@strawberry.enum(description="Which evidence of identity may join sources.")
class Policy(Enum):
    STRICT = strawberry.enum_value("strict", description="Identifiers and explicit sameAs only.")
    DEFAULT = strawberry.enum_value("default", description="Also same location, same content.")
    ALL = strawberry.enum_value("all", description="Also the same name, unconfirmed.")


@strawberry.enum(description="Whether a node is a thing or something that happened.")
class NodeKind(Enum):
    ENTITY = strawberry.enum_value(
        "entity", description="A specimen, sample, dataset, file, value."
    )
    ACTIVITY = strawberry.enum_value("activity", description="A process, acquisition or run.")


@strawberry.enum(description="How two nodes of a lineage are related, in time's order.")
class EdgeKind(Enum):
    USED = strawberry.enum_value("used", description="The later activity used the earlier entity.")
    GENERATED = strawberry.enum_value(
        "generated", description="The earlier activity generated the later entity."
    )
    DERIVED = strawberry.enum_value(
        "derived", description="The later entity was derived from the earlier one."
    )
    INFORMED = strawberry.enum_value(
        "informed", description="The later activity was informed by the earlier one."
    )
    MEMBER = strawberry.enum_value(
        "member", description="The earlier is a member of the later, a collection."
    )
    IDENTITY = strawberry.enum_value("identity", description="Both are the same thing.")


@strawberry.enum(description="How a statement of the graph stands to what its source says.")
class Grade(Enum):
    ASSERTED = strawberry.enum_value("asserted", description="The source says it in PROV's terms.")
    MAPPED = strawberry.enum_value(
        "mapped", description="A mapping row or rule entails it from what the source says."
    )
    CLOSE = strawberry.enum_value("close", description="As mapped, but by a close match only.")
    INFERRED = strawberry.enum_value("inferred", description="Inferred from evidence.")


@strawberry.type(description="What was ingested: a crate, an investigation, a catalogue export.")
class Source:
    id: strawberry.ID = strawberry.field(description="Its id, the same over all its versions.")
    iri: str = strawberry.field(description="Its IRI.")
    title: str | None = strawberry.field(description="Its title, as it tells it.")
    format: str = strawberry.field(description="Its format, such as ro-crate or isa-tab.")
    version: str = strawberry.field(description="The SHA-256 of its current version.")
    origin: str = strawberry.field(description="Where the current version was read from.")
    identifier: str | None = strawberry.field(description="The identifier it gives itself.")
    licence: str | None = strawberry.field(description="Its licence, as it tells it.")
    profiles: list[str] = strawberry.field(description="The profiles it claims to conform to.")
    visibility: str = strawberry.field(description="Who may see it.")
    ingested: str = strawberry.field(description="When the current version was ingested.")
    asserted: int = strawberry.field(description="Statements, as the source makes them.")
    aligned: int = strawberry.field(description="Statements in PROV that the mappings derive.")
    repairs: int = strawberry.field(description="Statements kept in another form than written.")
    losses: int = strawberry.field(description="Statements that could not be kept.")
    warnings: int = strawberry.field(description="Oddities that changed nothing.")

    @classmethod
    def of(cls, record: SourceRecord) -> Source:
        return cls(
            id=strawberry.ID(record.id),
            iri=record.iri,
            title=record.title,
            format=record.format,
            version=record.version,
            origin=record.origin,
            identifier=record.identifier,
            licence=record.licence,
            profiles=list(record.profiles),
            visibility=record.visibility,
            ingested=record.ingested,
            asserted=record.asserted,
            aligned=record.aligned,
            repairs=record.repairs,
            losses=record.losses,
            warnings=record.warnings,
        )


@strawberry.type(
    description="A node of the graph: a specimen, a dataset, a file, an activity, a person."
)
class Thing:
    id: strawberry.ID = strawberry.field(description="Its IRI.")
    label: str = strawberry.field(description="What it is called; where unnamed, from its IRI.")
    kind: str = strawberry.field(description="Its most telling kind, such as Specimen or ToolRun.")
    kinds: list[str] = strawberry.field(description="All its kinds.")
    identifiers: list[str] = strawberry.field(description="Its identifiers, as sources write them.")
    description: str | None = strawberry.field(description="What a source says it is.")
    sources: list[Source] = strawberry.field(description="The sources that speak of it.")

    @classmethod
    def of(cls, record: ThingRecord) -> Thing:
        return cls(
            id=strawberry.ID(record.iri),
            label=record.label,
            kind=record.kind,
            kinds=list(record.kinds),
            identifiers=list(record.identifiers),
            description=record.description,
            sources=[Source.of(source) for source in record.sources],
        )


@strawberry.type(description="A node of a lineage.")
class LineageNode:
    thing: Thing = strawberry.field(description="The thing or activity.")
    kind: NodeKind = strawberry.field(description="Whether it is an entity or an activity.")
    depth: int = strawberry.field(description="How many steps it is from the start.")
    stops: list[str] = strawberry.field(
        description="Why the walk stopped here: depth, limit or cycle. Empty where it did not."
    )
    part_of_run: Thing | None = strawberry.field(
        description="The workflow run that this activity is a part of."
    )

    @classmethod
    def of(cls, node: NodeView) -> LineageNode:
        return cls(
            thing=Thing.of(node.thing),
            kind=NodeKind[node.node_kind.name],
            depth=node.depth,
            stops=list(node.stops),
            part_of_run=Thing.of(node.enclosing) if node.enclosing else None,
        )


@strawberry.type(description="A relation of two nodes of a lineage, with who says so.")
class LineageEdge:
    kind: EdgeKind = strawberry.field(description="How they are related.")
    earlier: strawberry.ID = strawberry.field(description="The IRI of the one that came before.")
    later: strawberry.ID = strawberry.field(description="The IRI of the one that came after.")
    source: Source | None = strawberry.field(description="The source that says so.")
    grade: Grade = strawberry.field(description="How the statement stands to what it says.")
    by: str = strawberry.field(description="The mapping row, the rule or the evidence behind it.")

    @classmethod
    def of(cls, edge: EdgeView) -> LineageEdge:
        return cls(
            kind=EdgeKind[edge.kind.name],
            earlier=strawberry.ID(edge.earlier),
            later=strawberry.ID(edge.later),
            source=Source.of(edge.source) if edge.source else None,
            grade=Grade[edge.grade.upper()],
            by=edge.by,
        )


@strawberry.type(description="What a thing came from, what came of it, and who says so.")
class Lineage:
    start: Thing = strawberry.field(description="Where the walk started.")
    direction: Direction = strawberry.field(description="Which way it went.")
    complete: bool = strawberry.field(description="Whether this is all there is.")
    stopped: list[str] = strawberry.field(description="Where and why it stopped, in sentences.")
    nodes: list[LineageNode] = strawberry.field(description="Every node once, nearest first.")
    edges: list[LineageEdge] = strawberry.field(description="Every relation that was followed.")

    @classmethod
    def of(cls, view: LineageView) -> Lineage:
        return cls(
            start=Thing.of(view.start),
            direction=Direction[view.direction.upper()],
            complete=view.complete,
            stopped=list(view.stopped),
            nodes=[LineageNode.of(node) for node in view.nodes],
            edges=[LineageEdge.of(edge) for edge in view.edges],
        )


@strawberry.enum(description="The evidence on which two things are the same, strongest first.")
class Evidence(Enum):
    DECISION = strawberry.enum_value("decision", description="A steward's decision.")
    IDENTIFIER = strawberry.enum_value("identifier", description="The same persistent identifier.")
    SAME_AS = strawberry.enum_value("sameAs", description="A source says sameAs.")
    LOCATION = strawberry.enum_value("location", description="The same place at one facility.")
    CONTENT = strawberry.enum_value("content", description="The same bytes, by their checksum.")
    NAME = strawberry.enum_value("name", description="The same name only: a candidate.")


@strawberry.type(description="One of two things that are linked.")
class LinkEnd:
    thing: Thing = strawberry.field(description="The thing.")
    value: str = strawberry.field(description="The value it is linked by, as it is written.")
    sources: list[str] = strawberry.field(description="Ids of the sources that give the value.")

    @classmethod
    def of(cls, end: LinkEndRecord) -> LinkEnd:
        return cls(thing=Thing.of(end.thing), value=end.value, sources=list(end.sources))


@strawberry.type(description="Two things that are the same on some evidence, or seem to be.")
class Link:
    evidence: Evidence = strawberry.field(description="The evidence.")
    key: str = strawberry.field(description="What both share, such as doi:10.5072/x.")
    first: LinkEnd = strawberry.field(description="One of the two.")
    second: LinkEnd = strawberry.field(description="The other.")
    since: str | None = strawberry.field(description="When it came about.")
    policies: list[Policy] = strawberry.field(description="The policies that follow it.")
    why_not: str | None = strawberry.field(description="Why no policy follows it.")
    decided_by: str | None = strawberry.field(description="The steward who decided on the pair.")
    because: str | None = strawberry.field(description="The steward's reason.")

    @classmethod
    def of(cls, link: LinkRecord) -> Link:
        return cls(
            evidence=Evidence[link.evidence.name],
            key=link.key,
            first=LinkEnd.of(link.first),
            second=LinkEnd.of(link.second),
            since=link.since or None,
            policies=[Policy[policy.name] for policy in link.policies],
            why_not=link.why_not,
            decided_by=link.decision.who if link.decision else None,
            because=link.decision.because if link.decision else None,
        )


@strawberry.type(description="The things at the ends of a lineage.")
class Ends:
    things: list[Thing] = strawberry.field(description="The things, nearest first, each once.")
    complete: bool = strawberry.field(description="Whether the walk saw all there is.")
    stopped: list[str] = strawberry.field(description="Where and why it stopped, in sentences.")

    @classmethod
    def of(cls, ends: EndsRecord) -> Ends:
        return cls(
            things=[Thing.of(thing) for thing in ends.things],
            complete=ends.complete,
            stopped=list(ends.stopped),
        )


@strawberry.type(description="A parameter of a question.")
class Parameter:
    name: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="How it is written: iri, string or integer.")
    required: bool = strawberry.field(description="Whether it must be given.")
    default: str | None = strawberry.field(description="What it is where it is not given.")
    description: str = strawberry.field(description="What it means.")


@strawberry.type(description="A column of a question's answer.")
class Column:
    name: str = strawberry.field(description="Its name.")
    description: str = strawberry.field(description="What stands in it.")


@strawberry.type(description="A question that can be asked by name.")
class Question:
    id: strawberry.ID = strawberry.field(description="Its id.")
    summary: str = strawberry.field(description="The question.")
    description: str = strawberry.field(description="What the answer means and leaves out.")
    tags: list[str] = strawberry.field(description="What it is about.")
    parameters: list[Parameter] = strawberry.field(description="What it can be given.")
    columns: list[Column] = strawberry.field(description="What its answer tells.")

    @classmethod
    def of(cls, record: QuestionRecord) -> Question:
        return cls(
            id=strawberry.ID(record.id),
            summary=record.summary,
            description=record.description,
            tags=list(record.tags),
            parameters=[
                Parameter(
                    name=p.name,
                    type=p.type.value,
                    required=p.required,
                    default=p.default,
                    description=p.description,
                )
                for p in record.parameters
            ],
            columns=[Column(name=c.name, description=c.description) for c in record.columns],
        )


@strawberry.input(description="A value for a parameter of a question.")
class Given:
    name: str = strawberry.field(description="The parameter's name.")
    value: str = strawberry.field(description="Its value, as text.")


@strawberry.type(description="The answer to a question.")
class Table:
    columns: list[str] = strawberry.field(description="The columns' names.")
    rows: list[list[str | None]] = strawberry.field(
        description="The rows; IRIs and literals as their text, null where there is nothing."
    )

    @classmethod
    def of(cls, record: TableRecord) -> Table:
        return cls(
            columns=list(record.columns),
            rows=[[cell.value if cell else None for cell in row] for row in record.rows],
        )
