"""The chains of a lineage: every way from an origin to a result, step by step, as a table.

A chain follows the walk's own moves, so it goes through collections and identity links as
docs/lineage.md tells, but ends in neither a mere member nor another name of the same thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import NamedNode

from kg_service.export.account import Account
from kg_service.export.picture import one_line
from kg_service.lineage.details import EdgeView
from kg_service.lineage.model import Direction, Edge, EdgeKind, Lineage, Move, NodeKind, Place

MOST_CHAINS = 10_000
# so that no table gets larger than programs read: things in all chains together
MOST_PLACES = 200_000
_MOST_WAYS = 2 * MOST_CHAINS
COLUMNS = (
    "origin", "origin_label", "origin_kind", "result", "result_label", "result_kind", "steps",
    "chain", "activities", "sources", "weakest_grade", "ids",
)  # fmt: skip
_FREE = (EdgeKind.MEMBER, EdgeKind.IDENTITY)
_GRADES = ("asserted", "mapped", "close", "inferred")
_Path = tuple[Move, ...]


@dataclass(frozen=True)
class Chain:
    """Nodes in time's order, and the edges between them."""

    nodes: tuple[NamedNode, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Chains:
    """The chains that are listed; ``complete`` is false where there may be more."""

    listed: tuple[Chain, ...]
    complete: bool


def chains(account: Account) -> Chains:
    """The chains through the start, from each origin to each result.

    Of two that differ only in whether they name a collection that the way goes through, the
    shorter is listed.
    """
    found: dict[tuple[NamedNode, ...], Chain] = {}
    ways = _ways(account.lineage)
    places = 0
    for way in islice(ways, _MOST_WAYS):
        key = _without_collections(way)
        known = found.get(key)
        places += len(way.nodes) if known is None else 0
        if known is None and (len(found) == MOST_CHAINS or places > MOST_PLACES):
            return Chains(tuple(found.values()), complete=False)
        if known is None or len(way.nodes) < len(known.nodes):
            found[key] = way
    return Chains(tuple(found.values()), complete=next(ways, None) is None)


def _ways(lineage: Lineage) -> Iterator[Chain]:
    start, direction = lineage.request.start, lineage.request.direction
    ups = _paths(start, lineage.up) if direction is not Direction.DOWN else iter([()])
    downs = _paths(start, lineage.down) if direction is not Direction.UP else iter([()])
    # of so many ways down as are looked at, so that the product is not made in full
    after = list(islice(downs, _MOST_WAYS + 1))
    for before in ups:
        for then in after:
            nodes = (*(m.to.node for m in reversed(before)), start, *(m.to.node for m in then))
            yield Chain(nodes, (*(m.edge for m in reversed(before)), *(m.edge for m in then)))


def _without_collections(way: Chain) -> tuple[NamedNode, ...]:
    around = {edge.later for edge in way.edges if edge.kind is EdgeKind.MEMBER}
    return tuple(node for node in way.nodes if node not in around)


def _paths(start: NamedNode, moves: Sequence[Move]) -> Iterator[_Path]:
    """The ways of a walk from the start to where it ends; nothing is passed twice on one way."""
    onward: dict[Place, list[Move]] = defaultdict(list)
    for move in moves:
        onward[move.origin].append(move)
    leading = _leading(moves)
    first = moves[0].origin if moves else Place(start, NodeKind.ENTITY)

    def after(place: Place, passed: set[NamedNode]) -> Iterator[Move]:
        return (
            move
            for move in onward[place]
            if move.to.node not in passed and (move.edge.kind not in _FREE or move.to in leading)
        )

    path: list[Move] = []
    passed = {first.node}
    stack = [(after(first, passed), False)]
    while stack:
        pending, went_on = stack[-1]
        if (step := next(pending, None)) is not None:
            stack[-1] = (pending, True)
            path.append(step)
            passed.add(step.to.node)
            stack.append((after(step.to, passed), False))
            continue
        stack.pop()
        if not went_on:
            yield tuple(path)
        if path:
            passed.discard(path.pop().to.node)


def _leading(moves: Sequence[Move]) -> set[Place]:
    """The places from which a step leads on, over free hops too."""
    backwards: dict[Place, list[Place]] = defaultdict(list)
    for move in moves:
        if move.edge.kind in _FREE:
            backwards[move.to].append(move.origin)
    pending = list({move.origin for move in moves if move.edge.kind not in _FREE})
    found = set(pending)
    while pending:
        for place in backwards[pending.pop()]:
            if place not in found:
                found.add(place)
                pending.append(place)
    return found


def write_tsv(account: Account) -> bytes:
    """A header and one row a chain; a last line that begins with ``#`` says if there are more."""
    said = dict(zip(account.lineage.edges, account.view.edges, strict=True))
    rows = ["\t".join(COLUMNS)]
    found = chains(account)
    labels = {node: one_line(account.things[node].label) for node in account.lineage.nodes}
    rows += ["\t".join(_row(chain, account, said, labels)) for chain in found.listed]
    if not found.complete:
        rows.append(f"# cut: there are more than these {len(found.listed)} chains")
    if not account.view.complete:
        rows.append("# not complete: " + "; ".join(map(one_line, account.view.stopped)))
    return "\n".join([*rows, ""]).encode()


def _row(
    chain: Chain, account: Account, said: dict[Edge, EdgeView], of: dict[NamedNode, str]
) -> list[str]:
    things = [account.things[node] for node in chain.nodes]
    nodes = account.lineage.nodes
    labels = [of[node] for node in chain.nodes]
    told = [said[edge] for edge in chain.edges]
    sources = sorted({edge.source.id for edge in told if edge.source})
    grades = [edge.grade for edge in told]
    happened = [nodes[node].kind is NodeKind.ACTIVITY for node in chain.nodes]
    origin, result = things[0], things[-1]
    return [
        origin.iri, labels[0], origin.kind,
        result.iri, labels[-1], result.kind,
        str(_steps(chain, happened)),
        " > ".join(labels),
        " > ".join(label for label, is_one in zip(labels, happened, strict=True) if is_one),
        " ".join(sources),
        max(grades, key=_GRADES.index, default=""),
        " ".join(thing.iri for thing in things),
    ]  # fmt: skip


def _steps(chain: Chain, happened: list[bool]) -> int:
    """Activities and derivations: what docs/lineage.md counts as steps."""
    return sum(happened) + sum(edge.kind is EdgeKind.DERIVED for edge in chain.edges)
