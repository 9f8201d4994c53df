"""The aligned graphs that there are now, as the catalogue tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg_service.catalogue import ask_catalogue
from kg_service.rdf import solutions_of
from kg_service.store.port import GraphReader


@dataclass(frozen=True)
class CurrentGraph:
    """An aligned graph of a source's current version.

    ``stamp`` tells this content from any other that ever had the graph's name: a source that
    was withdrawn can come back under other mapping sets.
    """

    iri: str
    source: str
    source_id: str
    stamp: str


def current_graphs(reader: GraphReader) -> dict[str, CurrentGraph]:
    """The aligned graphs of all current versions, by name. Raises StoreError."""
    stamps: dict[str, set[str]] = {}
    owners: dict[str, tuple[str, str]] = {}
    for row in solutions_of(ask_catalogue(reader, _text("current.rq"))):
        graph, source, id_, *told = (
            term.value if isinstance(term, (NamedNode, Literal)) else "" for term in row
        )
        stamps.setdefault(graph, set()).add("\t".join(told))
        owners[graph] = (source, id_)
    return {
        graph: CurrentGraph(graph, *owners[graph], "\n".join(sorted(stamps[graph])))
        for graph in sorted(stamps)
    }


def lines_of(reader: GraphReader, graph: str) -> Iterator[bytes]:
    """What the graph says, as lines of N-Triples. Raises StoreError."""
    triples: list[Triple] = []
    for quad in reader.quads(None, None, None, NamedNode(graph)):
        triples.append(quad.triple)
        if len(triples) == _AT_ONCE:
            yield from _lines(triples)
            triples.clear()
    yield from _lines(triples)


_AT_ONCE = 10_000


def _lines(triples: list[Triple]) -> list[bytes]:
    return (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)


@cache
def _text(name: str) -> str:
    return files("kg_service.search").joinpath(name).read_text(encoding="utf-8")
