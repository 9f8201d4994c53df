"""Records of the PaN search API as triples, in its own field names.

A record is ``{base}{collection}/{pid}``. A relation is written one way, however a file tells it:
by inclusion on either side, by a field with an id, or by a table of pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.findings import Findings
from ingest.iri import is_valid_reference, segment
from ingest.json_structure import Structures
from ingest.json_values import canonical, is_scalar, json_literal, scalar_literal
from ingest.panosc.collect import Record, Records
from ingest.panosc.kinds import (
    DATASET,
    DOCUMENT,
    RELATIONS,
    TECHNIQUE,
    Kind,
    Relation,
    identifier_of,
)
from ingest.triples import skolem, typed

NAMESPACE = "https://w3id.org/kg-service/panosc#"
_PANET = re.compile(r"(?:.*[/#:])?(PaNET)(\d{5,9})", re.IGNORECASE)
_PANET_BASE = "http://purl.org/pan-science/PaNET/"


@dataclass
class Graph:
    """Writes the triples of one source below ``base``."""

    source: Records
    base: str
    findings: Findings
    _techniques: dict[str, NamedNode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._structures = Structures(self.base, NAMESPACE)

    def triples(self) -> Iterator[Triple]:
        """All statements of the source."""
        for record in self.source.records:
            if record.kind is TECHNIQUE:
                self._note_technique(record.data)
        for record in self.source.records:
            yield from self._record(record, self._owner(record))
        for pair in self.source.pairs:
            yield from self._named(pair.relation.subject, pair.subject)
            yield from self._named(pair.relation.object, pair.object)
            yield Triple(
                self._node(pair.relation.subject, pair.subject),
                self._structures.term(pair.relation.name),
                self._node(pair.relation.object, pair.object),
            )

    # --- nodes ---

    def _node(self, kind: Kind, identifier: str) -> NamedNode:
        if kind is TECHNIQUE:
            found = self._techniques.get(identifier) or _panet(identifier)
            if found is not None:
                return found
        return NamedNode(f"{self.base}{kind.path}/{segment(identifier)}")

    def _node_of(self, record: Record, owner: NamedNode | None) -> NamedNode:
        identifier = identifier_of(record.data, record.kind)
        if record.kind.part and owner is not None:
            if identifier is None:
                return skolem(self.base, owner.value, record.kind.name, canonical(record.data))
            return NamedNode(f"{owner.value}/{record.kind.path}/{segment(identifier)}")
        if record.kind is TECHNIQUE:
            self._note_technique(record.data)
            identifier = identifier or _text(record.data.get("panetId"))
        if identifier is None:
            return skolem(self.base, record.kind.name, canonical(record.data))
        return self._node(record.kind, identifier)

    def _owner(self, record: Record) -> NamedNode | None:
        """The dataset or document that a part names by its id."""
        if record.kind.part:
            for kind in (DATASET, DOCUMENT):
                value = record.data.get(f"{kind.name.lower()}Id")
                if isinstance(value, (str, int)) and str(value).strip():
                    return self._node(kind, str(value).strip())
        return None

    def _note_technique(self, data: dict[str, Any]) -> None:
        """A technique's node is its term in PaNET, where the record tells it."""
        pid, panet = _text(data.get("pid")), _panet(_text(data.get("panetId")) or "")
        if pid and panet is not None:
            self._techniques[pid] = panet

    def _named(self, kind: Kind, identifier: str) -> Iterator[Triple]:
        """What is known of a record that is only referred to: its kind and id."""
        node = self._node(kind, identifier)
        yield typed(node, self._structures.term(kind.name))
        yield Triple(node, self._structures.term(kind.identifier), Literal(identifier))

    # --- records ---

    def _record(self, record: Record, owner: NamedNode | None) -> Iterator[Triple]:
        node, kind, term = self._node_of(record, owner), record.kind, self._structures.term
        yield typed(node, term(kind.name))
        if kind is DOCUMENT and (narrower := _document_class(record.data)):
            yield typed(node, term(narrower))
        for name, value in record.data.items():
            relation = RELATIONS.get((kind, name))
            if relation is not None and isinstance(value, (dict, list)):
                yield from self._included(record, node, name, relation, value)
            elif name.endswith("Id") and (by_id := RELATIONS.get((kind, name[:-2]))) is not None:
                yield from self._by_id(node, kind, by_id, value)
            elif name == kind.identifier and is_scalar(value):
                yield Triple(node, term(name), Literal(str(value).strip()))
            elif name == "value" and value is not None:
                known = scalar_literal(value, times=False) if is_scalar(value) else None
                yield Triple(node, term(name), known or json_literal(value))
            elif value != "":
                yield from self._structures.field(node, name, value)

    def _included(
        self, record: Record, node: NamedNode, name: str, relation: Relation, value: Any
    ) -> Iterator[Triple]:
        forward = relation.subject is record.kind
        kind = relation.object if forward else relation.subject
        items = value if isinstance(value, list) else [value]
        for number, item in enumerate(items):
            where = f"{record.where}.{name}" + (f"[{number}]" if len(items) > 1 else "")
            if not isinstance(item, dict):
                if isinstance(item, (str, int)) and str(item).strip():
                    yield from self._by_id(node, record.kind, relation, item)
                else:
                    self.findings.lost("no-record", where, f"{item!r}"[:80])
                continue
            inner = Record(kind, item, where)
            owner = node if kind.part else None
            other = self._node_of(inner, owner)
            yield from self._record(inner, owner)
            subject, target = (node, other) if forward else (other, node)
            yield Triple(subject, self._structures.term(relation.name), target)

    def _by_id(
        self, node: NamedNode, kind: Kind, relation: Relation, value: Any
    ) -> Iterator[Triple]:
        if not isinstance(value, (str, int)) or not str(value).strip():
            return
        forward = relation.subject is kind
        other_kind = relation.object if forward else relation.subject
        identifier = str(value).strip()
        other = self._node(other_kind, identifier)
        yield from self._named(other_kind, identifier)
        subject, target = (node, other) if forward else (other, node)
        yield Triple(subject, self._structures.term(relation.name), target)


def _document_class(data: dict[str, Any]) -> str | None:
    """``type`` is free text; facilities write proposal, publication, investigation, …"""
    kind = (_text(data.get("type")) or "").lower()
    if not kind:
        return None
    framing = ("proposal", "investigation", "experiment", "visit", "session")
    return "Proposal" if any(word in kind for word in framing) else "Publication"


def _panet(text: str) -> NamedNode | None:
    found = _PANET.fullmatch(text.strip())
    if found:
        return NamedNode(f"{_PANET_BASE}PaNET{found[2]}")
    is_address = text.startswith(("http://", "https://")) and is_valid_reference(text)
    return NamedNode(text) if is_address else None


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
