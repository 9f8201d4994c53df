"""Which derived graphs a state of a store has, by what tells their content apart."""

from __future__ import annotations

from pyoxigraph import NamedNode

from kg_service.rdf import subject_of, text_object
from kg_service.store.port import GraphReader
from kg_service.terms import CATALOGUE, kg

_SOURCE, _STAMP = kg("sourceOfGraph"), kg("stamp")
_DERIVED = ("/aligned", "/identity")


def live_graphs(reader: GraphReader) -> dict[str, str]:
    """The aligned and identity graphs of all current versions, each with its stamp."""
    stamps = {
        subject_of(quad): text_object(quad) for quad in reader.quads(None, _STAMP, None, CATALOGUE)
    }
    return {
        graph.value: stamps.get(graph, "")
        for quad in reader.quads(None, _SOURCE, None, CATALOGUE)
        if (graph := subject_of(quad)).value.endswith(_DERIVED)
    }


def is_derived(graph: NamedNode) -> bool:
    """Whether a graph was derived from what a source says, by its name."""
    return graph.value.endswith(_DERIVED)


def stamp_of(reader: GraphReader, graph: NamedNode) -> str:
    """What tells the content of a derived graph from another's of the same IRI."""
    for quad in reader.quads(graph, _STAMP, None, CATALOGUE):
        return text_object(quad)
    return ""
