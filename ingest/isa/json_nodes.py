"""The materials and data files of an ISA-JSON study or assay."""

from __future__ import annotations

from ingest.isa.data_files import file_type
from ingest.isa.gather import Scopes
from ingest.isa.json_values import CHARACTERISTIC, FACTOR, Values
from ingest.isa.model import Kind, NodeRef
from ingest.isa.paths import is_address
from ingest.isa.record import Ids, Record, plain

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
# what an @id begins with where nothing else tells the kind
_KINDS = (
    ("source", Kind.SOURCE),
    ("sample", Kind.SAMPLE),
    ("labeledextract", Kind.LABELED_EXTRACT),
    ("extract", Kind.EXTRACT),
    ("material/labeledextract", Kind.LABELED_EXTRACT),
    ("material/extract", Kind.EXTRACT),
    ("material", Kind.MATERIAL),
    ("data", Kind.FILE),
)


class NodeReader:
    """Reads nodes into their scopes; ``refs`` are those met here, by ``@id``."""

    def __init__(self, ids: Ids, scopes: Scopes, values: Values, outer: Refs) -> None:
        self._ids = ids
        self._scopes = scopes
        self._values = values
        self._outer = outer
        self.refs: Refs = {}
        self.mentioned: dict[NodeRef, None] = {}

    def listed(self, record: Record, kind: Kind) -> None:
        """A node in a list of materials or files; in an assay often only a reference."""
        identity = plain(record.data.get("@id"))
        known = self.refs.get(identity) or self._outer.get(identity)
        if known is not None and not record.describes:
            self._mention(known)
            return
        resolved = self._ids.resolve(record)
        if resolved is not None:
            self._node(resolved, kind)

    def ref(self, record: Record, default: Kind) -> NodeRef | None:
        """The node that an input or output refers to or describes."""
        identity = plain(record.data.get("@id"))
        known = self.refs.get(identity) or self._outer.get(identity)
        if known is not None:
            if record.describes:
                self._node(record, known.kind)
            else:
                self._mention(known)
            return known
        resolved = self._ids.resolve(record)
        return self._node(resolved, _kind(resolved, default)) if resolved else None

    def _mention(self, ref: NodeRef) -> None:
        if ref.kind is Kind.FILE or self._scopes.of(ref) is not self._scopes.own:
            self.mentioned[ref] = None

    def _node(self, record: Record, kind: Kind) -> NodeRef:
        type_name = record.text("type")
        if kind is Kind.MATERIAL:
            kind = _MATERIAL_TYPES.get(type_name.lower(), kind)
        identity = plain(record.data.get("@id"))
        ref = NodeRef(kind, _name(record, kind, identity))
        if identity:
            self.refs.setdefault(identity, ref)
        self._mention(ref)
        gathered = self._scopes.of(ref)[ref]
        if type_name and type_name.lower() not in _MATERIAL_TYPES:
            gathered.types[file_type(type_name) if kind is Kind.FILE else type_name] = None
        for word, sort, into in (
            ("characteristics", CHARACTERISTIC, gathered.characteristics),
            ("factorValues", FACTOR, gathered.factor_values),
        ):
            read = (self._values.read(item, sort) for item in record.records(word))
            into.update(dict.fromkeys(value for value in read if value is not None))
        for item in record.records("additionalProperties"):  # what ISA JSON-LD calls both
            is_factor = item.data.get("additionalType") == "FactorValue"
            value = self._values.read(item, FACTOR if is_factor else CHARACTERISTIC)
            if value is not None:
                (gathered.factor_values if is_factor else gathered.characteristics)[value] = None
        gathered.comments.update(dict.fromkeys(record.comments()))
        gathered.derives_from.update(dict.fromkeys(self._origins(record)))
        if is_address(identity) and identity != ref.name:
            gathered.address = identity
        record.finish()
        return ref

    def _origins(self, record: Record) -> list[NodeRef]:
        found = []
        for origin in record.records("derivesFrom"):
            identity = plain(origin.data.get("@id"))
            known = self.refs.get(identity) or self._outer.get(identity)
            known = known or self.ref(origin, Kind.SOURCE)
            if known is not None:
                found.append(known)
        return found


def _name(record: Record, kind: Kind, identity: str) -> str:
    name = record.text("name")
    if not name:
        record.findings.warned("unnamed-node", record.path, f"known only as {identity!r}")
        return identity.lstrip("#") or record.path
    start, prefix = _PREFIXES.get(kind, ("", ""))
    if start and identity.startswith(start + prefix) and name.startswith(prefix):
        record.findings.repaired("name-prefix", record.path, f"{prefix!r} taken off {name!r}")
        return name[len(prefix) :]
    return name


def _kind(record: Record, default: Kind) -> Kind:
    type_name = plain(record.data.get("type")).lower()
    if type_name.endswith("file"):
        return Kind.FILE
    if type_name in _MATERIAL_TYPES:
        return _MATERIAL_TYPES[type_name]
    start = plain(record.data.get("@id")).lstrip("#").lower()
    return next((kind for word, kind in _KINDS if start.startswith(word)), default)
