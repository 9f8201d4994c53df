"""The graph of an ISA-JSON study or assay: its nodes, and the processes between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ingest.isa.gather import Scopes, categories_of, units_of
from ingest.isa.json_arc import components, in_arc, rows_of
from ingest.isa.json_nodes import NodeReader, Refs
from ingest.isa.json_values import CHARACTERISTIC, PARAMETER, Values
from ingest.isa.model import Annotation, Component, Kind, NodeRef, Process, Protocol, Table
from ingest.isa.paths import is_address
from ingest.isa.record import Ids, Record, plain

_LISTS = (("sources", Kind.SOURCE), ("samples", Kind.SAMPLE), ("otherMaterials", Kind.MATERIAL))


class TableReader:
    """Reads one study or assay object; protocols met on the way are added to ``protocols``."""

    def __init__(
        self,
        ids: Ids,
        scopes: Scopes,
        outer: Refs,
        protocols: dict[str, Protocol],
        is_arc: bool = False,
    ) -> None:
        self._is_arc = is_arc
        self._ids = ids
        self._scopes = scopes
        self._outer = outer
        self._protocols = protocols

    def read(self, section: Record) -> tuple[Table, Refs]:
        """The section's graph, and its nodes by ``@id``. A study's nodes are left to the caller."""
        values = Values(self._ids, section.findings)
        nodes = NodeReader(self._ids, self._scopes, values, self._outer)
        categories = values.categories(section)
        units = section.annotations("unitCategories")
        materials = section.record("materials")
        if materials is not None:
            for key, kind in _LISTS:
                for record in materials.records(key):
                    nodes.listed(record, kind)
            materials.finish()
        for record in section.records("dataFiles"):
            nodes.listed(record, Kind.FILE)
        processes = self._processes(section.records("processSequence"), nodes, values)
        own = self._scopes.own is not self._scopes.study
        every = [value for seen in values.seen.values() for value in seen]
        table = Table(
            nodes=self._scopes.own.freeze() if own else (),
            mentioned=tuple(nodes.mentioned),
            processes=processes,
            characteristic_categories=categories_of(categories, values.seen[CHARACTERISTIC]),
            unit_categories=units_of((*units, *values.units), every),
        )
        return table, nodes.refs

    def _processes(
        self, records: list[Record], nodes: NodeReader, values: Values
    ) -> tuple[Process, ...]:
        numbers = {plain(r.data["@id"]): n for n, r in enumerate(records) if r.data.get("@id")}
        made = [self._process(record, nodes, values) for record in records]
        previous: list[dict[int, None]] = [{} for _ in records]
        for n, record in enumerate(records):
            for key in ("previousProcess", "nextProcess"):
                for other in record.records(key):
                    m = numbers.get(plain(other.data.get("@id")))
                    if m is None:
                        record.findings.lost(
                            "process-link", other.path, "no process of this sequence"
                        )
                    elif key == "previousProcess":
                        previous[n][m] = None
                    else:
                        previous[m][n] = None
            record.finish()
        if self._is_arc and not any(previous):
            return tuple(row for process in made for row in rows_of(process))
        return tuple(
            replace(
                process,
                previous=tuple(m for m in before if m != n and not _joined(made[m], process)),
            )
            for n, (process, before) in enumerate(zip(made, previous, strict=True))
        )

    def _process(self, record: Record, nodes: NodeReader, values: Values) -> Process:
        parameters = [values.read(r, PARAMETER) for r in record.records("parameterValues")]
        inputs = [nodes.ref(r, Kind.SAMPLE) for r in record.records("inputs")]
        outputs = [nodes.ref(r, Kind.SAMPLE) for r in record.records("outputs")]
        distinct = _all if self._is_arc else _distinct
        process = Process(
            name=record.text("name"),
            performer=record.text("performer"),
            date=record.text("date"),
            parameter_values=tuple(v for v in parameters if v is not None),
            comments=record.comments(),
            inputs=distinct(inputs),
            outputs=distinct(outputs),
        )
        return self._with_protocol(process, record)

    def _with_protocol(self, process: Process, record: Record) -> Process:
        """The process with the name of its protocol, which is added to those that are known."""
        executed = record.record("executesProtocol")
        if executed is None and self._is_arc:
            made = in_arc(process, is_unnamed=True)
            self._protocols.setdefault(made.protocol, Protocol(made.protocol))
            return made
        if executed is None:
            record.findings.warned("missing-protocol", record.path, "a process without protocol")
            return process
        resolved = self._ids.resolve(executed)
        if resolved is None:
            return process
        is_unnamed = not plain(resolved.data.get("name"))
        found = protocol(resolved)
        if is_placeholder(resolved, found):
            record.findings.warned("missing-protocol", record.path, "the protocol is 'unknown'")
            return process
        process = replace(process, protocol=found.name)
        if self._is_arc:
            process = in_arc(process, is_unnamed)
            found = replace(found, name=process.protocol, components=components(found.components))
        self._protocols.setdefault(found.name, found)
        return process


def protocol(record: Record) -> Protocol:
    """A protocol object; one without name goes by its ``@id`` or type."""
    identity = plain(record.data.get("@id"))
    components = []
    for item in record.records("components"):
        said = item.text("alternateName")  # in ISA JSON-LD: the value and its term, as one text
        name = item.text("componentName") or item.text("value") or said
        type_ = item.annotation("componentType") or Annotation(
            item.text("category"), "", item.text("categoryCode")
        )
        term = Annotation("", "", item.text("valueCode"))
        components.append(Component(name, type_, item.comments(), term))
        item.finish()
    parameters = []
    for item in record.records("parameters"):
        parameters.append(item.annotation("parameterName"))
        item.finish()
    kind = record.annotation("protocolType")
    made = Protocol(
        name=record.text("name") or identity.lstrip("#") or kind.value,
        type=kind,
        description=record.text("description"),
        uri=record.text("uri"),
        version=record.text("version"),
        parameters=tuple(p for p in parameters if p),
        components=tuple(c for c in components if c.name or c.type),
        comments=record.comments(),
        address=identity if is_address(identity) and identity != record.text("uri") else "",
    )
    record.finish()
    return made


def is_placeholder(record: Record, made: Protocol) -> bool:
    """Whether it is what isatools put where ISA-Tab had no protocol."""
    return made.name == "unknown" and record.data.get("@id") == "#protocol/unknown"


def _distinct(refs: Iterable[NodeRef | None]) -> tuple[NodeRef, ...]:
    return tuple(dict.fromkeys(r for r in refs if r is not None))


def _all(refs: Iterable[NodeRef | None]) -> tuple[NodeRef, ...]:
    return tuple(r for r in refs if r is not None)


def _joined(before: Process, after: Process) -> bool:
    """Whether a node stands between two processes, so that no link of their own is needed."""
    return not set(before.outputs).isdisjoint(after.inputs)
