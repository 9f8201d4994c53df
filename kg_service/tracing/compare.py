"""Two runs, or two results, side by side: what is the same, changed or missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from kg_service.describe import Thing
from kg_service.errors import UsageError
from kg_service.lineage.edges import EdgeSource
from kg_service.lineage.grade import Grounds
from kg_service.lineage.levels import FinestLevel, outermost_run
from kg_service.lineage.model import Request
from kg_service.lineage.scope import stated_edges
from kg_service.store.port import GraphReader
from kg_service.tracing.features import THRESHOLD, Likeness, features_of, likeness
from kg_service.tracing.run_facts import SECTIONS, Fact, RunFacts
from kg_service.tracing.state import State


@dataclass(frozen=True)
class Side:
    """A fact as one of the two has it: the thing, its value where it has one, and who says so."""

    thing: Thing
    value: str | None
    source: str | None
    grade: str
    by: str

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "id": self.thing.iri,
            "label": self.thing.label,
            "kind": self.thing.kind,
            "value": self.value,
            "source": self.source,
            "grade": self.grade,
            "by": self.by,
        }


@dataclass(frozen=True)
class Comparison:
    """One thing of the one, and what it is in the other; None where it is missing.

    ``name`` is what it was matched by.
    """

    section: str
    name: str
    likeness: Likeness
    because: str
    first: Side | None
    second: Side | None

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "section": self.section,
            "name": self.name,
            "likeness": self.likeness.value,
            "because": self.because,
            "first": self.first.as_json() if self.first else None,
            "second": self.second.as_json() if self.second else None,
        }


@dataclass(frozen=True)
class Differences:
    """Two things compared; ``runs`` are the activities whose facts were, two or none.

    ``complete`` is false, with the reason in ``stopped``, where no run could be compared.
    """

    first: Thing
    second: Thing
    runs: tuple[Thing, ...]
    comparisons: tuple[Comparison, ...]
    complete: bool
    stopped: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many comparisons came out as what."""
        return {word.value: sum(c.likeness is word for c in self.comparisons) for word in Likeness}

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "first": self.first.brief_json(),
            "second": self.second.brief_json(),
            "runs": [run.brief_json() for run in self.runs],
            "complete": self.complete,
            "stopped": list(self.stopped),
            "counts": self.counts,
            "comparisons": [comparison.as_json() for comparison in self.comparisons],
        }


def find_differences(
    state: State,
    request: Request,
    second: NamedNode,
    *,
    threshold: float = THRESHOLD,
) -> Differences:
    """Compare the request's start with another thing: two activities, or two entities.

    Of two entities, the runs that generated them are compared, too; if that is one run, its steps
    that did. Raises UsageError where one is an activity and the other is not.
    """
    reader = state.reader
    edges = stated_edges(request, reader)
    describer = state.describer
    first = request.start
    things = describer.thing(first), describer.thing(second)
    acting = [edges.is_activity(node) for node in (first, second)]
    if acting[0] != acting[1]:
        raise UsageError(
            f"{things[0].label} is a {things[0].kind} and {things[1].label} a {things[1].kind}: "
            "compare two activities, or two things"
        )
    compare = _Compare(reader, edges, threshold)
    facts = RunFacts(reader, edges, describer, Grounds(reader, state.alignment, describer))
    if all(acting):
        return Differences(
            *things, things, tuple(compare.facts(facts.of(first), facts.of(second))), True, ()
        )
    result = compare.entities(things[0], things[1])
    runs = [_runs_behind(edges, node) for node in (first, second)]
    if runs[0] == runs[1]:  # of one run: the steps in it that generated them
        finest = FinestLevel(edges)
        made = [finest.generations_of(node) for node in (first, second)]
        runs = [list(dict.fromkeys(edge.earlier for edge in found)) for found in made]
    stopped = tuple(
        f"{'no source says' if not found else 'sources tell several activities'} "
        f"which activity generated {thing.label}"
        for thing, found in zip(things, runs, strict=True)
        if len(found) != 1
    )
    if stopped:
        return Differences(*things, (), (result,), False, stopped)
    told = compare.facts(facts.of(runs[0][0]), facts.of(runs[1][0]))
    return Differences(
        *things,
        tuple(describer.thing(found[0]) for found in runs),
        (result, *told),
        True,
        (),
    )


def _runs_behind(edges: EdgeSource, entity: NamedNode) -> list[NamedNode]:
    """The runs that generated an entity: the whole runs, not their steps."""
    made_by = [edge.earlier for edge in edges.generations_of(entity)]
    return list(dict.fromkeys(outermost_run(edges, run) or run for run in made_by))


_Pairs = list[tuple[str, Fact, Fact]]


class _Compare:
    """Matches the facts of two runs, and judges each pair."""

    def __init__(self, reader: GraphReader, edges: EdgeSource, threshold: float) -> None:
        self._reader = reader
        self._edges = edges
        self._threshold = threshold

    def entities(self, first: Thing, second: Thing) -> Comparison:
        likeness, because = self._files(first, second)
        sides = (Side(thing, None, None, "", "") for thing in (first, second))
        return Comparison("result", first.label, likeness, because, *sides)

    def facts(self, first: Sequence[Fact], second: Sequence[Fact]) -> Iterator[Comparison]:
        """Section by section, by name."""
        for section in SECTIONS:
            ours = [fact for fact in first if fact.section == section]
            theirs = [fact for fact in second if fact.section == section]
            found = [c for pair in self._matched(ours, theirs) for c in self._judge(section, *pair)]
            yield from sorted(found, key=lambda c: (c.name, c.likeness, _iris(c)))

    def _matched(
        self, ours: list[Fact], theirs: list[Fact]
    ) -> Iterator[tuple[str, Fact | None, Fact | None]]:
        """Pairs: the same IRI; the same parameter and path; the same path, parameter, name or file
        name; the same thing under other names.

        A name that several things have on one side tells nothing of which is which.
        """
        matches = (
            _by_iri, _by_all_names, _by_path, _by_parameter, _by_name, _by_file_name,
            self._by_identity,
        )  # fmt: skip
        for match in matches:
            found = match(ours, theirs)
            yield from found
            gone = {id(fact) for _, one, other in found for fact in (one, other)}
            ours = [fact for fact in ours if id(fact) not in gone]
            theirs = [fact for fact in theirs if id(fact) not in gone]
        yield from ((_shown(fact), fact, None) for fact in ours)
        yield from ((_shown(fact), None, fact) for fact in theirs)

    def _by_identity(self, ours: list[Fact], theirs: list[Fact]) -> _Pairs:
        by_iri = {fact.thing.iri: fact for fact in theirs}
        found = []
        for fact in ours if theirs else ():
            for edge in self._edges.same_as(NamedNode(fact.thing.iri)):
                ends = (edge.earlier.value, edge.later.value)
                other = next((by_iri.pop(iri) for iri in ends if iri in by_iri), None)
                if other is not None:
                    found.append((_shown(fact), fact, other))
                    break
        return found

    def _judge(
        self, section: str, name: str, one: Fact | None, other: Fact | None
    ) -> Iterator[Comparison]:
        sides = (_side(one), _side(other))
        if one is None or other is None:
            which = "first" if one is None else "second"
            yield Comparison(section, name, Likeness.MISSING, f"not in the {which}", *sides)
            return
        if one.members and other.members and one.thing.iri != other.thing.iri:
            for inner, mine, theirs in self._matched(list(one.members), list(other.members)):
                yield from self._judge(section, f"{name}: {inner}", mine, theirs)
            return
        if one.is_file or other.is_file:
            likeness, because = self._files(one.thing, other.thing)
        else:
            likeness, because = _values(one, other)
            if likeness is Likeness.UNKNOWN and section in ("versions", "containers"):
                by_content = self._files(one.thing, other.thing)
                if by_content[0] is not Likeness.UNKNOWN:
                    likeness, because = by_content
        yield Comparison(section, name, likeness, because, *sides)

    def _files(self, one: Thing, other: Thing) -> tuple[Likeness, str]:
        first, second = NamedNode(one.iri), NamedNode(other.iri)
        if first == second:
            return Likeness.SAME, "the same thing"
        for edge in self._edges.same_as(first):
            if second in (edge.earlier, edge.later):
                return Likeness.SAME, "the same thing in both"
        told = features_of(self._reader, first), features_of(self._reader, second)
        return likeness(*told, self._threshold)


def _values(one: Fact, other: Fact) -> tuple[Likeness, str]:
    if one.value is not None and one.value == other.value:
        return Likeness.SAME, one.value
    if one.value is None and other.value is None:
        if one.thing.iri == other.thing.iri:
            return Likeness.SAME, "the same thing"
        what = "version" if one.section in ("versions", "containers") else "value"
        return Likeness.UNKNOWN, f"no {what} is told of either"
    if one.value is None or other.value is None:
        which = "first" if one.value is None else "second"
        return Likeness.UNKNOWN, f"it is not told of the {which}"
    return Likeness.CHANGED, f"{one.value} and {other.value}"


def _by_iri(ours: list[Fact], theirs: list[Fact]) -> _Pairs:
    return _unique(ours, theirs, lambda fact: [f"{fact.thing.iri} {fact.value}"])


def _by_all_names(ours: list[Fact], theirs: list[Fact]) -> _Pairs:
    return _unique(ours, theirs, lambda fact: ["\n".join(fact.names)] if fact.names[1:] else [])


def _by_path(ours: list[Fact], theirs: list[Fact]) -> _Pairs:
    return _unique(ours, theirs, lambda fact: _named(fact, "path "))


def _by_parameter(ours: list[Fact], theirs: list[Fact]) -> _Pairs:
    return _unique(ours, theirs, lambda fact: _named(fact, "parameter "))


def _by_name(ours: list[Fact], theirs: list[Fact]) -> _Pairs:
    return _unique(ours, theirs, lambda fact: _named(fact, "name "))


def _by_file_name(ours: list[Fact], theirs: list[Fact]) -> _Pairs:
    """By the end of the path; folders may be named after the run."""

    def file_name(fact: Fact) -> list[str]:
        paths = _named(fact, "path ") if fact.is_file else []
        return [end for path in paths if (end := path.rstrip("/").rpartition("/")[2])]

    return _unique(ours, theirs, file_name)


def _unique(ours: list[Fact], theirs: list[Fact], names_of: Callable[[Fact], list[str]]) -> _Pairs:
    """The pairs of facts that share a name which one fact has on either side; each fact once."""
    named: tuple[dict[str, list[Fact]], ...] = (defaultdict(list), defaultdict(list))
    for facts, by_name in zip((ours, theirs), named, strict=True):
        for fact in facts:
            for name in dict.fromkeys(names_of(fact)):
                by_name[name].append(fact)
    found: _Pairs = []
    gone: set[int] = set()
    for name, mine in named[0].items():
        pair = (*mine, *named[1].get(name, ()))
        alone = len(mine) == len(named[1].get(name, ())) == 1
        if alone and gone.isdisjoint(map(id, pair)):
            gone.update(map(id, pair))
            found.append((_shown(pair[0]), pair[0], pair[1]))
    return found


def _named(fact: Fact, sort: str) -> list[str]:
    return [name for name in fact.names if name.startswith(sort)]


def _shown(fact: Fact) -> str:
    """What a fact is called: its parameter, else its path, else its name."""
    return fact.names[0].partition(" ")[2]


def _side(fact: Fact | None) -> Side | None:
    if fact is None:
        return None
    return Side(fact.thing, fact.value, fact.said.source, fact.said.grade, fact.said.by)


def _iris(comparison: Comparison) -> tuple[str, ...]:
    sides = (comparison.first, comparison.second)
    return tuple(side.thing.iri for side in sides if side is not None)
