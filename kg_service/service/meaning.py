"""What an id or an address means here: a source, one that is gone, or a thing."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from kg_service.catalogue import Catalogue, SourceRecord
from kg_service.errors import Ambiguous, NotKnown
from kg_service.graph import KnowledgeGraph
from kg_service.tombstones import Tombstone, tombstone

Meaning = SourceRecord | Tombstone | NamedNode


def meaning_of_id(graph: KnowledgeGraph, base: str, written: str) -> Meaning:
    """What an id means, in any spelling. Raises NotKnown, Ambiguous."""
    try:
        node = graph.resolve(written)
    except Ambiguous:
        raise
    except NotKnown:
        for node in _could_be(base, written.strip()):
            if isinstance(stone := meaning_of_node(graph, base, node), Tombstone):
                return stone
        raise
    return meaning_of_node(graph, base, node) or node


def meaning_of_node(graph: KnowledgeGraph, base: str, node: NamedNode) -> Meaning | None:
    """What an IRI means: None where no source says or said anything of it.

    Of a thing in a source that was withdrawn nothing is kept but that source's tombstone.
    """
    reader = graph.reader
    if record := Catalogue(reader).source(node):
        return record
    if stone := tombstone(reader, node):
        return stone
    if any(True for _ in reader.quads(node)) or any(True for _ in reader.quads(None, None, node)):
        return node
    for source in _around(base, node):
        if stone := tombstone(reader, source):
            return stone
    return None


def _around(base: str, node: NamedNode) -> Iterator[NamedNode]:
    """The sources, nearest first, that a thing of this IRI would be a part of."""
    if not node.value.startswith(f"{base}/source/"):
        return
    path = node.value.removeprefix(f"{base}/source/").partition("#")[0].partition("?")[0]
    if path != node.value.removeprefix(f"{base}/source/"):
        path += "/"
    while "/" in path:
        path = path.rpartition("/")[0]
        yield NamedNode(f"{base}/source/{path}")


def _could_be(base: str, written: str) -> Iterator[NamedNode]:
    """The IRIs that something withdrawn could be meant by: as written, or of a source's id."""
    for iri in (written.removeprefix("<").removesuffix(">"), f"{base}/source/{written}"):
        try:
            yield NamedNode(iri)
        except ValueError:
            continue
