"""What lineage is made of: nodes, edges, a request and its answer. Terms stay terms here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple, overload

from pyoxigraph import NamedNode

from kg_service.identity.evidence import Policy
from kg_service.store.grades import Grade


class Direction(StrEnum):
    """``UP`` goes to origins, ``DOWN`` to results, ``BOTH`` joins the two walks from the start."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"


class Granularity(StrEnum):
    """``STEP`` is the finest level recorded; ``RUN`` shows a workflow run for its steps."""

    STEP = "step"
    RUN = "run"


class EdgeKind(StrEnum):
    """How two nodes of a lineage are related; ``later`` and ``earlier`` are in time's order."""

    USED = "used"
    GENERATED = "generated"
    DERIVED = "derived"
    INFORMED = "informed"
    MEMBER = "member"
    IDENTITY = "identity"


class NodeKind(StrEnum):
    ENTITY = "entity"
    ACTIVITY = "activity"


class Stop(StrEnum):
    """Why a walk did not go on from a node."""

    DEPTH = "depth"
    LIMIT = "limit"
    CYCLE = "cycle"


class Edge(NamedTuple):
    """One relation, in time's order: ``earlier`` came before ``later``.

    ``used``: entity, activity. ``generated``: activity, entity. ``derived``: two entities.
    ``informed``: two activities. ``member``: earlier is the collection's member, later the
    collection. ``identity``: the same thing, in text order. ``graph`` says who says so: the
    aligned graph, or the identity graph. ``statement`` is the statement there, as subject,
    predicate and object; for identity, its predicate is the evidence and its object the key.
    ``grade`` is that of the statement where whoever found the edge knows it.
    """

    kind: EdgeKind
    earlier: NamedNode
    later: NamedNode
    graph: NamedNode
    statement: tuple[NamedNode, NamedNode, NamedNode]
    grade: Grade | None = None

    @property
    def order(self) -> tuple[str, str, str, str, str]:
        """Where it stands in an answer: an order that what is not told has no part in."""
        statement = self.statement
        return (
            self.kind.value,
            self.earlier.value,
            self.later.value,
            self.graph.value,
            f"{statement[0].value} {statement[1].value} {statement[2].value}",
        )


class Place(NamedTuple):
    """Where a walk is: a node, and whether it was reached only as a container of another."""

    node: NamedNode
    kind: NodeKind
    container: bool = False

    @property
    def in_full(self) -> Place:
        """The same node, not only as a container."""
        return Place(self.node, self.kind) if self.container else self


class Move(NamedTuple):
    """An edge as a walk goes along it, and what that costs: 0 is free, 1 a step."""

    edge: Edge
    origin: Place
    to: Place
    cost: int


@dataclass(frozen=True)
class Filter:
    """What of the graph is looked at; nothing given means all of it.

    ``sources``: only what these say, by id. ``since`` and ``until``: only activities that may
    have happened then, as ISO 8601. ``kinds``: only nodes of these kinds are shown, though the
    walk goes on through others.
    """

    sources: frozenset[str] = frozenset()
    since: str | None = None
    until: str | None = None
    kinds: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "sources": sorted(self.sources),
            "since": self.since,
            "until": self.until,
            "kinds": sorted(self.kinds),
        }


@dataclass(frozen=True)
class Request:
    """What is asked: from where, which way, how far (in steps), under which policy."""

    start: NamedNode
    direction: Direction = Direction.BOTH
    depth: int | None = None
    limit: int = 100_000
    policy: Policy = Policy.DEFAULT
    granularity: Granularity = Granularity.STEP
    filter: Filter = Filter()


@dataclass(slots=True)
class Node:
    """A node of an answer: how many steps from the start, and why the walk stopped there.

    ``container``: it is there only because something in it was reached.
    """

    iri: NamedNode
    kind: NodeKind
    depth: int
    container: bool = False
    stops: frozenset[Stop] = frozenset()


class MadeWhenAsked(Sequence[Move]):
    """Moves that are made when they are first looked at: many who ask want nodes and edges only."""

    def __init__(self, make: Callable[[], list[Move]]) -> None:
        self._make = make

    @cached_property
    def _moves(self) -> list[Move]:
        return self._make()

    def __len__(self) -> int:
        return len(self._moves)

    @overload
    def __getitem__(self, index: int) -> Move: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Move]: ...

    def __getitem__(self, index: int | slice) -> Move | Sequence[Move]:
        return self._moves[index]

    def __iter__(self) -> Iterator[Move]:
        return iter(self._moves)


@dataclass
class Lineage:
    """The answer: every node once, every edge walked, whether it is all there is.

    ``complete`` is false where the depth or the limit cut the walk. A cycle in the data is
    marked on its nodes but does not make the answer incomplete: all of it is shown.
    ``up`` and ``down`` are the moves of each walk, in its order. ``hidden`` are nodes that were
    walked and are of no kind that was asked for; their edges are not among ``edges``.
    ``missing`` says in sentences what can not be known, of a time whose records are not kept.
    """

    request: Request
    nodes: dict[NamedNode, Node]
    edges: list[Edge]
    up: Sequence[Move] = ()
    down: Sequence[Move] = ()
    hidden: dict[NamedNode, Node] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        met = (*self.nodes.values(), *self.hidden.values())
        return not self.missing and not any(n.stops & {Stop.DEPTH, Stop.LIMIT} for n in met)
