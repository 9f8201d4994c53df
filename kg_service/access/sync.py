"""Bringing the store of a tier up to date with the main one, by what differs.

The tier's own catalogue says which graphs it holds in which content; a graph that it does not
name is no whole graph. So lines of the catalogue go before the graphs that they name, and come
after them, and an interruption at any point leaves what the next one takes up. Readers see the
tier as it was until all is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TypeVar

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg_service.access.part import Part, key_of
from kg_service.errors import StoreError
from kg_service.store.disk import DiskStore
from kg_service.store.dump import copied, lines_of_graph
from kg_service.store.port import Change, GraphReader
from kg_service.store.statements import Statements
from kg_service.terms import CATALOGUE, DECISIONS, JOURNAL, kg, prov

Item = TypeVar("Item")
_GRAPHS_AT_ONCE = 200
_LINES_AT_ONCE = 20_000


def bring_up_to_date(folder: Path, base: str, main: GraphReader, part: Part) -> None:
    """Make the store in a folder hold a part of the main one. Raises StoreError, StoreBusy."""
    tier = DiskStore(folder, base)
    try:
        _sync(tier, main, part)
        held = [sorted(lines_of_graph(tier, graph)) for graph in (CATALOGUE, DECISIONS)]
        if key_of(*held) != part.key:
            raise StoreError(f"{folder}: does not hold what was written to it")
        tier.publish()
    finally:
        tier.close()


def _sync(tier: DiskStore, main: GraphReader, part: Part) -> None:
    wanted = {CATALOGUE: set(part.catalogue), DECISIONS: set(part.decisions)}
    held = {graph: set(lines_of_graph(tier, graph)) for graph in wanted}
    contents, before = contents_told(part.catalogue), contents_told(held[CATALOGUE])
    kept = {g for g, content in contents.items() if before.get(g) == content}
    kept &= tier.graph_names()
    for graph, lines in wanted.items():
        for quads in _quads(held[graph] - lines, graph):
            tier.commit(Change(delete=quads))
    stale = tier.graph_names() - kept - {CATALOGUE, DECISIONS, JOURNAL}
    for names in _pieces(sorted(stale, key=str), _GRAPHS_AT_ONCE):
        tier.commit(Change(drop=names))
    for names in _pieces(sorted(part.graphs - kept, key=str), _GRAPHS_AT_ONCE):
        with _Copies(main, names) as copies:
            tier.commit(Change(graphs=copies))
    for graph, lines in wanted.items():
        for quads in _quads(lines - held[graph], graph):
            tier.commit(Change(insert=quads))


def contents_told(catalogue: Iterable[bytes]) -> dict[NamedNode, str]:
    """The graphs that a catalogue names, each with what tells its content from any other's.

    A derived graph has a stamp. What a source asserts is read anew where it is ingested again.
    """
    told: dict[bytes, dict[bytes, list[bytes]]] = {name: defaultdict(list) for name in _PROPERTIES}
    for line in catalogue:
        subject, predicate, rest = line.split(b" ", 2)
        if predicate in told:
            told[predicate][subject].append(rest.rpartition(b" ")[0])
    sources, stamps, current, ingests, times, vocabularies = (told[name] for name in _PROPERTIES)
    found = {}
    for graph, (source, *_) in sources.items():
        ingested = [
            time
            for version in current[source]
            for ingest in ingests[version]
            for time in times[ingest]
        ]
        content = b" ".join([*sorted(stamps[graph]), b"|", *sorted(ingested)])
        found[_node(graph)] = content.decode()
    for graphs in vocabularies.values():
        found.update(dict.fromkeys(map(_node, graphs), ""))
    return found


_PROPERTIES = tuple(
    str(term).encode()
    for term in (
        kg("sourceOfGraph"),
        kg("stamp"),
        kg("currentVersion"),
        prov("wasGeneratedBy"),
        prov("endedAtTime"),
        kg("vocabularyGraph"),
    )
)


def _pieces(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    remaining = iter(items)
    while piece := list(islice(remaining, size)):
        yield piece


def _node(written: bytes) -> NamedNode:
    return NamedNode(written[1:-1].decode())


def _quads(lines: Collection[bytes], graph: NamedNode) -> Iterator[list[Quad]]:
    for piece in _pieces(sorted(lines), _LINES_AT_ONCE):
        text = b"".join(piece)
        triples = (quad.triple for quad in parse(text, RdfFormat.N_TRIPLES, lenient=True))
        yield [Quad(t.subject, t.predicate, t.object, graph) for t in triples]


class _Copies(Mapping[NamedNode, Statements]):
    """Graphs of the main store, each copied when it is its turn to be written."""

    def __init__(self, main: GraphReader, names: Collection[NamedNode]) -> None:
        self._main = main
        self._names = names
        self._copy = ExitStack()

    def __enter__(self) -> _Copies:
        return self

    def __exit__(self, *_error: object) -> None:
        self._copy.close()

    def __iter__(self) -> Iterator[NamedNode]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, graph: NamedNode) -> Statements:
        self._copy.close()
        return self._copy.enter_context(copied(self._main, graph))
