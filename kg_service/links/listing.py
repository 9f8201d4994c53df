"""Listing links: of one thing, or all there are, with what speaks for and against each.

Of a key that several things share, each thing is listed once, with the first of them: n things
make n - 1 links. What speaks against a link does not hide it; a steward wants to see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pyoxigraph import NamedNode

from kg_service.describe import Describer
from kg_service.identity.decisions import Decision, Decisions, Verdict, pair_key
from kg_service.identity.evidence import Evidence, Holder, Policy, key_text
from kg_service.identity.matches import Group, Matches
from kg_service.lineage.edges import StoreEdges, same_things
from kg_service.links.model import Link, LinkEnd
from kg_service.rdf import node_object, solutions_of, text_object
from kg_service.store.port import GraphReader
from kg_service.terms import kg

LISTED = (Evidence.DECISION, Evidence.IDENTIFIER, Evidence.SAME_AS, Evidence.LOCATION,
          Evidence.CONTENT)  # fmt: skip
# the same as words, for interfaces to choose from
EvidenceWord = StrEnum("EvidenceWord", {e.name: e.word for e in LISTED})  # type: ignore[misc]
_WRITTEN_AS = kg("writtenAs")


class Links:
    """The links in one state of a store."""

    def __init__(self, reader: GraphReader) -> None:
        self._reader = reader
        self._describer = Describer(reader)
        self._matches = Matches(reader, Policy.ALL)
        self._decisions = Decisions(reader)

    def listed(
        self,
        node: NamedNode | None = None,
        evidence: Iterable[Evidence] = LISTED,
        source: str | None = None,
    ) -> Iterator[Link]:
        """Links by evidence, strongest first: of a thing, or all; of a source's things, or all."""
        for kind in evidence:
            if kind is Evidence.DECISION:
                links = self._decided(node)
            else:
                links = self._of(node, kind) if node else self._all(kind)
            for link in links:
                if source is None or source in (*link.first.sources, *link.second.sources):
                    yield link

    def candidates(
        self, node: NamedNode | None = None, source: str | None = None
    ) -> Iterator[Link]:
        """Pairs with the same name in different sources that nothing links and nobody decided on.

        Each thing once, with the first that it could be.
        """
        edges = StoreEdges(self._reader, Policy.DEFAULT)
        for group in self._groups(Evidence.NAME) if node is None else self._groups_of(node):
            if group.crowded:
                continue
            for link in self._candidates_in(group, edges):
                ends = (link.first, link.second)
                if node is not None and node.value not in (end.thing.iri for end in ends):
                    continue
                if source is None or any(source in end.sources for end in ends):
                    yield link

    def _candidates_in(self, group: Group, edges: StoreEdges) -> Iterator[Link]:
        nodes = sorted(group.holders, key=lambda n: n.value)
        for place, second in enumerate(nodes):
            same = set(same_things(edges, second))
            for first in nodes[:place]:
                if first in same:
                    break  # linked already, as is what comes with it
                if self._matches.why_not(group, first, second):
                    continue
                if self._decisions.of_key(pair_key(first, second)) is None:
                    yield self._link(group, Evidence.NAME, first, second)
                    break

    def _groups_of(self, node: NamedNode) -> Iterator[Group]:
        for quad in self._reader.quads(node, Evidence.NAME.property):
            if (key := node_object(quad)) is not None:
                yield self._matches.group(Evidence.NAME, key)

    def _groups(self, evidence: Evidence) -> Iterator[Group]:
        """The keys of an evidence that several things share. By sameAs, some need not say so."""
        by_same_as = evidence is Evidence.SAME_AS
        bindings = {
            "one": evidence.property,
            "other": Evidence.IDENTIFIER.property if by_same_as else evidence.property,
        }
        # who has a key is read again from what the reader sees
        ask = getattr(self._reader, "ask_beyond", self._reader.query)
        for row in solutions_of(ask(_shared_keys(), bindings)):
            key = row["key"]
            if isinstance(key, NamedNode):
                yield self._matches.group(evidence, key)

    def _of(self, node: NamedNode, evidence: Evidence) -> Iterator[Link]:
        for quad in self._reader.quads(node, evidence.property):
            key = node_object(quad)
            if key is None:
                continue
            group = self._matches.group(evidence, key)
            others = sorted((n for n in group.holders if n != node), key=lambda n: n.value)
            for other in others[:1] if group.crowded else others:
                if self._weaker(group, node, other) is evidence:
                    yield self._link(group, evidence, node, other)
        if evidence is Evidence.SAME_AS:
            yield from self._said_by_others(node)

    def _said_by_others(self, node: NamedNode) -> Iterator[Link]:
        """Links by sameAs of others to an identifier of this thing."""
        for quad in self._reader.quads(node, Evidence.IDENTIFIER.property):
            key = node_object(quad)
            if key is None:
                continue
            group = self._matches.group(Evidence.SAME_AS, key)
            if group.holders[node].evidence is Evidence.SAME_AS:
                continue  # told with its own
            for other in sorted(group.holders, key=lambda n: n.value):
                if group.holders[other].evidence is Evidence.SAME_AS:
                    yield self._link(group, Evidence.SAME_AS, node, other)

    def _all(self, evidence: Evidence) -> Iterator[Link]:
        for group in self._groups(evidence):
            nodes = sorted(
                group.holders,
                key=lambda n: (group.holders[n].evidence is Evidence.SAME_AS, n.value),
            )
            for other in nodes[1:2] if group.crowded else nodes[1:]:
                if self._weaker(group, nodes[0], other) is evidence:
                    yield self._link(group, evidence, nodes[0], other)

    def _weaker(self, group: Group, one: NamedNode, other: NamedNode) -> Evidence:
        both = {group.holders[one].evidence, group.holders[other].evidence}
        return Evidence.SAME_AS if Evidence.SAME_AS in both else both.pop()

    def _decided(self, node: NamedNode | None) -> Iterator[Link]:
        for decision in self._decisions.all():
            if decision.until is not None or decision.verdict is Verdict.FORGOTTEN:
                continue
            if node is not None and node.value not in (decision.first, decision.second):
                continue
            first, second = NamedNode(decision.first), NamedNode(decision.second)
            key = pair_key(first, second)
            rejected = decision.verdict is Verdict.REJECTED
            why_not: str | None = f"rejected by {decision.who}: {decision.because}"
            if not rejected:
                why_not = self._matches.why_not(
                    self._matches.group(Evidence.DECISION, key), first, second
                )
            yield Link(
                self._end(first, decision.because, ()),
                self._end(second, decision.because, ()),
                Evidence.DECISION,
                key_text(key),
                decision.made,
                why_not,
                decision,
            )

    def _link(self, group: Group, evidence: Evidence, one: NamedNode, other: NamedNode) -> Link:
        first, second = sorted((one, other), key=lambda n: n.value)
        ends = tuple(
            self._end(node, self._value(group.holders[node], group), group.holders[node].graphs)
            for node in (first, second)
        )
        since = max(self._since(group.holders[node]) for node in (first, second))
        return Link(
            ends[0],
            ends[1],
            evidence,
            key_text(group.key),
            since,
            self._matches.why_not(group, first, second),
            self._decision_on(first, second),
        )

    def _decision_on(self, first: NamedNode, second: NamedNode) -> Decision | None:
        decision = self._decisions.of_key(pair_key(first, second))
        return None if decision and decision.verdict is Verdict.FORGOTTEN else decision

    def _end(self, node: NamedNode, value: str, graphs: Iterable[NamedNode]) -> LinkEnd:
        thing = self._describer.thing(node)
        found = {s.id for g in graphs if (s := self._describer.source_of(g)) is not None}
        sources = found or {source.id for source in thing.sources}
        return LinkEnd(thing, value, tuple(sorted(sources)))

    def _value(self, holder: Holder, group: Group) -> str:
        """How the sources of a thing write the value; from several spellings its own, if told."""
        written = sorted(
            text_object(quad)
            for graph in holder.graphs
            for quad in self._reader.quads(group.key, _WRITTEN_AS, None, graph)
        )
        if len(written) > 1:
            own = {text_object(quad) for quad in self._reader.quads(holder.node)}
            written = [text for text in written if text in {*own, holder.node.value}] or written
        return written[0] if written else key_text(group.key).partition(":")[2]

    def _since(self, holder: Holder) -> str:
        times = [s.ingested for g in holder.graphs if (s := self._describer.source_of(g))]
        return min(times, default="")


@cache
def _shared_keys() -> str:
    return files("kg_service.links").joinpath("shared_keys.rq").read_text(encoding="utf-8")
