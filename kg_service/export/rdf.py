"""Turtle, TriG and JSON-LD: PROV-O with the ``kg:`` terms, as in the aligned graphs.

Turtle and JSON-LD join what the sources say; TriG keeps each source's statements in the graph
that they are in, and so says who says so.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from kg_service.export.account import Account, in_order
from kg_service.terms import PREFIXES, PROV_NS, RDF_TYPE, RDFS_LABEL, XSD_NS, dcterms, kg, prov

_XSD_STRING = XSD_NS + "string"
_STOPPED = kg("stopped")
_NAMES: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    "label": "rdfs:label",
    "identifier": "dcterms:identifier",
    "description": "dcterms:description",
}


def joining(account: Account) -> Iterator[Triple]:
    """What no source says: identity links, and where the answer was cut."""
    for link in account.links:
        for statement in link.statements():
            yield Triple(*statement)
    for node, why in sorted(account.stopped.items(), key=lambda item: item[0].value):
        for stop in why:
            yield Triple(node, _STOPPED, Literal(stop))


def bundles(account: Account) -> Iterator[Triple]:
    """What each graph is: a bundle of statements of a source, in a version."""
    for graph in account.graphs:
        source = account.sources[graph]
        yield Triple(graph, RDF_TYPE, prov("Entity"))
        yield Triple(graph, RDF_TYPE, prov("Bundle"))
        yield Triple(graph, RDFS_LABEL, Literal(f"what {source.id} says"))
        yield Triple(graph, dcterms("source"), NamedNode(source.iri))
        yield Triple(graph, kg("version"), Literal(source.version))
        if source.licence:
            yield Triple(graph, dcterms("license"), _licence(source.licence))


def _licence(written: str) -> NamedNode | Literal:
    if not written.startswith(("http://", "https://")):
        return Literal(written)
    try:
        return NamedNode(written)
    except ValueError:
        return Literal(written)


def triples(account: Account) -> list[Triple]:
    """All that is told, whoever says it, each statement once."""
    told = {
        Triple(q.subject, q.predicate, q.object): None
        for q in (*account.relations, *account.statements)
    }
    told |= dict.fromkeys(joining(account))
    return sorted(told, key=lambda t: (str(t.subject), str(t.predicate), str(t.object)))


def write_turtle(account: Account) -> bytes:
    """Turtle, one statement after the other in a fixed order."""
    text = _serialized(triples(account), RdfFormat.TURTLE)
    return (_comments(account) + text).encode()


def write_trig(account: Account) -> bytes:
    """TriG: a graph for each graph of a source; what joins them in the default graph."""
    told = sorted((*account.relations, *account.statements), key=_by_graph)
    quads = [Quad(t.subject, t.predicate, t.object) for t in (*bundles(account), *joining(account))]
    return (_comments(account) + _serialized([*quads, *told], RdfFormat.TRIG)).encode()


def write_json_ld(account: Account) -> bytes:
    """JSON-LD 1.1, compacted with a context that it carries; the start comes first."""
    nodes: dict[str, dict[str, Any]] = {}
    properties: dict[str, set[str]] = defaultdict(set)
    for triple in triples(account):
        assert isinstance(triple.subject, NamedNode)
        node = nodes.setdefault(triple.subject.value, {"@id": triple.subject.value})
        value = triple.object
        if triple.predicate == RDF_TYPE and isinstance(value, NamedNode):
            node.setdefault("@type", []).append(value.value)
        elif isinstance(value, NamedNode):
            node.setdefault(triple.predicate.value, []).append({"@id": value.value})
            properties[triple.predicate.value].add("@id")
        elif isinstance(value, Literal):
            written = _value(value)
            node.setdefault(triple.predicate.value, []).append(written)
            properties[triple.predicate.value].add(written.get("@type", ""))
    first = account.lineage.request.start.value
    order = sorted(nodes, key=lambda iri: (iri != first, iri))
    context = _context(properties)
    from pyld import jsonld  # loaded when it is needed: it brings an HTTP client

    compacted = jsonld.compact(
        [nodes[iri] for iri in order],
        {"@context": context},
        {"compactToRelative": False, "documentLoader": _no_loading, "graph": True},
    )
    return json.dumps(compacted, ensure_ascii=False, indent=2).encode() + b"\n"


def _context(properties: dict[str, set[str]]) -> dict[str, Any]:
    """Prefixes, and short names of PROV's properties, typed where all their values are alike."""
    context: dict[str, Any] = {**PREFIXES, **_NAMES}
    for iri, kinds in sorted(properties.items()):
        local = iri.removeprefix(PROV_NS)
        if local == iri:
            continue
        if kinds == {"@id"}:
            context[local] = {"@id": f"prov:{local}", "@type": "@id"}
        elif len(kinds) == 1 and (kind := next(iter(kinds))).startswith(XSD_NS):
            context[local] = {"@id": f"prov:{local}", "@type": f"xsd:{kind[len(XSD_NS) :]}"}
        else:
            context[local] = f"prov:{local}"
    return context


def _value(literal: Literal) -> dict[str, str]:
    if literal.language:
        return {"@value": literal.value, "@language": literal.language}
    if literal.datatype.value == _XSD_STRING:
        return {"@value": literal.value}
    return {"@value": literal.value, "@type": literal.datatype.value}


def _no_loading(url: str, _options: object) -> None:
    raise ValueError(f"nothing is loaded from elsewhere, and so not {url}")


def _serialized(statements: Iterable[Triple] | Iterable[Quad], form: RdfFormat) -> str:
    used = {name: iri for name, iri in PREFIXES.items() if _is_used(iri, statements)}
    written = serialize(statements, format=form, prefixes=used)
    assert written is not None
    return written.decode()


def _is_used(namespace: str, statements: Iterable[Triple] | Iterable[Quad]) -> bool:
    return any(
        (isinstance(term, NamedNode) and term.value.startswith(namespace))
        or (isinstance(term, Literal) and term.datatype.value.startswith(namespace))
        for s in statements
        for term in (s.subject, s.predicate, s.object)
    )  # fmt: skip


def _comments(account: Account) -> str:
    return "".join(f"# {line}\n" for line in remarks(account))


def remarks(account: Account) -> list[str]:
    """What the export is and whether it is all, for formats that have comments; one line each."""
    shown = account.view
    way = {"up": "what it came from", "down": "what came of it"}.get(
        shown.direction, "what it came from and what came of it"
    )
    lines = [f"{_one_line(shown.start.label)} <{shown.start.iri}>: {way}"]
    if not shown.complete:
        lines.append("not complete")
    return lines + [_one_line(sentence) for sentence in shown.stopped]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _by_graph(quad: Quad) -> tuple[str, ...]:
    return (str(quad.graph_name), *in_order(quad))
