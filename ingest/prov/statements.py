"""Records written as PROV-O, by its table of qualified terms.

A relation gives its binary property; where it has an identifier, a time, or anything more to
say, the qualified form stands beside it. PROV-O, section 3; PROV-Dictionary, section 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from ingest.findings import Findings
from ingest.iri import is_valid_reference, valid_reference
from ingest.prov.addresses import absolute
from ingest.prov.model import PROV, XSD, XSD_DATETIME, Name, Record, Text, Value
from ingest.prov.relations import DERIVATIONS, DICTIONARY, ELEMENTS, RELATIONS, Relation
from ingest.triples import RDF_TYPE, skolem

_LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_TYPE = PROV + "type"
# attributes of PROV-DM that PROV-O has another name for, or wants a resource for
_RENAMED = {
    PROV + "label": _LABEL,
    PROV + "role": NamedNode(PROV + "hadRole"),
    PROV + "location": NamedNode(PROV + "atLocation"),
}
_RESOURCES = {_TYPE, PROV + "role", PROV + "location"}
_ANY_URI = XSD + "anyURI"
_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_DATE = re.compile(r"-?\d{4,}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?")
_ELEMENT_TIMES = ("startedAtTime", "endedAtTime")


def _padded(arguments: tuple[Value | None, ...], length: int) -> list[Value | None]:
    return [*arguments, *(None for _ in range(length - len(arguments)))]


def _term(local: str) -> NamedNode:
    return NamedNode(PROV + local)


@dataclass(frozen=True)
class Statements:
    """Writes the records of one document or bundle; ``scope`` tells unnamed things apart."""

    base: str
    scope: str
    findings: Findings

    def of(self, records: Iterable[Record]) -> Iterator[Triple]:
        """The triples of all records, in their order."""
        for record in records:
            if record.kind in ELEMENTS:
                yield from self._element(record)
            elif record.kind in DICTIONARY:
                yield from self._dictionary(record)
            else:
                yield from self._relation(record, RELATIONS[record.kind])

    def node(self, iri: str, where: str = "") -> NamedNode:
        """The node of a name: made valid and absolute, told where that changed it."""
        if iri.startswith("_:"):
            return skolem(self.base, self.scope, iri)
        fixed = iri if is_valid_reference(iri) else valid_reference(iri)
        if fixed != iri:
            self.findings.repaired("iri", where, f"{iri!r} kept as <{fixed}>")
        return NamedNode(absolute(self.base, fixed))

    def _element(self, record: Record) -> Iterator[Triple]:
        assert record.id is not None
        node = self.node(record.id, record.where)
        yield Triple(node, RDF_TYPE, _term(record.kind.capitalize()))
        for local, time in zip(_ELEMENT_TIMES, record.arguments, strict=False):
            if time is not None:
                yield Triple(node, _term(local), self._object(time, record.where))
        yield from self._attributes(node, record)

    def _relation(self, record: Record, relation: Relation) -> Iterator[Triple]:
        first, second, *further = _padded(record.arguments, len(relation.arguments))
        if first is None:
            detail = f"{record.kind} does not say whose: its {relation.arguments[0]} is missing"
            self.findings.warned("incomplete", record.where, detail)
            yield from self._qualified(None, record, relation, second, further)
            return
        subject = self._resource(first, record.where)
        binary, _, _ = self._terms(record, relation)
        if second is not None:
            yield Triple(subject, NamedNode(binary), self._resource(second, record.where))
        if record.kind == "mentionOf" and further[0] is not None:
            yield Triple(subject, _term("asInBundle"), self._resource(further[0], record.where))
            further = []
        if record.id is None and second is not None and not (any(further) or record.attributes):
            return
        yield from self._qualified(subject, record, relation, second, further)

    def _qualified(
        self,
        subject: NamedNode | None,
        record: Record,
        relation: Relation,
        second: Value | None,
        further: list[Value | None],
    ) -> Iterator[Triple]:
        _, qualified, class_ = self._terms(record, relation)
        node = self._unnamed(record) if record.id is None else self.node(record.id, record.where)
        if subject is not None:
            yield Triple(subject, NamedNode(qualified), node)
        yield Triple(node, RDF_TYPE, NamedNode(class_))
        if second is not None:
            yield Triple(node, NamedNode(relation.influencer), self._resource(second, record.where))
        for property_, value in zip(relation.further, further, strict=False):
            if value is not None:
                yield Triple(node, NamedNode(property_), self._object(value, record.where))
        yield from self._attributes(node, record)

    def _terms(self, record: Record, relation: Relation) -> tuple[str, str, str]:
        if record.kind == "wasDerivedFrom":
            for name, value in record.attributes:
                if name == _TYPE and isinstance(value, Name) and value.iri in DERIVATIONS:
                    binary, class_ = DERIVATIONS[value.iri]
                    return PROV + binary, f"{PROV}qualified{class_}", PROV + class_
        return relation.binary, relation.qualified, relation.class_

    def _dictionary(self, record: Record) -> Iterator[Triple]:
        first, second, *rest = _padded(record.arguments, 3)
        if first is None:
            self.findings.lost("incomplete", record.where, f"{record.kind} names no dictionary")
            return
        node = self._resource(first, record.where)
        if record.kind == "hadDictionaryMember":
            for key, entity in record.pairs or ((rest[0], second),):
                yield from self._pair(node, _term("hadDictionaryMember"), key, entity, record)
            return
        inserted = record.kind == "derivedByInsertionFrom"
        class_ = "Insertion" if inserted else "Removal"
        influence = (
            self._unnamed(record) if record.id is None else self.node(record.id, record.where)
        )
        yield Triple(node, _term(f"qualified{class_}"), influence)
        yield Triple(influence, RDF_TYPE, _term(class_))
        if second is not None:
            before = self._resource(second, record.where)
            yield Triple(node, _term(record.kind), before)
            yield Triple(influence, _term("dictionary"), before)
        for key, entity in record.pairs:
            if inserted:
                pair = _term("insertedKeyEntityPair")
                yield from self._pair(influence, pair, key, entity, record)
            else:
                yield Triple(influence, _term("removedKey"), self._object(key, record.where))
        yield from self._attributes(influence, record)

    def _pair(
        self,
        subject: NamedNode,
        property_: NamedNode,
        key: Value | None,
        entity: Value | None,
        record: Record,
    ) -> Iterator[Triple]:
        pair = skolem(self.base, self.scope, "pair", subject.value, repr(key), repr(entity))
        yield Triple(subject, property_, pair)
        yield Triple(pair, RDF_TYPE, _term("KeyEntityPair"))
        if key is not None:
            yield Triple(pair, _term("pairKey"), self._object(key, record.where))
        if entity is not None:
            yield Triple(pair, _term("pairEntity"), self._resource(entity, record.where))

    def _unnamed(self, record: Record) -> NamedNode:
        """The node of an unidentified relation: the same for the same statement."""
        arguments = list(record.arguments)
        while arguments and arguments[-1] is None:
            arguments.pop()
        said = (repr(arguments), *sorted(map(repr, record.attributes)), repr(record.pairs))
        return skolem(self.base, self.scope, record.kind, *said)

    def _attributes(self, node: NamedNode, record: Record) -> Iterator[Triple]:
        for name, value in record.attributes:
            if name in _RESOURCES and isinstance(value, Text) and value.datatype == _ANY_URI:
                value = Name(value.value.strip())
            object_ = self._object(value, record.where)
            if name == _TYPE and isinstance(object_, NamedNode):
                yield Triple(node, RDF_TYPE, object_)
            else:
                property_ = _RENAMED.get(name) or self.node(name, record.where)
                yield Triple(node, property_, object_)

    def _resource(self, value: Value, where: str) -> NamedNode:
        return self.node(value.iri if isinstance(value, Name) else value.value, where)

    def _object(self, value: Value, where: str) -> NamedNode | Literal:
        if isinstance(value, Name):
            return self.node(value.iri, where)
        if value.language is not None:
            try:
                return Literal(value.value, language=value.language)
            except ValueError:
                self.findings.repaired("language", where, f"no language tag: {value.language!r}")
                return Literal(value.value)
        if value.datatype is None:
            return Literal(value.value)
        if value.datatype == XSD_DATETIME and not _TIME.fullmatch(value.value.strip()):
            self.findings.repaired("time", where, f"no xsd:dateTime: {value.value!r}")
            if _DATE.fullmatch(value.value.strip()):
                return Literal(value.value, datatype=NamedNode(XSD + "date"))
            return Literal(value.value)
        return Literal(value.value, datatype=self.node(value.datatype, where))
