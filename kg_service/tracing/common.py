"""What several things have in common: where their histories meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pyoxigraph import NamedNode

from kg_service.describe import Thing
from kg_service.lineage.cycles import strongly_connected
from kg_service.lineage.details import stop_sentences
from kg_service.lineage.ends import things_made_one
from kg_service.lineage.model import Direction, Lineage, Node, Request
from kg_service.lineage.scope import kinds_of
from kg_service.tracing.net import Net
from kg_service.tracing.paths import Path, PathView
from kg_service.tracing.state import State

MOST_ANCESTORS = 1000


@dataclass(frozen=True)
class Ancestor:
    """One thing that all came from. ``steps`` are those from each, in the order asked.

    ``nearest``: no other common ancestor came of it. Then ``paths`` lead from it to each of them.
    ``container``: only something in it is what they came from.
    """

    thing: Thing
    nearest: bool
    container: bool
    steps: tuple[int, ...]
    paths: tuple[Path, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            **self.thing.brief_json(),
            "nearest": self.nearest,
            "container": self.container,
            "steps": list(self.steps),
            "paths": [path.as_json() for path in self.paths],
        }


@dataclass(frozen=True)
class Common:
    """The common ancestors of some things, nearest first. Each is its own ancestor, too."""

    of: tuple[Thing, ...]
    ancestors: tuple[Ancestor, ...]
    complete: bool
    stopped: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "of": [thing.brief_json() for thing in self.of],
            "complete": self.complete,
            "stopped": list(self.stopped),
            "ancestors": [ancestor.as_json() for ancestor in self.ancestors],
        }


def find_common(
    state: State,
    request: Request,
    things: Sequence[NamedNode],
    *,
    limit: int = MOST_ANCESTORS,
) -> Common:
    """The common ancestors of things; the request tells how to look, not where from."""
    view = PathView(state)
    kinds = request.filter.kinds
    request = replace(
        request, direction=Direction.UP, filter=replace(request.filter, kinds=frozenset())
    )
    lineages = [state.lineage(replace(request, start=thing)) for thing in things]
    one = things_made_one(move.edge for lineage in lineages for move in lineage.up)
    met = [_nearest_of_each(lineage, one) for lineage in lineages]
    shared = set(met[0]).intersection(*met[1:])
    nearest = _nearest(lineages, one, shared)
    wanted = [
        t
        for t in shared
        if not kinds or not kinds.isdisjoint(kinds_of(met[0][t].iri, state.reader))
    ]

    def order(thing: NamedNode) -> tuple[int, int, bool, str]:
        steps = [nodes[thing].depth for nodes in met]
        return max(steps), sum(steps), thing not in nearest, thing.value

    stopped = [s for lineage in lineages for s in _cut(lineage, view)]
    wanted.sort(key=order)
    if len(wanted) > limit:
        stopped.append(f"stopped at the limit of {limit} ancestors")
    nets = [Net(lineage.up) for lineage in lineages]
    ancestors = []
    for thing in wanted[:limit]:
        paths = []
        if thing in nearest:
            for lineage, net, nodes in zip(lineages, nets, met, strict=True):
                paths += _path(view, lineage, net, nodes[thing].iri)
        ancestors.append(
            Ancestor(
                thing=view.thing(met[0][thing].iri),
                nearest=thing in nearest,
                container=all(nodes[thing].container for nodes in met),
                steps=tuple(nodes[thing].depth for nodes in met),
                paths=tuple(paths),
            )
        )
    return Common(
        tuple(view.thing(lineage.request.start) for lineage in lineages),
        tuple(ancestors),
        not stopped,
        tuple(dict.fromkeys(stopped)),
    )


def _nearest_of_each(lineage: Lineage, one: dict[NamedNode, NamedNode]) -> dict[NamedNode, Node]:
    """For each thing, of the nodes that are it, the one that is fewest steps away."""
    found: dict[NamedNode, Node] = {}
    for node in sorted(lineage.nodes.values(), key=lambda n: (n.depth, n.iri.value)):
        thing = one.get(node.iri, node.iri)
        if thing in found:
            kept = found[thing]
            found[thing] = replace(kept, container=kept.container and node.container)
        else:
            found[thing] = node
    return found


def _nearest(
    lineages: Sequence[Lineage], one: dict[NamedNode, NamedNode], shared: set[NamedNode]
) -> set[NamedNode]:
    """Of the things shared, those of which no other one came; all of a cycle, or none."""
    upwards: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for move in (move for lineage in lineages for move in lineage.up):
        origin = one.get(move.origin.node, move.origin.node)
        to = one.get(move.to.node, move.to.node)
        if origin in shared and to in shared and origin != to:
            upwards[origin].add(to)
    ring = {thing: thing for thing in shared}
    for component in strongly_connected(upwards):
        ring.update(dict.fromkeys(component, component[0]))
    came_of = {
        ring[to] for origin, tos in upwards.items() for to in tos if ring[to] != ring[origin]
    }
    return {thing for thing in shared if ring[thing] not in came_of}


def _path(view: PathView, lineage: Lineage, net: Net, ancestor: NamedNode) -> list[Path]:
    start = lineage.request.start
    return [
        view.path(
            net.steps(route),
            [(e, not forwards) for e, forwards in reversed(net.realised(route, start, ancestor))],
            net,
        )
        for route in net.routes(start, ancestor, limit=1).found
    ]


def _cut(lineage: Lineage, view: PathView) -> tuple[str, ...]:
    if lineage.complete:
        return ()
    things = {iri: view.thing(iri) for iri, node in lineage.nodes.items() if node.stops}
    return stop_sentences(lineage, things)
