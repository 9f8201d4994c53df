"""What search engines and harvesters read in a page: schema.org and PROV-O, as JSON-LD.

See https://schema.org/docs/datamodel.html; the statements are those of the aligned graphs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from pyld import jsonld
from pyoxigraph import NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.service.entity_facts import SCHEMA, EntityFacts, is_web
from kg_service.terms import KG_NS, PROV_NS, dcterms, kg, prov
from kg_service.tombstones import Tombstone

_MOST = 100
_CONTEXT = {"@vocab": SCHEMA, "prov": PROV_NS, "kg": KG_NS}
_PROV = (
    "wasGeneratedBy", "wasDerivedFrom", "used", "hadMember", "wasAttributedTo",
    "wasAssociatedWith", "wasInformedBy", "specializationOf",
)  # fmt: skip
Node = dict[str, Any]


def thing_node(facts: EntityFacts, page: str, home: str) -> Node:
    """A thing, in expanded JSON-LD; ``page`` is its page's address, ``home`` the service's."""
    thing = facts.thing
    kinds = [PROV_NS + k for k in thing.kinds if k in ("Entity", "Activity", "Agent", "Plan")]
    kinds += [KG_NS + thing.kind] if thing.kind not in ("Entity", "Activity", "Agent") else []
    node = _node(thing.iri, [SCHEMA + facts.schema_class, *dict.fromkeys(kinds)])
    _text(node, "name", [thing.label])
    _text(node, "description", [thing.description] if thing.description else [])
    _text(node, "identifier", thing.identifiers)
    _iri(node, "url", [page])
    _iri(node, "sameAs", [facts.persistent] if facts.persistent else [])
    _iri(node, "license", facts.licences)
    _iri(node, "creator", facts.authors)
    _text(node, "datePublished", facts.texts(dcterms("issued")))
    _text(node, "dateModified", facts.texts(dcterms("modified")))
    _text(node, "encodingFormat", facts.texts(dcterms("format")))
    _text(node, "contentSize", facts.texts(kg("size")))
    _iri(node, "contentUrl", facts.contents(home))
    if facts.schema_class == "Action":
        _iri(node, "object", facts.iris(prov("used")))
        _iri(node, "instrument", facts.iris(kg("hadPlan"), kg("usedInstrument")))
        _iri(node, "agent", facts.iris(prov("wasAssociatedWith")))
        _text(node, "startTime", facts.texts(prov("startedAtTime")))
        _text(node, "endTime", facts.texts(prov("endedAtTime")))
    elif facts.schema_class in ("Dataset", "Collection"):
        _iri(node, "hasPart", facts.iris(prov("hadMember")))
    for name in _PROV:
        _put(node, PROV_NS + name, [{"@id": iri} for iri in facts.iris(prov(name))])
    _iri(node, "isPartOf", [source.iri for source in thing.sources])
    _iri(node, "includedInDataCatalog", [f"{home}/"] if facts.schema_class == "Dataset" else [])
    return node


def source_node(record: SourceRecord, page: str, home: str) -> Node:
    """A source, as the data set that it is."""
    node = _node(record.iri, [SCHEMA + "Dataset", PROV_NS + "Entity", KG_NS + "Source"])
    _text(node, "name", [record.title or record.id])
    _text(node, "identifier", [record.identifier or record.id])
    _text(node, "version", [record.version])
    _iri(node, "url", [page])
    _licence(node, record.licence)
    _iri(node, "conformsTo", [p for p in record.profiles if is_web(p)])
    _text(node, "dateModified", [record.ingested])
    _iri(node, "includedInDataCatalog", [f"{home}/"])
    return node


def tombstone_node(stone: Tombstone) -> Node:
    """A withdrawn source: what it was, and when, by whom and why it went."""
    node = _node(stone.iri, [SCHEMA + "Dataset", PROV_NS + "Entity", KG_NS + "Source"])
    _text(node, "name", [stone.title or stone.id])
    _text(node, "identifier", [stone.id])
    _text(node, "version", [stone.version])
    _text(node, "creativeWorkStatus", ["withdrawn"])
    _text(node, "expires", [stone.withdrawn])
    _text(node, "description", [str(stone)])
    return node


def embedded(node: Node) -> str:
    """The script element that carries a node, compacted with a context of its own."""
    compacted = jsonld.compact(
        [node], {"@context": _CONTEXT}, {"compactToRelative": False, "documentLoader": _none}
    )
    text = json.dumps(compacted, ensure_ascii=False, indent=1)
    # the text of a script ends at its end tag, wherever that stands
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return f'<script type="application/ld+json">\n{text}\n</script>'


def _none(url: str, _options: object) -> None:
    raise ValueError(f"nothing is loaded from elsewhere, and so not {url}")


def _node(iri: str, types: Iterable[str]) -> Node:
    return {"@id": iri, "@type": list(types)}


def _licence(node: Node, written: str | None) -> None:
    if written and is_web(written):
        _iri(node, "license", [written])
    elif written:
        _text(node, "license", [written])


def _text(node: Node, name: str, values: Sequence[str]) -> None:
    _put(node, SCHEMA + name, [{"@value": value} for value in values])


def _iri(node: Node, name: str, values: Sequence[str]) -> None:
    _put(node, SCHEMA + name, [{"@id": value} for value in values if _is_iri(value)])


def _put(node: Node, property_: str, values: Sequence[Node]) -> None:
    if values:
        node[property_] = list(values[:_MOST])


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
