"""An ICAT data file as triples, in ICAT's own words.

Each object is ``{base}{Kind}/{name}``; an object without a name of its own is named by its
parent and content. A member of a one-to-many relation is linked both ways, as in ICAT.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from ingest.findings import Findings
from ingest.icat import schema
from ingest.icat.catalogue import Catalogue, Outside, Thing
from ingest.icat.links import DatasetLinks, parameter_name, parameter_text
from ingest.icat.records import Record
from ingest.icat.schema import NAMESPACE, Kind
from ingest.icat.techniques import techniques_in
from ingest.icat.values import literal_of
from ingest.iri import segment
from ingest.triples import skolem, typed


def term(name: str) -> NamedNode:
    """A class or property of ICAT's vocabulary."""
    return NamedNode(NAMESPACE + segment(name))


@dataclass
class Graph:
    """Writes the triples of one data file below ``base``."""

    catalogue: Catalogue
    base: str
    findings: Findings
    _links: DatasetLinks = field(init=False)
    _repeats: Counter[NamedNode] = field(default_factory=Counter)
    _linked: dict[Thing, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._links = DatasetLinks(self.catalogue, self.findings)

    def triples(self) -> Iterator[Triple]:
        """All statements of the file."""
        yield from self._head()
        for record in self.catalogue.data.records:
            yield from self._top(record)
        for outside in self.catalogue.outside.values():
            yield from self._outside(outside)
        for thing, number in self._linked.items():
            yield typed(self._node(thing), term(thing.entity))
            yield Triple(
                self._node(thing),
                term("id"),
                literal_of(number, Kind.INTEGER, thing.name, self.findings),
            )

    def _node(self, thing: Thing) -> NamedNode:
        return NamedNode(self.base + thing.path)

    def _head(self) -> Iterator[Triple]:
        head = self.catalogue.data.head
        if not head:
            return
        node = NamedNode(self.base + "dump")
        yield typed(node, term("Dump"))
        for name, text in head.items():
            kind = Kind.TIME if name == "date" else Kind.TEXT
            yield Triple(node, term(name), literal_of(text, kind, "head", self.findings))

    def _top(self, record: Record) -> Iterator[Triple]:
        """An object of its own. If it is part of another one, it is linked as if written there."""
        relation = schema.owner_relation(record.entity)
        reference = record.reference(relation) if relation else None
        owner = (
            self.catalogue.target(record, relation, reference) if relation and reference else None
        )
        thing = self.catalogue.thing(record)
        if thing is not None:
            node = self._node(thing)
        else:
            node = self._unnamed(record, owner.path if owner else "", relation)
        if owner is not None:
            yield Triple(self._node(owner), term(schema.owned_relation(record.entity)), node)
        yield from self._statements(record, node, owner)

    def _unnamed(self, record: Record, parent: str, back: str | None) -> NamedNode:
        """A node for an object without key: the same for the same content under the same parent."""
        content = self._content(record, back)
        node = skolem(self.base, parent, record.entity, content)
        self._repeats[node] += 1
        if self._repeats[node] > 1:
            return skolem(self.base, parent, record.entity, content, str(self._repeats[node]))
        return node

    def _content(self, record: Record, back: str | None) -> str:
        parts = [f"a{name}\x1e{text}" for name, text in record.attributes]
        for relation, reference in record.references:
            target = self.catalogue.target(record, relation, reference)
            if relation != back and target is not None:
                parts.append(f"r{relation}\x1e{target.path}")
        parts += [f"m{name}\x1e{self._content(member, None)}" for name, member in record.members]
        return "\x1d".join(sorted(parts))

    def _statements(self, record: Record, node: NamedNode, owner: Thing | None) -> Iterator[Triple]:
        """What is said of one object. ``owner`` is the dataset (or other object) it is part of."""
        where = f"{self.catalogue.where}: {record.label}"
        yield typed(node, term(record.entity))
        for name, text in record.attributes:
            yield Triple(
                node, term(name), literal_of(text, schema.kind_of(name), where, self.findings)
            )
        for relation, reference in record.references:
            target = self.catalogue.target(record, relation, reference)
            assert target is not None  # the catalogue refuses dangling references
            yield Triple(node, term(relation), self._node(target))
        thing = self.catalogue.thing(record)
        for relation, member in record.members:
            yield from self._member(record, node, thing, relation, member)
        if record.entity == "DatasetParameter" and owner is not None:
            yield from self._dataset_links(self._node(owner), record, where)
            yield from self._techniques(self._node(owner), record, where)

    def _member(
        self,
        parent: Record,
        node: NamedNode,
        thing: Thing | None,
        relation: str,
        member: Record,
    ) -> Iterator[Triple]:
        back = schema.back_relation(parent.entity, relation, member.entity)
        own = self.catalogue.thing(member)
        path = thing.path if thing else node.value.removeprefix(self.base)
        child = self._node(own) if own else self._unnamed(member, path, back)
        yield Triple(node, term(relation), child)
        yield Triple(child, term(back), node)
        yield from self._statements(member, child, thing)

    def _dataset_links(self, dataset: NamedNode, record: Record, where: str) -> Iterator[Triple]:
        for link in self._links.of(record, where):
            if link.is_outside:
                self._linked[link.thing] = link.catalogue_id
            yield Triple(dataset, term(link.property), self._node(link.thing))

    def _techniques(self, dataset: NamedNode, record: Record, where: str) -> Iterator[Triple]:
        name, text = parameter_name(self.catalogue, record), parameter_text(record)
        for technique in techniques_in(name, text or "", where, self.findings):
            yield Triple(dataset, term(technique.property), technique.node)
            yield typed(technique.node, term("Technique"))
            if technique.name is not None:
                yield Triple(technique.node, term("name"), Literal(technique.name))

    def _outside(self, outside: Outside) -> Iterator[Triple]:
        node = self._node(outside.thing)
        yield typed(node, term(outside.thing.entity))
        for name, text in outside.attributes:
            where = f"{self.catalogue.where}: {outside.thing.name}"
            value: Literal = literal_of(text, schema.kind_of(name), where, self.findings)
            yield Triple(node, term(name), value)
        for relation, target in outside.relations:
            yield Triple(node, term(relation), self._node(target))
