"""What the sources say of one thing, as JSON-LD, in RDF formats, and as a page."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pyld import jsonld
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize
from starlette.responses import HTMLResponse

from kg_service.describe import Describer, Thing
from kg_service.errors import NotKnown
from kg_service.graph import KnowledgeGraph
from kg_service.service import html
from kg_service.terms import PREFIXES, RDF_TYPE, XSD_NS, shorten

MOST_POINTERS = 200
_XSD_STRING = XSD_NS + "string"
_DATASETS = (RdfFormat.TRIG, RdfFormat.N_QUADS, RdfFormat.JSON_LD)
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
    """A thing, the statements about it, and the statements of others that point to it."""

    thing: Thing
    about: tuple[Quad, ...]
    pointing: tuple[Quad, ...]

    @property
    def told(self) -> tuple[Quad, ...]:
        """The statements about it; of a thing that is only pointed to, those that do."""
        return self.about or self.pointing


def describe(graph: KnowledgeGraph, node: NamedNode) -> Described:
    """What the sources' asserted and aligned graphs say of a thing. Raises NotKnown."""
    describer = Describer(graph.reader)

    def of_sources(quads: list[Quad]) -> tuple[Quad, ...]:
        kept = [q for q in quads if _is_told(q, describer)]
        return tuple(
            sorted(kept, key=lambda q: (str(q.predicate), str(q.object), str(q.graph_name)))
        )

    about = of_sources(list(graph.reader.quads(node)))
    pointing = of_sources(list(graph.reader.quads(None, None, node)))[:MOST_POINTERS]
    if not about and not pointing:
        raise NotKnown(f"no source says anything of <{node.value}>; /sources lists the sources")
    return Described(graph.thing(node), about, pointing)


def _is_told(quad: Quad, describer: Describer) -> bool:
    graph = quad.graph_name
    source = describer.source_of(graph) if isinstance(graph, NamedNode) else None
    return source is not None and graph.value != source.identity_graph  # type: ignore[union-attr]


def as_rdf(described: Described, format_: RdfFormat) -> bytes:
    """The statements; with their graphs, so with who says so, where the format has graphs."""
    statements = (
        list(described.told)
        if format_ in _DATASETS
        else list(dict.fromkeys(quad.triple for quad in described.told))
    )
    if format_ in (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML):
        return serialize(statements, format=format_, prefixes=PREFIXES) or b""
    return serialize(statements, format=format_) or b""


def as_json_ld(described: Described) -> bytes:
    """The thing as one JSON-LD object, compacted with a small context that it carries."""
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


def as_page(described: Described, graph: KnowledgeGraph, root: str) -> HTMLResponse:
    """A page with every statement and the source that makes it."""
    thing = described.thing
    describer = Describer(graph.reader)
    named = [
        ("Kind", html.text(thing.kind)),
        ("IRI", html.text(thing.iri)),
        ("Identifiers", html.text(", ".join(thing.identifiers) or "none told")),
        ("Sources", ", ".join(html.link(s.id, f"{root}/sources/{s.id}") for s in thing.sources)),
        ("Lineage", _lineage_links(thing.iri, root)),
    ]
    body = html.definitions(named)
    if thing.description:
        body += html.paragraph(thing.description)

    def who(quad: Quad) -> html.Cell:
        assert isinstance(quad.graph_name, NamedNode)
        source = describer.source_of(quad.graph_name)
        if source is None:
            return "", None
        kind = "aligned" if quad.graph_name.value in source.aligned_graphs else "asserted"
        return f"{source.id} ({kind})", f"{root}/sources/{source.id}"

    about = [
        ((shorten(q.predicate.value), None), _cell(q.object, root), who(q)) for q in described.about
    ]
    pointing = [
        (_cell(q.subject, root), (shorten(q.predicate.value), None), who(q))
        for q in described.pointing
    ]
    body += html.heading("What is said of it")
    body += html.table(f"{len(about)} statements", ("Property", "Value", "Who says so"), about)
    body += html.heading("What points to it")
    count = f"the first {MOST_POINTERS}" if len(pointing) == MOST_POINTERS else str(len(pointing))
    body += html.table(f"{count} statements", ("Thing", "Property", "Who says so"), pointing)
    return html.page(thing.label, body, root)


def _lineage_links(iri: str, root: str) -> str:
    """Links to a thing's lineage, drawn and as data."""
    links = [html.link("as JSON", f"{root}/lineage?{urlencode({'id': iri})}")]
    for name, words in (
        ("svg", "drawn"),
        ("ro-crate-zip", "as a run crate"),
        ("prov-n", "in PROV-N"),
    ):
        links.append(html.link(words, f"{root}/export?{urlencode({'id': iri, 'format': name})}"))
    return ", ".join(links)


def _cell(term: object, root: str) -> html.Cell:
    if isinstance(term, NamedNode):
        return shorten(term.value), f"{root}/entity?{urlencode({'id': term.value})}"
    return (term.value if isinstance(term, Literal) else str(term)), None
