"""From the rows of a table to processes: which cells of which rows are one process.

ISA-Tab writes a graph as its paths, one a row, so that a process that pools or splits stands
in many rows. The rule here rebuilds the processes so that no output is said to come from an
input that shares no row with it:

1. Cells are the same process only if they stand in the same column, with the same protocol,
   name, parameter values, performer and date.
2. *Pooling.* Of such cells, those that lead to the same thing make one process, whose inputs
   are all that stands before any of them. "The same thing" is the next node; for a named
   process (``Assay Name`` and the like) the next node or named process, or the end of the row.
   An unnamed process before another process pools nothing: the pooling is the later one's.
3. *Splitting.* Of these processes, those with the same inputs are one process, with all the
   outputs.

So N inputs -> 1 process -> 1 output, and 1 input -> 1 process -> N outputs, and a name that
stands in N rows, each with an input and an output of its own, is N processes of that name.
Every cell is looked at a fixed number of times, and each pair of neighbours in a row gives at
most one input and one output: the result is linear in the table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from ingest.isa.model import Comment, NodeRef, Process, Value


@dataclass(frozen=True, slots=True)
class Cell:
    """What one row says of one process; ``step`` is its place in the row."""

    step: int
    protocol: str = ""
    name: str = ""
    name_type: str = ""
    performer: str = ""
    date: str = ""
    parameter_values: tuple[Value, ...] = ()

    @property
    def is_named(self) -> bool:
        return bool(self.name)


@dataclass(slots=True)
class Application:
    """A cell in its row, with the row's comments on it and the by-products that go no further."""

    cell: Cell
    comments: tuple[Comment, ...] = ()
    by_products: tuple[NodeRef, ...] = ()


Nodes = tuple[NodeRef, ...]
Path = list[Nodes | Application]
Upstream = NodeRef | int


@dataclass
class _Made:
    cell: Cell
    inputs: dict[NodeRef, None] = field(default_factory=dict)
    outputs: dict[NodeRef, None] = field(default_factory=dict)
    previous: dict[int, None] = field(default_factory=dict)
    comments: dict[Comment, None] = field(default_factory=dict)

    def freeze(self) -> Process:
        cell = self.cell
        return Process(
            cell.name,
            cell.name_type,
            cell.protocol,
            cell.performer,
            cell.date,
            cell.parameter_values,
            tuple(self.comments),
            tuple(self.inputs),
            tuple(self.outputs),
            tuple(self.previous),
        )


def merge(paths: Sequence[Path]) -> tuple[Process, ...]:
    """The processes of all rows, merged by the rule above."""
    by_step: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row, path in enumerate(paths):
        for place, element in enumerate(path):
            if isinstance(element, Application):
                by_step[element.cell.step].append((row, place))
    made: list[_Made] = []
    number_of: dict[Hashable, int] = {}
    assigned: dict[tuple[int, int], int] = {}
    for step in sorted(by_step):
        places = by_step[step]
        before = [_before(paths[row], row, place, assigned) for row, place in places]
        pools: dict[Hashable, dict[Upstream, None]] = defaultdict(dict)
        keys: list[Hashable] = []
        for (row, place), upstream in zip(places, before, strict=True):
            key = _pool(paths[row], place, upstream)
            keys.append(key)
            pools[key].update(dict.fromkeys(upstream))
        inputs_of = {key: frozenset(pool) for key, pool in pools.items()}
        for (row, place), key in zip(places, keys, strict=True):
            application = paths[row][place]
            assert isinstance(application, Application)
            identity = (application.cell, inputs_of[key])
            number = number_of.get(identity)
            if number is None:
                number = number_of[identity] = len(made)
                made.append(_Made(application.cell))
                for upstream_thing in pools[key]:
                    if isinstance(upstream_thing, int):
                        made[number].previous[upstream_thing] = None
                    else:
                        made[number].inputs[upstream_thing] = None
            assigned[row, place] = number
            made[number].comments.update(dict.fromkeys(application.comments))
            made[number].outputs.update(dict.fromkeys(application.by_products))
            after = paths[row][place + 1] if place + 1 < len(paths[row]) else ()
            if isinstance(after, tuple):
                made[number].outputs.update(dict.fromkeys(after))
    return tuple(m.freeze() for m in made)


def _before(
    path: Path, row: int, place: int, assigned: dict[tuple[int, int], int]
) -> tuple[Upstream, ...]:
    if place == 0:
        return ()
    element = path[place - 1]
    return element if isinstance(element, tuple) else (assigned[row, place - 1],)


def _pool(path: Path, place: int, upstream: tuple[Upstream, ...]) -> Hashable:
    """What cells must share to pool their inputs: the cell, and the same thing downstream."""
    application = path[place]
    assert isinstance(application, Application)
    cell = application.cell
    after = path[place + 1] if place + 1 < len(path) else None
    if isinstance(after, tuple):
        return cell, after
    if not cell.is_named:
        return cell, None, upstream
    for element in path[place + 1 :]:
        if isinstance(element, tuple):
            return cell, element
        if element.cell.is_named:
            return cell, element.cell
    return cell, None
