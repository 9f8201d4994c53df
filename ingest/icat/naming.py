"""Which record an included object is: by its id, else by what names it in its catalogue.

An object may come many times over, in parts: once with its id, once with its name only. All
that is said of it is kept once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ingest.icat import schema
from ingest.icat.keys import ByKey, Reference, by_attributes, parse_unique, quoted
from ingest.icat.records import DataFile, Declaration, Record

# by which attributes a kind is named where an object has no id; the first that is there counts
_NATURAL: dict[str, tuple[tuple[str, ...], ...]] = {
    "Application": (("name", "version"), ("name",)),
    "DatafileFormat": (("name", "version"), ("name",)),
    "DataPublication": (("pid",),),
    "Instrument": (("pid",), ("name",)),
    "Investigation": (("name", "visitId"), ("name",)),
    "ParameterType": (("name", "units"), ("name",)),
    "SampleType": (("name", "molecularFormula"), ("name",)),
    "Technique": (("pid",), ("name",)),
    "User": (("name",), ("orcidId",), ("familyName", "givenName")),
    **dict.fromkeys(
        (
            "DataPublicationType", "DatasetType", "Facility", "FacilityCycle", "Grouping",
            "InvestigationType", "Sample", "Study",
        ),
        (("name",),),
    ),
}  # fmt: skip

_Value = tuple[str, str]


class Naming:
    """The records of a source by key, and those that wait for one with an id."""

    def __init__(self, data: DataFile) -> None:
        self._data = data
        self._records: dict[str, Record] = {}
        self._said: dict[str, set[object]] = {}
        self._waiting: dict[str, Record] = {}

    def natural_key(self, record: Record, value: Mapping[str, Any]) -> str | None:
        """The key of an object without id, by what names it; None where nothing does."""
        for names in _NATURAL.get(record.entity, ()):
            texts = [value.get(name) for name in names]
            if all(isinstance(text, str) and text for text in texts):
                pairs = [(n, quoted(str(t))) for n, t in zip(names, texts, strict=True)]
                frame = value.get("investigation")
                if record.entity == "Sample" and isinstance(frame, dict) and frame.get("id"):
                    pairs.append(("investigation", f"(id-{quoted(str(frame['id']))})"))
                return f"{record.entity}_" + "_".join(f"{n}-{t}" for n, t in sorted(pairs))
        return None

    def enter(self, record: Record, where: str) -> None:
        """Keep a record, or add what it says to the one of the same key."""
        assert record.key is not None
        known = self._records.get(record.key)
        if known is None:
            self._records[record.key] = record
            self._data.records.append(record)
            if "_id-" not in record.key:
                self._waiting[record.key] = record
        else:
            self._add(known, record, where)

    def record(self, key: str | None) -> Record | None:
        """The record of a key."""
        return self._records.get(key) if key is not None else None

    def settle(self) -> None:
        """Give each object that is known by name to the one with an id that has that name."""
        if not self._waiting:
            return
        index = self._named()
        gone = set()
        for key, record in self._waiting.items():
            names = parse_unique(key, record.entity)
            if names is None:
                continue
            values = tuple((n, v if isinstance(v, str) else str(v)) for n, v in names.values)
            found = index.get((record.entity, values))
            if found is None or found.key is None:
                continue
            self._add(found, record, record.label)
            number = found.key.removeprefix(f"{record.entity}_id-")
            target = by_attributes([("id", number)])
            self._data.declarations.append(Declaration(record.entity, key, record.chunk, target))
            gone.add(key)
        self._data.records = [r for r in self._data.records if r.key not in gone]

    def _named(self) -> dict[tuple[str, tuple[_Value, ...]], Record | None]:
        """Records with an id by what would name them; None where several have the same."""
        wanted = {record.entity for record in self._waiting.values()}
        index: dict[tuple[str, tuple[_Value, ...]], Record | None] = {}
        for key, record in self._records.items():
            if record.entity not in wanted or "_id-" not in key:
                continue
            for names in _NATURAL[record.entity]:
                values = [(n, t) for n in names if (t := record.attribute(n)) is not None]
                if len(values) < len(names):
                    continue
                frame = record.reference("investigation")
                if record.entity == "Sample" and isinstance(frame, ByKey):
                    number = frame.key.removeprefix("Investigation_id-")
                    values.append(("investigation", f"id={number}"))
                place = (record.entity, tuple(sorted(values)))
                index[place] = record if index.get(place, record) is record else None
        return index

    def _add(self, known: Record, more: Record, where: str) -> None:
        """Add to a record what another one says of the same object."""
        assert known.key is not None
        said = self._said.get(known.key)
        if said is None:
            said = self._said[known.key] = set(_statements(known))
        values = dict(known.attributes)
        for name, text in more.attributes:
            if (name, text) in said:
                continue
            if name in values and schema.is_known_attribute(name):
                self._data.findings.repaired(
                    "duplicate-id", where, f"{known.key}: both values of {name} are kept"
                )
            known.attributes.append((name, text))
            said.add((name, text))
        for relation, reference in more.references:
            if (relation, reference) not in said:
                known.references.append((relation, reference))
                said.add((relation, reference))
        for relation, member in more.members:
            content = _content(relation, member)
            if content not in said:
                known.members.append((relation, member))
                said.add(content)


def _statements(record: Record) -> Iterator[object]:
    yield from record.attributes
    yield from record.references
    for relation, member in record.members:
        yield _content(relation, member)


def _content(relation: str, member: Record) -> object:
    references: list[tuple[str, Reference]] = member.references
    return (
        relation,
        tuple(sorted(member.attributes)),
        tuple(sorted((n, str(r)) for n, r in references)),
        tuple(sorted(str(_content(n, m)) for n, m in member.members)),
    )
