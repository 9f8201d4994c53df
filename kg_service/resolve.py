"""From what a person writes to the node it means: an IRI, an identifier, or a name."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode

from kg_service.catalogue import Catalogue
from kg_service.describe import Describer
from kg_service.errors import Ambiguous, NotKnown
from kg_service.identity.evidence import Evidence, Policy, key_node
from kg_service.identity.identifiers import identifier_key
from kg_service.lineage.edges import StoreEdges, same_things
from kg_service.rdf import graph_of, is_aligned, text_object
from kg_service.store.port import GraphReader
from kg_service.terms import RDFS_LABEL, dcterms, kg

from ingest.iri import has_scheme, is_valid_reference, valid_reference  # isort: skip

_NAMES = (RDFS_LABEL, kg("name"), dcterms("identifier"), kg("catalogueIdentifier"))
_VERSIONS = (kg("version"), kg("tag"))
_SHOWN = 10
_MEANT = {"Material", "Data", "Activity"}


def resolve(reader: GraphReader, written: str) -> NamedNode:
    """The node that is meant. Raises NotKnown, and Ambiguous with what it could be."""
    return _the_one(reader, written, _candidates(reader, written))


def resolve_version(reader: GraphReader, written: str, version: str) -> list[NamedNode]:
    """All things of a name (or IRI, or identifier) that are of a version, in all sources.

    Raises NotKnown with the versions that there are.
    """
    versions = {node: _versions(reader, node) for node in _candidates(reader, written)}
    if found := [node for node, told in versions.items() if version in told]:
        return found
    known = sorted(set().union(*versions.values()))
    hint = f"there are {', '.join(known)}" if known else "no source tells a version of it"
    raise NotKnown(f"there is no {written!r} of version {version!r}; {hint}")


def _versions(reader: GraphReader, node: NamedNode) -> set[str]:
    told = (q for predicate in _VERSIONS for q in reader.quads(node, predicate))
    return {text_object(q) for q in told if is_aligned(graph_of(q))}


def _candidates(reader: GraphReader, written: str) -> list[NamedNode]:
    text = written.strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    if not text:
        raise NotKnown("an empty id names nothing; give an IRI, an identifier or a name")
    if has_scheme(text) and is_valid_reference(text) and _is_known(reader, NamedNode(text)):
        return [NamedNode(text)]
    candidates = nodes_identified(reader, text) or _by_name(reader, text) or _by_path(reader, text)
    if not candidates:
        raise NotKnown(
            f"{written!r} is not known: no IRI, persistent identifier or name of anything that was "
            "ingested; see kg sources, or /sources"
        )
    return candidates


def _is_known(reader: GraphReader, node: NamedNode) -> bool:
    return any(True for _ in reader.quads(node)) or any(
        True for _ in reader.quads(None, None, node)
    )


def nodes_identified(reader: GraphReader, text: str) -> list[NamedNode]:
    """All that has a persistent identifier, in any spelling; nothing where it is none."""
    key = identifier_key(text)
    if key is None:
        return []
    found: dict[NamedNode, None] = {}
    for evidence in (Evidence.IDENTIFIER, Evidence.SAME_AS):
        for quad in reader.quads(None, evidence.property, key_node(key)):
            if isinstance(quad.subject, NamedNode):
                found[quad.subject] = None
    return sorted(found, key=lambda node: node.value)


def _by_name(reader: GraphReader, text: str) -> list[NamedNode]:
    found: dict[NamedNode, None] = {}
    for predicate in _NAMES:
        for quad in reader.quads(None, predicate, Literal(text)):
            graph = quad.graph_name
            aligned = isinstance(graph, NamedNode) and graph.value.endswith("/aligned")
            if aligned and isinstance(quad.subject, NamedNode):
                found[quad.subject] = None
    return sorted(found, key=lambda node: node.value)


def _by_path(reader: GraphReader, text: str) -> list[NamedNode]:
    """Things that a source names by this path, such as ``outputs/result.csv`` in a crate."""
    reference = valid_reference(text)
    found = []
    for source in Catalogue(reader).sources():
        try:
            node = NamedNode(f"{source.iri}/{reference.removeprefix('./')}")
        except ValueError:
            continue
        if any(True for _ in reader.quads(node)):
            found.append(node)
    return found


def _the_one(reader: GraphReader, written: str, candidates: Iterable[NamedNode]) -> NamedNode:
    """The one thing that the candidates are: one node, or several that are the same thing.

    A material, a dataset, a file or an activity goes before context of the same name, such as
    a sample before its sample type.
    """
    nodes = list(candidates)
    describer = Describer(reader)
    told = [node for node in nodes if not _MEANT.isdisjoint(describer.thing(node).kinds)]
    edges = StoreEdges(reader, Policy.DEFAULT)
    for group in (nodes, told):
        if group and set(group) <= {group[0], *same_things(edges, group[0])}:
            return group[0]
    lines = []
    for node in nodes[:_SHOWN]:
        thing = describer.thing(node)
        where = ", ".join(s.id for s in thing.sources) or "no source"
        lines.append(f"  {thing.kind} in {where}: {node.value}")
    more = f"\n  and {len(nodes) - _SHOWN} more" if len(nodes) > _SHOWN else ""
    raise Ambiguous(
        f"{written!r} names {len(nodes)} things; give the IRI of the one you mean:\n"
        + "\n".join(lines)
        + more
    )
