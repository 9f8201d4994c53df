"""The identity graph of a source: which of its things have which keys.

A key is a node; things that share one, in whichever sources, are the same on the evidence
of the property that leads to it. So a link is data of the source that gave the value, goes
with it when it is withdrawn, and n copies of a file need n statements, not n squared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from kg_service.identity.content import ALGORITHMS, content_key
from kg_service.identity.identifiers import Key, identifier_key
from kg_service.rdf import subject_of
from kg_service.terms import OWL_SAME_AS, PROV_NS, RDF_TYPE, dcterms, kg


class Evidence(StrEnum):
    """The classes of evidence, strongest first (after the same IRI, which needs no link)."""

    IDENTIFIER = "hasIdentifierKey"
    SAME_AS = "hasSameAsKey"
    LOCATION = "hasLocationKey"
    CONTENT = "hasContentKey"

    @property
    def label(self) -> str:
        return {
            "hasIdentifierKey": "same persistent identifier",
            "hasSameAsKey": "explicit sameAs",
            "hasLocationKey": "same location",
            "hasContentKey": "same content",
        }[self.value]


class Policy(StrEnum):
    """Which evidence a lineage answer follows."""

    STRICT = "strict"
    DEFAULT = "default"
    ALL = "all"

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        if self is Policy.STRICT:
            return (Evidence.IDENTIFIER, Evidence.SAME_AS)
        return tuple(Evidence)


KEY_NS = "urn:kg:key:"
_ACTIVITY = NamedNode(PROV_NS + "Activity")
_AGENT = NamedNode(PROV_NS + "Agent")
_IDENTIFIER = dcterms("identifier")
_CHECKSUMS = {kg(name): name for name in ALGORITHMS}
_SIZE = kg("size")


def key_node(key: Key) -> NamedNode:
    """The node of a key."""
    return NamedNode(f"{KEY_NS}{key[0]}:{quote(key[1], safe='/:.-_~')}")


def identity_triples(aligned: Iterable[Triple]) -> list[Triple]:
    """The identity statements of one source's aligned statements. Activities get no key."""
    triples = list(aligned)
    activities = {
        subject_of(t) for t in triples if t.predicate == RDF_TYPE and t.object == _ACTIVITY
    }
    described = dict.fromkeys(subject_of(t) for t in triples)
    things = [node for node in described if node not in activities]
    sizes = _sizes(triples)
    made: dict[Triple, None] = {}

    def link(node: NamedNode, evidence: Evidence, key: Key, written: str) -> None:
        target = key_node(key)
        made[Triple(node, kg(evidence.value), target)] = None
        made[Triple(target, kg("writtenAs"), Literal(written))] = None

    for node in things:
        if own := identifier_key(node.value):
            link(node, Evidence.IDENTIFIER, own, node.value)
    for triple in triples:
        node = subject_of(triple)
        if node in activities:
            continue
        for evidence, key, written in _evidence(triple, sizes):
            link(node, evidence, key, written)
            if key[0] == "iri" or evidence is Evidence.SAME_AS:
                other = _node(triple.object)
                if other is not None:
                    link(other, evidence, key, written)
    return list(made)


def _evidence(
    triple: Triple, sizes: dict[NamedNode, set[int]]
) -> Iterator[tuple[Evidence, Key, str]]:
    value = triple.object
    if not isinstance(value, (NamedNode, Literal)):
        return
    if triple.predicate == _IDENTIFIER:
        if key := identifier_key(value.value):
            yield Evidence.IDENTIFIER, key, value.value
        elif value.value.startswith(("http://", "https://")):
            yield Evidence.IDENTIFIER, ("iri", value.value), value.value
    elif triple.predicate == OWL_SAME_AS:
        key = identifier_key(value.value)
        if key or isinstance(value, NamedNode):
            yield Evidence.SAME_AS, key or ("iri", value.value), value.value
    elif algorithm := _CHECKSUMS.get(triple.predicate):
        known = sizes.get(subject_of(triple), set())
        size = min(known) if known else None
        if key := content_key(algorithm, value.value, size):
            yield Evidence.CONTENT, key, value.value


def _node(value: object) -> NamedNode | None:
    """The thing that an address or IRI names, where it is a valid one."""
    if isinstance(value, NamedNode):
        return value
    text = value.value if isinstance(value, Literal) else ""
    try:
        return NamedNode(text) if text.startswith(("http://", "https://")) else None
    except ValueError:
        return None


def _sizes(triples: list[Triple]) -> dict[NamedNode, set[int]]:
    sizes: dict[NamedNode, set[int]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == _SIZE and isinstance(triple.object, Literal):
            text = triple.object.value.strip()
            if text.isascii() and text.isdigit():
                sizes[subject_of(triple)].add(int(text))
    return sizes
