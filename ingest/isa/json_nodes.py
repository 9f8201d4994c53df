"""The nodes and processes of an ISA-JSON study or assay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ingest.isa.data_files import file_type
from ingest.isa.gather import Scopes, categories_of, units_of
from ingest.isa.model import (
    NOTHING,
    Annotation,
    Component,
    Kind,
    NodeRef,
    Process,
    Protocol,
    Table,
    Value,
)
from ingest.isa.paths import is_address
from ingest.isa.record import Ids, Record, annotation, plain

Refs = dict[str, NodeRef]

_MATERIAL_TYPES = {
    "extract name": Kind.EXTRACT,
    "labeled extract name": Kind.LABELED_EXTRACT,
    "labelled extract name": Kind.LABELED_EXTRACT,
}
# older isatools put the kind before the name, as they did in the @id
_PREFIXES = {
    Kind.SOURCE: ("#source/", "source-"),
    Kind.SAMPLE: ("#sample/", "sample-"),
    Kind.EXTRACT: ("#material/", "extract-"),
    Kind.LABELED_EXTRACT: ("#material/", "labeledextract-"),
}
_ID_KINDS = (
    ("source", Kind.SOURCE), ("sample", Kind.SAMPLE), ("labeledextract", Kind.LABELED_EXTRACT),
    ("extract", Kind.EXTRACT), ("material/labeledextract", Kind.LABELED_EXTRACT),
    ("material/extract", Kind.EXTRACT), ("material", Kind.MATERIAL), ("data", Kind.FILE),
)  # fmt: skip


class TableReader:
    """Reads the materials, files and processes of one study or assay object."""

    def __init__(
        self,
        section: Record,
        ids: Ids,
        scopes: Scopes,
        outer_refs: Refs,
        protocols: dict[str, Protocol],
    ) -> None:
        self._section = section
        self._findings = section.findings
        self._ids = ids
        self._scopes = scopes
        self._outer = outer_refs
        self._protocols = protocols
        self.refs: Refs = {}
        self._mentioned: dict[NodeRef, None] = {}
        self._values: dict[Value, None] = {}

    def read(self) -> Table:
        """The section's graph. Its nodes are left to the caller where they are the study's."""
        section = self._section
        categories = [self._category(r) for r in section.records("characteristicCategories")]
        units = section.annotations("unitCategories")
        materials = section.record("materials")
        if materials is not None:
            for key, kind in (
                ("sources", Kind.SOURCE), ("samples", Kind.SAMPLE), ("otherMaterials", Kind.MATERIAL),
            ):  # fmt: skip
                for record in materials.records(key):
                    self._listed(record, kind)
            materials.finish()
        for record in section.records("dataFiles"):
            self._listed(record, Kind.FILE)
        processes = self._processes(section.records("processSequence"))
        own = self._scopes.own is not self._scopes.study
        characteristics = [v for v in self._values if v.category in self._characteristic_names]
        return Table(
            nodes=self._scopes.own.freeze() if own else (),
            mentioned=tuple(self._mentioned),
            processes=processes,
            characteristic_categories=categories_of((c for c in categories if c), characteristics),
            unit_categories=units_of(units, self._values),
        )

    _characteristic_names: set[str] = set()

    def _category(self, record: Record) -> Annotation:
        if record.has("characteristicType"):
            found = record.annotation("characteristicType")
            record.finish()
            return found
        return annotation(record)

    def _listed(self, record: Record, kind: Kind) -> None:
        resolved = self._ids.resolve(record)
        if resolved is not None:
            self._node(resolved, kind)

    def _node(self, record: Record, kind: Kind) -> NodeRef:
        """Take a node's description; a sample in an assay may be said again, or only be named."""
        type_name = record.text("type")
        if kind is Kind.MATERIAL:
            kind = _MATERIAL_TYPES.get(type_name.lower(), kind)
        identity = plain(record.data.get("@id"))
        ref = NodeRef(kind, self._name(record, kind, identity))
        if identity:
            self.refs.setdefault(identity, ref)
        nodes = self._scopes.of(ref)
        gathered = nodes[ref]
        if kind is Kind.FILE:
            if type_name:
                gathered.types[file_type(type_name)] = None
        elif type_name and type_name.lower() not in _MATERIAL_TYPES:
            gathered.types[type_name] = None
        if nodes is not self._scopes.own or kind is Kind.FILE:
            self._mentioned[ref] = None
        for word, category_of, into in (
            ("characteristics", self._characteristic_category, gathered.characteristics),
            ("factorValues", self._factor_category, gathered.factor_values),
        ):
            for item in record.records(word):
                value = self._value(item, category_of)
                if value is not None:
                    into[value] = None
                    if word == "characteristics":
                        self._characteristic_names = self._characteristic_names | {value.category}
        gathered.comments.update(dict.fromkeys(record.comments()))
        for origin in record.records("derivesFrom"):
            found = self._ref(origin, Kind.SOURCE)
            if found is not None:
                gathered.derives_from[found] = None
        if is_address(identity) and identity != ref.name:
            gathered.address = identity
        record.finish()
        return ref

    def _name(self, record: Record, kind: Kind, identity: str) -> str:
        name = record.text("name")
        if not name:
            self._findings.warned("unnamed-node", record.path, f"known only as {identity!r}")
            return identity.lstrip("#") or record.path
        start, prefix = _PREFIXES.get(kind, ("", ""))
        if start and identity.startswith(start + prefix) and name.startswith(prefix):
            self._findings.repaired("name-prefix", record.path, f"{prefix!r} taken off {name!r}")
            return name[len(prefix) :]
        return name

    def _ref(self, record: Record, default: Kind) -> NodeRef | None:
        """The node that an input or output refers to or describes."""
        identity = plain(record.data.get("@id"))
        known = self.refs.get(identity) or self._outer.get(identity)
        is_described = any(not k.startswith("@") for k in record.data)
        if known is not None:
            if is_described:
                self._node(record, known.kind)
            elif known.kind is Kind.FILE or known.kind in (Kind.SOURCE, Kind.SAMPLE):
                if self._scopes.of(known) is not self._scopes.own:
                    self._mentioned[known] = None
            return known
        resolved = self._ids.resolve(record)
        if resolved is None:
            return None
        return self._node(resolved, _kind(resolved, identity, default))

    def _value(self, item: Record, category_of: Any) -> Value | None:
        record = self._ids.resolve(item)
        if record is None:
            return None
        category = category_of(record)
        raw = record.raw("value")
        value = record.annotation("value") if isinstance(raw, dict) else Annotation(plain(raw))
        unit = NOTHING
        if record.has("unit"):
            target = record.record("unit") if isinstance(record.raw("unit"), dict) else None
            resolved = self._ids.resolve(target)
            unit = annotation(resolved) if resolved else Annotation(
                plain(record.raw("unit")) if target is None else ""
            )  # fmt: skip
        comments = record.comments()
        record.finish()
        if not value and not comments:
            if unit:
                self._findings.lost("qualifier-without-value", record.path, "a unit without value")
            return None
        made = Value(category, value, unit, comments)
        self._values[made] = None
        return made

    def _named_category(self, record: Record, *keys: str) -> str:
        """The name of a value's category, which is an object, a reference or plain text."""
        raw = record.raw("category")
        if not isinstance(raw, dict):
            return plain(raw)
        found = self._ids.resolve(Record(raw, f"{record.path}.category", self._findings))
        if found is None:
            return plain(raw.get("@id")).rpartition("/")[2].lstrip("#")
        for key in keys:
            inner = found.data.get(key)
            if isinstance(inner, dict):
                resolved = self._ids.resolve(Record(inner, found.path, self._findings))
                inner = resolved.data.get("annotationValue") if resolved else ""
            if inner:
                return plain(inner)
        return plain(found.data.get("annotationValue") or found.data.get("name"))

    def _characteristic_category(self, record: Record) -> str:
        return self._named_category(record, "characteristicType")

    def _factor_category(self, record: Record) -> str:
        return self._named_category(record, "factorName")

    def _parameter_category(self, record: Record) -> str:
        return self._named_category(record, "parameterName")

    def _processes(self, records: list[Record]) -> tuple[Process, ...]:
        numbers = {plain(r.data.get("@id")): n for n, r in enumerate(records)}
        made = [self._process(r) for r in records]
        previous: list[dict[int, None]] = [{} for _ in records]
        for n, record in enumerate(records):
            for key in ("previousProcess", "nextProcess"):
                for other in record.records(key):
                    m = numbers.get(plain(other.data.get("@id")))
                    if m is None:
                        self._findings.lost(
                            "process-link", other.path, "no process of this sequence"
                        )
                    elif key == "previousProcess":
                        previous[n][m] = None
                    else:
                        previous[m][n] = None
            record.finish()
        return tuple(
            _linked(process, [p for p in before if p != n and not _joined(made[p], process)])
            for n, (process, before) in enumerate(zip(made, previous, strict=True))
        )

    def _process(self, record: Record) -> Process:
        values = [
            self._value(r, self._parameter_category) for r in record.records("parameterValues")
        ]
        inputs = [self._ref(r, Kind.SAMPLE) for r in record.records("inputs")]
        outputs = [self._ref(r, Kind.SAMPLE) for r in record.records("outputs")]
        return Process(
            name=record.text("name"),
            protocol=self._protocol(record),
            performer=record.text("performer"),
            date=record.text("date"),
            parameter_values=tuple(v for v in values if v is not None),
            comments=record.comments(),
            inputs=_distinct(inputs),
            outputs=_distinct(outputs),
        )

    def _protocol(self, record: Record) -> str:
        executed = record.record("executesProtocol")
        if executed is None:
            self._findings.warned("missing-protocol", record.path, "a process without protocol")
            return ""
        resolved = self._ids.resolve(executed)
        if resolved is None:
            return ""
        made = protocol(resolved, plain(executed.data.get("@id")))
        if made.name == "unknown" and plain(executed.data.get("@id")) == "#protocol/unknown":
            self._findings.warned("missing-protocol", record.path, "the protocol is 'unknown'")
            return ""
        self._protocols.setdefault(made.name, made)
        return made.name


def protocol(record: Record, identity: str = "") -> Protocol:
    """A protocol object; one without name goes by its type or @id."""
    identity = plain(record.data.get("@id")) or identity
    components = []
    for item in record.records("components"):
        components.append(
            Component(item.text("componentName"), item.annotation("componentType"), item.comments())
        )
        item.finish()
    parameters = []
    for item in record.records("parameters"):
        name = item.annotation("parameterName")
        parameters.append(name)
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


def _kind(record: Record, identity: str, default: Kind) -> Kind:
    type_name = plain(record.data.get("type")).lower()
    if type_name.endswith("file"):
        return Kind.FILE
    if type_name in _MATERIAL_TYPES:
        return _MATERIAL_TYPES[type_name]
    start = identity.lstrip("#").lower()
    return next((kind for word, kind in _ID_KINDS if start.startswith(word)), default)


def _distinct(refs: Iterable[NodeRef | None]) -> tuple[NodeRef, ...]:
    return tuple(dict.fromkeys(r for r in refs if r is not None))


def _joined(before: Process, after: Process) -> bool:
    """Whether a node stands between two processes, so that no link of their own is needed."""
    return not set(before.outputs).isdisjoint(after.inputs)


def _linked(process: Process, previous: list[int]) -> Process:
    return Process(
        process.name, process.name_type, process.protocol, process.performer, process.date,
        process.parameter_values, process.comments, process.inputs, process.outputs, tuple(previous),
    )  # fmt: skip
