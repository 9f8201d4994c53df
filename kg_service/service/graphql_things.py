"""GraphQL's things, in the field's words: each kind of them with what leads on from it.

Their objects are the service's own records (``describe.Thing``, ``SourceRecord``): what is a plain
field here is an attribute of the record, of the same name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, cast

import strawberry

from kg_service.catalogue import SourceRecord
from kg_service.describe import Thing as ThingRecord
from kg_service.search.held import Wanted
from kg_service.service.graphql_context import MOST_LISTED, Asked
from kg_service.service.graphql_ends import Ends, results_of, specimens_of
from kg_service.service.graphql_history import Period, history_of
from kg_service.service.graphql_kinds import ACTIVITIES, type_name
from kg_service.service.graphql_lineage import Lineage, lineage_of
from kg_service.service.graphql_links import Link, links_of
from kg_service.service.graphql_lists import (
    EdgeRecord,
    ListPage,
    PageInfo,
    page_around,
    page_of,
)
from kg_service.service.graphql_paging import LISTS_FIRST
from kg_service.service.relations import Relation

First = Annotated[int, strawberry.argument(description=f"At most so many, up to {MOST_LISTED}.")]
After = Annotated[
    str | None,
    strawberry.argument(description="Those after this cursor, an endCursor of the same list."),
]
Record = strawberry.Parent[ThingRecord]


async def total_count(root: strawberry.Parent[ListPage]) -> int:
    return await root.count()


@strawberry.type(description="A thing in a list.")
class ThingEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Thing = strawberry.field(description="The thing.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, EdgeRecord)


@strawberry.type(description="A page of a list of things.")
class ThingConnection:
    edges: list[ThingEdge] = strawberry.field(description="The things, each with its cursor.")
    nodes: list[Thing] = strawberry.field(description="The things.")
    page_info: PageInfo = strawberry.field(description="Where the page is.")
    total_count: int = strawberry.field(
        resolver=total_count, description="How many things the whole list has."
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, ListPage)


@strawberry.type(description="An activity in a list.")
class ActivityEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Activity = strawberry.field(description="The activity.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, EdgeRecord)


@strawberry.type(description="A page of a list of activities.")
class ActivityConnection:
    edges: list[ActivityEdge] = strawberry.field(
        description="The activities, each with its cursor."
    )
    nodes: list[Activity] = strawberry.field(description="The activities.")
    page_info: PageInfo = strawberry.field(description="Where the page is.")
    total_count: int = strawberry.field(
        resolver=total_count, description="How many activities the whole list has."
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, ListPage)


def _things(relation: Relation) -> Callable[..., Awaitable[ThingConnection]]:
    """The resolver of what is around a thing."""

    async def resolve(
        root: Record, info: Asked, first: First = LISTS_FIRST, after: After = None
    ) -> ThingConnection:
        return cast(ThingConnection, await page_around(info, root, relation, first, after))

    return resolve


def _activities(relation: Relation) -> Callable[..., Awaitable[ActivityConnection]]:
    """The resolver of the activities around a thing."""

    async def resolve(
        root: Record, info: Asked, first: First = LISTS_FIRST, after: After = None
    ) -> ActivityConnection:
        return cast(ActivityConnection, await page_around(info, root, relation, first, after))

    return resolve


async def run_of(root: Record, info: Asked) -> Activity | None:
    iris = await info.context.around.load((Relation.OUTERMOST_RUN, root.iri))
    return cast("Activity", await info.context.things.load(iris[0])) if iris else None


async def things_of_source(
    root: strawberry.Parent[SourceRecord],
    info: Asked,
    first: First = LISTS_FIRST,
    after: After = None,
    kinds: Annotated[
        list[str] | None, strawberry.argument(description="Only things of any of these kinds.")
    ] = None,
) -> ThingConnection:
    wanted = Wanted(kinds=frozenset(kinds or ()), sources=frozenset([root.id]))
    return cast(ThingConnection, await page_of(info, wanted, first, after))


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
    things: ThingConnection = strawberry.field(
        resolver=things_of_source, description="The things that it speaks of, by IRI."
    )
    history: list[Period] = strawberry.field(
        resolver=history_of,
        description="Its versions, from when until when each was there, the earliest first.",
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, SourceRecord)


@strawberry.interface(description="What has an id that is its own in the whole graph.")
class Node:
    iri: strawberry.ID = strawberry.field(name="id", description="Its IRI.")

    @classmethod
    def resolve_type(cls, obj: ThingRecord, _info: Any, _type: Any) -> str:
        return type_name(obj)


@strawberry.interface(
    description="A node of the graph: a specimen, a dataset, a file, an activity, a person."
)
class Thing(Node):
    label: str = strawberry.field(description="What it is called; where unnamed, from its IRI.")
    kind: str = strawberry.field(description="Its most telling kind, such as Specimen or ToolRun.")
    kinds: list[str] = strawberry.field(description="All its kinds.")
    identifiers: list[str] = strawberry.field(description="Its identifiers, as sources write them.")
    description: str | None = strawberry.field(description="What a source says it is.")
    sources: list[Source] = strawberry.field(description="The sources that speak of it.")
    lineage: Lineage = strawberry.field(
        resolver=lineage_of,
        description="What it came from and what came of it, with who says so.",
    )
    links: list[Link] = strawberry.field(
        resolver=links_of, description="What it is the same as in other sources."
    )
    attributed_to: ThingConnection = strawberry.field(
        resolver=_things(Relation.ATTRIBUTED_TO), description="Whom it is attributed to."
    )
    investigations: ThingConnection = strawberry.field(
        resolver=_things(Relation.INVESTIGATIONS),
        description="The investigations, studies and assays that it is part of.",
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, ThingRecord)


@strawberry.interface(description="A thing that activities use and generate.")
class Entity(Thing):
    was_generated_by: ActivityConnection = strawberry.field(
        resolver=_activities(Relation.GENERATED_BY), description="The activities that made it."
    )
    used_by: ActivityConnection = strawberry.field(
        resolver=_activities(Relation.USED_BY), description="The activities that used it."
    )
    was_derived_from: ThingConnection = strawberry.field(
        resolver=_things(Relation.DERIVED_FROM), description="What it was derived from."
    )
    derivations: ThingConnection = strawberry.field(
        resolver=_things(Relation.DERIVATIONS), description="What was derived from it."
    )
    members: ThingConnection = strawberry.field(
        resolver=_things(Relation.MEMBERS), description="What is in it."
    )
    member_of: ThingConnection = strawberry.field(
        resolver=_things(Relation.MEMBER_OF), description="The collections that it is in."
    )
    specimens: Ends = strawberry.field(
        resolver=specimens_of, description="The specimens that it goes back to."
    )

    @classmethod
    def resolve_type(cls, obj: ThingRecord, _info: Any, _type: Any) -> str:
        return type_name(obj)


@strawberry.interface(description="What happened: a process, an acquisition, a run.")
class Activity(Thing):
    used: ThingConnection = strawberry.field(
        resolver=_things(Relation.USED), description="What it used."
    )
    generated: ThingConnection = strawberry.field(
        resolver=_things(Relation.GENERATED), description="What it made."
    )
    informed_by: ActivityConnection = strawberry.field(
        resolver=_activities(Relation.INFORMED_BY), description="The activities it builds on."
    )
    agents: ThingConnection = strawberry.field(
        resolver=_things(Relation.AGENTS), description="Who or what carried it out."
    )
    instruments: ThingConnection = strawberry.field(
        resolver=_things(Relation.INSTRUMENTS), description="The instruments it used."
    )
    plans: ThingConnection = strawberry.field(
        resolver=_things(Relation.PLANS),
        description="The workflow, tool or protocol that it carried out.",
    )
    part_of_run: Activity | None = strawberry.field(
        resolver=run_of, description="The outermost run that it is a part of."
    )
    parts: ActivityConnection = strawberry.field(
        resolver=_activities(Relation.PARTS), description="The activities that are its parts."
    )

    @classmethod
    def resolve_type(cls, obj: ThingRecord, _info: Any, _type: Any) -> str:
        name = type_name(obj)
        return name if name in ACTIVITIES else "OtherActivity"


@strawberry.type(description="A material as it was taken; where its history starts.")
class Specimen(Entity):
    results: Ends = strawberry.field(resolver=results_of, description="The data that came of it.")


@strawberry.type(description="A material that was prepared for study, or any other material.")
class Sample(Entity):
    results: Ends = strawberry.field(resolver=results_of, description="The data that came of it.")


@strawberry.type(description="A unit of data: a folder of files, a catalogue's dataset.")
class Dataset(Entity):
    pass


@strawberry.type(description="A file.")
class File(Entity):
    pass


@strawberry.type(description="A measured or parameter value.")
class Value(Entity):
    pass


@strawberry.type(description="A collection of things.")
class Collection(Entity):
    pass


@strawberry.type(description="A step in the laboratory: sampling, extraction, an assay.")
class LabProcess(Activity):
    pass


@strawberry.type(description="A measurement at an instrument that yields raw data.")
class Acquisition(Activity):
    pass


@strawberry.type(description="A reduction or analysis that a facility's catalogue records.")
class Processing(Activity):
    pass


@strawberry.type(description="An execution of a workflow.")
class WorkflowRun(Activity):
    pass


@strawberry.type(description="An execution of a tool.")
class ToolRun(Activity):
    pass


@strawberry.type(description="A workflow engine's handling of a step, or of a whole workflow.")
class StepRun(Activity):
    pass


@strawberry.type(description="A check, review or sign-off.")
class Assessment(Activity):
    pass


@strawberry.type(description="An activity of no kind that is told here.")
class OtherActivity(Activity):
    pass


@strawberry.type(description="A workflow, or a step of one.")
class Workflow(Entity):
    runs: ActivityConnection = strawberry.field(
        resolver=_activities(Relation.RUNS), description="The activities that carried it out."
    )


@strawberry.type(description="A tool, a program, a container image.")
class Software(Entity):
    runs: ActivityConnection = strawberry.field(
        resolver=_activities(Relation.RUNS), description="The activities that carried it out."
    )


@strawberry.type(description="A protocol of a laboratory.")
class Protocol(Entity):
    runs: ActivityConnection = strawberry.field(
        resolver=_activities(Relation.RUNS), description="The activities that carried it out."
    )


@strawberry.type(description="An instrument.")
class Instrument(Thing):
    activities: ActivityConnection = strawberry.field(
        resolver=_activities(Relation.ACTIVITIES_OF_INSTRUMENT),
        description="The activities that used it.",
    )


@strawberry.type(description="Who or what carries responsibility: a person, an organisation.")
class Agent(Thing):
    activities: ActivityConnection = strawberry.field(
        resolver=_activities(Relation.ACTIVITIES_OF_AGENT),
        description="The activities that it carried out.",
    )
    attributed: ThingConnection = strawberry.field(
        resolver=_things(Relation.ATTRIBUTED), description="What is attributed to it."
    )


@strawberry.type(description="The frame of a body of work: an investigation, a study, an assay.")
class Investigation(Thing):
    things: ThingConnection = strawberry.field(
        resolver=_things(Relation.THINGS_OF_INVESTIGATION), description="What is part of it."
    )


@strawberry.type(description="A thing of no kind that is told here.")
class OtherThing(Entity):
    pass


CONCRETE = (
    Specimen, Sample, Dataset, File, Value, Collection, LabProcess, Acquisition, Processing,
    WorkflowRun, ToolRun, StepRun, Assessment, OtherActivity, Workflow, Software, Protocol,
    Instrument, Agent, Investigation, OtherThing,
)  # fmt: skip
