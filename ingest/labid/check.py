"""All faults of a kg-labid document, each with its JSON path and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.iri import has_scheme
from ingest.json_graph import is_scalar
from ingest.labid.form import HEAD, KINDS, SECTIONS, Field, Value, file_id, process_id


@dataclass(frozen=True)
class Record:
    """One record: its kind, its id in the document, and its JSON path."""

    kind: str
    id: str
    data: dict[str, Any]
    where: str


@dataclass
class Checked:
    """What a document holds: its records by id, and what is wrong with it."""

    records: dict[str, Record] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def fault(self, where: str, what: str, todo: str) -> None:
        self.faults.append(f"{where}: {what}; {todo}")


def check(document: dict[str, Any]) -> Checked:
    """The records of a document and all its faults, independent ones each for itself."""
    checked = Checked()
    _fields(document, HEAD, "$", checked)
    if document.get("visibility") == "restricted" and not document.get("groups"):
        checked.fault("$.groups", "missing for a restricted export", "name who may see it")
    for section in SECTIONS:
        items = document.get(section)
        if items is not None and not isinstance(items, list):
            checked.fault(f"$.{section}", f"{_short(items)} is no list", "write a list of records")
    top = list(_records(document, checked))
    for record in top:
        _register(record, checked)
    for record in top:
        _fields(record.data, KINDS[record.kind], record.where, checked)
    for record in top:
        _references(record.data, KINDS[record.kind], record.where, checked)
    return checked


def _records(document: dict[str, Any], checked: Checked) -> Iterator[Record]:
    for section, kind in SECTIONS.items():
        items = document.get(section)
        for number, item in enumerate(items if isinstance(items, list) else []):
            where = f"$.{section}[{number}]"
            if isinstance(item, dict):
                identifier = item.get("id")
                named = identifier.strip() if isinstance(identifier, str) else ""
                yield Record(kind, named, item, where)
            else:
                checked.fault(where, f"{_short(item)} is no record", "write an object with an id")


def _register(record: Record, checked: Checked) -> None:
    """Note a record, and the files and processes in it, by their ids."""
    found = [record] if record.id else []
    for name in ("collection", "preparation"):
        part = record.data.get(name)
        if name in KINDS[record.kind] and isinstance(part, dict) and record.id:
            own = part.get("id")
            identifier = own if isinstance(own, str) and own else process_id(record.id, name)
            found.append(Record("Process", identifier, part, f"{record.where}.{name}"))
    if record.kind == "Dataset" and record.id:
        for number, part in enumerate(listed(record.data.get("files"))):
            if isinstance(part, dict) and isinstance(path := part.get("path"), str):
                own = part.get("id")
                identifier = own if isinstance(own, str) and own else file_id(record.id, path)
                where = f"{record.where}.files[{number}]"
                found.append(Record("File", identifier, part, where))
    for one in found:
        first = checked.records.setdefault(one.id, one)
        if first is not one and not (first.kind == one.kind == "File" and first.data == one.data):
            todo = "give each record an id of its own"
            checked.fault(f"{one.where}.id", f"{one.id!r} is the id of {first.where} too", todo)


def _fields(data: dict[str, Any], fields: dict[str, Field], where: str, checked: Checked) -> None:
    for name, spec in fields.items():
        value, place = data.get(name), f"{where}.{name}"
        if value is None or value == "" or (spec.many and value == []):
            if spec.required:
                checked.fault(place, "missing", "every such record needs it")
            continue
        if isinstance(value, list) and not spec.many:
            checked.fault(place, "a list", "give one value")
            continue
        for number, item in enumerate(listed(value)):
            inner = f"{place}[{number}]" if isinstance(value, list) else place
            _value(item, spec, inner, checked)


def _value(item: Any, spec: Field, where: str, checked: Checked) -> None:
    if spec.choices:
        if item not in spec.choices:
            options = " or ".join(repr(c) for c in spec.choices)
            checked.fault(where, f"{_short(item)} is none of its values", f"write {options}")
    elif spec.value is Value.RECORD:
        if isinstance(item, dict):
            _fields(item, KINDS[spec.to[0]], where, checked)
        else:
            checked.fault(where, f"{_short(item)} is no {spec.to[0]}", "write an object")
    elif spec.value is Value.NUMBER:
        if isinstance(item, bool) or not isinstance(item, (int, float)) or item < 0:
            checked.fault(where, f"{_short(item)} is no number", "write a number, not negative")
    elif spec.value is Value.SCALAR:
        if not is_scalar(item):
            checked.fault(where, f"{_short(item)} is no value", "write a text or a number")
    elif not isinstance(item, str):
        checked.fault(where, f"{_short(item)} is no text", "write it in quotes")
    elif spec.value is Value.TIME and not _is_time(item):
        todo = "write it as 2024-05-31 or 2024-05-31T09:30:00Z"
        checked.fault(where, f"{item!r} is no time", todo)


def _references(
    data: dict[str, Any], fields: dict[str, Field], where: str, checked: Checked
) -> None:
    for name, spec in fields.items():
        value = data.get(name)
        for number, item in enumerate(listed(value)):
            inner = f"{where}.{name}[{number}]" if isinstance(value, list) else f"{where}.{name}"
            if spec.value is Value.RECORD and isinstance(item, dict):
                _references(item, KINDS[spec.to[0]], inner, checked)
            elif spec.value is Value.REFERENCE and isinstance(item, str) and item:
                _reference(item, spec, inner, checked)


def _reference(item: str, spec: Field, where: str, checked: Checked) -> None:
    kinds = " or ".join(spec.to)
    found = checked.records.get(item)
    if found is None:
        if not has_scheme(item):
            todo = "add that record, or give the IRI of one elsewhere"
            checked.fault(where, f"no {kinds} has the id {item!r}", todo)
    elif found.kind not in spec.to:
        checked.fault(where, f"{item!r} is a {found.kind} ({found.where})", f"name a {kinds}")


def listed(value: Any) -> list[Any]:
    """A field's values: those of a list, or the one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) >= len("2024-01-01") and text[4] == "-"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
