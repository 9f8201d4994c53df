"""GraphQL's enumerations: each has its counterpart in the model."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

import strawberry

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


@strawberry.enum(description="The evidence on which two things are the same, strongest first.")
class Evidence(Enum):
    DECISION = strawberry.enum_value("decision", description="A steward's decision.")
    IDENTIFIER = strawberry.enum_value("identifier", description="The same persistent identifier.")
    SAME_AS = strawberry.enum_value("sameAs", description="A source says sameAs.")
    LOCATION = strawberry.enum_value("location", description="The same place at one facility.")
    CONTENT = strawberry.enum_value("content", description="The same bytes, by their checksum.")
    NAME = strawberry.enum_value("name", description="The same name only: a candidate.")


@strawberry.enum(description="What is missing where a history breaks.")
class GapKind(Enum):
    NO_ACTIVITY = strawberry.enum_value(
        "no-activity", description="No source says which activity generated it."
    )
    NO_ORIGIN = strawberry.enum_value(
        "no-origin",
        description="No source says what a material was made from, nor calls it a specimen.",
    )
    NO_INPUT = strawberry.enum_value(
        "no-input", description="No source says what an activity used."
    )
    NO_OUTPUT = strawberry.enum_value(
        "no-output", description="No source says what an activity generated."
    )
    NO_STEP = strawberry.enum_value(
        "derived-without-activity",
        description="It was derived from a thing; no source says by which activity.",
    )
    CIRCLE = strawberry.enum_value("circle", description="The history goes round in a circle.")
    NOT_DESCRIBED = strawberry.enum_value(
        "not-described", description="It is referred to, and no source describes it."
    )
    WITHDRAWN = strawberry.enum_value("withdrawn", description="Its source was withdrawn.")
    NOT_CONFIRMED = strawberry.enum_value(
        "link-not-followed",
        description="It may be a thing whose history is known, by a link that is not followed.",
    )


@strawberry.enum(description="How alike two things are, the most first.")
class Likeness(Enum):
    SAME = strawberry.enum_value("same", description="The same value or checksum.")
    SIMILAR = strawberry.enum_value(
        "similar", description="Different, but sizes and counts are within the threshold."
    )
    CHANGED = strawberry.enum_value("changed", description="Different.")
    MISSING = strawberry.enum_value("missing", description="In one of the two only.")
    UNKNOWN = strawberry.enum_value(
        "unknown", description="Nothing is recorded by which they could be compared."
    )


class Graded(Protocol):
    """What says how a statement stands to what its source says."""

    @property
    def grade(self) -> str: ...


def grade_of(root: strawberry.Parent[Graded]) -> Grade:
    return Grade[root.grade.upper()]
