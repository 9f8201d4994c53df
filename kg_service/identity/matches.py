"""Which things are the same as a given one: keys that are shared, judged by both sides.

A shared key is evidence unless what the sources tell contradicts it: an activity or another
kind of thing, other bytes or another size, a key that too many things share to mean anything,
or a steward who has told the things apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from kg_service.identity.claims import bytes_told
from kg_service.identity.evidence import KEY_NS, Evidence, Holder, Policy
from kg_service.identity.kinds import Kind, can_be_same, kind_of
from kg_service.identity.makers import Makers
from kg_service.rdf import graph_of, is_aligned, node_object, subject_of, text_object
from kg_service.store.port import GraphReader
from kg_service.terms import DECISIONS, OWL_DIFFERENT_FROM, RDF_TYPE, kg

# a location, content or name that more things share tells nothing of any of them
MOST_SHARED = 100
# from so many sharers on, they are joined by way of the first instead of each to each
MOST_JOINED = 100
_BY_ID = (Evidence.IDENTIFIER, Evidence.SAME_AS)
_COUNTED = (Evidence.LOCATION, Evidence.CONTENT, Evidence.NAME)
_SIZE = kg("size")


@dataclass(frozen=True)
class Match:
    """Two things that share a key, in text order, on this evidence.

    ``statement`` is the statement of ``graph`` that gives the weaker of the two evidences.
    """

    first: NamedNode
    second: NamedNode
    evidence: Evidence
    graph: NamedNode
    statement: tuple[NamedNode, NamedNode, NamedNode]

    @property
    def key(self) -> NamedNode:
        return self.statement[2]


@dataclass(frozen=True)
class Group:
    """The things that share a key. ``crowded``: more than can mean anything; not all are here.

    ``coincident``: those that one source says were made by different activities. ``shown``: the
    holders as the graphs that are looked at tell them.
    """

    key: NamedNode
    holders: dict[NamedNode, Holder]
    crowded: bool = False
    coincident: frozenset[NamedNode] = frozenset()
    shown: dict[NamedNode, Holder] = field(default_factory=dict)


class Matches:
    """Finds and judges matches in one state of a store, remembering what it has read.

    With ``shows``, only matches that graphs tell for which it is true. They are judged by all that
    the store says, so that looking at less never joins what the whole does not.
    """

    def __init__(
        self,
        reader: GraphReader,
        policy: Policy,
        shows: Callable[[NamedNode | None], bool] | None = None,
    ) -> None:
        self._reader = reader
        self._policy = policy
        self._shows = shows
        self._makers = Makers(reader)
        self._found: dict[NamedNode, list[Match]] = {}
        self._groups: dict[tuple[Evidence, NamedNode], Group] = {}
        self._kinds: dict[NamedNode, Kind] = {}
        self._sizes: dict[NamedNode, frozenset[int]] = {}
        self._digests: dict[NamedNode, frozenset[tuple[str, str]]] = {}
        self._rejected: dict[NamedNode, frozenset[NamedNode]] = {}
        self._hubs: dict[NamedNode, NamedNode] = {}

    def of(self, node: NamedNode) -> list[Match]:
        """The matches of a thing, one for each other thing, by the strongest evidence there is.

        Of a key that very many share, only that with one of them that stands for all.
        """
        if node not in self._found:
            self._found[node] = self._find(node)
        return self._found[node]

    def _find(self, node: NamedNode) -> list[Match]:
        found: dict[NamedNode, Match] = {}
        for evidence in self._policy.evidence:
            for quad in self._reader.quads(node, evidence.property):
                key = node_object(quad)
                if key is None or not self._is_shown(graph_of(quad)):
                    continue
                for match in self._by_key(node, evidence, key):
                    other = match.second if match.first == node else match.first
                    known = found.get(other)
                    if known is None or _rank(match) < _rank(known):
                        found[other] = match
        return [found[other] for other in sorted(found, key=lambda n: n.value)]

    def group(self, evidence: Evidence, key: NamedNode) -> Group:
        """The things that share a key on this evidence. Identifiers and sameAs are one."""
        family = Evidence.IDENTIFIER if evidence in _BY_ID else evidence
        if (family, key) not in self._groups:
            self._groups[family, key] = self._read(family, key)
        return self._groups[family, key]

    def why_not(self, group: Group, first: NamedNode, second: NamedNode) -> str | None:
        """What speaks against two holders of a key being the same, in words; None if nothing."""
        if group.crowded:
            return f"more than {MOST_SHARED} things share it"
        one, other = group.holders[first], group.holders[second]
        evidence = max(one.evidence, other.evidence, key=_strength)
        if evidence is not Evidence.DECISION:
            if second in self.rejected(first):
                return "a steward told them apart"
            for node in (first, second):
                if any(n in group.holders for n in self.rejected(node)):
                    return "a steward told one of them apart from another that shares it"
        if not can_be_same(evidence, self.kind(first), self.kind(second)):
            return "they are of kinds that can not be the same"
        if evidence is Evidence.NAME and one.graphs & other.graphs:
            return "one source tells them apart"
        if first in group.coincident or second in group.coincident:
            return "different activities of one source made things with this content"
        if evidence in (Evidence.LOCATION, Evidence.CONTENT):
            return self._contradiction(first, second)
        return None

    def rejected(self, node: NamedNode) -> frozenset[NamedNode]:
        """The things that a steward has told apart from this one."""
        if node not in self._rejected:
            found = self._reader.quads(node, OWL_DIFFERENT_FROM, None, DECISIONS)
            self._rejected[node] = frozenset(n for q in found if (n := node_object(q)))
        return self._rejected[node]

    def kind(self, node: NamedNode) -> Kind:
        """What all sources together say of the kind of a thing."""
        if node not in self._kinds:
            self._kinds[node] = kind_of(
                quad.object
                for quad in self._reader.quads(node, RDF_TYPE)
                if is_aligned(graph_of(quad))
            )
        return self._kinds[node]

    def _by_key(self, node: NamedNode, evidence: Evidence, key: NamedNode) -> Iterator[Match]:
        group = self.group(evidence, key)
        if group.crowded or len(group.shown) < 2:
            return
        for other in self._partners(node, group):
            if other != node and self.why_not(group, node, other) is None:
                yield _match(group, node, other)

    def _partners(self, node: NamedNode, group: Group) -> list[NamedNode]:
        if len(group.shown) <= MOST_JOINED:
            return list(group.shown)
        if group.key not in self._hubs:
            undisputed = [
                n for n in group.shown if not self.rejected(n) & group.holders.keys()
            ] or list(group.shown)
            (usual, _count), *_ = Counter(map(self.kind, undisputed)).most_common(1)
            self._hubs[group.key] = min(
                (n for n in undisputed if self.kind(n) == usual), key=lambda n: n.value
            )
        hub = self._hubs[group.key]
        return list(group.shown) if node == hub else [hub]

    def _read(self, family: Evidence, key: NamedNode) -> Group:
        holders: dict[NamedNode, Holder] = {}
        shown: dict[NamedNode, Holder] = {} if self._shows else holders
        for evidence in _BY_ID if family is Evidence.IDENTIFIER else (family,):
            for quad in self._reader.quads(None, evidence.property, key):
                node, graph = subject_of(quad), graph_of(quad)
                if graph is None:
                    continue
                _hold(holders, node, evidence, graph)
                if shown is not holders and self._is_shown(graph):
                    _hold(shown, node, evidence, graph)
                if evidence in _COUNTED and len(holders) > MOST_SHARED:
                    return Group(key, holders, crowded=True, shown=shown)
        coincident = self._makers.coincident(holders) if family is Evidence.CONTENT else frozenset()
        return Group(key, holders, coincident=coincident, shown=shown)

    def _is_shown(self, graph: NamedNode | None) -> bool:
        return self._shows is None or self._shows(graph)

    def _contradiction(self, first: NamedNode, second: NamedNode) -> str | None:
        if Kind.DATASET in self.kind(first) or Kind.DATASET in self.kind(second):
            return None  # what counts to the size of a dataset is told in many ways
        one, other = self._told_digests(first), self._told_digests(second)
        for algorithm in {a for a, _ in one} & {a for a, _ in other}:
            if not {d for d in one if d[0] == algorithm} & {d for d in other if d[0] == algorithm}:
                return f"their {algorithm} checksums differ"
        sizes, others = self._told_sizes(first), self._told_sizes(second)
        if sizes and others and not sizes & others:
            return f"their sizes differ ({min(sizes)} and {min(others)} bytes)"
        return None

    def _told_sizes(self, node: NamedNode) -> frozenset[int]:
        if node not in self._sizes:
            told = (
                bytes_told(text_object(q))
                for q in self._reader.quads(node, _SIZE)
                if is_aligned(graph_of(q))
            )
            self._sizes[node] = frozenset(size for size in told if size is not None)
        return self._sizes[node]

    def _told_digests(self, node: NamedNode) -> frozenset[tuple[str, str]]:
        if node not in self._digests:
            self._digests[node] = frozenset(
                (algorithm, digest)
                for quad in self._reader.quads(node, Evidence.CONTENT.property)
                for algorithm, _, digest in [text_object(quad).removeprefix(KEY_NS).partition(":")]
            )
        return self._digests[node]


def _hold(
    holders: dict[NamedNode, Holder], node: NamedNode, evidence: Evidence, graph: NamedNode
) -> None:
    holder = holders.setdefault(node, Holder(node, evidence))
    if holder.evidence is evidence:
        holder.graphs.add(graph)


def _strength(evidence: Evidence) -> int:
    return _ORDER[evidence]


def _rank(match: Match) -> tuple[int, str, str]:
    return _strength(match.evidence), match.key.value, match.graph.value


_ORDER = {evidence: place for place, evidence in enumerate(Evidence)}


def _match(group: Group, node: NamedNode, other: NamedNode) -> Match:
    # told alike from both sides: by the weaker evidence, else by the one that comes first
    first, second = sorted((node, other), key=lambda n: n.value)
    one, two = group.shown[first], group.shown[second]
    teller = two if _strength(two.evidence) > _strength(one.evidence) else one
    graph = min(teller.graphs, key=lambda g: g.value)
    statement = (teller.node, teller.evidence.property, group.key)
    return Match(first, second, teller.evidence, graph, statement)
