"""A lineage as records of PROV-DM, in bundles: what PROV-N, PROV-JSON and PROV-XML notate.

Each aligned graph is a bundle, named by the graph (PROV-DM, section 5.4), so that a reader sees
who says what. Outside of the bundles stand the bundles themselves, and what joins sources:
``alternateOf`` (section 5.5.2).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad, Triple

from ingest.prov.model import (
    PROV,
    XSD,
    XSD_DATETIME,
    BundleRecords,
    Name,
    ProvRecords,
    Record,
    Text,
    Value,
)
from ingest.prov.relations import DERIVATIONS, RELATIONS
from kg_service.export.account import Account
from kg_service.export.rdf import bundles, joining
from kg_service.terms import RDF_TYPE, RDFS_LABEL, kg

_ATTRIBUTES = {
    RDF_TYPE.value: PROV + "type",
    RDFS_LABEL.value: PROV + "label",
    PROV + "atLocation": PROV + "location",
    PROV + "hadRole": PROV + "role",
}
_ELEMENTS = {PROV + "Entity": "entity", PROV + "Activity": "activity", PROV + "Agent": "agent"}
_BINARY = {relation.binary: kind for kind, relation in RELATIONS.items()} | {
    PROV + local: "wasDerivedFrom" for local, _class in DERIVATIONS.values()
}
_QUALIFIED = {relation.qualified: kind for kind, relation in RELATIONS.items()} | {
    f"{PROV}qualified{class_}": "wasDerivedFrom" for _local, class_ in DERIVATIONS.values()
}
_TYPE_OF = {PROV + local: type_ for type_, (local, _class) in DERIVATIONS.items()} | {
    f"{PROV}qualified{class_}": type_ for type_, (_local, class_) in DERIVATIONS.items()
}
_CLASSES = {relation.class_ for relation in RELATIONS.values()} | set(DERIVATIONS)
_STARTED, _ENDED = PROV + "startedAtTime", PROV + "endedAtTime"
_MADE_AT, _ENDED_AT = PROV + "generatedAtTime", PROV + "invalidatedAtTime"
_HAD_PLAN = kg("hadPlan").value
_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_DATE = re.compile(r"(?P<day>-?\d{4,}-\d\d-\d\d)(?P<zone>Z|[+-]\d\d:\d\d)?")
_FIRST, _LAST = "T00:00:00", "T23:59:59"
_ORDER = ("entity", "activity", "agent", *RELATIONS)


def prov_records(account: Account) -> ProvRecords:
    """The records of an account: see the module."""
    by_graph: dict[str, list[Triple]] = defaultdict(list)
    for quad in (*account.statements, *account.relations):
        assert isinstance(quad.graph_name, NamedNode)
        by_graph[quad.graph_name.value].append(_triple(quad))
    activities = {node.value for node in account.activities}
    written = ProvRecords(_Scope([*bundles(account), *joining(account)], activities).records())
    for graph in account.graphs:
        told = by_graph[graph.value]
        written.bundles.append(BundleRecords(graph.value, _Scope(told, activities).records()))
    return written


def _triple(quad: Quad) -> Triple:
    return Triple(quad.subject, quad.predicate, quad.object)


@dataclass
class _Thing:
    """What one graph says of a node."""

    types: list[str] = field(default_factory=list)
    values: dict[str, list[Value]] = field(default_factory=lambda: defaultdict(list))


class _Scope:
    """The records of one set of statements. ``activities`` are known from all of them."""

    def __init__(self, told: Iterable[Triple], activities: set[str]) -> None:
        self._activities = activities
        self._things: dict[str, _Thing] = {}
        for triple in told:
            assert isinstance(triple.subject, NamedNode)
            thing = self._things.setdefault(triple.subject.value, _Thing())
            if triple.predicate == RDF_TYPE and isinstance(triple.object, NamedNode):
                thing.types.append(triple.object.value)
            else:
                thing.values[triple.predicate.value].append(_value(triple.object))

    def records(self) -> list[Record]:
        """Elements first, then relations, each kind together in the order of PROV-N."""
        found = list(dict.fromkeys(self._all()))
        found.sort(key=lambda r: (_ORDER.index(r.kind), r.id or "", repr(r.arguments)))
        return found

    def _all(self) -> Iterator[Record]:
        for iri, thing in self._things.items():
            if not set(thing.types) & _CLASSES:
                yield from self._elements(iri, thing)
                yield from self._relations(iri, thing)

    def _elements(self, iri: str, thing: _Thing) -> Iterator[Record]:
        kinds = [kind for class_, kind in _ELEMENTS.items() if class_ in thing.types]
        if not kinds:
            # a thing that is no more than pointed from needs no record of its own
            if not thing.types and not set(thing.values) - _BINARY.keys() - _QUALIFIED.keys():
                return
            kinds = ["activity" if iri in self._activities else "entity"]
        attributes = _attributes(thing, kinds[0] == "activity")
        for kind in kinds:
            times: tuple[Value | None, ...] = ()
            if kind == "activity":
                times = (_time(thing, _STARTED, _FIRST), _time(thing, _ENDED, _LAST))
            yield Record(kind, iri, times, attributes if kind == kinds[0] else ())

    def _relations(self, iri: str, thing: _Thing) -> Iterator[Record]:
        subject = Name(iri)
        covered: set[tuple[str, Value | None]] = set()
        timed: set[tuple[str, Value | None]] = set()
        for property_, kind in _QUALIFIED.items():
            for node in thing.values.get(property_, ()):
                if isinstance(node, Name) and (influence := self._things.get(node.iri)):
                    type_ = _TYPE_OF.get(property_)
                    record = _qualified(kind, subject, influence, type_)
                    covered.add((type_ or kind, record.arguments[1]))
                    if kind == "wasAssociatedWith":
                        covered.add((_HAD_PLAN, record.arguments[2]))
                    elif len(record.arguments) > 2:
                        timed.add((kind, record.arguments[2]))
                    yield record
        revised = {
            value
            for property_, type_ in _TYPE_OF.items()
            for value in thing.values.get(property_, ())
            if property_ in _BINARY
        }
        for property_, kind in _BINARY.items():
            told_as = _TYPE_OF.get(property_)
            for value in thing.values.get(property_, ()):
                if (told_as or kind, value) in covered:
                    continue
                if property_ == PROV + "wasDerivedFrom" and value in revised:
                    continue
                types = ((PROV + "type", Name(told_as)),) if told_as else ()
                yield Record(kind, None, (subject, value), types)
        for plan in thing.values.get(_HAD_PLAN, ()):
            if (_HAD_PLAN, plan) not in covered:
                yield Record("wasAssociatedWith", None, (subject, None, plan))
        for property_, kind in ((_MADE_AT, "wasGeneratedBy"), (_ENDED_AT, "wasInvalidatedBy")):
            time = _time(thing, property_, _FIRST)
            if time is not None and (kind, time) not in timed:
                yield Record(kind, None, (subject, None, time))


def _qualified(kind: str, subject: Name, influence: _Thing, type_: str | None) -> Record:
    """The record of a relation that a node qualifies."""
    relation = RELATIONS[kind]
    arguments: list[Value | None] = [subject, _first(influence, relation.influencer)]
    for property_ in relation.further:
        if property_ == PROV + "atTime":
            arguments.append(_time(influence, property_, _FIRST))
        else:
            arguments.append(_first(influence, property_))
    told = {relation.influencer, *relation.further}
    attributes = [
        (_ATTRIBUTES.get(property_, property_), value)
        for property_, values in sorted(influence.values.items())
        for value in values
        if property_ not in told and not property_.startswith(PROV + "qualified")
    ]
    if type_ is not None:
        attributes.append((PROV + "type", Name(type_)))
    return Record(kind, None, tuple(arguments), tuple(attributes))


def _first(thing: _Thing, property_: str) -> Value | None:
    return next(iter(thing.values.get(property_, ())), None)


def _attributes(thing: _Thing, is_activity: bool) -> tuple[tuple[str, Value], ...]:
    """Attributes in the order that PROV-XML's schema wants."""
    found: list[tuple[str, Value]] = [
        (PROV + "type", Name(kind)) for kind in thing.types if kind not in _ELEMENTS
    ]
    for property_, values in thing.values.items():
        if property_ in _BINARY or property_ in _QUALIFIED or property_ == _HAD_PLAN:
            continue
        name = _ATTRIBUTES.get(property_, property_)
        for place, value in enumerate(values):
            is_time = property_ in (_MADE_AT, _ENDED_AT) or (
                is_activity and property_ in (_STARTED, _ENDED)
            )
            if is_time and place == 0 and _instant(value, "") is not None:
                continue
            found.append((name, value))
    return tuple(sorted(found, key=lambda a: (attribute_rank(a[0]), a[0], _text(a[1]))))


def attribute_rank(name: str) -> int:
    """The place of an attribute among others in PROV-XML."""
    order = ("label", "location", "role", "type", "value")
    local = name.removeprefix(PROV)
    return order.index(local) if local != name and local in order else len(order)


def _time(thing: _Thing, property_: str, of_day: str) -> Value | None:
    """The first time that is told, as PROV-DM wants it: an instant."""
    value = _first(thing, property_)
    return None if value is None else _instant(value, of_day)


def _instant(value: Value, of_day: str) -> Value | None:
    """A time as an instant: a day is widened to its first or last second. None for no time."""
    if not isinstance(value, Text):
        return None
    if _TIME.fullmatch(value.value):
        return Text(value.value, XSD_DATETIME)
    if match := _DATE.fullmatch(value.value):
        return Text(f"{match['day']}{of_day}{match['zone'] or ''}", XSD_DATETIME)
    return None


def _value(term: object) -> Value:
    if isinstance(term, NamedNode):
        return Name(term.value)
    assert isinstance(term, Literal)
    if term.language:
        return Text(term.value, None, term.language)
    datatype = term.datatype.value
    return Text(term.value, None if datatype == XSD + "string" else datatype)


def _text(value: Value) -> str:
    return value.iri if isinstance(value, Name) else value.value


def iris_of(document: ProvRecords) -> Iterator[str]:
    """Every IRI that the records name, for their prefixes."""
    yield from (bundle.id for bundle in document.bundles)
    for record in document.all():
        if record.id is not None:
            yield record.id
        for value in (*record.arguments, *(v for _, v in record.attributes)):
            if isinstance(value, Name):
                yield value.iri
            elif value is not None and value.datatype is not None:
                yield value.datatype
        yield from (name for name, _ in record.attributes)
