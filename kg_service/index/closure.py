"""The walk over the index: whole frontiers at a time, by the rules of docs/lineage.md.

The same walk as ``kg_service.lineage.walk`` takes node by node, at the finest level: a frontier
is all that is reached with so many steps. A node may be reached as an activity, in full, or as
a container, and is gone on from once in each of these ways. Containers are entered without
looking where they lead; those that lead nowhere are taken out in the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from kg_service.identity.matches import Match
from kg_service.index.relations import Codes, Ids, Relation
from kg_service.index.same import SameThings
from kg_service.index.segment import CONTAINED, MEMBERS, Places
from kg_service.index.steps import FinestSteps
from kg_service.index.view import Found, IndexView, Mask

# ways in which a node was reached, and what else is marked on it while a walk lasts
ACT, FULL, CONTAINER, STEPPED, LEADS, COUNTED = 1, 2, 4, 8, 16, 32
_NONE = np.zeros(0, np.intp)


@dataclass(frozen=True)
class Moves:
    """Moves of one kind, in columns: from where (in which way), to where (in which way).

    ``forth``: along the statements, from their subjects to their objects.
    """

    origins: Places
    targets: Ids
    codes: Codes
    graphs: Ids
    way_from: int
    way_to: int
    forth: bool


@dataclass(frozen=True)
class SameMove:
    """A move from a thing to the same thing."""

    origin: int
    target: int
    way: int
    match: Match


@dataclass
class Closure:
    """All that is reached in one direction.

    ``reached`` has a group of nodes for each way and depth; containers that lead nowhere are in
    neither ``reached`` nor ``moves``. ``cut`` and ``full``: from where depth or limit cut.
    """

    reached: list[tuple[Places, int, int]] = field(default_factory=list)
    moves: list[Moves] = field(default_factory=list)
    same: list[SameMove] = field(default_factory=list)
    cut: list[Places] = field(default_factory=list)
    full: list[Places] = field(default_factory=list)

    def nodes(self) -> Places:
        """Every node once, the start too."""
        return np.unique(np.concatenate([ids for ids, _, _ in self.reached]))


def close(
    view: IndexView,
    start: int,
    activity: bool,
    up: bool,
    same: SameThings,
    finest: FinestSteps,
    depth: int | None,
    limit: int,
    known: Places = _NONE,
) -> Closure:
    """Walk up or down from a start. At most ``limit`` nodes besides those ``known`` already."""
    with view.marks() as marks:
        walk = _Walk(view, start, activity, up, same, finest, depth, limit, marks)
        try:
            marks[known] = COUNTED
            walk.run()
            return walk.closure
        finally:
            marks[known] = 0
            for ids in walk.touched:
                marks[ids] = 0


class _Walk:
    def __init__(
        self,
        view: IndexView,
        start: int,
        activity: bool,
        up: bool,
        same: SameThings,
        finest: FinestSteps,
        depth: int | None,
        limit: int,
        marks: Codes,
    ) -> None:
        self.closure = Closure()
        self.touched: list[Places] = []
        self._view = view
        self._flags = view.flags
        self._whole = start if activity and not up else None
        self._first_way = ACT if activity else FULL
        self._start = start
        self._up = up
        self._same = same
        self._finest = finest
        self._depth = depth
        self._left = limit
        self._marks = marks
        # by the number of steps: nodes that are waiting to be gone on from, by way
        self._now: dict[int, list[Places]] = {ACT: [], FULL: [], CONTAINER: []}
        self._next: dict[int, list[Places]] = {ACT: [], FULL: [], CONTAINER: []}
        self._at = 0

    def run(self) -> None:
        start = np.array([self._start], np.intp)
        self._reach(start, self._first_way, self._now)
        if self._first_way == ACT:
            self._from_first_activity(start)
        while True:
            ways = self._free()
            self._steps(ways)
            if not any(self._next.values()):
                break
            self._now, self._next = self._next, {ACT: [], FULL: [], CONTAINER: []}
            self._at += 1
        self._leave_out_dead_ends()

    # --- what costs nothing -------------------------------------------------------------

    def _free(self) -> dict[int, list[Places]]:
        """Go on at no cost until nothing new is met. All that was met with so many steps."""
        done: dict[int, list[Places]] = {ACT: [], FULL: [], CONTAINER: []}
        while any(self._now.values()):
            for way in (ACT, FULL, CONTAINER):
                waiting, self._now[way] = self._now[way], []
                for ids in waiting:
                    if way == CONTAINER:  # one that was reached in full since is not gone on from
                        ids = ids[self._marks[ids] & FULL == 0]
                    if not len(ids):
                        continue
                    done[way].append(ids)
                    if way == ACT:
                        self._from_activities(ids)
                    else:
                        self._from_entities(ids, way)
        return done

    def _from_first_activity(self, start: Places) -> None:
        """What the start itself used or generated is one step away."""
        self._now[ACT] = []
        found = self._of_activities(start)
        if self._depth == 0:
            if len(found):
                self.closure.cut.append(start)
            return
        data = found.where(found.codes < Relation.DERIVED)
        self._move(start, data, ACT, FULL, self._next)
        other = found.where(found.codes == Relation.INFORMED)
        self._move(start, other, ACT, ACT, self._next)

    def _from_activities(self, ids: Places) -> None:
        found = self._of_activities(ids)
        if not len(found):
            return
        informed = found.codes == Relation.INFORMED
        if informed.any():
            other = found.where(informed)
            if self._at == self._depth:
                self.closure.cut.append(ids[other.places])
            else:
                self._move(ids, other, ACT, ACT, self._next)
            found = found.where(~informed)
        self._move(ids, found, ACT, FULL, self._now)

    def _of_activities(self, ids: Places) -> Found:
        if self._up:
            found = self._view.expand("out", ids)
            return _only(found, Relation.USED, Relation.INFORMED)
        found = _only(self._view.expand("in", ids), Relation.GENERATED, Relation.INFORMED)
        return self._finest.outputs(ids, found, self._whole)

    def _from_entities(self, ids: Places, way: int) -> None:
        flags = self._flags[ids]
        if (joined := flags & self._same.flag != 0).any():
            self._to_same(ids[joined], way)
        if way == FULL and (holding := flags & MEMBERS != 0).any():
            some = ids[holding]
            self._move(some, self._view.expand("members", some), FULL, FULL, self._now)
        if (inside := flags & CONTAINED != 0).any():
            some = ids[inside]
            found = self._view.expand("containers", some)
            self._move(some, found, way, CONTAINER, self._now)

    def _to_same(self, ids: Places, way: int) -> None:
        for origin in ids.tolist():
            for other, match in self._same.of(origin):
                target = np.array([other], np.intp)
                if self._admit(np.array([origin], np.intp), target, way, self._now).all():
                    self.closure.same.append(SameMove(origin, other, way, match))

    # --- steps --------------------------------------------------------------------------

    def _steps(self, ways: dict[int, list[Places]]) -> None:
        """One step from all entities met with so many steps."""
        for way in (FULL, CONTAINER):
            for ids in ways[way]:
                ids = ids[self._marks[ids] & STEPPED == 0]
                if not len(ids):
                    continue
                self._marks[ids] |= STEPPED
                found = self._of_entities(ids)
                if not len(found):
                    continue
                origins = ids[found.places]
                self._marks[origins] |= LEADS
                if self._at == self._depth:
                    self.closure.cut.append(origins)
                    continue
                derived = found.codes == Relation.DERIVED
                if derived.any():
                    self._move(ids, found.where(derived), way, FULL, self._next)
                    found = found.where(~derived)
                self._move(ids, found, way, ACT, self._next)

    def _of_entities(self, ids: Places) -> Found:
        if self._up:
            found = _only(self._view.expand("out", ids), Relation.GENERATED, Relation.DERIVED)
            return self._finest.generations(ids, found)
        found = _only(self._view.expand("in", ids), Relation.USED, Relation.DERIVED)
        return self._finest.uses(found)

    # --- bookkeeping --------------------------------------------------------------------

    def _move(
        self, ids: Places, found: Found, way: int, to: int, waiting: dict[int, list[Places]]
    ) -> None:
        if not len(found):
            return
        origins = ids[found.places]
        admitted = self._admit(origins, found.others, to, waiting)
        if not admitted.all():
            found, origins = found.where(admitted), origins[admitted]
            if not len(found):
                return
        by_member = way != ACT and found.codes[0] == Relation.MEMBER
        forth = to != CONTAINER if by_member else self._up
        self.closure.moves.append(
            Moves(origins, found.others, found.codes, found.graphs, way, to, forth)
        )

    def _admit(
        self, origins: Places, targets: Ids | Places, way: int, waiting: dict[int, list[Places]]
    ) -> Mask:
        """Reach targets, as far as the limit lets. Which of them are in the answer."""
        marks = self._marks[targets]
        seen = way | FULL if way == CONTAINER else way
        new = np.unique(targets[marks & seen == 0]).astype(np.intp)
        admitted = np.ones(len(targets), np.bool_)
        if len(new):
            counts = self._marks[new] & (COUNTED | ACT | FULL | CONTAINER) == 0
            if int(counts.sum()) > self._left:
                refused = new[counts][self._left :]
                admitted = ~np.isin(targets, refused)
                self.closure.full.append(origins[~admitted])
                new = np.setdiff1d(new, refused)
            self._reach(new, way, waiting)
        return admitted

    def _reach(self, new: Places, way: int, waiting: dict[int, list[Places]]) -> None:
        if not len(new):
            return
        fresh = self._marks[new] & (COUNTED | ACT | FULL | CONTAINER) == 0
        self._left -= int(fresh.sum())
        self._marks[new] |= way
        self.touched.append(new)
        waiting[way].append(new)
        at = self._at + (waiting is self._next)
        self.closure.reached.append((new, way, at))

    def _leave_out_dead_ends(self) -> None:
        """Take out containers from which no step leads on, nor from one that they are in."""
        if not any(way == CONTAINER for _, way, _ in self.closure.reached):
            return
        while self._lead_back():
            pass
        led = LEADS
        kept = []
        for ids, way, at in self.closure.reached:
            if way == CONTAINER:
                ids = ids[self._marks[ids] & led != 0]
            if len(ids):
                kept.append((ids, way, at))
        self.closure.reached = kept
        self.closure.moves = [m for moves in self.closure.moves for m in self._leading(moves)]
        self.closure.same = [
            move
            for move in self.closure.same
            if move.way != CONTAINER or self._marks[move.target] & led
        ]

    def _lead_back(self) -> bool:
        """Mark what leads to what leads on. Whether anything was marked."""
        marked = False
        for moves in self.closure.moves:
            if moves.way_to == CONTAINER:
                leads = self._marks[moves.targets] & LEADS != 0
                origins = moves.origins[leads]
                if (self._marks[origins] & LEADS == 0).any():
                    self._marks[origins] |= LEADS
                    marked = True
        for same in self.closure.same:
            if self._marks[same.target] & LEADS and not self._marks[same.origin] & LEADS:
                self._marks[same.origin] |= LEADS
                marked = True
        return marked

    def _leading(self, moves: Moves) -> Iterator[Moves]:
        """The moves without those into, or out of, containers that lead nowhere."""
        keep = np.ones(len(moves.origins), np.bool_)
        if moves.way_to == CONTAINER:
            keep &= self._marks[moves.targets] & LEADS != 0
        if moves.way_from == CONTAINER:
            keep &= self._marks[moves.origins] & LEADS != 0
        if keep.all():
            yield moves
        elif keep.any():
            yield Moves(
                moves.origins[keep],
                moves.targets[keep],
                moves.codes[keep],
                moves.graphs[keep],
                moves.way_from,
                moves.way_to,
                moves.forth,
            )


def _only(found: Found, *wanted: Relation) -> Found:
    """The rows with one of two relations; mostly all of them have."""
    keep = (found.codes == wanted[0]) | (found.codes == wanted[1])
    return found if keep.all() else found.where(keep)
