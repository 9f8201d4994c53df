"""SciCat records as triples, in SciCat's own field names.

Each record is ``{base}{collection}/{id}``, the collection as in SciCat's REST interface. What
a record refers to and the export does not hold gets a node with its id, so that it can be
joined to another export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.findings import Findings
from ingest.iri import is_valid_reference, segment
from ingest.json_values import canonical, is_scalar, json_literal, scalar_literal
from ingest.scicat.collect import Record, Records
from ingest.scicat.kinds import (
    DATASET,
    INSTRUMENT,
    PROPOSAL,
    SAMPLE,
    Kind,
    identifier_of,
    kind_named,
    words,
)
from ingest.scicat.metadata import Entries, term
from ingest.scicat.people import people_of
from ingest.triples import skolem, typed

_REFERENCES: dict[str, Kind] = {
    "datasetId": DATASET,
    "datasetIds": DATASET,
    "rawDatasetId": DATASET,
    "derivedDatasetId": DATASET,
    "pidArray": DATASET,
    "datasetPids": DATASET,
    "sampleId": SAMPLE,
    "sampleIds": SAMPLE,
    "parentSampleId": SAMPLE,
    "proposalId": PROPOSAL,
    "proposalIds": PROPOSAL,
    "parentProposalId": PROPOSAL,
    "instrumentId": INSTRUMENT,
    "instrumentIds": INSTRUMENT,
}
# a dataset that includes such records may leave out the field with their ids
_INCLUDED = {SAMPLE: "sampleIds", PROPOSAL: "proposalIds", INSTRUMENT: "instrumentIds"}
_FREE = words("""scientificMetadata sampleCharacteristics customMetadata jobParameters jobParams
    jobResultObject metadata""")
_ORDERED = frozenset({"creator", "authors"})
_SIZES = words("size packedSize numberOfFiles numberOfFilesArchived sizeOfArchive")
_CLASSES = {"raw": "RawDataset", "derived": "DerivedDataset"}
_PANET = re.compile(r"(?:.*[/#:])?(PaNET\d{5,9})", re.IGNORECASE)
_PANET_BASE = "http://purl.org/pan-science/PaNET/"
_FILE_PATH = re.compile(r"(?:[/\\~.]|[A-Za-z]:[/\\]|file:|[a-z0-9+.-]+://)", re.IGNORECASE)


@dataclass
class Graph:
    """Writes the triples of one source below ``base``."""

    source: Records
    base: str
    findings: Findings
    _held: dict[NamedNode, str] = field(default_factory=dict)
    _referred: dict[NamedNode, tuple[Kind, str]] = field(default_factory=dict)

    def triples(self) -> Iterator[Triple]:
        """All statements of the source."""
        self._note_held()
        if self.source.about:
            about = NamedNode(self.base + "export")
            yield typed(about, term("Export"))
            for name, value in self.source.about.items():
                yield from self._field(about, name, value, "$")
        for record in self.source.records:
            yield from self._record(record)
        for node, (kind, identifier) in self._referred.items():
            if node not in self._held:
                yield typed(node, term(kind.name))
                yield Triple(node, term(kind.identifier), Literal(identifier))

    def _note_held(self) -> None:
        for record in self.source.records:
            if identifier_of(record.data, record.kind) is None:
                continue
            node, content = self._node(record), canonical(record.data)
            if self._held.setdefault(node, content) != content:
                self.findings.warned(
                    "duplicate-record", record.where, "what both records say is kept"
                )

    def _node(self, record: Record) -> NamedNode:
        identifier = identifier_of(record.data, record.kind)
        if identifier is None:
            return skolem(self.base, record.kind.name, canonical(record.data))
        return self._named(record.kind, identifier)

    def _named(self, kind: Kind, identifier: str) -> NamedNode:
        return NamedNode(f"{self.base}{kind.path}/{segment(identifier)}")

    def _refer(self, kind: Kind, identifier: str) -> NamedNode:
        node = self._named(kind, identifier)
        self._referred.setdefault(node, (kind, identifier))
        return node

    # --- records ---

    def _record(self, record: Record) -> Iterator[Triple]:
        node, kind, data = self._node(record), record.kind, record.data
        yield typed(node, term(kind.name))
        if kind is DATASET and (narrower := _CLASSES.get(str(data.get("type")).lower())):
            yield typed(node, term(narrower))
        if record.key is not None:
            yield Triple(node, term("recordKey"), Literal(record.key))
        own = next((n for n in (kind.identifier, "_id", "id") if data.get(n)), None)
        for name, value in data.items():
            if name == own and is_scalar(value):
                yield Triple(node, term(kind.identifier), Literal(str(value).strip()))
            elif name in _REFERENCES:
                yield from self._references(node, name, value, record.where)
            elif name in _FREE:
                yield from Entries(self.base, self.findings, record.where).of(node, name, value)
            elif name == "dataFileList" and isinstance(value, list):
                yield from self._files(node, kind, data, value, record.where)
            elif name in ("inputDatasets", "usedSoftware", "techniques", "relationships"):
                yield from self._special(node, name, value, record.where)
            elif kind_named(name) and _is_records(value):
                yield from self._embedded(node, record, name, value)
            elif name in _ORDERED and isinstance(value, list) and len(value) > 1:
                yield Triple(node, term(name), json_literal(value))
            else:
                yield from self._field(node, name, value, record.where)
        for role, person in people_of(kind, data):
            someone = NamedNode(self.base + person.path)
            yield Triple(node, term(role), someone)
            yield typed(someone, term("Person"))
            for part in ("name", "email", "orcid"):
                if text := getattr(person, part):
                    yield Triple(someone, term(part), Literal(text))

    def _field(self, node: NamedNode, name: str, value: Any, where: str) -> Iterator[Triple]:
        """A field of any name: a literal, literals, or structured nodes."""
        if is_scalar(value):
            if name in _SIZES and isinstance(value, float) and value.is_integer():
                value = int(value)  # JSON from JavaScript writes large sizes as 1.2e+12
            yield Triple(node, term(name), scalar_literal(value))
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._item(node, name, item, number if len(value) > 1 else None, where)
        elif isinstance(value, dict) and value:
            yield from self._structure(node, name, value, None, where)

    def _item(
        self, node: NamedNode, name: str, item: Any, number: int | None, where: str
    ) -> Iterator[Triple]:
        if is_scalar(item):
            yield Triple(node, term(name), scalar_literal(item))
        elif isinstance(item, dict):
            yield from self._structure(node, name, item, number, where)
        elif item is not None:
            yield Triple(node, term(name), json_literal(item))

    def _structure(
        self, node: NamedNode, name: str, value: dict[str, Any], number: int | None, where: str
    ) -> Iterator[Triple]:
        path = node.value.removeprefix(self.base)
        child = skolem(self.base, path, name, canonical(value), str(number))
        yield Triple(node, term(name), child)
        yield typed(child, term(_class_of(name)))
        if number is not None:
            yield Triple(child, term("index"), scalar_literal(number))
        for key, content in value.items():
            if is_scalar(content):
                yield Triple(child, term(key), scalar_literal(content))
            elif content is not None:
                yield from Entries(self.base, self.findings, where).of(child, key, content)

    # --- relations ---

    def _references(self, node: NamedNode, name: str, value: Any, where: str) -> Iterator[Triple]:
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, (str, int)) and str(item).strip():
                yield Triple(node, term(name), self._refer(_REFERENCES[name], str(item).strip()))
            elif item not in (None, ""):
                self.findings.lost("no-reference", where, f"{name}: {canonical(item)[:80]}")

    def _special(self, node: NamedNode, name: str, value: Any, where: str) -> Iterator[Triple]:
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            if item is None or item == "" or item == {}:
                continue
            if name == "inputDatasets" and isinstance(item, str):
                yield from self._input(node, item.strip())
            elif name == "usedSoftware" and isinstance(item, str):
                software = NamedNode(f"{self.base}software/{segment(item.strip())}")
                yield Triple(node, term(name), software)
                yield typed(software, term("Software"))
                yield Triple(software, term("name"), Literal(item.strip()))
            elif name == "techniques" and isinstance(item, dict):
                yield from self._technique(node, item)
            elif name == "relationships" and isinstance(item, dict):
                yield from self._relationship(node, item, number)
            else:
                yield from self._item(node, name, item, number, where)

    def _input(self, node: NamedNode, text: str) -> Iterator[Triple]:
        dataset = self._named(DATASET, text)
        if dataset in self._held or not _FILE_PATH.match(text):
            yield Triple(node, term("inputDatasets"), self._refer(DATASET, text))
            return
        file = NamedNode(f"{self.base}files/{segment(text)}")
        yield Triple(node, term("inputDatasets"), file)
        yield typed(file, term("DataFile"))
        yield Triple(file, term("path"), Literal(text))

    def _technique(self, node: NamedNode, item: dict[str, Any]) -> Iterator[Triple]:
        pid, name = str(item.get("pid") or "").strip(), str(item.get("name") or "").strip()
        if panet := _PANET.fullmatch(pid):
            number = panet[1][len("PaNET") :]
            technique = NamedNode(f"{_PANET_BASE}PaNET{number}")
        elif pid.startswith(("http://", "https://")) and is_valid_reference(pid):
            technique = NamedNode(pid)
        else:
            technique = NamedNode(f"{self.base}techniques/{segment(pid or name)}")
        yield Triple(node, term("techniques"), technique)
        yield typed(technique, term("Technique"))
        for key, value in item.items():
            if is_scalar(value):
                yield Triple(technique, term(key), scalar_literal(value, times=False))
            elif value is not None:
                yield Triple(technique, term(key), json_literal(value))

    def _relationship(self, node: NamedNode, item: dict[str, Any], number: int) -> Iterator[Triple]:
        """``{pid, relationship}`` between datasets, ``{targetId, targetType, …}`` of v4."""
        path = node.value.removeprefix(self.base)
        child = skolem(self.base, path, "relationships", canonical(item))
        yield Triple(node, term("relationships"), child)
        yield typed(child, term("Relationship"))
        kind = kind_named(str(item.get("targetType") or "dataset"))
        for key, value in item.items():
            if key in ("pid", "targetId") and kind is not None and isinstance(value, str) and value:
                yield Triple(child, term(key), self._refer(kind, value.strip()))
            else:
                yield from self._item(child, key, value, number, "relationships")

    def _files(
        self, block: NamedNode, kind: Kind, data: dict[str, Any], files: list[Any], where: str
    ) -> Iterator[Triple]:
        owner = next(
            (v for n in ("datasetId", "rawDatasetId", "derivedDatasetId") if (v := data.get(n))),
            None,
        )
        dataset = self._refer(DATASET, owner.strip()) if isinstance(owner, str) else None
        if kind is DATASET:
            dataset = block
        for item in files:
            entry = {"path": item} if isinstance(item, str) else item
            path = entry.get("path") if isinstance(entry, dict) else None
            if not isinstance(path, str) or not path:
                self.findings.lost("no-file", where, f"dataFileList: {canonical(item)[:80]}")
                continue
            file = NamedNode(f"{(dataset or block).value}/files/{segment(path)}")
            yield Triple(block, term("dataFileList"), file)
            yield typed(file, term("DataFile"))
            if dataset is not None:
                yield Triple(file, term("datasetId"), dataset)
            for key, value in entry.items():
                yield from self._field(file, key, value, where)

    def _embedded(self, node: NamedNode, record: Record, name: str, value: Any) -> Iterator[Triple]:
        """Records inside of a record, as the REST interface's ``include`` gives them."""
        kind = kind_named(name)
        assert kind is not None
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            inner = dict(item)
            identifier = identifier_of(record.data, record.kind)
            if record.kind is DATASET and identifier and "dataFileList" in inner:
                inner.setdefault("datasetId", identifier)
            found = Record(kind, inner, f"{record.where}.{name}[{number}]")
            child = self._node(found)
            self._held.setdefault(child, "")
            yield Triple(node, term(name), child)
            if record.kind is DATASET and kind in _INCLUDED:
                yield Triple(node, term(_INCLUDED[kind]), child)
            yield from self._record(found)


def _is_records(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return bool(items) and all(isinstance(item, dict) and item for item in items)


def _class_of(name: str) -> str:
    """A class for the objects under a field: ``MeasurementPeriodList`` -> ``MeasurementPeriod``."""
    bare = name.removesuffix("List").removesuffix("s")
    return {"datasetlifecycle": "DatasetLifecycle", "history": "HistoryEntry"}.get(
        name, bare[:1].upper() + bare[1:]
    )
