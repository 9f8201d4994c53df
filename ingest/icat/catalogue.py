"""Which object a reference means: by local key, by unique key, or by its attributes.

A file may name objects that it does not hold. In a dump that is an error, but for what a
facility sets up once (its own record, users, types, instruments) when the dump holds none of
that kind; in icatingest's input it is the rule. Such objects get a node from what the
reference spells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.errors import InvalidSource
from ingest.icat import schema
from ingest.icat.keys import ByAttributes, ByKey, Reference, parse_unique, quoted
from ingest.icat.records import DataFile, Record
from ingest.iri import segment

_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Thing:
    """An object's identity in the graph: its kind, and a name that is unique within the kind."""

    entity: str
    name: str

    @property
    def path(self) -> str:
        return f"{segment(self.entity)}/{segment(self.name)}"


@dataclass(frozen=True, slots=True)
class Outside:
    """An object that is only referred to, with what the references spell of it."""

    thing: Thing
    attributes: tuple[tuple[str, str], ...]
    relations: tuple[tuple[str, Thing], ...]


@dataclass
class Catalogue:
    """The objects of a data file, and those it refers to."""

    data: DataFile
    where: str
    outside: dict[Thing, Outside] = field(default_factory=dict)
    dangling: dict[tuple[str, str], None] = field(default_factory=dict)
    _things: dict[Record, Thing] = field(default_factory=dict)
    _names: dict[Thing, str] = field(default_factory=dict)
    _by_key: dict[str, list[tuple[int, Thing | ByAttributes, str]]] = field(default_factory=dict)
    _records_of: dict[str, list[Record]] = field(default_factory=dict)
    _by_attributes: dict[
        tuple[str, tuple[str, ...]], dict[tuple[str | Thing, ...], Thing | None]
    ] = field(default_factory=dict)
    _resolved: dict[tuple[Reference, str | None, int], Thing | None] = field(default_factory=dict)

    @classmethod
    def of(cls, data: DataFile, where: str) -> Catalogue:
        """Name every object and resolve every reference. Raises InvalidSource for dangling ones."""
        catalogue = cls(data, where)
        catalogue._name_keyed()
        catalogue._name_unkeyed()
        catalogue._resolve_all()
        return catalogue

    def thing(self, record: Record) -> Thing | None:
        """The identity of an object; None for one that has no name of its own."""
        return self._things.get(record)

    def target(self, record: Record, relation: str, reference: Reference) -> Thing | None:
        """What a reference of ``record`` means; None where it is dangling."""
        return self._resolve(reference, schema.target_of(record.entity, relation), record.chunk)

    def name_of(self, thing: Thing) -> str | None:
        """The ``name`` of an object, in the file or only referred to."""
        outside = self.outside.get(thing)
        if outside is not None:
            return dict(outside.attributes).get("name")
        return self._names.get(thing)

    def records(self, entity: str) -> list[Record]:
        """All objects of a kind, in the order of the file."""
        return self._records_of.get(entity, [])

    # --- naming ---

    def _name_keyed(self) -> None:
        owners: dict[Thing, tuple[str, int]] = {}
        entered: set[Thing] = set()
        for record in self.data.all_records():
            self._records_of.setdefault(record.entity, []).append(record)
            if record.key is None:
                continue
            thing = self._named(record.entity, record.key, record.chunk, owners)
            if thing in entered:
                self.data.findings.repaired(
                    "duplicate-key",
                    f"{self.where}: {record.key}",
                    "what both definitions say is kept",
                )
            entered.add(thing)
            self._enter(record, thing)
        for declared in self.data.declarations:
            self._by_key.setdefault(declared.key, []).append(
                (declared.chunk, declared.target, declared.entity)
            )

    def _named(
        self, entity: str, key: str, chunk: int, owners: dict[Thing, tuple[str, int]]
    ) -> Thing:
        """The identity of an object with a key; ``owners`` tells whose each identity is."""
        thing = Thing(entity, key.removeprefix(f"{entity}_") or key)
        owner, where = owners.setdefault(thing, (key, chunk))
        if owner != key:
            return Thing(entity, key)
        if where == chunk or parse_unique(key, entity) is not None:
            return thing
        # a local key counts in its chunk only, so this is another object
        other = Thing(entity, f"{thing.name}~{chunk}")
        if other not in owners:
            owners[other] = (key, chunk)
            self.data.findings.warned(
                "local-key-reused", f"{self.where}: {key}", f"another object in chunk {chunk}"
            )
        return other

    def _enter(self, record: Record, thing: Thing) -> None:
        self._things[record] = thing
        if record.key is not None:
            self._by_key.setdefault(record.key, []).append((record.chunk, thing, record.entity))
        name = record.attribute("name")
        if name is not None:
            self._names.setdefault(thing, name)

    def _name_unkeyed(self) -> None:
        """Objects without key that carry the attributes by which a catalogue knows their kind."""
        for entity in schema.UNIQUE:  # in this order: each is named by the ones before it
            for record in self._records_of.get(entity, ()):
                if record.key is None and (thing := self._natural(record)) is not None:
                    self._enter(record, thing)

    def _natural(self, record: Record) -> Thing | None:
        parts = []
        for name in schema.UNIQUE[record.entity]:
            text, reference = record.attribute(name), record.reference(name)
            if text is not None:
                parts.append(f"{name}-{quoted(text)}")
            elif reference is not None:
                target = self.target(record, name, reference)
                if target is None:
                    return None
                parts.append(f"{name}-({target.name})")
        if record.attribute("name") is None or len(parts) < 2:
            return None
        return Thing(record.entity, "_".join(parts))

    # --- resolving ---

    def _resolve_all(self) -> None:
        for record in self.data.all_records():
            for relation, reference in record.references:
                if self.target(record, relation, reference) is None:
                    self.dangling[f"{record.label}.{relation}", str(reference)] = None
        for declared in self.data.declarations:
            if self._resolve(declared.target, declared.entity, declared.chunk) is None:
                self.dangling[declared.key, str(declared.target)] = None
        if self.dangling:
            raise InvalidSource(
                _told(list(self.dangling)),
                where=self.where,
                todo="dump the missing objects too, or remove the references to them",
            )

    def _resolve(self, reference: Reference, entity: str | None, chunk: int) -> Thing | None:
        question = (reference, entity, chunk)
        if question not in self._resolved:
            self._resolved[question] = None  # a reference that needs itself stays unresolved
            if isinstance(reference, ByKey):
                self._resolved[question] = self._resolve_key(reference.key, entity, chunk)
            elif entity is not None:
                self._resolved[question] = self._resolve_attributes(reference, entity, chunk, None)
        return self._resolved[question]

    def _resolve_key(self, key: str, entity: str | None, chunk: int) -> Thing | None:
        found = [e for e in self._by_key.get(key, ()) if entity is None or e[2] == entity]
        if found:
            # local keys count in their chunk; beyond it the nearest earlier object is meant
            here = [e for e in found if e[0] == chunk]
            before = [e for e in found if e[0] < chunk]
            _chunk, target, kind = (here or before[-1:] or found)[0]
            if isinstance(target, Thing):
                return target
            return self._resolve_attributes(target, kind, chunk, None)
        entity = entity or key.partition("_")[0]
        spelled = parse_unique(key, entity)
        if spelled is None:
            return None
        return self._resolve_attributes(spelled, entity, chunk, key.removeprefix(f"{entity}_"))

    def _resolve_attributes(
        self, reference: ByAttributes, entity: str, chunk: int, name: str | None
    ) -> Thing | None:
        """``name`` is the name of the node, where a unique key gives one."""
        attributes: list[tuple[str, str]] = []
        relations: list[tuple[str, Thing]] = []
        for attribute, value in reference.values:
            if isinstance(value, str):
                attributes.append((attribute, value))
                continue
            target = self._resolve(value, schema.target_of(entity, attribute), chunk)
            if target is None:
                return None
            relations.append((attribute, target))
        values: list[tuple[str, str | Thing]] = sorted(
            [*attributes, *relations], key=lambda pair: pair[0]
        )
        if not values:
            return None
        inside = self._matching(entity, values)
        if inside is not None:
            return inside
        if name is not None and not self._may_be_outside(entity):
            return None
        thing = Thing(entity, name or "_".join(_spelled(values)))
        if thing not in self.outside:
            self.outside[thing] = Outside(thing, tuple(attributes), tuple(relations))
            self.data.findings.warned(
                "object-outside", f"{self.where}: {entity}", f"{reference} is not in the file"
            )
        return thing

    def _may_be_outside(self, entity: str) -> bool:
        if self.data.partial:
            return True
        return entity in schema.SET_UP_ONCE and not self._records_of.get(entity)

    def _matching(self, entity: str, values: list[tuple[str, str | Thing]]) -> Thing | None:
        """The one object in the file that has all these values, if it is one."""
        names = tuple(name for name, _value in values)
        index = self._by_attributes.get((entity, names))
        if index is None:
            self._by_attributes[entity, names] = index = {}
            for record in self._records_of.get(entity, ()):
                thing = self._things.get(record)
                own = tuple(self._values(record, names))
                if thing is not None and len(own) == len(names):
                    index[own] = thing if index.get(own, thing) == thing else None
        return index.get(tuple(value for _name, value in values))

    def _values(self, record: Record, names: tuple[str, ...]) -> Iterator[str | Thing]:
        for name in names:
            text, reference = record.attribute(name), record.reference(name)
            if text is not None:
                yield text
            elif reference is not None:
                target = self.target(record, name, reference)
                if target is not None:
                    yield target


def _spelled(values: list[tuple[str, str | Thing]]) -> Iterator[str]:
    for name, value in values:
        yield f"{name}-({value.name})" if isinstance(value, Thing) else f"{name}-{quoted(value)}"


def _told(dangling: list[tuple[str, str]]) -> str:
    shown = "; ".join(f"{subject} -> {target}" for subject, target in dangling[:_MOST_SHOWN])
    more = len(dangling) - _MOST_SHOWN
    count = "a reference" if len(dangling) == 1 else f"{len(dangling)} references"
    return f"{count} to objects that the file does not define: {shown}" + (
        f"; and {more} more" if more > 0 else ""
    )
