"""Records as triples, in the format's own names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.findings import Findings
from ingest.iri import has_scheme, valid_reference
from ingest.json_graph import JsonGraph
from ingest.labid.check import Record, listed
from ingest.labid.form import HEAD, KINDS, NAMESPACE, SECTIONS, Field, Value, file_id, process_id
from ingest.triples import literal, typed

_CLASSES = {"raw": "RawDataset", "processed": "ProcessedDataset"}


@dataclass
class Graph:
    """Writes the triples of one document below ``base``."""

    document: dict[str, Any]
    records: dict[str, Record]
    base: str
    findings: Findings
    json: JsonGraph = field(init=False)

    def __post_init__(self) -> None:
        self.json = JsonGraph(NAMESPACE, self.base)

    def triples(self) -> Iterator[Triple]:
        """All statements of the document."""
        export = NamedNode(self.base + "export")
        yield typed(export, self.json.term("Export"))
        for name, value in self.document.items():
            if name in HEAD:
                yield from self._field(export, name, value, HEAD[name], "$")
            elif name not in SECTIONS:
                self.findings.warned("unknown-field", f"$.{name}", "kept, without a meaning")
                yield from self.json.field(export, name, value)
        for record in self.records.values():
            if record.kind in SECTIONS.values():
                yield from self._record(record)

    def node(self, identifier: str) -> NamedNode:
        """The node of an id: an IRI as it is, any other below the source's base."""
        valid = valid_reference(identifier)
        if valid != identifier:
            self.findings.repaired("invalid-iri", identifier, "percent-encoded")
        return NamedNode(valid if has_scheme(valid) else self.base + valid)

    def _record(self, record: Record) -> Iterator[Triple]:
        node = self.node(record.id)
        yield from self._fields(node, record.id, record.kind, record.data, record.where)
        kind = _CLASSES.get(str(record.data.get("type")))
        if record.kind == "Dataset" and kind:
            yield typed(node, self.json.term(kind))

    def _fields(
        self, node: NamedNode, identifier: str, kind: str, data: dict[str, Any], where: str
    ) -> Iterator[Triple]:
        yield typed(node, self.json.term(kind))
        for name, value in data.items():
            spec = KINDS[kind].get(name)
            if name == "id":
                yield Triple(node, self.json.term("id"), Literal(identifier))
            elif spec is None:
                self.findings.warned("unknown-field", f"{where}.{name}", "kept, without a meaning")
                yield from self.json.field(node, name, value)
            else:
                yield from self._field(node, name, value, spec, where, identifier)

    def _field(
        self,
        node: NamedNode,
        name: str,
        value: Any,
        spec: Field,
        where: str,
        owner: str = "",
    ) -> Iterator[Triple]:
        term = self.json.term(name)
        for number, item in enumerate(listed(value)):
            place = f"{where}.{name}[{number}]" if isinstance(value, list) else f"{where}.{name}"
            if item is None or item == "":
                continue
            if spec.value is Value.REFERENCE:
                yield Triple(node, term, self.node(item))
            elif spec.value is Value.RECORD:
                kind = spec.to[0]
                child, identifier = self._part(owner, name, kind, item, number)
                yield Triple(node, term, child)
                yield from self._fields(child, identifier, kind, item, place)
            else:
                yield Triple(node, term, literal(item))

    def _part(
        self, owner: str, name: str, kind: str, item: dict[str, Any], number: int
    ) -> tuple[NamedNode, str]:
        """The node and the id of a part of a record: processes and files have ids."""
        own = item.get("id")
        if kind == "Process":
            identifier = own or process_id(owner, name)
        elif kind == "File":
            identifier = own or file_id(owner, item["path"])
        elif kind in ("Term", "Engine"):
            iri = item.get("iri")
            if isinstance(iri, str) and has_scheme(iri):
                return self.node(iri), iri
            return self.json.part(kind, item), ""
        else:
            return self.json.part(kind, item, owner, name, str(number)), ""
        return self.node(identifier), identifier
