"""A layered layout: columns in time's order, few crossings, straight long edges.

The usual four parts (Sugiyama and others, 1981): edges that close a cycle are turned round, each
node gets a column after all that came before it, each column is ordered by where its neighbours
are, and the places in it are drawn towards them. Linear in the drawing but for the sorting.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# how often a small drawing is gone over; a large one less often, so that the time stays bounded
_SWEEPS = 12
_PULLS = 24
_VISITS = 40_000
Edge = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """``column`` and ``row`` of each node; a row is a number of node heights, from 0.

    ``bends`` are the places (column, row) through which an edge over several columns goes.
    """

    column: Mapping[int, int]
    row: Mapping[int, float]
    bends: Mapping[Edge, tuple[tuple[int, float], ...]]

    @property
    def columns(self) -> int:
        return max(self.column.values(), default=-1) + 1

    @property
    def rows(self) -> float:
        return max(self.row.values(), default=0.0) + 1


def layered(nodes: Sequence[int], edges: Iterable[Edge]) -> Layout:
    """Places for nodes so that edges go from left to right, where no cycle forbids it."""
    told = [edge for edge in dict.fromkeys(edges) if edge[0] != edge[1]]
    forward = _acyclic(nodes, told)
    column = _columns(nodes, forward)
    chains, rank = _with_bends(forward, column)
    order = _ordered(rank, chains)
    place = _placed(order, chains)
    least = min(place.values(), default=0.0)
    bends = {}
    for edge, chain in chains.items():
        inner = tuple((rank[n], place[n] - least) for n in chain[1:-1])
        bends[edge] = inner
        bends[edge[1], edge[0]] = tuple(reversed(inner))
    return Layout(
        column,
        {node: place[node] - least for node in nodes},
        {edge: bends.get(edge, ()) for edge in told},
    )


def _acyclic(nodes: Sequence[int], edges: Sequence[Edge]) -> list[Edge]:
    """The edges, with those turned round that lead back into a way from where it came."""
    onward: dict[int, list[int]] = defaultdict(list)
    incoming: dict[int, int] = defaultdict(int)
    for tail, head in edges:
        onward[tail].append(head)
        incoming[head] += 1
    back: set[Edge] = set()
    state: dict[int, int] = {}  # 1 on the way, 2 done
    for root in sorted(nodes, key=lambda n: (incoming[n] > 0, n)):
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(onward[root]))]
        while stack:
            node, pending = stack[-1]
            for other in pending:
                if state.get(other) == 1:
                    back.add((node, other))
                elif other not in state:
                    state[other] = 1
                    stack.append((other, iter(onward[other])))
                    break
            else:
                state[node] = 2
                stack.pop()
    return list(dict.fromkeys((h, t) if (t, h) in back else (t, h) for t, h in edges))


def _columns(nodes: Sequence[int], edges: Sequence[Edge]) -> dict[int, int]:
    """The longest way to each node; what has no past stands right before what came of it."""
    before: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    for tail, head in edges:
        before[head].append(tail)
        after[tail].append(head)
    left = {node: len(before[node]) for node in nodes}
    ready = [node for node in nodes if not left[node]]
    column = dict.fromkeys(nodes, 0)
    done = []
    while ready:
        node = ready.pop()
        done.append(node)
        for other in after[node]:
            column[other] = max(column[other], column[node] + 1)
            left[other] -= 1
            if not left[other]:
                ready.append(other)
    for node in reversed(done):
        if not before[node] and after[node]:
            column[node] = min(column[other] for other in after[node]) - 1
    return column


def _with_bends(
    edges: Sequence[Edge], column: Mapping[int, int]
) -> tuple[dict[Edge, tuple[int, ...]], dict[int, int]]:
    """Each edge as a chain with one place in every column; places without a node are negative."""
    rank = dict(column)
    chains: dict[Edge, tuple[int, ...]] = {}
    unused = -1
    for tail, head in edges:
        chain = [tail]
        for between in range(column[tail] + 1, column[head]):
            rank[unused] = between
            chain.append(unused)
            unused -= 1
        chains[tail, head] = (*chain, head)
    return chains, rank


def _neighbours(
    chains: Mapping[Edge, tuple[int, ...]],
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    before: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    for chain in chains.values():
        for tail, head in itertools.pairwise(chain):
            after[tail].append(head)
            before[head].append(tail)
    return before, after


def _ordered(rank: Mapping[int, int], chains: Mapping[Edge, tuple[int, ...]]) -> list[list[int]]:
    """The columns, each ordered by the mean place of its nodes' neighbours; the best sweep's."""
    before, after = _neighbours(chains)
    columns: list[list[int]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for node, at in rank.items():
        columns[at].append(node)
    place = {node: n for column in columns for n, node in enumerate(column)}
    best, fewest = [list(column) for column in columns], _crossings(columns, after, place)
    for sweep in range(_times(_SWEEPS, rank)):
        rightwards = sweep % 2 == 0
        towards = before if rightwards else after
        for column in columns if rightwards else reversed(columns):
            column.sort(key=lambda n: (_mean(towards[n], place, place[n]), place[n]))
            place.update((node, n) for n, node in enumerate(column))
        if (crossings := _crossings(columns, after, place)) < fewest:
            best, fewest = [list(column) for column in columns], crossings
    return best


def _times(most: int, places: Mapping[int, object]) -> int:
    return max(2, min(most, _VISITS // max(len(places), 1)))


def _mean(others: Sequence[int], place: Mapping[int, float], otherwise: float) -> float:
    return sum(place[n] for n in others) / len(others) if others else otherwise


def _crossings(
    columns: Sequence[Sequence[int]], after: Mapping[int, list[int]], place: Mapping[int, int]
) -> int:
    """How many edges cross between neighbouring columns: inversions, counted by a Fenwick tree."""
    total = 0
    for column in columns:
        heads = [h for node in column for h in sorted(place[o] for o in after.get(node, ()))]
        size = max(heads, default=-1) + 2
        tree = [0] * (size + 1)
        for seen, head in enumerate(heads):
            at, lower = head + 1, 0
            while at:
                lower += tree[at]
                at -= at & -at
            total += seen - lower
            at = head + 1
            while at <= size:
                tree[at] += 1
                at += at & -at
    return total


def _placed(
    order: Sequence[Sequence[int]], chains: Mapping[Edge, tuple[int, ...]]
) -> dict[int, float]:
    """Rows: each node as near to the mean of its neighbours as its column's order lets it."""
    before, after = _neighbours(chains)
    tallest = max(map(len, order), default=0)
    place = {
        node: n + (tallest - len(column)) / 2 for column in order for n, node in enumerate(column)
    }
    for pull in range(_times(_PULLS, place)):
        towards = (before, after)[pull % 2]
        for column in order if pull % 2 == 0 else reversed(order):
            wanted = [_mean(towards[n], place, place[n]) for n in column]
            place.update(zip(column, _apart(wanted), strict=True))
    return place


def _apart(wanted: Sequence[float]) -> list[float]:
    """The rows nearest to those wanted, in this order, that are at least one apart.

    Least squares under that condition: places that want to overlap form a block at their mean
    (isotonic regression, by pooling adjacent violators).
    """
    blocks: list[tuple[float, int]] = []  # mean of the wanted first row, how many
    for n, row in enumerate(wanted):
        mean, size = row - n, 1
        while blocks and blocks[-1][0] > mean:
            other, many = blocks.pop()
            mean, size = (mean * size + other * many) / (size + many), size + many
        blocks.append((mean, size))
    placed = [mean for mean, size in blocks for _ in range(size)]
    return [row + n for n, row in enumerate(placed)]
