"""A slow and obvious lineage, from the sentences of docs/lineage.md and nothing else.

It shares no code with the service: statements are tuples such as ``("out", "by", "run")``, and
each question is answered by going over all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Statement = tuple[str, str, str]
Pairs = set[tuple[str, str]]


class Reference:
    """What is upstream and downstream of a node, in sets, within so many steps."""

    def __init__(
        self, statements: Iterable[Statement], followed: Iterable[str], *, by_run: bool = False
    ) -> None:
        pairs = {w: {(s, o) for s, word, o in statements if word == w} for w in _WORDS}
        self.members, self.derived = pairs["member"], pairs["from"]
        self.keys = {(s, word, o) for s, word, o in statements if word in set(followed)}
        self.used, self.made, self.informed = pairs["used"], pairs["by"], pairs["informed"]
        self.activities = {a for a, _ in self.used} | {a for _, a in self.made}
        self.activities |= {a for pair in self.informed for a in pair}
        self.inside = closure(pairs["part"])
        self.by_run = by_run
        if by_run:
            self._collapse()

    def up(self, start: str, depth: int | None = None) -> set[str]:
        start = self.outermost(start) if self.by_run else start
        made = {(e, a) for e, a in self.made if not self._told_by_a_step(e, a)}
        return self._walk(start, depth, made, self.used, self.derived, self.informed)

    def down(self, start: str, depth: int | None = None) -> set[str]:
        start = self.outermost(start) if self.by_run else start
        told = {(a, e) for e, a in self.made if self._told_by_a_step(e, a)}
        makes = {(a, e) for e, a in self.made if (a, e) not in told or a == start}
        # a run of which steps tell all that it led to leads nowhere itself
        leading = {a for a, e in makes if (a, e) not in told} | {a for _, a in self.informed}
        silent = {a for a, _ in told} - leading
        uses = {(e, a) for a, e in self.used if a not in silent}
        return self._walk(start, depth, uses, makes, flip(self.derived), flip(self.informed))

    # runs and steps

    def _told_by_a_step(self, entity: str, run: str) -> bool:
        """Whether a step of the run made this, too, and tells what it used."""
        return not self.by_run and any(
            (step, run) in self.inside and (run, step) not in self.inside
            for e, step in self.made
            if e == entity and any(a == step for a, _ in self.used)
        )

    def _collapse(self) -> None:
        """What parts used and made is their outermost run's; it did not use what it made."""
        self.made = {(e, self.outermost(a)) for e, a in self.made}
        self.used = {(self.outermost(a), e) for a, e in self.used} - flip(self.made)
        told = {(self.outermost(a), self.outermost(b)) for a, b in self.informed}
        self.informed = {(a, b) for a, b in told if a != b}

    def outermost(self, activity: str) -> str:
        """The run that is in no other, or only in such as are in it; of several the first."""
        around = {activity} | {run for part, run in self.inside if part == activity}
        return min(
            run
            for run in around
            if all((beyond, run) in self.inside for inner, beyond in self.inside if inner == run)
        )

    # free hops

    def same(self, thing: str) -> set[str]:
        mine = {(word, key) for t, word, key in self.keys if t == thing}
        return {t for t, word, key in self.keys if (word, key) in mine}

    def in_full(self, thing: str) -> set[str]:
        """The thing, what it is the same as, what is in it, and so on."""
        return grow({thing}, lambda t: self.same(t) | {m for c, m in self.members if c == t})

    def around(self, things: set[str]) -> set[str]:
        """Things and the collections that they are in, at any depth."""
        return grow(things, lambda t: self.same(t) | {c for c, m in self.members if m == t})

    def is_collection(self, thing: str) -> bool:
        """Whether it is a collection, or the same as one."""
        return any(c in grow({thing}, self.same) for c, _ in self.members)

    # steps

    def _walk(
        self,
        start: str,
        depth: int | None,
        to_activity: Pairs,
        to_entity: Pairs,
        to_origin: Pairs,
        to_informer: Pairs,
    ) -> set[str]:
        """All within so many steps; an activity and what is beyond it count as one."""
        activities = {start} & self.activities
        entities = self.in_full(start) if not activities else set()
        steps, before = 0, None
        while steps != depth and before != (activities, entities):
            before, steps = (activities, entities), steps + 1
            reach = self.around(entities)
            activities = activities | {a for e, a in to_activity if e in reach}
            activities |= {b for a, b in to_informer if a in before[0]}
            found = {e for a, e in to_entity if a in activities}
            found |= {o for e, o in to_origin if e in reach}
            entities = entities.union(*map(self.in_full, found))
        # a collection is there only where it, or one that it is in, leads on
        leading = {e for e, _ in to_activity | to_origin}
        containers = {c for c in self.around(entities) if self.around({c}) & leading}
        return {start} | activities | entities | containers


_WORDS = ("used", "by", "from", "informed", "member", "part")


def grow(start: set[str], more: Callable[[str], set[str]]) -> set[str]:
    found = set(start)
    while new := set().union(*map(more, found)) - found:
        found |= new
    return found


def closure(pairs: Pairs) -> Pairs:
    return {(a, b) for a, _ in pairs for b in grow({b for x, b in pairs if x == a},
            lambda n: {d for c, d in pairs if c == n})}  # fmt: skip


def flip(pairs: Pairs) -> Pairs:
    return {(b, a) for a, b in pairs}
