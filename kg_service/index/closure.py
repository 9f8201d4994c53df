"""The walk over the index: whole frontiers at a time, by the rules of docs/lineage.md.

The same walk as ``kg_service.lineage.walk`` takes node by node, at the finest level: a frontier
is all that is reached with so many steps. A node may be reached as an activity, in full, or as
a container, and is gone on from once in each of these ways. Containers are entered without
looking where they lead; those that lead nowhere are taken out in the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from kg_service.identity.matches import Match
from kg_service.index.relations import Codes, Relation
from kg_service.index.same import SameThings
from kg_service.index.segment import CONTAINED, MEMBERS, Places
from kg_service.index.steps import FinestSteps
from kg_service.index.view import Found, IndexView, Mask

# ways in which a node was reached, and what else is marked on it while a walk lasts
ACT, FULL, CONTAINER, STEPPED, LEADS, COUNTED = 1, 2, 4, 8, 16, 32
# an enum's members are slow to look up
_DERIVED, _INFORMED, _MEMBER = (
    int(code) for code in (Relation.DERIVED, Relation.INFORMED, Relation.MEMBER)
)
NO_NODES = np.zeros(0, np.intp)


@dataclass(frozen=True)
class Moves:
    """Moves of one kind, in columns: from where (in which way), to where (in which way).

    ``forth``: along the statements, from their subjects to their objects.
    """

    found: Found
    way_from: int
    way_to: int
    forth: bool

    @property
    def origins(self) -> Places:
        return self.found.origins

    @property
    def targets(self) -> Places:
        return self.found.others


@dataclass(frozen=True)
class SameMoves:
    """Moves from things to the same things, in columns; the way is that of both."""

    origins: Places
    targets: Places
    way: int
    matches: Sequence[Match]

    def where(self, wanted: Mask) -> SameMoves:
        """Those of a mask."""
        matches = [self.matches[at] for at in np.flatnonzero(wanted).tolist()]
        return SameMoves(self.origins[wanted], self.targets[wanted], self.way, matches)


@dataclass
class Closure:
    """All that is reached in one direction.

    ``reached`` has a group of nodes for each way and depth; containers that lead nowhere are in
    neither ``reached`` nor ``moves``. ``cut`` and ``full``: from where depth or limit cut.
    """

    reached: list[tuple[Places, int, int]] = field(default_factory=list)
    moves: list[Moves] = field(default_factory=list)
    same: list[SameMoves] = field(default_factory=list)
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
    known: Places = NO_NODES,
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
        self._limit = self._left = limit
        self._marks = marks
        self._met_containers = False
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
                if not waiting:
                    continue
                ids = _together(waiting)
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
        data = found.where(found.codes < _DERIVED)
        self._move(data, ACT, FULL, self._next)
        other = found.where(found.codes == _INFORMED)
        self._move(other, ACT, ACT, self._next)

    def _from_activities(self, ids: Places) -> None:
        found = self._of_activities(ids)
        if not len(found):
            return
        informed = found.codes == _INFORMED
        if informed.any():
            other = found.where(informed)
            if self._at == self._depth:
                self.closure.cut.append(other.origins)
            else:
                self._move(other, ACT, ACT, self._next)
            found = found.where(~informed)
        self._move(found, ACT, FULL, self._now)

    def _of_activities(self, ids: Places) -> Found:
        if self._up:
            return self._view.expand("inputs", ids)
        return self._finest.outputs(self._view.expand("outputs", ids), self._whole)

    def _from_entities(self, ids: Places, way: int) -> None:
        flags = self._flags[ids]
        any_ = int(np.bitwise_or.reduce(flags))
        if any_ & self._same.flag:
            self._to_same(ids[flags & self._same.flag != 0], way)
        if way == FULL and any_ & MEMBERS:
            some = ids[flags & MEMBERS != 0]
            self._move(self._view.expand("members", some), FULL, FULL, self._now)
        if any_ & CONTAINED:
            some = ids[flags & CONTAINED != 0]
            found = self._view.expand("containers", some)
            self._move(found, way, CONTAINER, self._now)

    def _to_same(self, ids: Places, way: int) -> None:
        counts, others, matches = [], [], []
        for origin in ids.tolist():
            numbers, found = self._same.of(origin)
            counts.append(len(numbers))
            others += numbers
            matches += found
        if not others:
            return
        moves = SameMoves(ids.repeat(counts), np.array(others, np.intp), way, matches)
        admitted = self._admit(moves.origins, moves.targets, way, self._now)
        self.closure.same.append(moves if admitted is None else moves.where(admitted))

    # --- steps --------------------------------------------------------------------------

    def _steps(self, ways: dict[int, list[Places]]) -> None:
        """One step from all entities met with so many steps."""
        for way in (FULL, CONTAINER):
            if ways[way]:
                ids = _together(ways[way])
                if self._met_containers:
                    ids = ids[self._marks[ids] & STEPPED == 0]
                    if not len(ids):
                        continue
                    self._marks[ids] |= STEPPED
                found = self._of_entities(ids)
                if not len(found):
                    continue
                if self._at == self._depth:
                    self.closure.cut.append(found.origins)
                    continue
                derived = found.codes == _DERIVED
                if derived.any():
                    self._move(found.where(derived), way, FULL, self._next)
                    found = found.where(~derived)
                self._move(found, way, ACT, self._next)

    def _of_entities(self, ids: Places) -> Found:
        if self._up:
            return self._finest.generations(self._view.expand("origins", ids))
        return self._finest.uses(self._view.expand("uses", ids))

    # --- bookkeeping --------------------------------------------------------------------

    def _move(self, found: Found, way: int, to: int, waiting: dict[int, list[Places]]) -> None:
        if not len(found):
            return
        admitted = self._admit(found.origins, found.others, to, waiting)
        if admitted is not None:
            found = found.where(admitted)
            if not len(found):
                return
        self._met_containers |= to == CONTAINER
        by_member = way != ACT and found.codes[0] == _MEMBER
        forth = to != CONTAINER if by_member else self._up
        self.closure.moves.append(Moves(found, way, to, forth))

    def _admit(
        self, origins: Places, targets: Places, way: int, waiting: dict[int, list[Places]]
    ) -> Mask | None:
        """Reach targets, as far as the limit lets. Which are in the answer; None if all are."""
        # a container that was reached in full already is not to be gone on from again
        seen = CONTAINER | FULL if way == CONTAINER else way
        new = targets[self._marks[targets] & seen == 0]
        if not len(new):
            return None
        new = _once(new)
        admitted = None
        if len(new) > self._left and (counted := self._counted(new)).sum() > self._left:
            refused = self._beyond_limit(new[counted])
            admitted = ~np.isin(targets, refused)
            self.closure.full.append(origins[~admitted])
            new = np.setdiff1d(new, refused)
        self._reach(new, way, waiting)
        return admitted

    def _beyond_limit(self, new: Places) -> Places:
        """The nodes for which no room is left: the last by IRI, as numbers tell what else the
        index has seen, and when."""
        if not self._left:
            return new
        iris = self._view.iris(new)
        order = sorted(range(len(new)), key=iris.__getitem__)
        return np.sort(new[order[self._left :]])

    def _counted(self, new: Places) -> Mask:
        """Which of these nodes are not in the answer yet, with what is left made exact before."""
        known = np.concatenate([ids for ids, _, _ in self.closure.reached])
        known = known[self._marks[known] & COUNTED == 0]
        self._left = self._limit - len(np.unique(known))
        counted: Mask = self._marks[new] & (COUNTED | ACT | FULL | CONTAINER) == 0
        return counted

    def _reach(self, new: Places, way: int, waiting: dict[int, list[Places]]) -> None:
        if not len(new):
            return
        # a node that is reached in two ways counts twice here: see _counted
        self._left -= len(new)
        self._marks[new] |= way
        self.touched.append(new)
        waiting[way].append(new)
        at = self._at + (waiting is self._next)
        self.closure.reached.append((new, way, at))

    def _leave_out_dead_ends(self) -> None:
        """Take out containers from which no step leads on, nor from one that they are in."""
        if not self._met_containers:
            return
        for moves in self.closure.moves:
            if moves.way_from != ACT and moves.found.codes[0] != _MEMBER:
                self._marks[moves.origins] |= LEADS
        for ids in self.closure.cut:
            self._marks[ids] |= LEADS
        while self._lead_back():
            pass
        kept = []
        for ids, way, at in self.closure.reached:
            if way == CONTAINER:
                ids = ids[self._marks[ids] & LEADS != 0]
            if len(ids):
                kept.append((ids, way, at))
        self.closure.reached = kept
        self.closure.moves = [m for moves in self.closure.moves for m in self._leading(moves)]
        self.closure.same = [
            moves.where(self._marks[moves.targets] & LEADS != 0)
            if moves.way == CONTAINER
            else moves
            for moves in self.closure.same
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
            leads = self._marks[same.targets] & LEADS != 0
            origins = same.origins[leads]
            if (self._marks[origins] & LEADS == 0).any():
                self._marks[origins] |= LEADS
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
            yield Moves(moves.found.where(keep), moves.way_from, moves.way_to, moves.forth)


def _together(parts: list[Places]) -> Places:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _once(ids: Places) -> Places:
    """Each of them once, in order."""
    if len(ids) == 1:
        return ids
    made = np.sort(ids)
    new = made[1:] != made[:-1]
    return made if new.all() else np.concatenate((made[:1], made[1:][new]))
