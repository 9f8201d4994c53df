"""What every drawing of a lineage shows: things in groups by source, and arrows in time's order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg_service.export.account import Account
from kg_service.lineage.details import NodeView
from kg_service.lineage.model import Edge, EdgeKind, Lineage, NodeKind

_WORDS = {
    EdgeKind.USED: "used by",
    EdgeKind.GENERATED: "generated",
    EdgeKind.DERIVED: "source of",
    EdgeKind.INFORMED: "informed",
    EdgeKind.MEMBER: "in",
    EdgeKind.IDENTITY: "same as",
}


@dataclass(frozen=True)
class Shape:
    """A node as it is drawn: its number, its two lines of text, and what tells it from others.

    ``run`` is the label of the workflow run around it, ``note`` why the walk stopped there.
    """

    number: int
    iri: str
    label: str
    kind: str
    is_activity: bool
    is_start: bool
    source: str
    run: str | None
    note: str | None


@dataclass(frozen=True)
class Arrow:
    """From what came before to what came after; ``kind`` says how. Identity has no direction."""

    tail: int
    head: int
    kind: EdgeKind
    said: tuple[str, ...]

    @property
    def word(self) -> str:
        return _WORDS[self.kind]


@dataclass(frozen=True)
class Picture:
    """All that is drawn. ``groups`` are the numbers of the shapes of each source."""

    title: str
    remarks: tuple[str, ...]
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]

    @property
    def groups(self) -> dict[str, list[Shape]]:
        found: dict[str, list[Shape]] = defaultdict(list)
        for shape in self.shapes:
            found[shape.source].append(shape)
        return dict(sorted(found.items()))


def picture(account: Account) -> Picture:
    """A drawing of an account. A relation that several sources tell is one arrow."""
    shown = account.view
    numbers = {node.thing.iri: number for number, node in enumerate(shown.nodes)}
    who: dict[tuple[int, int, EdgeKind], dict[str, None]] = defaultdict(dict)
    turned = _turned(account.lineage)
    for walked, edge in zip(account.lineage.edges, shown.edges, strict=True):
        ends = (numbers[edge.earlier], numbers[edge.later])
        key = (*(reversed(ends) if walked in turned else ends), edge.kind)
        source = f"{edge.source.id}: " if edge.source else ""
        who[key][f"{source}{edge.grade} {edge.by}".strip()] = None
    shapes = tuple(
        _shape(number, node, node.thing.iri == shown.start.iri)
        for number, node in enumerate(shown.nodes)
    )
    arrows = tuple(Arrow(*key, tuple(said)) for key, said in sorted(who.items(), key=_place))
    way = {"up": "Where {} came from", "down": "What came of {}"}.get(
        shown.direction, "The lineage of {}"
    )
    remarks = () if shown.complete else ("not complete",)
    title = way.format(one_line(shown.start.label))
    return Picture(title, (*remarks, *map(one_line, shown.stopped)), shapes, arrows)


def _turned(lineage: Lineage) -> set[Edge]:
    """Identity links that the walk went along as if the second came before the first."""
    first: dict[Edge, bool] = {}
    for moves, upwards in ((lineage.up, True), (lineage.down, False)):
        for move in moves:
            # a walk may come back along a link; its first way tells
            first.setdefault(move.edge, (move.to.node == move.edge.later) is upwards)
    return {edge for edge, turned in first.items() if turned and edge.kind is EdgeKind.IDENTITY}


def _place(item: tuple[tuple[int, int, EdgeKind], object]) -> tuple[int, int, str]:
    tail, head, kind = item[0]
    return tail, head, kind.value


def _shape(number: int, node: NodeView, is_start: bool) -> Shape:
    thing = node.thing
    return Shape(
        number,
        thing.iri,
        one_line(thing.label),
        thing.kind,
        node.node_kind is NodeKind.ACTIVITY,
        is_start,
        thing.sources[0].id if thing.sources else "",
        one_line(node.enclosing.label) if node.enclosing else None,
        _note(node.stops),
    )


def _note(stops: Iterable[str]) -> str | None:
    words = {"depth": "more beyond", "limit": "more beyond", "cycle": "in a cycle"}
    return ", ".join(dict.fromkeys(words[stop] for stop in stops)) or None


def one_line(text: str) -> str:
    """A text without line breaks and control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
