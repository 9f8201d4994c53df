"""The part of a store that is seen: its graphs, and what of the catalogue and the decisions.

The catalogue is one graph for all sources. A statement of it is seen where what it is about
belongs to a version or source that is seen, and what it points to to none that is hidden. To
which version a node of the catalogue belongs, its IRI tells: all of them begin with that of
their version. What belongs to none that is known is not seen.

A steward's decision is seen where some graph that is seen speaks of both things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from pyoxigraph import NamedNode, RdfFormat, Store, Triple, serialize

from kg_service.access.holdings import Holdings
from kg_service.access.sight import Sight
from kg_service.identity.decisions import Decision, Decisions, pair_key
from kg_service.identity.evidence import Evidence
from kg_service.store.dump import lines_of_graph
from kg_service.store.port import GraphReader
from kg_service.store.statements import END
from kg_service.terms import CATALOGUE, DECISIONS, OWL_DIFFERENT_FROM


@dataclass(frozen=True)
class Part:
    """``graphs`` are those of sources and vocabularies; ``catalogue`` and ``decisions`` are lines
    of N-Triples in order. ``key`` tells what the part says from what any other does."""

    graphs: frozenset[NamedNode]
    catalogue: tuple[bytes, ...]
    decisions: tuple[bytes, ...]
    key: str

    def told(self) -> Store:
        """The catalogue and the decisions in memory."""
        store = Store()
        for lines, graph in ((self.catalogue, CATALOGUE), (self.decisions, DECISIONS)):
            store.bulk_load(b"".join(lines), RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        return store


def part_seen(reader: GraphReader, held: Holdings, sight: Sight) -> Part:
    """The part of a state that a sight shows. Raises StoreError."""
    seen = _Seen(held, sight)
    graphs = frozenset(
        map(NamedNode, [g for g, s in held.graphs.items() if s in seen.sources])
    ) | frozenset(map(NamedNode, held.vocabularies.values()))
    catalogue = tuple(sorted(seen.lines(lines_of_graph(reader, CATALOGUE))))
    decisions = tuple(sorted(_decisions(reader, graphs)))
    return Part(graphs, catalogue, decisions, key_of(catalogue, decisions))


def key_of(catalogue: Iterable[bytes], decisions: Iterable[bytes]) -> str:
    """The name of a content. The catalogue tells graphs apart: each has its version and stamp."""
    digest = sha256()
    for lines in (catalogue, decisions):
        for line in lines:
            digest.update(line)
        digest.update(b"\n")
    return digest.hexdigest()


class _Seen:
    """Judges nodes and statements of the catalogue."""

    def __init__(self, held: Holdings, sight: Sight) -> None:
        self._held = held
        self._versions = sight.versions
        self._shared = {*held.vocabularies, *held.vocabularies.values()}
        self._known = set(held.counting) | {v.source for v in held.versions.values()}
        self.sources = {
            source for source, version in held.counting.items() if version in sight.versions
        }

    def lines(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Those of the statements that are seen."""
        about, seen = b"", False
        for line in lines:
            subject, _predicate, rest = line.split(b" ", 2)
            if subject != about:
                about, seen = subject, self._node(subject[1:-1].decode()) is True
            if seen and not (rest.startswith(b"<") and self._is_hidden(rest)):
                yield line

    def _is_hidden(self, rest: bytes) -> bool:
        return self._node(rest[1 : rest.rindex(b">")].decode()) is False

    def _node(self, iri: str) -> bool | None:
        """Whether a node is seen; None for what is no node of the catalogue's own."""
        if iri in self._shared:
            return True
        if iri in self._known:
            return iri in self.sources
        if iri in self._held.graphs:
            return self._held.graphs[iri] in self.sources
        version = self._held.version_around(iri)
        return None if version is None else version in self._versions


def _decisions(reader: GraphReader, graphs: frozenset[NamedNode]) -> set[bytes]:
    """The lines of all decisions on pairs that are seen, and of what they have put into effect."""
    known: dict[str, bool] = {}

    def knows(iri: str) -> bool:
        if iri not in known:
            known[iri] = _is_told_of(reader, NamedNode(iri), graphs)
        return known[iri]

    seen = [d for d in Decisions(reader).all() if knows(d.first) & knows(d.second)]
    lines: set[bytes] = set()
    for decision in seen:
        lines |= _lines(_about(reader, decision))
    return lines


def _about(reader: GraphReader, decision: Decision) -> Iterator[Triple]:
    first, second = NamedNode(decision.first), NamedNode(decision.second)
    key = pair_key(first, second)
    joins, parts = Evidence.DECISION.property, OWL_DIFFERENT_FROM
    for pattern in (
        (NamedNode(decision.iri), None, None),
        (key, None, None),
        (first, joins, key),
        (second, joins, key),
        (first, parts, second),
        (second, parts, first),
    ):
        subject, predicate, object_ = pattern
        for quad in reader.quads(subject, predicate, object_, DECISIONS):
            yield quad.triple


def _is_told_of(reader: GraphReader, node: NamedNode, graphs: frozenset[NamedNode]) -> bool:
    about = (quad.graph_name for quad in reader.quads(node))
    pointing = (quad.graph_name for quad in reader.quads(None, None, node))
    return any(graph in graphs for graph in about) or any(graph in graphs for graph in pointing)


def _lines(triples: Iterable[Triple]) -> set[bytes]:
    text = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return {line + b"\n" for line in text.splitlines() if line.endswith(END.strip())}
