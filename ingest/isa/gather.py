"""Gathering what a source says of nodes, which it may say in many places, into one of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.isa.model import Annotation, Comment, Kind, Node, NodeRef, Value


@dataclass
class _Gathered:
    types: dict[str, None] = field(default_factory=dict)
    characteristics: dict[Value, None] = field(default_factory=dict)
    factor_values: dict[Value, None] = field(default_factory=dict)
    comments: dict[Comment, None] = field(default_factory=dict)
    derives_from: dict[NodeRef, None] = field(default_factory=dict)
    address: str = ""


class Nodes:
    """The nodes of one scope, each described by all that was said of it."""

    def __init__(self) -> None:
        self._nodes: dict[NodeRef, _Gathered] = {}

    def __contains__(self, ref: NodeRef) -> bool:
        return ref in self._nodes

    def __getitem__(self, ref: NodeRef) -> _Gathered:
        """What is gathered of a node, which becomes known by being asked for."""
        found = self._nodes.get(ref)
        if found is None:
            found = self._nodes[ref] = _Gathered()
        return found

    def has(self, kind: Kind) -> bool:
        return any(ref.kind is kind for ref in self._nodes)

    def freeze(self) -> tuple[Node, ...]:
        return tuple(
            Node(
                ref,
                tuple(g.types),
                tuple(g.characteristics),
                tuple(g.factor_values),
                tuple(g.comments),
                tuple(g.derives_from),
                g.address,
            )
            for ref, g in self._nodes.items()
        )


@dataclass(frozen=True)
class Scopes:
    """Where a table's nodes live: files in all, sources and samples in the study, others in it."""

    files: Nodes
    study: Nodes
    own: Nodes

    @property
    def declared(self) -> bool:
        """Whether the study has told of its samples, so that others are worth a warning."""
        return self.study.has(Kind.SAMPLE)

    def ref(self, kind: Kind, name: str) -> NodeRef:
        """The node that a cell of a table means."""
        return NodeRef(kind, name)

    def of(self, ref: NodeRef) -> Nodes:
        if ref.kind is Kind.FILE:
            return self.files
        if ref.kind in (Kind.SOURCE, Kind.SAMPLE):
            return self.study
        return self.own


def categories_of(
    declared: Iterable[Annotation], values: Iterable[Value]
) -> tuple[Annotation, ...]:
    """The declared categories, and by name those that are only used."""
    found = dict.fromkeys(declared)
    names = {a.value for a in found}
    for value in values:
        if value.category and value.category not in names:
            names.add(value.category)
            found[Annotation(value.category)] = None
    return tuple(found)


def units_of(declared: Iterable[Annotation], values: Iterable[Value]) -> tuple[Annotation, ...]:
    """The declared units and those in use."""
    found = dict.fromkeys(a for a in declared if a)
    found.update(dict.fromkeys(v.unit for v in values if v.unit))
    return tuple(found)
