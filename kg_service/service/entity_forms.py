"""What the sources say of one thing, as JSON-LD and in RDF formats."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from pyld import jsonld
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from kg_service.catalogue import SourceRecord
from kg_service.describe import Describer, Thing
from kg_service.errors import NotKnown
from kg_service.graph import KnowledgeGraph
from kg_service.rdf import graph_of
from kg_service.service.entity_facts import EntityFacts
from kg_service.service.resource_forms import written
from kg_service.terms import PREFIXES, RDF_TYPE, XSD_NS

MOST_POINTERS = 200
# what is read of a thing at which very much hangs
MOST_TOLD = 100_000
_MOST_READ = 5_000
# of more, all sources are read at once
_MANY_GRAPHS = 20
# of more, the compact form would take seconds
_MOST_COMPACTED = 10_000
_XSD_STRING = XSD_NS + "string"
# small on purpose: prefixes, and the four names that everybody expects
CONTEXT: dict[str, Any] = {
    **PREFIXES,
    "id": "@id",
    "type": "@type",
    "label": "rdfs:label",
    "identifier": "dcterms:identifier",
}


@dataclass(frozen=True)
class Described:
    """A thing, the statements about it, and the statements of others that point to it.

    ``complete`` tells whether all statements about it are here, ``owners`` whose graphs they are
    in.
    """

    thing: Thing
    about: tuple[Quad, ...]
    pointing: tuple[Quad, ...]
    owners: Mapping[NamedNode, SourceRecord]
    complete: bool = True

    @cached_property
    def facts(self) -> EntityFacts:
        return EntityFacts(self.thing, self.about)

    @property
    def told(self) -> tuple[Quad, ...]:
        """The statements about it; of a thing that is only pointed to, those that do."""
        return self.about or self.pointing


def describe(graph: KnowledgeGraph, node: NamedNode) -> Described:
    """What the sources' asserted and aligned graphs say of a thing. Raises NotKnown."""
    read = list(islice(graph.reader.quads(node), MOST_TOLD + 1))
    to_it = list(islice(graph.reader.quads(None, None, node), _MOST_READ))
    owners = _owners(graph, {*map(graph_of, read), *map(graph_of, to_it)})
    about = _told(read[:MOST_TOLD], owners)
    pointing = _told(to_it, owners)[: MOST_POINTERS + 1]
    if not about and not pointing:
        raise NotKnown(f"no source says anything of <{node.value}>; /sources lists the sources")
    complete = len(read) <= MOST_TOLD
    return Described(graph.thing(node), about, pointing, owners, complete=complete)


def _owners(
    graph: KnowledgeGraph, graphs: Iterable[NamedNode | None]
) -> dict[NamedNode, SourceRecord]:
    """The sources of asserted and aligned graphs; of none that says who shares which keys."""
    wanted = {name for name in graphs if name is not None}
    if len(wanted) > _MANY_GRAPHS:
        found = {name: record for record in graph.sources() for name in record.graphs}
    else:
        describer = Describer(graph.reader)
        told = ((name, describer.source_of(name)) for name in wanted)
        found = {name: record for name, record in told if record is not None}
    return {
        name: record
        for name, record in found.items()
        if name in wanted and name.value != record.identity_graph
    }


def _told(quads: Iterable[Quad], owners: Mapping[NamedNode, SourceRecord]) -> tuple[Quad, ...]:
    """Those of sources, in an order that does not change."""
    kept = (quad for quad in quads if graph_of(quad) in owners)
    return tuple(sorted(kept, key=lambda q: (str(q.predicate), str(q.object), str(q.graph_name))))


def as_rdf(described: Described, format_: RdfFormat) -> bytes:
    """The statements; with their graphs, so with who says so, where the format has graphs."""
    return written(described.told, format_)


def as_json_ld(described: Described) -> bytes:
    """The thing as one JSON-LD object, compacted with a small context that it carries.

    Of a thing of which very much is said, the same as other RDF formats have, expanded.
    """
    if len(described.about) > _MOST_COMPACTED:
        return as_rdf(described, RdfFormat.JSON_LD)
    node: dict[str, Any] = defaultdict(list)
    node["@id"] = described.thing.iri
    pointers: dict[str, list[dict[str, str]]] = defaultdict(list)
    for triple in dict.fromkeys(quad.triple for quad in described.about):
        value = triple.object
        if triple.predicate == RDF_TYPE and isinstance(value, NamedNode):
            node["@type"].append(value.value)
        elif isinstance(value, NamedNode):
            node[triple.predicate.value].append({"@id": value.value})
        elif isinstance(value, Literal):
            node[triple.predicate.value].append(_value(value))
    for triple in dict.fromkeys(quad.triple for quad in described.pointing):
        if isinstance(triple.subject, NamedNode):
            pointers[triple.predicate.value].append({"@id": triple.subject.value})
    if pointers:
        node["@reverse"] = dict(pointers)
    compacted = jsonld.compact(
        [dict(node)],
        {"@context": CONTEXT},
        {"compactToRelative": False, "documentLoader": _no_loading},
    )
    return json.dumps(compacted, ensure_ascii=False, indent=2).encode()


def _value(literal: Literal) -> dict[str, str]:
    if literal.language:
        return {"@value": literal.value, "@language": literal.language}
    if literal.datatype.value == _XSD_STRING:
        return {"@value": literal.value}
    return {"@value": literal.value, "@type": literal.datatype.value}


def _no_loading(url: str, _options: object) -> None:
    raise ValueError(f"nothing is loaded from elsewhere, and so not {url}")
